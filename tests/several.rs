//! Several machines in one call, by the real program: all that run on the host, several addresses, the
//! hosts of an SSH configuration. VirtualBox is a script that stands in for it, the guests are SSH
//! servers inside the test, whose shell is this computer's.
#![cfg(unix)] // the stand-in is a shell script
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/project.rs"]
mod project;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{Desk, roots, target};
use project::{Project, guest, id, info, ssh_config, status, traffic};
use serde_json::{Value, json};
use ssh_server::{Behaviour, SshServer, openssh};

/// Answers `list runningvms`, too.
const VBOXMANAGE: &str = r#"#!/bin/sh
here=${0%/*}
case $1 in
--version) echo 7.0.14r161095 ;;
list) [ "$2" = runningvms ] && cat "$here/running" ;;
showvminfo) cat "$here/$2.info" ;;
esac
"#;

/// A host on which these machines run: name, number and port.
fn host(machines: &[(&str, u8, u16)]) -> Project {
    let project = Project::new();
    project.program("VBoxManage", VBOXMANAGE);
    let mut running = String::new();
    for (name, number, port) in machines {
        running.push_str(&format!("\"{name}\" {{{}}}\n", id(*number)));
        project.vm(&id(*number), &info("running", Some(*port)));
    }
    std::fs::write(project.programs().join("running"), running).expect("a file");
    project
}

/// Lets Vagrant know this machine, with the key for this server.
fn known_to_vagrant(project: &Project, name: &str, number: u8, server: &SshServer) {
    project.running(name, number, server);
    let folder = project.desk.path().join("project");
    let entry = json!({
        "version": 1,
        "machines": {format!("{number:032}"): {
            "local_data_path": folder.join(".vagrant"), "name": name, "provider": "virtualbox",
            "state": "running", "vagrantfile_name": null, "vagrantfile_path": folder,
        }},
    });
    let index = ".vagrant.d/data/machine-index/index";
    project.desk.file(index, entry.to_string());
}

fn names(report: &Value) -> Vec<&str> {
    let targets = report["targets"].as_array().expect("targets");
    let names = targets.iter().map(|target| target["name"].as_str());
    names.map(|name| name.expect("a name")).collect()
}

#[test]
fn all_that_run_are_looked_at_from_any_folder() {
    let (server, mute) = (guest(), SshServer::start(Behaviour::RejectAuth));
    let project = host(&[
        ("shop_default_17", 1, server.port),
        ("plain \"box\"", 2, mute.port),
        ("third", 3, mute.port),
    ]);
    known_to_vagrant(&project, "default", 1, &server);
    let mut command = project.command(&["check", "--all", "--format", "json"]);
    let ran = program::run(command.current_dir("/"));
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let report = ran.json();
    assert_eq!(
        names(&report),
        ["shop_default_17", "plain \"box\"", "third"]
    );
    assert_eq!(target(&report, "shop_default_17")["kind"], "vagrant");
    assert_eq!(target(&report, "third")["kind"], "virtualbox");
    assert_eq!(
        status(&report, "shop_default_17", "guest-unreachable"),
        "pass"
    );
    assert_eq!(roots(target(&report, "third")), ["guest-unreachable"]);
    let unreachable = json!({"root": "guest-unreachable", "targets": ["plain \"box\"", "third"]});
    assert!(
        report["groups"]
            .as_array()
            .expect("groups")
            .contains(&unreachable),
        "{report:#}"
    );
    assert_eq!(traffic(&server), (1, 1));
}

#[test]
fn the_same_trouble_is_told_once() {
    let mute = SshServer::start(Behaviour::RejectAuth);
    let project = host(&[
        ("a", 1, mute.port),
        ("b", 2, mute.port),
        ("c", 3, mute.port),
    ]);
    let text = project.run(&["check", "--all"]).stdout;
    assert!(text.contains("a, b, c (virtualbox, running)"), "{text}");
    assert_eq!(text.matches("ERROR guest-unreachable").count(), 1, "{text}");
    assert!(text.contains("guest-unreachable  a, b, c"), "{text}");
    assert!(text.contains("3 root causes: 3 errors"), "{text}");
    // Whoever wants all of it gets each by itself.
    let text = project.run(&["check", "--all", "-v"]).stdout;
    assert_eq!(text.matches("ERROR guest-unreachable").count(), 3, "{text}");
}

#[test]
fn no_machine_and_no_virtualbox_are_told() {
    let project = host(&[]);
    let ran = project.run(&["check", "--all"]);
    assert!(
        ran.ended(0).stdout.contains("No machine runs here"),
        "{ran:?}"
    );
    let report = project.check(&["--all"]).ended(0).json();
    assert_eq!(report["targets"], json!([]));
    let said = project.without_virtualbox().run(&["check", "--all"]);
    assert!(said.refused().contains("no VBoxManage"), "{said:?}");
}

#[test]
fn several_addresses_are_one_report() {
    let (one, other) = (guest(), SshServer::start(Behaviour::RejectAuth));
    let desk = Desk::new();
    let key = one.key_file("id", &openssh(&one.key));
    let addresses = [&one, &other].map(|server| format!("vagrant@127.0.0.1:{}", server.port));
    let mut arguments = vec!["check", "--format", "json", "--fail-on", "never"];
    for address in &addresses {
        arguments.extend(["--ssh", address]);
    }
    arguments.extend(["--identity", key.to_str().expect("a path")]);
    let report = desk.run(&arguments).noted(0).json();
    assert_eq!(names(&report), addresses);
    assert_eq!(roots(target(&report, &addresses[1])), ["guest-unreachable"]);
    assert_eq!(traffic(&one), (1, 1));
}

#[test]
fn the_hosts_of_an_ssh_configuration_are_looked_at() {
    let (web, db) = (guest(), guest());
    let desk = Desk::new();
    let text = ssh_config("web", &web) + &ssh_config("db", &db);
    desk.file("hosts", text);
    let run = |more: &[&str]| {
        let all = [
            "check",
            "--ssh-config",
            "hosts",
            "--format",
            "json",
            "--fail-on",
            "never",
        ];
        desk.run(&[&all, more].concat())
    };
    let report = run(&[]).ended(0).json();
    assert_eq!(names(&report), ["web", "db"]);
    for name in ["web", "db"] {
        assert_eq!(status(&report, name, "guest-unreachable"), "pass");
    }
    let report = run(&["db"]).ended(0).json();
    assert_eq!(names(&report), ["db"]);
    assert_eq!((traffic(&web), traffic(&db)), ((1, 1), (2, 2)));

    let said = run(&["nope"]);
    assert!(
        said.refused()
            .contains("no host 'nope'; name one of: web, db"),
        "{said:?}"
    );
    desk.file("hosts", "Host *\n  User x\n");
    let said = run(&[]);
    assert!(said.refused().contains("names no host"), "{said:?}");
}

/// Twenty machines, of which the first accepts a connection and never says a word.
#[test]
fn one_machine_that_hangs_delays_nobody() {
    const TIMEOUT: Duration = Duration::from_secs(24);
    let (server, silent) = (guest(), SshServer::start(Behaviour::SilentAfterAccept));
    let all: Vec<(String, u8, u16)> = (1..=20)
        .map(|number| {
            let port = if number == 1 {
                silent.port
            } else {
                server.port
            };
            (format!("box{number:02}"), number, port)
        })
        .collect();
    let machines: Vec<(&str, u8, u16)> = all
        .iter()
        .map(|(name, number, port)| (name.as_str(), *number, *port))
        .collect();
    let project = host(&machines);
    // The key by which they let people in lies where the user keeps keys.
    project.desk.file(".ssh/id_ed25519", openssh(&server.key));
    let seconds = TIMEOUT.as_secs().to_string();
    let start = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .args([
            "check",
            "--all",
            "--timeout",
            &seconds,
            "--fail-on",
            "never",
        ])
        .env("HOME", project.desk.path())
        .env("PATH", project.programs())
        .env_remove("SSH_AUTH_SOCK")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let output = program.stdout.take().expect("a pipe");
    let lines: Vec<(Duration, String)> = BufReader::new(output)
        .lines()
        .map(|line| (start.elapsed(), line.expect("text")))
        .collect();
    assert!(program.wait().expect("it ends").success());
    let at = |wanted: &str| {
        let found = lines.iter().find(|(_, line)| line.contains(wanted));
        found
            .unwrap_or_else(|| panic!("no {wanted} in {lines:#?}"))
            .0
    };
    let soon = TIMEOUT - Duration::from_secs(4);
    assert!(at("box02") < soon, "{lines:#?}");
    assert!(at("box20") < soon, "{lines:#?}");
    assert!(at("box01") >= TIMEOUT, "it comes by itself: {lines:#?}");
    assert!(start.elapsed() < TIMEOUT + Duration::from_secs(5));
    assert_eq!(traffic(&server), (19, 19));
}
