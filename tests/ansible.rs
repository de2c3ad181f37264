//! Ansible looks at the boxes of several hosts and gathers the reports: the real `ansible-playbook` with
//! the playbook that the README shows, and two hosts behind a real sshd each. VirtualBox is a script
//! that stands in for it. Needs `ansible-core` (ANSIBLE_PLAYBOOK says where, if not on PATH), and
//! openssh-server.
#![cfg(unix)]
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
#[path = "support/sshd.rs"]
mod sshd;

use std::path::Path;
use std::process::Command;

use program::{Desk, roots};
use project::{Project, id, info};
use serde_json::Value;
use ssh_server::{Behaviour, SshServer};
use sshd::Sshd;

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ansible/check.yml");

const VBOXMANAGE: &str = r#"#!/bin/sh
here=${0%/*}
case $1 in
--version) echo 7.0.14r161095 ;;
list) [ "$2" = runningvms ] && cat "$here/running" ;;
showvminfo) cat "$here/$2.info" ;;
esac
"#;

/// A host of the team, on which these machines run.
fn host(running: &str) -> (Project, Sshd) {
    let project = Project::new();
    project.program("VBoxManage", VBOXMANAGE);
    std::fs::write(project.programs().join("running"), running).expect("a file");
    let user = Command::new("id").arg("-un").output().expect("id runs");
    let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
    let path = format!("{}:/usr/bin:/bin", project.programs().display());
    let sshd = Sshd::start_in(&[], &user, &[("PATH", &path)]);
    (project, sshd)
}

/// Its line of an inventory.
fn line(name: &str, sshd: &Sshd) -> String {
    format!(
        "{name} ansible_host=127.0.0.1 ansible_port={} ansible_user={} ansible_ssh_private_key_file={} \
         ansible_python_interpreter=/usr/bin/python3 ansible_ssh_common_args='-o UserKnownHostsFile={}'\n",
        sshd.port,
        sshd.user,
        sshd.key().display(),
        sshd.home().join(".ssh/known_hosts").display(),
    )
}

fn report(folder: &Path, host: &str) -> Value {
    let path = folder.join(format!("{host}.json"));
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).expect("a report")
}

#[test]
fn the_reports_of_many_hosts_are_gathered() {
    let mute = SshServer::start(Behaviour::RejectAuth);
    let (broken, of_one) = host(&format!("\"box\" {{{}}}\n", id(1)));
    broken.vm(&id(1), &info("running", Some(mute.port)));
    let (_idle, of_two) = host("");
    let desk = Desk::new();
    let inventory = line("one", &of_one) + &line("two", &of_two);
    let inventory = desk.file("inventory", inventory);
    let reports = desk.path().join("reports");
    let program = std::env::var_os("ANSIBLE_PLAYBOOK").unwrap_or("ansible-playbook".into());
    let output = Command::new(program)
        .arg("-i")
        .arg(inventory)
        .arg(PLAYBOOK)
        .args(["-e", &format!("reports={}", reports.display())])
        .args(["-e", concat!("boxdoctor=", env!("CARGO_BIN_EXE_boxdoctor"))])
        .current_dir(desk.path())
        .env("HOME", desk.path())
        .env("ANSIBLE_NOCOLOR", "1")
        .env_remove("SSH_AUTH_SOCK")
        .output()
        .expect("ansible-core is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{output:?}");
    assert!(said.contains("\"msg\": \"guest-unreachable\""), "{said}");
    assert!(said.contains("\"msg\": \"nothing is wrong\""), "{said}");
    let one = report(&reports, "one");
    assert_eq!(one["targets"][0]["name"], "box");
    assert_eq!(roots(&one["targets"][0]), ["guest-unreachable"]);
    let two = report(&reports, "two");
    assert_eq!(two["targets"].as_array().map(Vec::len), Some(0));
}
