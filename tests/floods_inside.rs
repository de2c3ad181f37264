//! A guest that floods us from inside of an answer to a question: what it sends is kept up to a
//! limit, read by the checks, and still costs little. It is a stand-in for the shell that the server
//! inside the test starts.
#![cfg(unix)] // the stand-in is a shell script
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::os::unix::fs::PermissionsExt;

use program::Desk;
use ssh_server::{Behaviour, SshServer, openssh};

/// Answers the questions in `asked` beside it, in the form that they were asked for, with what the
/// script `noise` prints.
const SHELL: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
here=${0%/*}
nonce=$(sed -n 's/^nonce=\([0-9a-f]*\)$/\1/p' | head -n 1)
for id in $(cat "$here/asked"); do
  printf '\n%s begin %s 1.00\n' "$nonce" "$id"
  (. "$here/noise") | head -c 5900000
  printf '\n%s end %s 0 1.00\n' "$nonce" "$id"
done
"#;

#[test]
fn a_flood_inside_of_an_answer_costs_little() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let shell = desk.file("programs/sh", SHELL);
    std::fs::set_permissions(&shell, PermissionsExt::from_mode(0o755)).expect("it can be run");
    // SAFETY: this binary has this one test, and nothing else in it reads the environment now.
    unsafe { std::env::set_var("PATH", shell.parent().expect("a folder")) };
    let key = desk.file("key", openssh(&server.key));

    let stray = "printf '[libdefaults]\\n'; yes \"$(printf '\\302\\240a b c')\"";
    let bytes = "yes \"$(printf '\\377\\033\\376')\" | tr -d '\\n'";
    let lines = "yes 'vboxsf /a vboxsf rw 0 0'";
    for (asked, noise) in [
        ("krb5-conf", stray),
        ("krb5-files", "yes 'missing 0 0\n\n'"),
        (
            "krb5-files",
            "echo 'file 2 999999'; echo /a; yes 'include /a'",
        ),
        ("krb5-tickets", "printf 'status 1\n\n'; yes 'klist: x'"),
        ("krb5-keytab", "echo ----; yes '2 1 a@B (des)'"),
        ("mounts", lines),
        ("fstab", lines),
        ("modules", bytes),
        ("product", bytes),
        (
            "build-log",
            "echo '==> 1 /var/log/x'; yes 'error: gcc not found'",
        ),
        ("rpm-kernels", "yes 'kernel (none) 1 1 x86_64'"),
        (
            "repositories",
            "yes '/etc/yum.repos.d/a.repo:1:exclude=kernel*'",
        ),
    ] {
        desk.file("programs/asked", format!("{asked}\n"));
        desk.file("programs/noise", noise);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
        command
            .args(["check", "-v", "--timeout", "30", "--identity"])
            .arg(&key)
            .arg("--ssh")
            .arg(format!("127.0.0.1:{}", server.port))
            .current_dir(desk.path())
            .env("HOME", desk.path())
            .env("USERPROFILE", desk.path())
            .env_remove("SSH_AUTH_SOCK");
        let watched = memory::watch(&mut command);
        eprintln!("{asked}: {:?} KiB, {:?}", watched.memory, watched.took); // shown where it fails
        watched.costs_little(10);
        // The answer was taken for one, so what was held above is held of reading it.
        let report = &watched.stdout;
        assert!(
            report.contains("pass     guest-unreachable"),
            "{asked}: {report}"
        );
    }
}
