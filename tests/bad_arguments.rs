//! Arguments that name nothing that can be looked at are refused with one line that says why.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use program::{Desk, boxdoctor, run};

#[test]
fn an_unknown_check_is_named() {
    let desk = Desk::new();
    for arguments in [
        &["check", "--bundle", "x", "--only", "no-such"][..],
        &["check", "--bundle", "x", "--skip", "no-such"],
        &[
            "check",
            "--bundle",
            "bundle.toml",
            "--only",
            "disk-full,no-such",
        ],
        &["check", "--only", "no-such"],
        &["explain", "no-such"],
    ] {
        let line = desk.refused(arguments);
        assert!(line.contains("'no-such'"), "{line}");
        assert!(
            line.contains("boxdoctor explain"),
            "it says where to look: {line}"
        );
    }
    for slug in ["", "DISK-FULL", "disk_full", "a\u{1b}[31m\nb"] {
        desk.refused(&["explain", slug]);
        desk.refused(&["check", "--only", slug]);
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let desk = Desk::new();
    for address in [
        "",
        "@",
        "@box",
        "me@",
        "box:",
        "box:0",
        "box:65536",
        "box:-1",
        "box:ssh",
        ":22",
        "[::1",
        "[::1]22",
        "[]:22",
        "a b",
        "me you@box",
        "a\nb",
        "a\u{1b}[31m",
        "-oProxyCommand=id",
        "me@-box",
        "-l@box",
        "ssh://me@box",
        "box:22:22",
        "127.0.0.1:22:22",
        "me@box/path",
    ] {
        let line = desk.refused(&["check", &format!("--ssh={address}")]);
        assert!(line.contains("is no address"), "{line}");
        assert!(
            line.contains("[USER@]HOST[:PORT]"),
            "it says what one is: {line}"
        );
    }
}

#[test]
fn a_key_that_is_none_is_refused_before_anybody_is_asked() {
    let desk = Desk::new();
    desk.file("text", "hello\n");
    desk.file("bytes", b"\xff\0\xfe");
    desk.file("empty", "");
    desk.file("putty", "PuTTY-User-Key-File-3: ssh-ed25519\n");
    desk.file(
        "public",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM9wpeVazUKxrZE8 me\n",
    );
    desk.file("large", vec![b'x'; 2 << 20]);
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    listener.set_nonblocking(true).expect("a socket option");
    let address = format!("127.0.0.1:{port}");
    for name in [
        "missing", ".", "text", "bytes", "empty", "putty", "public", "large",
    ] {
        let line = desk.refused(&[
            "check",
            "--timeout",
            "1",
            "--ssh",
            &address,
            "--identity",
            name,
        ]);
        assert!(line.contains("key") && line.contains(name), "{line}");
    }
    assert!(listener.accept().is_err(), "nobody connected");
}

#[test]
fn a_key_without_somebody_to_show_it_to_is_refused() {
    let desk = Desk::new();
    desk.file("key", "");
    let line = desk.refused(&["check", "--identity", "key"]);
    assert!(
        line.contains("--identity") && line.contains("--ssh"),
        "{line}"
    );
}

#[test]
fn a_folder_without_a_project_is_refused() {
    let desk = Desk::new();
    for arguments in [&["check"][..], &["check", "web"], &["capture", "-o", "x"]] {
        let line = desk.refused(arguments);
        assert!(
            line.contains("Vagrantfile") && line.contains("--vm"),
            "{line}"
        );
    }
    assert!(!desk.path().join("x").exists());
}

#[test]
fn a_machine_without_a_name_is_refused() {
    let desk = Desk::new();
    for name in ["", "-x", "--help", "-a\u{1b}[31m\nb"] {
        desk.refused(&["check", &format!("--vm={name}")]);
    }
}

#[test]
fn arguments_that_make_no_sense_together_are_wrong_usage() {
    let desk = Desk::new();
    for arguments in [
        &["check", "web", "--vm", "x"][..],
        &["check", "web", "--ssh", "x"],
        &["check", "web", "--bundle", "x"],
        &["check", "web", "--krb5-conf", "x"],
        &["check", "web", "--identity", "x"],
        &["check", "--vm", "x", "--ssh", "y"],
        &["check", "--vm", "x", "--bundle", "y"],
        &["check", "--ssh", "x", "--bundle", "y"],
        &["check", "--bundle", "x", "--krb5-conf", "y"],
        &["check", "--bundle", "x", "--identity", "y"],
        &["check", "--bundle", "x", "--bundle", "y"],
        &["check", "--timeout", "0"],
        &["check", "--timeout", "-1"],
        &["check", "--timeout", "soon"],
        &["check", "--timeout", "99999999999"],
        &["check", "--timeout", "1.5"],
        &["check", "--format", "xml"],
        &["check", "--fail-on", "always"],
        &["check", "--color", "red"],
        &["check", "--no-such-option"],
        &["check", "--bundle"],
        &["capture"],
        &["explain", "disk-full", "disk-full"],
        &["no-such-command"],
        &[],
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.status, Some(2), "{arguments:?}: {ran:?}");
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert_ne!(ran.stderr, "", "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_wrong_usage() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let odd = std::ffi::OsStr::from_bytes(b"b\xffx");
    for option in ["--bundle", "--krb5-conf"] {
        run(boxdoctor(desk.path()).arg("check").arg(option).arg(odd)).refused();
    }
    for option in ["--ssh", "--vm", "--only"] {
        let ran = run(boxdoctor(desk.path()).arg("check").arg(option).arg(odd));
        assert_eq!(ran.status, Some(2), "{ran:?}");
    }
}
