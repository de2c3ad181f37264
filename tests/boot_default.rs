//! The kernel that a guest starts next: the end of the command that installs a pair, run by the shells
//! of this computer over a menu that GRUB wrote itself.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use boxdoctor::facts::Facts;
use boxdoctor::observe::{Examination, Observation, Side};
use boxdoctor::remedy::packages::{self, PLAIN, Pair, Spec, Wanted};
use boxdoctor::target::{Kind, Target};

const MENU: &str = include_str!("package_managers/grub-menu.cfg");
const ENTRY: &str = "gnulinux-advanced-0b1e2c3d-1111-2222-3333-444455556666>gnulinux-6.1.0-50-amd64-advanced-0b1e2c3d-1111-2222-3333-444455556666";

/// What is run after the packages of this kernel are there, with another folder for `/boot`.
fn script(release: &str, boot: &Path) -> String {
    let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
    examination.observations.push(Observation::answered(
        "package-managers",
        Side::Guest,
        String::new(),
        b"dpkg-query /usr/bin/dpkg-query\n".to_vec(),
    ));
    let pair = Pair {
        release: release.to_owned(),
        version: "1".to_owned(),
        packages: vec![Spec {
            name: "linux-image".to_owned(),
            version: None,
        }],
    };
    let facts = Facts::read(&examination);
    let command = packages::install(&facts, PLAIN, Wanted::Pair(&pair)).expect("a command");
    let (_, end) = command.split_once("|| exit 1\n").expect("two parts");
    let lines: Vec<String> = end
        .lines()
        .map(|line| match line.split_once('=') {
            // Nothing is installed again here.
            Some(("mend", _)) => "mend=:".to_owned(),
            Some(("boot", _)) => format!("boot='{}'", boot.display()),
            _ => line.to_owned(),
        })
        .collect();
    lines.join("\n")
}

/// A folder for `/boot` with these kernels and this menu, and tools in the place of GRUB's, which
/// write what they were told.
struct Guest {
    folder: tempfile::TempDir,
}

impl Guest {
    fn new(kernels: &[&str], menu: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let guest = Guest { folder };
        let boot = guest.boot();
        fs::create_dir_all(boot.join("grub")).expect("a folder");
        for kernel in kernels {
            for file in ["vmlinuz", "initrd.img"] {
                fs::write(boot.join(format!("{file}-{kernel}")), "").expect("it is written");
            }
        }
        fs::write(boot.join("grub/grub.cfg"), menu).expect("it is written");
        let environment = boot.join("grub/grubenv");
        fs::write(&environment, "").expect("it is written");
        let environment = environment.display();
        guest.tool(
            "grub-set-default",
            &format!("echo \"saved_entry=$1\" >'{environment}'"),
        );
        guest.tool("grub-editenv", "[ \"$2\" = list ] && cat \"$1\"");
        guest
    }

    fn boot(&self) -> std::path::PathBuf {
        self.folder.path().join("boot")
    }

    fn tool(&self, name: &str, body: &str) {
        let folder = self.folder.path().join("bin");
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is set");
    }

    /// Whether the script ended well, and what it said.
    fn run(&self, release: &str) -> (bool, String) {
        let path = format!("{}/bin:/usr/bin:/bin", self.folder.path().display());
        let output = Command::new("sh")
            .args(["-c", &script(release, &self.boot())])
            .env("PATH", path)
            .output()
            .expect("the shell starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    }

    fn saved(&self) -> String {
        fs::read_to_string(self.boot().join("grub/grubenv")).expect("it is there")
    }
}

const KERNELS: [&str; 3] = ["6.1.0-47-amd64", "6.1.0-50-amd64", "6.12.9+bpo-amd64"];

fn that_saves() -> String {
    MENU.replace("set default=\"0\"", "set default=\"${saved_entry}\"")
}

#[test]
fn a_menu_that_starts_what_was_saved_is_told_the_entry_of_the_kernel() {
    let guest = Guest::new(&KERNELS, &that_saves());
    assert_eq!(guest.run("6.1.0-50-amd64"), (true, String::new()));
    assert_eq!(guest.saved(), format!("saved_entry={ENTRY}\n"));
}

#[test]
fn a_menu_that_starts_its_first_entry_is_left_alone() {
    let guest = Guest::new(&KERNELS, MENU);
    assert_eq!(guest.run("6.12.9+bpo-amd64"), (true, String::new()));
    let (ended_well, said) = guest.run("6.1.0-50-amd64");
    assert!(!ended_well);
    assert!(
        said.contains("GRUB starts vmlinuz-6.12.9+bpo-amd64"),
        "{said}"
    );
    assert!(said.contains(&format!("GRUB_DEFAULT='{ENTRY}'")), "{said}");
    assert_eq!(guest.saved(), "");
}

#[test]
fn grubby_is_believed_only_after_it_was_asked() {
    let guest = Guest::new(&KERNELS, MENU);
    let chosen = guest.folder.path().join("chosen");
    let chosen = chosen.display();
    guest.tool(
        "grubby",
        &format!(
            "case $1 in --set-default=*) echo \"${{1#*=}}\" >'{chosen}' ;; --default-kernel) cat '{chosen}' ;; esac"
        ),
    );
    assert_eq!(guest.run("6.1.0-50-amd64"), (true, String::new()));
    guest.tool(
        "grubby",
        "case $1 in --default-kernel) echo /boot/vmlinuz-1 ;; esac",
    );
    let (ended_well, said) = guest.run("6.1.0-50-amd64");
    assert!(!ended_well);
    assert!(said.contains("would still start /boot/vmlinuz-1"), "{said}");
}

#[test]
fn a_kernel_without_the_rest_is_not_chosen() {
    let guest = Guest::new(&KERNELS, &that_saves());
    fs::remove_file(guest.boot().join("initrd.img-6.1.0-50-amd64")).expect("it was there");
    let (ended_well, said) = guest.run("6.1.0-50-amd64");
    assert!(!ended_well);
    assert!(said.contains("no initial file system"), "{said}");
    let (ended_well, said) = guest.run("6.1.0-99-amd64");
    assert!(!ended_well, "{said}");
    // In the folder, and not in the menu.
    let menu = that_saves().replace("vmlinuz-6.1.0-47-amd64", "vmlinuz-6.1.0-46-amd64");
    let guest = Guest::new(&KERNELS, &menu);
    let (ended_well, said) = guest.run("6.1.0-47-amd64");
    assert!(!ended_well);
    assert!(said.contains("has no entry"), "{said}");
    assert_eq!(guest.saved(), "");
}
