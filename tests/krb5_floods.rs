//! A huge krb5.conf, or one that never ends, takes neither the time nor the memory of the one who
//! looks at it.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::Command;
use std::time::Duration;

use program::Desk;

const HUGE: usize = 100_000_000;
/// Without optimisation, a file that is nothing but nodes takes ten times as long.
const MANY_NODES: usize = if cfg!(debug_assertions) {
    HUGE / 10
} else {
    HUGE
};

/// What the program has without any file, in bytes, and a margin.
const ALONE: u64 = 24 << 20;

/// The begin and the end of what `krb5 parse` says of the file, and how long it is. It may take so
/// many bytes of memory for each byte of the file.
fn parsed(desk: &Desk, path: &str, memory: u64) -> (String, u64) {
    let size = desk.path().join(path).metadata().expect("a file").len();
    let mut written = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(desk.path().join("answer"))
        .expect("a file for the answer");
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
    command
        .args(["krb5", "parse", path])
        .current_dir(desk.path());
    let watched = memory::watch_writing(&mut command, written.try_clone().expect("a handle"));
    assert_eq!(watched.status, Some(0));
    assert!(watched.took < Duration::from_secs(80), "{:?}", watched.took);
    if let Some(peak) = watched.memory {
        let most = (ALONE + size * memory) / 1024;
        assert!(peak < most, "{path}: {peak} KiB of memory, not {most}");
    }
    let length = written.metadata().expect("a file").len();
    let mut said = vec![0; 200.min(usize::try_from(length).expect("a length"))];
    written.seek(SeekFrom::Start(0)).expect("a file");
    written.read_exact(&mut said).expect("the answer");
    (String::from_utf8(said).expect("text"), length)
}

/// Holds the begin of the answer, and its length.
fn holds(name: &str, content: &[u8], memory: u64, begin: &str, length: usize) {
    let desk = Desk::new();
    desk.file(name, content);
    let (said, written) = parsed(&desk, name, memory);
    let begin = format!("{{\"file\":\"{name}\",{begin}");
    assert!(said.starts_with(&begin), "{said}");
    let around =
        format!("{{\"file\":\"{name}\",\"ok\":true,\"error\":null,\"line\":null,\"tree\":}}\n");
    assert_eq!(written, (around.len() + length) as u64, "{name}");
}

fn repeated(text: &[u8], size: usize) -> Vec<u8> {
    [b"[a]\n", &text.repeat(size / text.len())[..]].concat()
}

const ACCEPTED: &str = "\"ok\":true,\"error\":null,\"line\":null,\"tree\":";

#[test]
fn one_line_of_a_hundred_megabytes() {
    holds("line", &vec![b'x'; HUGE], 3, &format!("{ACCEPTED}[]"), 2);
    // The second piece of such a line is a line of its own.
    let long = [b"[a]\n", &vec![b'x'; HUGE][..]].concat();
    let desk = Desk::new();
    desk.file("long", long);
    let (said, _) = parsed(&desk, "long", 3);
    assert!(
        said.contains("PROF_RELATION_SYNTAX\",\"line\":2,"),
        "{said}"
    );
}

#[test]
fn a_hundred_megabytes_of_nul() {
    holds("nul", &vec![0; HUGE], 3, &format!("{ACCEPTED}[]"), 2);
}

#[test]
fn nothing_but_small_relations() {
    let file = repeated(b"a=b\n", MANY_NODES);
    let tree = format!("{ACCEPTED}[[\"61\",null,[[\"61\",\"62\",null],[\"61\",\"62\",null],");
    let each = "[\"61\",\"62\",null],".len();
    let around = "[[\"61\",null,[]]]".len() - 1;
    holds("small", &file, 10, &tree, around + each * (MANY_NODES / 4));
}

#[test]
fn one_section_again_and_again() {
    let file = repeated(b"[a]\n", MANY_NODES);
    let tree = "[[\"61\",null,[]]]";
    holds("same", &file, 3, &format!("{ACCEPTED}{tree}"), tree.len());
}

#[test]
fn nothing_but_realms() {
    let realms = MANY_NODES / 14;
    let mut file = b"[realms]\n".to_vec();
    for realm in 0..realms {
        file.extend(format!("r{realm:07}={{\n}}\n").bytes());
    }
    let tree = format!("{ACCEPTED}[[\"7265616c6d73\",null,[[\"7230303030303030\",null,[]],");
    let each = "[\"7230303030303030\",null,[]],".len();
    let around = "[[\"7265616c6d73\",null,[]]]".len() - 1;
    holds("realms", &file, 8, &tree, around + each * realms);
}

#[test]
fn nothing_but_opening_braces() {
    for levels in [200_000, MANY_NODES / 4] {
        let file = repeated(b"b={\n", levels * 4);
        let tree = format!("{ACCEPTED}[[\"61\",null,[[\"62\",null,[[\"62\",null,[");
        let each = "[\"62\",null,[]]".len();
        holds(
            "deep",
            &file,
            15,
            &tree,
            "[[\"61\",null,[]]]".len() + each * levels,
        );
    }
}

#[test]
fn braces_that_close_again() {
    let levels = 200_000;
    let file = [repeated(b"b={\n", levels * 4), b"}\n".repeat(levels)].concat();
    let tree = format!("{ACCEPTED}[[\"61\",null,[[\"62\",null,[[\"62\",null,[");
    let each = "[\"62\",null,[]]".len();
    holds(
        "closed",
        &file,
        15,
        &tree,
        "[[\"61\",null,[]]]".len() + each * levels,
    );
}

#[test]
fn includes_that_double() {
    let desk = Desk::new();
    for file in 0..30 {
        let next = format!("include i{}\n", file + 1);
        desk.file(&format!("i{file}"), next.repeat(2));
    }
    desk.file("i30", "[a]\nb = c\n");
    let (said, _) = parsed(&desk, "i0", 1);
    assert!(
        said.contains("\"error\":\"PROF_FAIL_INCLUDE_FILE\""),
        "{said}"
    );
}

#[test]
fn folders_that_double() {
    let desk = Desk::new();
    for folder in 0..30 {
        let next = format!("includedir f{}\n", folder + 1);
        desk.file(&format!("f{folder}/a"), next.repeat(2));
    }
    desk.file("f30/a", "[a]\nb = c\n");
    let (said, _) = parsed(&desk, "f0/a", 1);
    assert!(said.contains("\"error\":\"PROF_FAIL_INCLUDE_"), "{said}");
}
