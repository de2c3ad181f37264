//! The real Vagrant takes each Vagrantfile with the block in it, and has nothing to say about it.
//! Needs `vagrant`; what the block does at `vagrant up` is shown in the lab.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/vagrantfiles.rs"]
mod vagrantfiles;

use std::fs;

use assert_cmd::Command;
use program::Desk;

#[test]
fn vagrant_takes_every_vagrantfile_with_the_block() {
    // One without a box is wrong with or without a block.
    let files = vagrantfiles::all().into_iter();
    for (name, bytes) in files.filter(|(_, bytes)| !bytes.is_empty()) {
        let desk = Desk::new();
        fs::write(desk.path().join("Vagrantfile"), &bytes).expect("a file");
        let options: &[&str] = &["--fix", "--allow-reboot", "--strict"];
        for options in [&[], options] {
            let words = ["hook", "install"];
            let words: Vec<&str> = words.iter().chain(options).copied().collect();
            desk.run(&words).ended(0);
        }
        let ran = Command::new("vagrant")
            .args(["validate", "--ignore-provider"])
            .current_dir(desk.path())
            .env("HOME", desk.path())
            .env("VAGRANT_CHECKPOINT_DISABLE", "1")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("VAGRANT_CWD")
            .env_remove("VAGRANT_EXPERIMENTAL")
            .output()
            .expect("Vagrant is installed");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{name}: {ran:?}");
        assert!(said.contains("validated successfully"), "{name}: {ran:?}");
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{name}");
    }
}
