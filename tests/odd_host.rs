//! A host whose VirtualBox or Vagrant is not there, hangs, fails or says what nobody understands, and
//! names that nobody would give. The stand-ins are those of `vagrant_project`.
#![cfg(unix)] // the stand-ins are shell scripts
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/iso_image.rs"]
mod iso_image;
#[path = "support/program.rs"]
mod program;
#[path = "support/project.rs"]
mod project;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use boxdoctor::target::environment::Environment;
use iso_image::{Names, image};
use program::{finding, roots, target};
use project::{Project, guest, id, info, status, traffic};

#[test]
fn a_host_without_virtualbox_is_the_first_root() {
    let (project, server) = (Project::new(), guest());
    project.running("default", 1, &server);
    project.without_virtualbox();
    let installed = boxdoctor::target::virtualbox::directories(&Environment::here())
        .into_iter()
        .any(|folder| folder.join("VBoxManage").is_file());
    let ran = project.check(&[]);
    let report = ran.json();
    let machine = target(&report, "default");
    // VirtualBox's own folders are looked into as well, so where it is installed it is found.
    if installed {
        assert_eq!(status(&report, "default", "virtualbox-not-found"), "pass");
        return;
    }
    ran.ended(1);
    assert_eq!(roots(machine).first(), Some(&"virtualbox-not-found"));
    let unreachable = finding(machine, "guest-unreachable");
    assert_ne!(unreachable["root"], true, "{unreachable:#}");
    project.check(&["--only", "virtualbox-not-found"]).ended(1);
}

#[test]
fn an_iso_among_the_users_own_files_is_found() {
    let project = Project::new();
    project.machine("default", 1, &info("poweroff", None));
    let files = [("VBoxLinuxAdditions.run", b"x".as_slice())];
    let (folder, name) = (".config/VirtualBox", "VBoxGuestAdditions_7.0.14.iso");
    let iso = image("VBox_GAs_7.0.14", &files, Names::Joliet);
    project.desk.file(&format!("{folder}/{name}"), iso);
    project.desk.file(&format!("{folder}/VirtualBox.xml"), "");
    let written = project.run(&["capture", "-o", "bundle.toml"]);
    assert_eq!(written.status, Some(0), "{written:?}");
    let bundle = project.desk.path().join("project/bundle.toml");
    let bundle = std::fs::read_to_string(bundle).expect("a bundle");
    // What VirtualBox itself has brought comes first, where it is installed.
    let brought = boxdoctor::target::virtualbox::isos(&Environment::here())
        .into_iter()
        .find(|path| path.is_file() && path.ends_with("VBoxGuestAdditions.iso"));
    let expected = brought.map_or_else(
        || format!("{name}\nVBox_GAs_7.0.14"),
        |path| path.display().to_string(),
    );
    assert!(bundle.contains(&expected), "{bundle}");
}

#[test]
fn a_failure_with_status_zero_is_a_failure() {
    let project = Project::new();
    project.vagrants_file("default", "id", &id(1)).program(
        "VBoxManage",
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 7.0.14r161095\n\
         [ \"$1\" = showvminfo ] && echo \"VBoxManage: error: Could not find a registered machine named '$2'\" >&2\nexit 0\n",
    );
    let report = project.check(&[]).ended(0).json();
    assert_eq!(target(&report, "default")["state"], "not_created");
    project.check(&["default"]).ended(3);
}

#[test]
fn a_virtualbox_that_hangs_does_not_hold_the_report() {
    let (project, server) = (Project::new(), guest());
    project
        .running("default", 1, &server)
        .program("VBoxManage", "#!/bin/sh\nsleep 1000\n");
    for format in ["human", "json"] {
        let ran = project.run(&["check", "--timeout", "2", "--format", format]);
        assert!(ran.took.as_secs_f32() < 5.0, "took {:?}", ran.took);
        assert!([Some(1), Some(3)].contains(&ran.status), "{ran:?}");
        assert!(
            ran.stdout.contains("in time"),
            "it says why nothing is known: {ran:?}"
        );
    }
    // It is there, so it is not missing.
    let report = project.check(&["--timeout", "2"]).json();
    assert_eq!(
        status(&report, "default", "virtualbox-not-found"),
        "unknown"
    );
}

#[test]
fn a_virtualbox_that_speaks_in_riddles_is_not_taken_at_its_word() {
    let (project, server) = (Project::new(), guest());
    project.running("default", 1, &server).program(
        "VBoxManage",
        "#!/bin/sh\nprintf '\\346\\211\\276\\344\\270\\215\\345\\210\\260\\033[31m\\n\\316\\322\\n' | tee /dev/stderr\nexit 1\n",
    );
    for format in ["human", "json"] {
        let ran = project.run(&["check", "-v", "--format", format]);
        assert!([Some(1), Some(3)].contains(&ran.status), "{ran:?}");
        ran.is_harmless();
    }
    let report = project.check(&[]).json();
    let found = finding(target(&report, "default"), "virtualbox-not-found");
    assert_eq!(found["status"], "unknown", "{found:#}");
    assert!(
        found["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("找不到")),
        "{found:#}"
    );
    assert_eq!(target(&report, "default")["state"], "unknown");
}

#[test]
fn what_vagrant_says_cannot_hold_or_command_the_report() {
    for (script, expected) in [
        (
            "#!/bin/sh\nprintf 'The machine\\033[31m is on fire\\n' >&2; exit 1\n",
            "is on fire",
        ),
        ("#!/bin/sh\nsleep 1000\n", "vagrant ssh-config"),
        ("#!/bin/sh\nexit 0\n", "vagrant ssh-config"),
    ] {
        let (project, server) = (Project::new(), guest());
        project
            .running("web", 1, &server)
            .vm(&id(1), &info("running", None))
            .program("vagrant", script);
        let ran = project.check(&["--timeout", "2"]);
        ran.ended(1).is_harmless();
        assert!(ran.took.as_secs_f32() < 5.0, "took {:?}", ran.took);
        let report = ran.json();
        let found = finding(target(&report, "web"), "guest-unreachable");
        assert!(
            found["observed"]
                .as_str()
                .is_some_and(|said| said.contains(expected)),
            "{found:#}"
        );
        assert_eq!(traffic(&server), (0, 0));
    }
}

#[test]
fn names_cannot_command_the_terminal() {
    let (project, server) = (Project::new(), guest());
    let evil = "a\u{1b}]0;x\u{7}b\u{9b}31m";
    let shares = format!(
        "SharedFolderNameMachineMapping1=\"s{evil}\"\nSharedFolderPathMachineMapping1=\"/{evil}\"\n\
         GuestAdditionsVersion=\"{evil}\"\nname=\"{evil}\"\n"
    );
    project.running(&format!("m{evil}"), 1, &server);
    project.vm(
        &id(1),
        &format!("{}{shares}", info("running", Some(server.port))),
    );
    project.machine("off", 2, &info(&format!("power{evil}"), None));
    project.desk.file(
        &format!("project/.vagrant/machines/other/lib{evil}/id"),
        "x",
    );
    for format in ["human", "json"] {
        let ran = project.run(&["check", "-v", "--format", format]);
        ran.is_harmless();
        let expected = ["ma\\x1B]0;x\\x07b", "powera\\x1B", "liba\\x1B", "sa\\x1B"];
        for word in expected {
            let word = if format == "json" {
                word.replace('\\', "\\\\")
            } else {
                word.to_owned()
            };
            assert!(ran.stdout.contains(&word), "{word}: {}", ran.stdout);
        }
    }
    assert_eq!(traffic(&server), (2, 2));
    let ran = project.run(&["check", "nobody"]);
    ran.refused();
}
