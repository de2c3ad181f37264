//! A guest that sends without end takes neither the time nor the memory of the one who looks at it.
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

use std::process::Command;

use program::Desk;
use ssh_server::{Behaviour, SshServer, openssh};

/// Looks at such a server with the real program, which has this long (in seconds).
fn looked_at(behaviour: Behaviour, format: &str, seconds: u64) {
    let server = SshServer::start(behaviour);
    let desk = Desk::new();
    let key = server.key_file("id", &openssh(&server.key));
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
    command
        .args(["check", "--timeout", "60", "--format", format, "--ssh"])
        .arg(format!("127.0.0.1:{}", server.port))
        .arg("--identity")
        .arg(key)
        .current_dir(desk.path())
        .env("HOME", desk.path())
        .env("USERPROFILE", desk.path())
        .env_remove("SSH_AUTH_SOCK");
    let watched = memory::watch(&mut command);
    watched.costs_little(seconds);
    assert_eq!(watched.status, Some(1), "{}", watched.stdout);
    assert!(
        watched.stdout.contains("guest-unreachable"),
        "{}",
        watched.stdout
    );
}

#[test]
fn a_flood_of_output_ends_quickly_and_costs_little() {
    for format in ["human", "json"] {
        looked_at(Behaviour::FloodStdout, format, 10);
    }
}

#[test]
fn a_flood_of_errors_ends_and_costs_little() {
    looked_at(Behaviour::FloodStderr(1 << 30), "human", 50);
    looked_at(Behaviour::FloodStderr(8 << 20), "json", 30);
}
