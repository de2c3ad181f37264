//! What a check costs beside the programs that a person would otherwise use, on one machine in one
//! run. The limits are ratios, because they hold on fast and slow computers alike.
//!
//! Needs the packages openssh-server, openssh-client and vagrant, and root or a user who may log in.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

mod peak;
#[path = "../support/sshd.rs"]
mod sshd;
mod table;
mod turns;
mod vagrant;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use boxdoctor::observe::guest as probe;
use boxdoctor::observe::questions::QUESTIONS;
use boxdoctor::observe::root::Sudo;
use sshd::Sshd;
use table::{Table, in_rounds};
use turns::interleaved;

/// How often each side is measured; the middle one counts.
const REPETITIONS: usize = 9;
/// Vagrant takes seconds, and is far off its limit.
const REPETITIONS_OF_VAGRANT: usize = 3;

const BOXDOCTOR: &str = env!("CARGO_BIN_EXE_boxdoctor");
const BUNDLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/centos6-versionlock/bundle.toml"
);

fn main() -> ExitCode {
    in_rounds(|table| {
        over_ssh(table);
        a_bundle(table);
        a_flood(table);
    })
}

/// `boxdoctor check` of this guest.
fn check_of(guest: &Sshd) -> Command {
    let mut command = Command::new(BOXDOCTOR);
    command
        .env("HOME", guest.home())
        .env_remove("SSH_AUTH_SOCK")
        .args(["check", "--fail-on", "never", "--ssh", &guest.address()])
        .arg("--identity")
        .arg(guest.key());
    command
}

/// The check beside `ssh` with the same script, beside the script alone, and beside Vagrant.
fn over_ssh(table: &mut Table) {
    let guest = Sshd::start("");
    let nonce = probe::nonce().expect("random numbers");
    let script = probe::script(&nonce, &Sudo::default(), QUESTIONS);
    let check = || succeeds(&mut check_of(&guest), "");
    let ssh = || succeeds(&mut guest.ssh("sh -c 'eval \"$(cat)\"'"), &script);
    let alone = || {
        let mut shell = Command::new("sh");
        succeeds(shell.args(["-c", "eval \"$(cat)\""]), &script)
    };
    // The first of each fills caches.
    let _ = (check(), ssh(), alone());
    let [check_took, ssh_took, script_took] = interleaved(REPETITIONS, [&check, &ssh, &alone]);
    table.information("the script alone", script_took);
    table.times(
        "a: check --ssh | ssh with the same script",
        check_took,
        ssh_took,
        1.0,
    );
    table.times(
        "b: the same without the script's own time",
        check_took.saturating_sub(script_took),
        ssh_took.saturating_sub(script_took),
        0.6,
    );

    let project = vagrant::Project::new(&guest);
    let config = || succeeds(&mut project.vagrant(&["ssh-config"]), "");
    let login = || succeeds(&mut project.vagrant(&["ssh", "-c", "true"]), "");
    let [check_took, config_took, login_took] =
        interleaved(REPETITIONS_OF_VAGRANT, [&check, &config, &login]);
    table.at_least(
        "c: check --ssh | vagrant ssh-config and ssh -c true",
        check_took,
        config_took + login_took,
        8.0,
    );
}

fn a_bundle(table: &mut Table) {
    let check = || {
        let mut command = Command::new(BOXDOCTOR);
        command.args(["check", "--fail-on", "never", "--bundle", BUNDLE]);
        succeeds(&mut command, "")
    };
    let _ = check();
    let [took] = interleaved(REPETITIONS, [&check]);
    table.milliseconds("d: check --bundle", took, 20.0);
}

/// A guest that sends 1 GB, whatever it is asked.
fn a_flood(table: &mut Table) {
    for (what, command) in [
        (
            "e: peak memory, 1 GB on standard output",
            "yes | head -c 1000000000",
        ),
        (
            "e: peak memory, 1 GB on standard error",
            "yes | head -c 1000000000 >&2",
        ),
    ] {
        let guest = Sshd::start(&format!("ForceCommand : >\"$HOME/asked\"; {command}\n"));
        let peak = peak::of(&mut check_of(&guest));
        // A refused login would need little memory too.
        assert!(
            guest.home().join("asked").exists(),
            "the guest was not asked"
        );
        table.megabytes(what, peak, 40.0);
    }
}

/// Runs the program to its end with this on its standard input. It must not fail: a program that
/// gives up is fast.
fn succeeds(command: &mut Command, input: &str) -> Duration {
    use std::io::Write;
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(input.as_bytes())
        .expect("it reads its input");
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let took = start.elapsed();
    assert!(
        [Some(0), Some(boxdoctor::observe::guest::DONE)].contains(&output.status.code()),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Nor is it a check to give the guest up.
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("guest-unreachable"), "{said}");
    took
}
