//! What it takes to look at twenty machines, beside one, where each is 200 ms away. VirtualBox is a
//! script that stands in for it; the guests are an SSH server in this process with this computer's
//! shell, so what twenty guests would do on twenty processors is done here on one computer.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

mod far;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/project.rs"]
mod project;
#[path = "../support/ssh_server.rs"]
mod ssh_server;
mod table;
mod turns;

use std::process::ExitCode;
use std::time::Duration;

use project::{Project, guest, id, info};
use ssh_server::openssh;
use table::{Table, in_rounds};
use turns::interleaved;

const REPETITIONS: usize = 3;
const ROUND_TRIP: Duration = Duration::from_millis(200);
const MACHINES: u8 = 20;

const VBOXMANAGE: &str = r#"#!/bin/sh
here=${0%/*}
case $1 in
--version) echo 7.0.14r161095 ;;
list) [ "$2" = runningvms ] && head -n "$COUNT" "$here/running" ;;
showvminfo) cat "$here/$2.info" ;;
esac
"#;

fn main() -> ExitCode {
    in_rounds(measure)
}

fn measure(table: &mut Table) {
    let server = guest();
    let port = far::away(server.port, ROUND_TRIP);
    let project = Project::new();
    project.program("VBoxManage", VBOXMANAGE);
    project.desk.file(".ssh/id_ed25519", openssh(&server.key));
    let mut running = String::new();
    for number in 1..=MACHINES {
        running.push_str(&format!("\"box{number}\" {{{}}}\n", id(number)));
        project.vm(&id(number), &info("running", Some(port)));
    }
    std::fs::write(project.programs().join("running"), running).expect("a file");
    let look_at = |count: u8| {
        let mut command = project.command(&["check", "--all", "--fail-on", "never"]);
        let before = server.execs();
        let ran = program::run(command.env("COUNT", count.to_string()));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        // A guest that is given up is fast.
        assert_eq!(server.execs() - before, usize::from(count));
        ran.took
    };
    let _ = look_at(1);
    let [all, one] = interleaved(REPETITIONS, [&|| look_at(MACHINES), &|| look_at(1)]);
    table.times("a: check --all of 20 | of one, 200 ms away", all, one, 2.5);
}
