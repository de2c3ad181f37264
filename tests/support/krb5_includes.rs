//! Configurations of several files: every way in which one can name another.
#![allow(dead_code)] // each test binary uses its own part of this

use super::krb5_case::Case;
use super::mutate::{Random, WHOLE, mutated};

/// Names in a folder. Some releases read them, some do not.
pub const NAMES: [&str; 20] = [
    "plain",
    "B-1_x",
    "1",
    "-",
    "_",
    "site.conf",
    ".conf",
    ".hidden",
    ".hidden.conf",
    "conf",
    "site.CONF",
    "site.conf.rpmsave",
    "site~",
    "#site#",
    "two words",
    "two words.conf",
    "a.b",
    "é",
    "é.conf",
    "Z",
];

/// Lines that name files which the case has, and files which it lacks.
const LINES: [&str; 28] = [
    "include first.inc",
    "include\tfirst.inc",
    "include\x0B\x0Cfirst.inc",
    "include   first.inc",
    "include first.inc ",
    "include first.inc\r",
    "include first.inc # comment",
    "include ./first.inc",
    "include drop//plain",
    "include drop",
    "include drop/",
    "include missing",
    "include first.inc/",
    "include first.inc/below",
    "include ",
    "include \"first.inc\"",
    "include first.inc\0junk",
    " include first.inc",
    "Include first.inc",
    "includefirst.inc",
    "includedir drop",
    "includedir\tdrop\r",
    "includedir drop/",
    "includedir empty",
    "includedir missing",
    "includedir first.inc",
    "includedir ",
    "includedir drop ",
];

/// Each of the lines, before all sections, within a section and within braces.
pub fn lines() -> impl Iterator<Item = (String, Case)> {
    let around = [
        ("before all sections", "", "\n[main]\n c = d\n"),
        ("within a section", "[main]\n a = b\n", "\n c = d\n"),
        ("within braces", "[main]\n a = {\n", "\n c = d\n }\n"),
        (
            "before an awaited brace",
            "[main]\n a =\n",
            "\n {\n c = d\n }\n",
        ),
    ];
    around.into_iter().flat_map(|(place, before, after)| {
        LINES.into_iter().map(move |line| {
            let case = with_others(
                format!("{before}{line}{after}").into_bytes(),
                b"[first]\n e = f\n",
            );
            (format!("{} {place}", line.escape_debug()), case)
        })
    })
}

/// Paths that are asked for and are no file with a configuration.
pub fn asked() -> impl Iterator<Item = (String, Case)> {
    [
        "drop",
        "drop/",
        "empty",
        "missing",
        "first.inc",
        "./main.krb5",
    ]
    .into_iter()
    .map(|asked| {
        let case = Case {
            asked: asked.to_owned(),
            ..with_others(b"[main]\n a = b\n".to_vec(), b"[first]\n e = f\n")
        };
        (format!("asked for {asked}"), case)
    })
}

/// A folder whose files have every kind of name.
pub fn every_name() -> Case {
    let mut case = Case::alone("includedir drop\n[main]\n a = b\n");
    for name in NAMES {
        let content = format!("[names]\n a = {name}\n");
        case.files
            .insert(format!("drop/{name}"), content.into_bytes());
    }
    case.files.insert("drop/folder/".to_owned(), Vec::new());
    case.files
        .insert("drop/folder.conf/".to_owned(), Vec::new());
    case
}

/// Files that include others, after accidents to any of them.
pub fn random(random: &mut Random) -> Case {
    let whole = |random: &mut Random| random.one_of(&WHOLE).as_bytes();
    let file = |random: &mut Random| -> Vec<u8> {
        let content = whole(random);
        mutated(content, random)
    };
    let mut main = whole(random).to_vec();
    for _ in 0..=random.below(2) {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', &main).map(|end| end + 1))
            .collect();
        let at = starts[random.below(starts.len())];
        let line = format!("{}\n", random.one_of(&LINES));
        main.splice(at..at, line.bytes());
    }
    if random.below(2) == 0 {
        main = mutated(&main, random);
    }
    let first = if random.below(3) == 0 {
        file(random)
    } else {
        whole(random).to_vec()
    };
    let mut case = with_others(main, &first);
    for _ in 0..random.below(3) {
        let name = random.one_of(&NAMES);
        case.files.insert(format!("drop/{name}"), file(random));
    }
    case
}

fn with_others(main: Vec<u8>, first: &[u8]) -> Case {
    let leaf = b"[leaf]\n g = h\n";
    Case::of(
        main,
        &[
            ("first.inc", &[b"include leaf.inc\n", first].concat()),
            ("leaf.inc", leaf),
            ("drop/plain", b"[drop]\n i = j\n"),
            ("drop/site.conf", b"[drop]\n i = k\n"),
            ("drop/site~", b"not read\n"),
            ("empty/", b""),
        ],
    )
}
