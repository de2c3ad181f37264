//! `boxdoctor hook`, as a user types it, and as the block in a Vagrantfile calls it.
#![cfg(unix)] // the stand-ins are shell scripts
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
#[path = "support/vagrantfiles.rs"]
mod vagrantfiles;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use program::{Desk, Ran};
use project::{Project, VAGRANT, guest, id, info, traffic};
use serde_json::{Value, json};
use ssh_server::{SshServer, openssh};

/// The Vagrantfile of a desk.
struct Place {
    desk: Desk,
    path: PathBuf,
}

impl Place {
    fn with(bytes: &[u8]) -> Self {
        let desk = Desk::new();
        let path = desk.path().join("Vagrantfile");
        fs::write(&path, bytes).expect("a file");
        Place { desk, path }
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).expect("it is there")
    }
}

#[test]
fn what_is_installed_can_be_taken_away_again_to_the_last_byte() {
    for (name, bytes) in vagrantfiles::all() {
        let place = Place::with(&bytes);
        fs::set_permissions(&place.path, Permissions::from_mode(0o640)).expect("a mode");
        place.desk.run(&["hook", "install"]).ended(0);
        let installed = place.bytes();
        assert_ne!(installed, bytes, "{name}");
        let ran = place.desk.run(&["hook", "install"]);
        assert!(
            ran.ended(0).stdout.contains("nothing was changed"),
            "{name}"
        );
        assert_eq!(place.bytes(), installed, "{name}");
        place
            .desk
            .run(&["hook", "install", "--fix", "--allow-reboot"])
            .ended(0);
        let other = place.bytes();
        assert_ne!(other, installed, "{name}");
        let count = String::from_utf8_lossy(&other)
            .matches(">>> boxdoctor")
            .count();
        assert_eq!(count, 1, "{name}");
        place.desk.run(&["hook", "uninstall"]).ended(0);
        assert_eq!(place.bytes(), bytes, "{name}");
        let ran = place.desk.run(&["hook", "uninstall"]);
        assert!(
            ran.ended(0).stdout.contains("nothing was changed"),
            "{name}"
        );
        let mode = fs::metadata(&place.path)
            .expect("it is there")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o640, "{name}");
        let names = boxdoctor::files::names(place.desk.path());
        assert_eq!(names, ["Vagrantfile"], "{name}");
    }
}

#[test]
fn what_cannot_be_changed_is_left_as_it_is() {
    let refused = |place: &Place, says: &str| {
        let before = place.bytes();
        let ran = place.desk.run(&["hook", "install"]);
        assert!(ran.refused().contains(says), "{says}: {ran:?}");
        assert_eq!(place.bytes(), before, "{says}");
    };
    let place = Place::with(b"Vagrant.configure(2) { |c| }\n");
    fs::set_permissions(&place.path, Permissions::from_mode(0o444)).expect("a mode");
    refused(&place, "it is read-only");
    let utf16: Vec<u8> = "\u{feff}Vagrant"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    refused(&Place::with(&utf16), "it is no text: byte 3 is a zero byte");
    refused(&Place::with(b"# f\xfcr alle\n"), "byte 3 is not UTF-8");
    refused(
        &Place::with(b"\n# >>> boxdoctor hook >>>\nx\n"),
        "line 2 begins a block",
    );
    let place = Place::with(b"");
    fs::rename(&place.path, place.desk.path().join("real")).expect("a name");
    symlink("real", &place.path).expect("a link");
    refused(&place, "it is a link");

    let desk = Desk::new();
    let ran = desk.run(&["hook", "install"]);
    assert!(ran.refused().contains("no Vagrantfile"), "{ran:?}");
    let ran = desk.run(&["hook", "install", "--vagrantfile", "other"]);
    assert!(ran.refused().contains("other cannot be read"), "{ran:?}");
}

#[test]
fn the_file_is_found_or_named() {
    let desk = Desk::new();
    desk.file("project/Vagrantfile", "");
    desk.file("project/src/file", "");
    desk.file("project/hooks.rb", "# loaded\n");
    let read = |name: &str| fs::read_to_string(desk.path().join(name)).expect("it is there");
    let mut command = desk.command(&["hook", "install"]);
    program::run(command.current_dir(desk.path().join("project/src"))).ended(0);
    assert!(read("project/Vagrantfile").contains(">>> boxdoctor"));
    desk.run(&["hook", "install", "--vagrantfile", "project/hooks.rb"])
        .ended(0);
    assert!(read("project/hooks.rb").starts_with("# loaded\n# >>> boxdoctor"));
    desk.run(&["hook", "uninstall", "--vagrantfile", "project/hooks.rb"])
        .ended(0);
    assert_eq!(read("project/hooks.rb"), "# loaded\n");
}

/// No shell stands between Vagrant and boxdoctor, on any system: there is one form of the block.
#[test]
fn the_block_is_what_it_was() {
    let desk = Desk::new();
    let printed = |arguments: &[&str]| {
        let mut all = vec!["hook", "print"];
        all.extend(arguments);
        desk.run(&all).ended(0).stdout.clone()
    };
    let fix = printed(&[
        "--fix",
        "--allow-reboot",
        "--allow-kernel-change",
        "--snapshot",
        "--strict",
        "--iso",
        r"/C:\it's here\a.iso",
        "--limit",
        "77",
    ]);
    assert_eq!(
        fix,
        include_str!("hook/fix.rb"),
        "if this is meant, `boxdoctor hook print` writes it"
    );
    let check = printed(&[]);
    assert_eq!(
        check,
        include_str!("hook/check.rb"),
        "if this is meant, `boxdoctor hook print` writes it"
    );
    assert_eq!(printed(&["--check"]), check);
    for word in ["inline", "powershell", "cmd", "system("] {
        assert!(!fix.contains(word), "{word}");
    }
}

#[test]
fn what_goes_with_a_repair_is_refused_without() {
    let place = Place::with(b"");
    let ran = place.desk.run(&["hook", "install", "--allow-reboot"]);
    assert!(
        ran.refused().contains("--allow-reboot goes with --fix"),
        "{ran:?}"
    );
    assert_eq!(place.bytes(), b"");
    let ran = place.desk.run(&["hook", "install", "--fix", "--check"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
}

/// What the block tells of a machine whose guest is this server.
fn told(project: &Project, server: &SshServer) -> Value {
    let root = project.desk.path().join("project");
    json!({
        "name": "default",
        "id": id(1),
        "root": root,
        "data": root.join(".vagrant/machines/default/virtualbox"),
        "host": "127.0.0.1",
        "port": server.port,
        "user": "vagrant",
        "keys": [server.key_file("told", &openssh(&server.key))],
        "verify": "never",
        "proxy": null,
        "folders": { "virtualbox": { "/vagrant": { "guestpath": "/vagrant", "hostpath": root } } },
    })
}

fn hook(project: &Project, told: &Value, arguments: &[&str]) -> Ran {
    let mut all = vec!["hook", "run"];
    all.extend(arguments);
    let mut command = project.command(&all);
    program::run(command.env("BOXDOCTOR_MACHINE", told.to_string()))
}

#[test]
fn what_vagrant_tells_is_not_asked_again() {
    let (project, server) = (Project::new(), guest());
    // VirtualBox knows of no port, and no key lies in Vagrant's folder.
    project
        .machine("default", 1, &info("running", None))
        .program("vagrant", VAGRANT);
    let told = told(&project, &server);
    let ran = hook(&project, &told, &[]);
    // This computer is a guest without Guest Additions.
    let said = ran.ended(0).stdout.as_str();
    assert!(said.contains("additions-missing"), "{ran:?}");
    assert!(!said.contains("share-not-mounted"), "{ran:?}");
    assert!(
        said.contains("Vagrant goes on, and is likely to fail"),
        "{ran:?}"
    );
    assert_eq!(project.calls("vagrant"), Vec::<String>::new());
    // The look, whether the guest is busy, and another look.
    assert_eq!(traffic(&server), (3, 3));
    hook(&project, &told, &["--strict"]).ended(1);
}

#[test]
fn a_machine_that_is_none_of_ours_is_passed_over_in_silence() {
    let (project, server) = (Project::new(), guest());
    project.machine("default", 1, &info("running", Some(server.port)));
    let mut told = told(&project, &server);
    told["folders"] = json!({ "rsync": { "/vagrant": { "guestpath": "/vagrant" } } });
    let ran = hook(&project, &told, &["--strict"]);
    assert_eq!(
        (ran.status, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "", "")
    );
}

/// Vagrant was let in, with a password for all that boxdoctor knows.
#[test]
fn a_guest_that_lets_only_vagrant_in_fails_no_vagrant_up() {
    let (project, server) = (Project::new(), guest());
    project.machine("default", 1, &info("running", None));
    let mut told = told(&project, &server);
    told["keys"] = json!([]);
    let ran = hook(&project, &told, &["--strict"]);
    let said = ran.ended(0).stdout.as_str();
    assert!(said.contains("boxdoctor was not let in"), "{ran:?}");
    assert_eq!(said.lines().count(), 1, "{ran:?}");
}

#[test]
fn a_block_is_renewed_with_the_options_that_it_has() {
    let place = Place::with(b"x\n");
    let install = |options: &[&str]| {
        let mut words = vec!["hook", "install"];
        words.extend(options);
        place.desk.run(&words).ended(0);
        place.bytes()
    };
    let odd = install(&["--fix", "--limit", "7", "--iso", "a '\"#{b}@\u{fc} .iso"]);
    assert!(odd.is_ascii());
    assert_eq!(install(&[]), odd);
    // As an older boxdoctor would have written it.
    let older = String::from_utf8(odd.clone()).expect("text");
    fs::write(&place.path, older.replace("sleep 0.02", "sleep 1")).expect("a file");
    assert_eq!(install(&[]), odd);
    let check = install(&["--check"]);
    assert_ne!(check, odd);
    assert_eq!(install(&[]), check);
    let unknown = older.replace("# options: [", "# options: [\"--unknown\", ");
    fs::write(&place.path, unknown).expect("a file");
    let ran = place.desk.run(&["hook", "install"]);
    assert!(ran.refused().contains("are not understood"), "{ran:?}");
    install(&["--check"]);
}

#[test]
fn a_block_that_is_not_understood_says_how_to_renew_it() {
    let project = Project::new();
    let ran = hook(&project, &json!({ "name": 7 }), &[]);
    assert!(
        ran.refused()
            .contains("`boxdoctor hook install` writes the block"),
        "{ran:?}"
    );
}
