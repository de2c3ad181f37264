//! Ctrl-C: everything ends at once, the programs that were started too.
#![cfg(unix)] // the stand-ins are shell scripts, and the signal is one of Unix
#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "tests make their own surroundings, and share them with other tests"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/project.rs"]
mod project;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use project::{Project, info};
use ssh_server::{Behaviour, SshServer, openssh};

/// Waits until this holds, for ten seconds at most.
fn eventually(holds: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

fn is_running(process: &str) -> bool {
    let kill = Command::new("kill")
        .args(["-0", process])
        .stderr(Stdio::null())
        .status();
    kill.is_ok_and(|status| status.success())
}

/// Presses Ctrl-C.
fn interrupt(program: &mut Child) {
    let signal = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(signal.is_ok_and(|status| status.success()));
    let status = program.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn nothing_goes_on_after_an_interruption() {
    let project = Project::new();
    project.machine("default", 1, &info("running", None));
    let note = project.programs().join("process");
    let hangs = format!(
        "#!/bin/sh\necho $$ >>'{}'\nexec sleep 300\n",
        note.display()
    );
    project.program("VBoxManage", &hangs);
    let mut boxdoctor = Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .arg("check")
        .current_dir(project.desk.path().join("project"))
        .env("PATH", project.programs())
        .env("HOME", project.desk.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");

    let started = |file: &Path| std::fs::read_to_string(file).unwrap_or_default();
    // The version, the machine and the ISO are asked for at the same time.
    assert!(eventually(|| started(&note).lines().count() == 3));
    interrupt(&mut boxdoctor);
    for process in started(&note).lines() {
        assert!(eventually(|| !is_running(process)), "{process} goes on");
    }
}

#[test]
fn no_copy_of_a_key_stays_behind() {
    let project = Project::new();
    let server = SshServer::start(Behaviour::OldKeyExchange);
    // The first time it refuses the key, the second time it has a copy of it, and hangs.
    let said =
        "WARNING: UNPROTECTED PRIVATE KEY FILE!\nvagrant@127.0.0.1: Permission denied (publickey).";
    let note = project.programs().join("called");
    let ssh = format!(
        "#!/bin/sh\nif [ -e '{0}' ]; then echo \"$*\" >>'{0}'; exec sleep 300; fi\n\
         echo first >'{0}'\necho '{said}' >&2\nexit 255\n",
        note.display()
    );
    project.program("ssh", &ssh);
    let temporary = project.desk.path().join("temporary");
    std::fs::create_dir(&temporary).expect("a folder");
    let key = server.key_file("key", &openssh(&server.key));
    let mut boxdoctor = Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .args(["check", "--ssh", &server.address().to_string()])
        .arg("--identity")
        .arg(key)
        .env("PATH", project.programs())
        .env("HOME", project.desk.path())
        .env("TMPDIR", &temporary)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let copies = || boxdoctor::files::names(&temporary);
    let called = || std::fs::read_to_string(&note).unwrap_or_default();
    assert!(
        eventually(|| called().contains("boxdoctor-key-")),
        "{}",
        called()
    );
    assert_eq!(copies().len(), 1);
    interrupt(&mut boxdoctor);
    assert_eq!(copies(), Vec::<String>::new());
}
