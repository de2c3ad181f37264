//! What cannot be used is refused with one line that says why, and nothing ever panics.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use boxdoctor::observe::bundle;
use program::Desk;

const BUNDLE: &str = r#"schema = "boxdoctor.bundle/1"
captured_at = "2026-01-31T12:00:00Z"

[target]
name = "box"
kind = "ssh"
state = "running"

[[observation]]
id = "uname"
side = "guest"
command = "uname -srm"
ended = "exit"
status = 0
ms = 3
stdout = '''
Linux 5.14.0 x86_64
'''
"#;

/// The one line with which a bundle of this content is refused.
fn refused_bundle(desk: &Desk, content: impl AsRef<[u8]>) -> String {
    desk.file("bundle.toml", content);
    desk.refused(&["check", "--bundle", "bundle.toml"])
}

#[test]
fn the_bundle_of_these_tests_is_a_good_one() {
    let desk = Desk::new();
    desk.file("bundle.toml", BUNDLE);
    // It has no connection, so one thing is wrong with it; it is no wrong usage.
    let ran = desk.run(&["check", "--bundle", "bundle.toml"]);
    assert!(ran.ended(1).stdout.contains("guest-unreachable"), "{ran:?}");
}

#[test]
fn a_bundle_that_is_not_there_is_refused() {
    let desk = Desk::new();
    for name in ["missing.toml", ".", "no/such/folder/x.toml"] {
        let line = desk.refused(&["check", "--bundle", name]);
        assert!(line.contains("cannot be read"), "{line}");
        assert!(line.contains(name), "{line}");
    }
}

#[test]
fn a_bundle_that_is_none_is_refused_with_the_reason() {
    let desk = Desk::new();
    for (content, expected) in [
        ("", "no schema"),
        ("hello", "line 1"),
        ("schema = 1", "expected a string"),
        ("schema = \"boxdoctor.bundle/9\"", "'boxdoctor.bundle/9'"),
        ("schema = \"other\\u001b[31m\"", "other\\x1B[31m"),
        ("schema = \"boxdoctor.bundle/1\"", "captured_at"),
        (&BUNDLE.replace("2026-01-31T12:00:00Z", "today"), "today"),
        (&BUNDLE.replace("\"ssh\"", "\"floppy\""), "floppy"),
        (&BUNDLE.replace("\"exit\"", "\"bang\""), "bang"),
        (&BUNDLE.replace("Linux", "\\q"), "uname"),
        (&BUNDLE.replace("ms = 3", "color = 3"), "color"),
        (
            &format!("{BUNDLE}{}", &BUNDLE[BUNDLE.find("[[").unwrap()..]),
            "twice",
        ),
    ] {
        let line = refused_bundle(&desk, content);
        assert!(line.contains(expected), "{content}: {line}");
        assert!(line.contains("bundle.toml"), "{line}");
    }
    let line = refused_bundle(&desk, b"\xff\xfe\x00schema");
    assert!(line.contains("not UTF-8"), "{line}");
    let line = refused_bundle(&desk, b"\x1f\x8b\x08\0\0\0\0\0");
    assert!(line.contains("not UTF-8"), "{line}");
}

#[test]
fn a_bundle_that_was_cut_off_anywhere_is_refused_or_read() {
    let desk = Desk::new();
    let mut refused = 0;
    // Every length would take a minute; these fall into every part of the file.
    for length in (0..BUNDLE.len()).step_by(23) {
        desk.file("bundle.toml", &BUNDLE[..length]);
        let ran = desk.run(&["check", "--bundle", "bundle.toml"]);
        // A cut between two entries leaves a whole, shorter bundle.
        if ran.status != Some(1) {
            ran.refused();
            refused += 1;
        }
    }
    assert!(refused > 10, "only {refused}");
}

#[test]
fn numbers_beyond_every_range_are_refused() {
    let desk = Desk::new();
    for (from, to) in [
        ("status = 0", "status = 99999999999999999999999999"),
        ("status = 0", "status = 5000000000"),
        ("status = 0", "status = -5000000000"),
        ("status = 0", "status = 1e999"),
        ("status = 0", "status = nan"),
        ("ms = 3", "ms = -1"),
        ("ms = 3", "ms = 18446744073709551616"),
        ("ms = 3", "ms = 0x"),
    ] {
        refused_bundle(&desk, BUNDLE.replace(from, to));
    }
    // The largest that fit are no reason to stumble.
    let most = BUNDLE.replace("ms = 3", "ms = 9223372036854775807");
    desk.file(
        "bundle.toml",
        most.replace("status = 0", "status = -2147483648"),
    );
    desk.run(&["check", "--bundle", "bundle.toml"]).ended(1);
}

#[test]
fn a_bundle_of_great_depth_or_length_is_refused() {
    let desk = Desk::new();
    refused_bundle(&desk, format!("a = {}", "[".repeat(100_000)));
    refused_bundle(&desk, format!("a = {}", "{b=".repeat(50_000)));
    let path = desk.file("bundle.toml", "");
    let file = std::fs::File::options()
        .write(true)
        .open(path)
        .expect("the file");
    file.set_len(bundle::LARGEST + 1)
        .expect("a file with a hole");
    let line = desk.refused(&["check", "--bundle", "bundle.toml"]);
    assert!(line.contains("too large"), "{line}");
}

/// As root every file can be read, so the file is one that the system itself refuses to read.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let desk = Desk::new();
    for arguments in [
        &["check", "--bundle", "/proc/self/mem"][..],
        &["check", "--krb5-conf", "/proc/self/mem"],
        &[
            "check",
            "--ssh",
            "127.0.0.1:1",
            "--identity",
            "/proc/self/mem",
        ],
        &["check", "--bundle", "/dev/zero"],
        &["check", "--krb5-conf", "/dev/zero"],
        &["check", "--ssh", "127.0.0.1:1", "--identity", "/dev/zero"],
    ] {
        let line = desk.refused(arguments);
        assert!(line.contains("cannot be "), "{line}");
    }
}

/// A file name is foreign text too: it comes from archives and other people's scripts.
#[test]
fn a_file_name_cannot_command_the_terminal() {
    let desk = Desk::new();
    let name = "a\u{1b}]0;x\u{7}\nb";
    for arguments in [
        &["check", "--bundle", name][..],
        &["check", "--krb5-conf", name],
        &["check", "--ssh", "127.0.0.1:1", "--identity", name],
    ] {
        desk.refused(arguments);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_refused() {
    let desk = Desk::new();
    desk.file("bundle.toml", BUNDLE);
    for output in ["no/such/folder/x.toml", "."] {
        let line = desk.refused(&["capture", "--bundle", "bundle.toml", "-o", output]);
        assert!(line.contains("cannot be written"), "{line}");
        assert!(
            !line.contains(".tmp"),
            "its own temporary file concerns nobody: {line}"
        );
    }
    let left: Vec<_> = std::fs::read_dir(desk.path())
        .expect("the folder")
        .collect();
    assert_eq!(left.len(), 1, "nothing is left behind: {left:?}");
}
