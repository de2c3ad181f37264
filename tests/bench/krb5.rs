//! boxdoctor beside MIT's own library: the same files read, and every node of their trees looked
//! at, on one machine in one run. The limits are ratios, because they hold on fast and slow
//! computers alike.
//!
//! Needs the package libkrb5-3.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

#[path = "../support/krb5_answer.rs"]
mod krb5_answer;
#[path = "../support/libkrb5.rs"]
mod libkrb5;
#[path = "../support/mutate.rs"]
mod mutate;
mod table;
mod turns;

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use boxdoctor::krb5::{self, NodeId, Profile, ROOT, Release};
use boxdoctor::observe::local_krb5::Disk;
use libkrb5::Libkrb5;
use mutate::{Random, TYPICAL, WHOLE, mutated};
use table::{Table, in_rounds};
use turns::interleaved;

/// How often each side is measured; the middle one counts.
const REPETITIONS: usize = 11;
const FILES: usize = 500;
/// The program has to be started too, which is not to count.
const FILES_OF_THE_PROGRAM: usize = 5_000;

const DISK: Disk = Disk { longest: 1 << 20 };

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    std::env::set_current_dir(folder.path()).expect("a current folder");
    let library = Libkrb5::load();
    in_rounds(|table| measure(&library, table))
}

fn measure(library: &Libkrb5, table: &mut Table) {
    let realms = many_realms();
    for (what, files) in [
        (
            "a: 500 typical files of 1 kB",
            laid_out("typical", FILES, |_| TYPICAL.into()),
        ),
        (
            "b: 500 files of many realms, 20 kB",
            laid_out("realms", FILES, |_| realms.clone()),
        ),
        ("c: 500 files that include five others", including()),
        ("d: 500 damaged files", laid_out("damaged", FILES, damaged)),
    ] {
        let ours = || each(&files, read_and_walk);
        let theirs = || each(&files, |path| library.read_and_walk(path));
        // Who reads less would be fast.
        assert_eq!(
            ours().1,
            theirs().1,
            "{what}: the bytes of all names and values"
        );
        let [ours, theirs] = interleaved(REPETITIONS, [&|| ours().0, &|| theirs().0]);
        table.times(&format!("{what} | libkrb5"), ours, theirs, 1.0);
    }
    let files = laid_out("program", FILES_OF_THE_PROGRAM, damaged);
    let paths = files.join(&b'\0');
    let ours = || program(&paths);
    let theirs = || each(&files, |path| library.read_and_walk(path)).0;
    let [ours, theirs] = interleaved(REPETITIONS, [&ours, &theirs]);
    table.times(
        // A whole process beside a loop: what it costs to start, to name and to write is not reading.
        "e: krb5 parse of 5000 damaged files | libkrb5 in a loop",
        ours,
        theirs,
        1.5,
    );
}

/// The time, and the bytes of all names and values.
fn each(files: &[Vec<u8>], read: impl Fn(&[u8]) -> usize) -> (Duration, usize) {
    let start = Instant::now();
    let bytes = files.iter().map(|path| read(path)).sum();
    (start.elapsed(), bytes)
}

fn read_and_walk(path: &[u8]) -> usize {
    let reading = krb5::read(path, &DISK, Release::default());
    match reading.fault {
        Some(_) => 0,
        None => bytes_below(&reading.profile, ROOT),
    }
}

fn bytes_below(profile: &Profile, section: NodeId) -> usize {
    let children = profile.children(section).iter();
    let bytes = children.map(|child| {
        profile.name(*child).len()
            + match profile.value(*child) {
                Some(value) => value.len(),
                None => bytes_below(profile, *child),
            }
    });
    bytes.sum()
}

/// `boxdoctor krb5 parse`, with the paths on its standard input.
fn program(paths: &[u8]) -> Duration {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .args(["krb5", "parse"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(paths).expect("it reads its input");
    drop(pipe);
    assert!(child.wait().expect("it ends").success());
    start.elapsed()
}

/// Writes the files into a folder of their own; their paths.
fn laid_out(folder: &str, count: usize, content: impl Fn(usize) -> Vec<u8>) -> Vec<Vec<u8>> {
    std::fs::create_dir(folder).expect("a folder");
    let file = |number: usize| {
        let path = format!("{folder}/{number}.krb5");
        std::fs::write(&path, content(number)).expect("a file");
        path.into_bytes()
    };
    (0..count).map(file).collect()
}

fn damaged(number: usize) -> Vec<u8> {
    let mut random = Random::new(number as u64);
    let whole = random.one_of(&WHOLE);
    mutated(whole.as_bytes(), &mut random)
}

fn many_realms() -> Vec<u8> {
    let mut file = TYPICAL.as_bytes().to_vec();
    for section in ["realms", "domain_realm"] {
        file.extend(format!("[{section}]\n").bytes());
        for number in 0..113 {
            // Not in the order in which they are kept.
            let realm = number * 37 % 113;
            let text = match section {
                "realms" => format!(
                    "  R{realm}.EXAMPLE.COM = {{\n    kdc = kdc1.r{realm}.example.com:88\n    \
                     kdc = kdc2.r{realm}.example.com:88\n    admin_server = kdc1.r{realm}.example.com\n  }}\n"
                ),
                _ => format!("  .r{realm}.example.com = R{realm}.EXAMPLE.COM\n"),
            };
            file.extend(text.bytes());
        }
    }
    file
}

/// Files that include a folder of four snippets, and one more.
fn including() -> Vec<Vec<u8>> {
    let snippets = Path::new("snippets");
    std::fs::create_dir(snippets).expect("a folder");
    for (name, content) in [
        (
            "crypto-policies",
            "[libdefaults]\npermitted_enctypes = aes256-cts-hmac-sha1-96 aes128-cts\n",
        ),
        (
            "kcm_default_ccache",
            "[libdefaults]\n    default_ccache_name = KCM:\n",
        ),
        ("sssd_enctypes", "[libdefaults]\n canonicalize = true\n"),
        (
            "realm.conf",
            "[realms]\n OTHER.COM = {\n  kdc = other\n }\n",
        ),
        ("one.inc", "[domain_realm]\n other.com = OTHER.COM\n"),
    ] {
        std::fs::write(snippets.join(name), content).expect("a file");
    }
    laid_out("including", FILES, |_| {
        format!("includedir snippets\n{TYPICAL}include snippets/one.inc\n").into_bytes()
    })
}
