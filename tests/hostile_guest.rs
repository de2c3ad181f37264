//! A guest that answers every question, in the form that it was asked for, with bytes that would
//! command a terminal. It is a stand-in for the shell that the server inside the test starts.
#![cfg(unix)] // the stand-in is a shell script
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::os::unix::fs::PermissionsExt;

use boxdoctor::observe::questions::QUESTIONS;
use program::{Desk, finding, run};
use ssh_server::{Behaviour, SshServer, openssh};

/// Takes the questions from the script that it is sent and answers each with the file `answer`
/// beside it, on both streams.
const SHELL: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
here=${0%/*}
cat >"$here/script"
nonce=$(sed -n 's/^nonce=\([0-9a-f]*\)$/\1/p' "$here/script" | head -n 1)
for id in sudo $(sed -n 's/^ask \([a-z0-9-]*\) .*/\1/p' "$here/script"); do
  printf '\n%s begin %s 1.00\n' "$nonce" "$id" | tee /dev/stderr
  cat "$here/answer" "$here/answer.$id" 2>/dev/null | tee /dev/stderr
  printf '\n%s end %s 0 1.00\n' "$nonce" "$id" | tee /dev/stderr
done
"#;

/// A terminal would take its title, colours and contents from these, or answer them.
const COMMANDS: &[u8] =
    b"\x1b]0;owned\x07\x1b[2J\x1b[31mvboxsf\x9b31m\x1b[6n\x07\x08\r\xff\xfe\0\xe2\x80\xaeevil\xc2\x9b2J\x7f\n";

#[test]
fn what_a_guest_says_cannot_command_the_terminal() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let shell = desk.file("programs/sh", SHELL);
    std::fs::set_permissions(&shell, PermissionsExt::from_mode(0o755)).expect("it can be run");
    // SAFETY: this binary has this one test, and nothing else in it reads the environment now.
    unsafe { std::env::set_var("PATH", shell.parent().expect("a folder")) };
    let key = desk.file("key", openssh(&server.key));
    let target = [
        "--ssh",
        &format!("127.0.0.1:{}", server.port),
        "--identity",
        key.to_str().expect("a path"),
    ];

    // Pure noise; and answers whose beginning is what a check expects, so that it reads on.
    let believable: [(&str, &[u8]); 8] = [
        ("uname", b"Linux 2.6.32\x1b[31m x86_64\n"),
        ("product", b"VirtualBox\n"),
        ("mounts", b"proc /proc proc rw 0 0\n"),
        ("fstab", b"share\x1b[31m /mnt\x1b[2J vboxsf rw 0 0\n"),
        ("krb5-conf", b"[libdefaults]\n\x1b]0;x\x07default_realm = A\n"),
        ("disks", b"Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/\x1b[31m 100 100 0 100% /\n"),
        ("mount-helper", b"dangling /opt/\x1b[31m /sbin/mount.vboxsf\n"),
        ("build-log", b"==> 1700000000 /var/log/\x1b[31m.log\nmake: *** Error 1\x1b[31m gcc: not found\n"),
    ];
    for answers in [&[][..], &believable] {
        let noise = if answers.is_empty() { COMMANDS } else { b"" };
        desk.file("programs/answer", noise);
        for (id, text) in answers {
            desk.file(&format!("programs/answer.{id}"), text);
        }
        for format in ["human", "json"] {
            let arguments = ["check", "-v", "--color", "never", "--format", format];
            let mut command = desk.command(&arguments);
            let ran = run(command.args(target).env("LC_ALL", "C.UTF-8"));
            ran.is_harmless();
            assert!(
                !ran.stdout.contains('\u{202e}'),
                "no turned text: {}",
                ran.stdout
            );
            assert!(ran.stdout.contains("guest-unreachable"), "{}", ran.stdout);
        }
        let mut command = desk.command(&["check", "--format", "json"]);
        let report = run(command.args(target)).json();
        let target = &report["targets"][0];
        // It was understood, so what was held above is held of its answers.
        assert_eq!(finding(target, "guest-unreachable")["status"], "pass");
        if !answers.is_empty() {
            assert_eq!(finding(target, "disk-full")["status"], "fail");
            for check in [
                "share-not-mounted",
                "krb5-stray-bytes",
                "mount-helper-broken",
            ] {
                let found = finding(target, check);
                assert_eq!(found["status"], "fail", "{found:#}");
                assert!(
                    found.to_string().contains("1B"),
                    "its bytes are shown: {found:#}"
                );
            }
        }
    }

    // A bundle of it is plain text as well, and holds every answer.
    let mut command = desk.command(&["capture", "-o", "bundle.toml"]);
    assert_eq!(run(command.args(target)).status, Some(0));
    let bundle = std::fs::read_to_string(desk.path().join("bundle.toml")).expect("text");
    let odd = bundle
        .chars()
        .find(|&c| c.is_control() && c != '\n' && c != '\t');
    assert_eq!(odd, None, "{bundle}");
    for question in QUESTIONS {
        assert!(
            bundle.contains(&format!("id = \"{}\"", question.id)),
            "{}",
            question.id
        );
    }
    assert_eq!((server.connections(), server.execs()), (7, 7));
}
