//! The real Vagrant, in a project whose machine is a stand-in for one of VirtualBox.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::sshd::Sshd;

const VBOXMANAGE: &str = include_str!("VBoxManage");
const MACHINE: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A project with one machine that is running, as far as Vagrant can tell.
pub struct Project {
    folder: tempfile::TempDir,
    port: u16,
}

impl Project {
    pub fn new(guest: &Sshd) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("project");
        let machine = root.join(".vagrant/machines/default/virtualbox");
        let version = folder.path().join("home/boxes/bench/0/virtualbox");
        put(&folder.path().join("bin/VBoxManage"), VBOXMANAGE);
        put(
            &root.join("Vagrantfile"),
            &format!(
                "Vagrant.configure('2') do |config|\n  config.vm.box = 'bench'\n  \
                 config.ssh.insert_key = false\n  config.ssh.username = '{}'\n  \
                 config.ssh.private_key_path = '{}'\nend\n",
                guest.user,
                guest.key().display()
            ),
        );
        put(&machine.join("id"), MACHINE);
        put(&machine.join("creator_uid"), &uid(folder.path()));
        put(&machine.join("action_provision"), "1.5:x");
        put(
            &version.join("metadata.json"),
            "{\"provider\":\"virtualbox\"}",
        );
        put(&version.join("box.ovf"), "");
        put(
            &version.join("Vagrantfile"),
            "Vagrant.configure('2') { |config| config.vm.base_mac = '080027000001' }\n",
        );
        let program = folder.path().join("bin/VBoxManage");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("a program");
        Project {
            folder,
            port: guest.port,
        }
    }

    pub fn vagrant(&self, arguments: &[&str]) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places = vec![self.at("bin")];
        places.extend(std::env::split_paths(&path));
        let mut command = Command::new("vagrant");
        command
            .args(arguments)
            .current_dir(self.at("project"))
            .env("PATH", std::env::join_paths(places).expect("a search path"))
            .env("BENCH_MACHINE", MACHINE)
            .env("BENCH_PORT", self.port.to_string())
            .env("VAGRANT_HOME", self.at("home"))
            // It would ask the network for a newer Vagrant.
            .env("VAGRANT_CHECKPOINT_DISABLE", "1")
            .env_remove("SSH_AUTH_SOCK");
        command
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Vagrant refuses a machine that somebody else has created.
fn uid(own: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(own).expect("a folder").uid().to_string()
}
