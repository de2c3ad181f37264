//! A Vagrant project on this computer, with programs that stand in for VBoxManage and vagrant.
#![allow(dead_code)] // each test binary uses its own part of this

use std::fs::{create_dir_all, read_to_string, remove_file, set_permissions, write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use assert_cmd::Command;

use super::program::{Desk, Ran, finding, run, target};
use super::ssh_server::{Behaviour, SshServer, openssh};

/// Answers as VirtualBox 7.0 does; what it knows of a machine is a file beside it.
pub const VBOXMANAGE: &str = r#"#!/bin/sh
here=${0%/*}
echo "$*" >>"$here/VBoxManage.calls"
case $1 in
--version) echo 7.0.14r161095 ;;
list) echo "Default Guest Additions ISO:     $here/VBoxGuestAdditions.iso" ;;
showvminfo)
  if [ -e "$here/$2.info" ]; then cat "$here/$2.info"
  else
    echo "VBoxManage: error: Could not find a registered machine named '$2'" >&2
    exit 1
  fi ;;
esac
"#;

/// Answers `ssh-config NAME` from a file beside it.
pub const VAGRANT: &str = r#"#!/bin/sh
here=${0%/*}
echo "$*" >>"$here/vagrant.calls"
[ "$1" = ssh-config ] && cat "$here/$2.ssh-config"
"#;

/// VirtualBox's identifier of the machine of this number.
pub fn id(number: u8) -> String {
    format!("0f8fad5b-d9cb-469f-a165-7086772895{number:02}")
}

/// What VirtualBox says of a machine: its state, and where its SSH port is, if anywhere.
pub fn info(state: &str, port: Option<u16>) -> String {
    let mut text = format!("name=\"box\"\nVMState=\"{state}\"\nmemory=512\n");
    if let Some(port) = port {
        text.push_str(&format!("Forwarding(0)=\"ssh,tcp,127.0.0.1,{port},,22\"\n"));
    }
    text
}

/// How Vagrant would log in to this server.
pub fn ssh_config(machine: &str, server: &SshServer) -> String {
    let key = server.key_file("configured", &openssh(&server.key));
    format!(
        "Host {machine}\n  HostName 127.0.0.1\n  User vagrant\n  Port {}\n  UserKnownHostsFile /dev/null\n  \
         StrictHostKeyChecking no\n  IdentityFile {}\n",
        server.port,
        key.display()
    )
}

/// A guest whose shell is this computer's.
pub fn guest() -> SshServer {
    SshServer::start(Behaviour::RealShell)
}

/// How often somebody connected, and how often a command was run.
pub fn traffic(server: &SshServer) -> (usize, usize) {
    (server.connections(), server.execs())
}

/// How a check came out for the machine of this name.
pub fn status(report: &serde_json::Value, machine: &str, check: &str) -> String {
    let status = &finding(target(report, machine), check)["status"];
    status.as_str().expect("a status").to_owned()
}

/// A folder with a Vagrantfile, and beside it the folder of the stand-ins.
pub struct Project {
    pub desk: Desk,
}

impl Project {
    /// A project without machines, with a VBoxManage.
    pub fn new() -> Self {
        let desk = Desk::new();
        desk.file("project/Vagrantfile", "");
        create_dir_all(desk.path().join("programs")).expect("a folder");
        let project = Project { desk };
        project.program("VBoxManage", VBOXMANAGE);
        project
    }

    /// Puts a stand-in on the search path, which has nothing else: whatever VirtualBox and Vagrant
    /// this computer has, they are not asked.
    pub fn program(&self, name: &str, text: &str) -> &Self {
        let path = self.programs().join(name);
        // The stand-in itself needs cat and the like.
        let outside = std::env::var("PATH").expect("a search path");
        let text = text.replacen('\n', &format!("\nPATH='{outside}'\n"), 1);
        write(&path, text).expect("the program is written");
        set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it can be run");
        self
    }

    pub fn programs(&self) -> PathBuf {
        self.desk.path().join("programs")
    }

    pub fn without_virtualbox(&self) -> &Self {
        remove_file(self.programs().join("VBoxManage")).expect("the stand-in is there");
        self
    }

    /// A machine that Vagrant has made; what VirtualBox knows of it is `info`.
    pub fn machine(&self, name: &str, number: u8, info: &str) -> &Self {
        self.vagrants_file(name, "id", &id(number));
        self.vm(&id(number), info)
    }

    /// What VirtualBox knows of a machine.
    pub fn vm(&self, name: &str, info: &str) -> &Self {
        write(self.programs().join(format!("{name}.info")), info).expect("the file is written");
        self
    }

    /// A file in Vagrant's folder for a machine.
    pub fn vagrants_file(&self, machine: &str, name: &str, content: &str) -> &Self {
        let path = format!("project/.vagrant/machines/{machine}/virtualbox/{name}");
        self.desk.file(&path, content);
        self
    }

    /// A running machine whose guest is this server, with Vagrant's key for it.
    pub fn running(&self, name: &str, number: u8, server: &SshServer) -> &Self {
        self.machine(name, number, &info("running", Some(server.port)));
        self.vagrants_file(name, "private_key", &openssh(&server.key))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.desk.command(arguments);
        command
            .current_dir(self.desk.path().join("project"))
            .env("PATH", self.programs());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// `check --format json` with these arguments.
    pub fn check(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["check", "--format", "json"];
        all.extend(arguments);
        self.run(&all)
    }

    /// The arguments with which a stand-in was started, one line a time.
    pub fn calls(&self, program: &str) -> Vec<String> {
        let file = self.programs().join(format!("{program}.calls"));
        let text = read_to_string(file).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}
