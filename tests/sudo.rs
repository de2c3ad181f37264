//! Root in a guest, through a real sshd and a real sudo in a mount namespace of their own: without a
//! password, with one, with a terminal that sudo wants, and not at all. Needs root.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(target_os = "linux")]

#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/sudo_guest.rs"]
mod sudo_guest;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use boxdoctor::observe::look;
use boxdoctor::observe::root_check::Root;
use boxdoctor::remedy::run;
use boxdoctor::transport::{Deadline, Ended};
use sudo_guest::{Guest, PASSWORD, USER};

const WANTED: &str = "vagrant ALL=(ALL) ALL";
const FREE: &str = "vagrant ALL=(ALL) NOPASSWD: ALL";
const TERMINAL: &str = "Defaults requiretty\n";

/// Every byte, and what a terminal would make something else of.
const BYTES: &str = "i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i + 1)); done; printf 'a\\r\\nb\\n\\n'";

fn bytes() -> Vec<u8> {
    let mut all: Vec<u8> = (0..=255).collect();
    all.extend(b"a\r\nb\n\n");
    all
}

fn wants_password_of(user: &str) -> Root {
    Root::Password {
        user: user.to_owned(),
    }
}

/// Root is had, and what it says arrives as it is.
fn assert_root(guest: &Guest, case: &str) {
    assert_eq!(guest.ask(), Root::Had, "{case}");
    assert_eq!(guest.as_root("id -u; echo warned >&2"), b"0\n", "{case}");
    assert_eq!(guest.as_root(BYTES), bytes(), "{case}");
}

#[test]
fn root_is_had_in_every_way_in_which_sudo_gives_it() {
    for (case, sudoers) in [
        ("free", FREE.to_owned()),
        ("terminal", format!("{TERMINAL}{FREE}")),
        ("pty", format!("Defaults use_pty\n{FREE}")),
        (
            "pty and terminal",
            format!("Defaults use_pty\n{TERMINAL}{FREE}"),
        ),
    ] {
        let guest = Guest::new(&sudoers);
        assert_root(&guest, case);
        guest.assert_nothing_goes_on(case);
    }
    for (case, sudoers) in [
        ("password", WANTED.to_owned()),
        ("password and terminal", format!("{TERMINAL}{WANTED}")),
        ("password and pty", format!("Defaults use_pty\n{WANTED}")),
        ("all", format!("Defaults use_pty\n{TERMINAL}{WANTED}")),
    ] {
        let mut guest = Guest::new(&format!("Defaults timestamp_type=global\n{sudoers}"));
        assert_eq!(guest.ask(), wants_password_of(USER), "{case}");
        assert_ne!(guest.as_root("id -u"), b"0\n", "{case}");
        guest.give(PASSWORD);
        assert_root(&guest, case);
        guest.assert_nothing_goes_on(case);
        // Nobody who comes later is let in without it.
        guest.take_back();
        assert_eq!(guest.ask(), wants_password_of(USER), "{case}");
    }
}

#[test]
fn an_old_script_gives_a_terminal_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("script");
    let made = Command::new("cc")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/support/old_script.c"
        ))
        .args(["-lutil", "-o"])
        .arg(&program)
        .status();
    assert!(made.expect("a C compiler is installed").success());
    let mut guest = Guest::new(&format!("{TERMINAL}{WANTED}"));
    guest.replace(&program, "/usr/bin/script");
    assert_eq!(guest.ask(), wants_password_of(USER));
    guest.give(PASSWORD);
    for _ in 0..5 {
        assert_root(&guest, "an old script");
    }
    guest.assert_nothing_goes_on("an old script");
}

#[test]
fn a_look_with_the_password_sees_what_only_root_may_see() {
    let mut guest = Guest::new(&format!("{TERMINAL}{WANTED}"));
    guest.hide("/var/log/vboxadd-setup.log", "the build went wrong");
    let seen = |guest: &Guest| {
        let examination = look::look(guest.way(), Deadline::after(Duration::from_secs(60)));
        let log = examination.find("build-log").expect("it is asked");
        (log.ended, String::from_utf8_lossy(&log.stdout).into_owned())
    };
    assert_eq!(seen(&guest).0, Ended::Denied);
    guest.give(PASSWORD);
    let (ended, said) = seen(&guest);
    assert_eq!(ended, Ended::Exit);
    assert!(said.contains("the build went wrong"), "{said}");
}

#[test]
fn a_command_outlives_the_terminal_that_sudo_was_given() {
    for sudoers in [
        format!("{TERMINAL}{FREE}"),
        format!("Defaults use_pty\n{TERMINAL}{WANTED}"),
    ] {
        let mut guest = Guest::new(&sudoers);
        guest.give(PASSWORD);
        let name = format!("test-sudo-{}", std::process::id());
        let outcome = run::run(
            guest.way(),
            &name,
            "sleep 2; id -u; echo \"$SUDO_USER\"",
            Duration::from_secs(60),
            &mut |_| {},
        )
        .expect("it runs to its end");
        assert_eq!(
            (outcome.status, outcome.output),
            (0, b"0\nvagrant\n".to_vec())
        );
    }
}

#[test]
fn a_wrong_password_runs_nothing_and_counts_once() {
    for terminal in ["", TERMINAL] {
        let mut guest = Guest::new(&format!("{terminal}{WANTED}"));
        guest.give("wrong");
        assert_eq!(guest.ask(), wants_password_of(USER));
        let log = guest.log();
        assert_eq!(
            log.matches("1 incorrect password attempt").count(),
            1,
            "{log}"
        );
        assert_ne!(guest.as_root("id -u"), b"0\n");
        guest.give(PASSWORD);
        assert_root(&guest, "afterwards");
    }
}

#[test]
fn it_is_said_whose_password_is_wanted() {
    let mut guest = Guest::new(&format!("Defaults rootpw\n{WANTED}"));
    guest.give("wrong");
    assert_eq!(guest.ask(), wants_password_of("root"));
}

#[test]
fn whatever_stands_in_the_way_is_told() {
    let guest = Guest::without(&["/usr/bin/sudo"], FREE);
    assert_eq!(guest.ask(), Root::NoSudo);
    assert_ne!(guest.as_root("id -u"), b"0\n");

    let guest = Guest::without(&["/usr/bin/script"], &format!("{TERMINAL}{FREE}"));
    assert_eq!(guest.ask(), Root::NoTerminal);

    let mut guest = Guest::new("");
    assert_eq!(guest.ask(), wants_password_of(USER));
    guest.give(PASSWORD);
    let said = guest.ask();
    assert!(
        matches!(&said, Root::Refused(why) if why.contains("not in the sudoers file")),
        "{said:?}"
    );
    assert_ne!(guest.as_root("id -u"), b"0\n");
}

#[test]
fn root_who_logs_in_needs_no_sudo() {
    let guest = Guest::of_root();
    assert_eq!(guest.ask(), Root::Had);
    assert_eq!(guest.as_root("id -u"), b"0\n");
}

#[test]
fn a_password_that_sudo_does_not_want_is_passed_over() {
    for terminal in ["", TERMINAL] {
        let mut guest = Guest::new(&format!("{terminal}{FREE}"));
        for password in [
            "touch /etc/executed",
            ": script",
            "exit 7",
            "cat >/etc/executed",
        ] {
            guest.give(password);
            assert_root(&guest, password);
        }
        assert!(!guest.has("/etc/executed"));
    }
}

#[test]
fn a_password_is_only_a_password() {
    let mut guest = Guest::new(WANTED);
    for password in [
        "'; touch /etc/executed; '",
        "$(touch /etc/executed)`touch /etc/executed`",
        "\\n\\\\ %s%n \"x\"",
        "-n",
        ": script",
        "  spaces  ",
        "pässwörd→",
        "a\tb*?[c]#!~",
    ] {
        guest.change_password(password);
        guest.give(password);
        assert_root(&guest, password);
    }
    assert!(!guest.has("/etc/executed"));
}

#[test]
fn a_password_is_on_no_command_line_in_no_environment_and_in_no_log() {
    for terminal in ["", TERMINAL] {
        for shell in ["/usr/bin/dash", "/usr/bin/bash", "/usr/bin/mksh"] {
            let (mut guest, notes) = Guest::watched(&format!("{terminal}{WANTED}"));
            guest.replace(Path::new(shell), "/usr/bin/dash");
            guest.give(PASSWORD);
            assert_eq!(guest.ask(), Root::Had);
            assert_eq!(guest.as_root("echo oh >&2; id -u"), b"0\n", "{shell}");
            let notes = std::fs::read(notes.path()).expect("strace writes");
            let notes = String::from_utf8_lossy(&notes);
            let sudo = "[\"sudo\", \"-k\", \"-S\"";
            assert!(notes.contains(sudo), "{shell}: strace has seen no sudo");
            // An environment may hold what is nobody's business: where it is found is enough.
            let found = notes.lines().filter(|line| line.contains(PASSWORD));
            let found: Vec<_> = found.filter_map(|line| line.split(',').next()).collect();
            assert_eq!(found, Vec::<&str>::new(), "{shell}");
            let log = guest.log();
            assert!(log.contains("sh -c"), "{log}");
            assert!(!log.contains(PASSWORD), "{log}");
            // What root was to do is not told either.
            assert!(!log.contains("id -u"), "{log}");
        }
    }
}

#[test]
fn a_shell_that_tells_what_it_does_tells_no_password() {
    let mut guest = Guest::with_variables(
        WANTED,
        &[("SHELLOPTS", "xtrace:verbose"), ("password", "exported")],
    );
    guest.replace(Path::new("/usr/bin/bash"), "/usr/bin/dash");
    guest.give(PASSWORD);
    assert_root(&guest, "traced");
    let (stdout, stderr) = guest.both("env; id -u");
    for stream in [stdout, stderr] {
        let said = String::from_utf8_lossy(&stream);
        assert!(!said.contains(PASSWORD), "{said}");
    }
}
