//! A Vagrant project, examined by the real program. VirtualBox and Vagrant are scripts that stand in
//! for them, the guest is an SSH server inside the test, whose shell is this computer's.
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

use program::{finding, roots, target};
use project::{Project, VAGRANT, guest, id, info, ssh_config, status, traffic};
use ssh_server::{new_key, openssh};

#[test]
fn a_running_machine_is_one_connection_and_needs_no_vagrant() {
    let (project, server) = (Project::new(), guest());
    project
        .running("default", 1, &server)
        .program("vagrant", VAGRANT);
    let ran = project.check(&[]);
    assert_eq!(ran.stderr, "", "{ran:?}");
    let report = ran.json();
    let machine = target(&report, "default");
    assert_eq!(
        (&machine["kind"], &machine["state"]),
        (&"vagrant".into(), &"running".into())
    );
    assert_eq!(status(&report, "default", "guest-unreachable"), "pass");
    assert_eq!(status(&report, "default", "virtualbox-not-found"), "pass");
    assert_eq!(
        status(&report, "default", "virtualbox-driver-not-loaded"),
        "pass"
    );
    assert_eq!(traffic(&server), (1, 1));
    assert_eq!(project.calls("vagrant"), Vec::<String>::new());
    let mut calls = project.calls("VBoxManage");
    calls.sort();
    let shown = format!("showvminfo {} --machinereadable", id(1));
    assert_eq!(calls, ["--version", "list systemproperties", &shown]);
}

#[test]
fn the_project_is_found_from_a_folder_below_it() {
    let (project, server) = (Project::new(), guest());
    project.running("default", 1, &server);
    project.desk.file("project/src/deep/file", "");
    let below = project.desk.path().join("project/src/deep");
    let mut command = project.command(&["check", "--format", "json"]);
    let report = program::run(command.current_dir(below)).json();
    assert_eq!(status(&report, "default", "guest-unreachable"), "pass");
    let mut command = project.command(&["check", "--format", "json"]);
    let command = command
        .current_dir("/")
        .env("VAGRANT_CWD", project.desk.path().join("project"));
    assert_eq!(
        status(
            &program::run(command).json(),
            "default",
            "guest-unreachable"
        ),
        "pass"
    );
}

#[test]
fn two_machines_are_one_report() {
    let (project, server) = (Project::new(), guest());
    project
        .running("web", 1, &server)
        .machine("db", 2, &info("poweroff", Some(1)));
    let ran = project.check(&["--fail-on", "never"]);
    let report = ran.ended(0).json();
    let names: Vec<_> = report["targets"]
        .as_array()
        .expect("targets")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["db", "web"]);
    assert_eq!(target(&report, "db")["state"], "poweroff");
    assert_eq!(status(&report, "db", "guest-unreachable"), "skipped");
    assert_eq!(status(&report, "web", "guest-unreachable"), "pass");
    assert_eq!(traffic(&server), (1, 1));

    let text = project.run(&["check", "--fail-on", "never"]).stdout;
    assert!(text.contains("web (vagrant, running)"), "{text}");
    assert!(text.contains("db (vagrant, poweroff)"), "{text}");
    assert!(
        text.contains("vagrant up"),
        "it says how to start it: {text}"
    );

    let one = project.check(&["web", "--fail-on", "never"]).json();
    assert_eq!(one["targets"].as_array().expect("targets").len(), 1);
}

#[test]
fn a_machine_that_is_off_counts_only_when_it_was_named() {
    for state in ["poweroff", "saved", "aborted", "paused"] {
        let project = Project::new();
        project
            .machine("web", 1, &info(state, None))
            .machine("db", 2, &info(state, None));
        let report = project.check(&[]).ended(0).json();
        assert_eq!(target(&report, "web")["state"], state);
        assert_eq!(roots(target(&report, "web")), Vec::<&str>::new());
        project.check(&["web"]).ended(3);
        project.check(&["web", "db"]).ended(3);
        project.check(&["web", "--fail-on", "never"]).ended(0);
        assert_eq!(project.calls("vagrant"), Vec::<String>::new());
    }
}

#[test]
fn a_machine_that_was_never_created_is_told() {
    let project = Project::new();
    let report = project.check(&[]).ended(0).json();
    assert_eq!(target(&report, "default")["state"], "not_created");
    let text = project.run(&["check"]).ended(0).stdout.clone();
    assert!(
        text.contains("not created") && text.contains("vagrant up"),
        "{text}"
    );
    project.check(&["default"]).ended(3);

    // Vagrant remembers a machine that somebody has deleted in VirtualBox.
    project.vagrants_file("default", "id", &id(1));
    let report = project.check(&[]).ended(0).json();
    assert_eq!(target(&report, "default")["state"], "not_created");
    project.check(&["default"]).ended(3);
}

#[test]
fn a_machine_of_another_provider_is_told() {
    let project = Project::new();
    project
        .desk
        .file("project/.vagrant/machines/default/libvirt/id", "5f1c");
    let report = project.check(&[]).ended(0).json();
    let machine = target(&report, "default");
    assert_eq!(machine["provider"], "libvirt");
    assert_eq!(roots(machine), Vec::<&str>::new());
    project.check(&["default"]).ended(3);
    let text = project.run(&["check"]).ended(0).stdout.clone();
    assert!(text.contains("libvirt"), "{text}");
    assert_eq!(project.calls("VBoxManage"), Vec::<String>::new());
}

#[test]
fn a_name_that_the_project_does_not_have_is_refused() {
    let project = Project::new();
    project.machine("web", 1, "").machine("db", 2, "");
    for name in ["nope", "WEB", "a\u{1b}[31m\nb"] {
        let ran = project.run(&["check", name]);
        let line = ran.refused();
        assert!(line.contains("db, web"), "it lists the machines: {line}");
    }
    let ran = project.run(&["capture", "-o", "x.toml"]);
    assert!(ran.refused().contains("db, web"), "{ran:?}");
}

#[test]
fn vagrant_is_asked_where_its_files_do_not_tell_the_way() {
    // No port of the host is forwarded to the guest.
    let (project, server) = (Project::new(), guest());
    project
        .running("web", 1, &server)
        .vm(&id(1), &info("running", None))
        .program("vagrant", VAGRANT);
    std::fs::write(
        project.programs().join("web.ssh-config"),
        ssh_config("web", &server),
    )
    .expect("a file");
    let report = project.check(&[]).json();
    assert_eq!(status(&report, "web", "guest-unreachable"), "pass");
    assert_eq!(project.calls("vagrant"), ["ssh-config web"]);
    assert_eq!(traffic(&server), (1, 1));

    // The key beside the machine is not the one that its guest takes.
    let (project, server) = (Project::new(), guest());
    project
        .running("web", 1, &server)
        .program("vagrant", VAGRANT);
    project.vagrants_file("web", "private_key", &openssh(&new_key()));
    std::fs::write(
        project.programs().join("web.ssh-config"),
        ssh_config("web", &server),
    )
    .expect("a file");
    let report = project.check(&[]).json();
    assert_eq!(status(&report, "web", "guest-unreachable"), "pass");
    assert_eq!(project.calls("vagrant"), ["ssh-config web"]);
    assert_eq!(traffic(&server), (2, 1));
}

#[test]
fn folders_of_another_kind_are_no_missing_shares() {
    let (project, server) = (Project::new(), guest());
    project.running("web", 1, &server);
    let folder = r#"{"/srv":{"guestpath":"/srv","hostpath":"/tmp","disabled":false}}"#;
    for kind in ["rsync", "nfs", "smb"] {
        project.vagrants_file("web", "synced_folders", &format!("{{\"{kind}\":{folder}}}"));
        let report = project.check(&[]).json();
        assert_ne!(
            status(&report, "web", "share-not-defined"),
            "fail",
            "{kind}"
        );
        let mounted = finding(target(&report, "web"), "share-not-mounted");
        assert!(!mounted.to_string().contains("srv"), "{kind}: {mounted:#}");
    }
    // The same folder as a share of VirtualBox is one, and nobody has defined or mounted it.
    project.vagrants_file(
        "web",
        "synced_folders",
        &format!("{{\"virtualbox\":{folder}}}"),
    );
    let report = project.check(&[]).ended(1).json();
    assert_eq!(status(&report, "web", "share-not-defined"), "fail");
    let mounted = finding(target(&report, "web"), "share-not-mounted");
    assert!(mounted.to_string().contains("/srv"), "{mounted:#}");
}

#[test]
fn of_a_plug_in_only_what_is_said_about_it_gets_into_a_bundle() {
    let (project, server) = (Project::new(), guest());
    project.running("web", 1, &server);
    let off = "config.vbguest.auto_update = false\n";
    let vagrantfile = format!("config.vm.box = 'our/own'\n{off}");
    project.desk.file("project/Vagrantfile", vagrantfile);
    let plugins = r#"{"version":"1","installed":{"vagrant-vbguest":{"gem_version":"0.32.0"}}}"#;
    project.desk.file("project/.vagrant/plugins.json", plugins);
    let ran = project.run(&["capture", "web", "-o", "x.toml"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let bundle = std::fs::read_to_string(project.desk.path().join("project/x.toml"));
    let bundle = bundle.expect("a bundle");
    for said in [plugins, off] {
        assert!(bundle.contains(said), "{bundle}");
    }
    assert!(!bundle.contains("our/own"), "{bundle}");
}

#[test]
fn a_virtual_machine_needs_no_project() {
    let (project, server) = (Project::new(), guest());
    let key = project.desk.file("key", openssh(&server.key));
    let key = key.to_str().expect("a path");
    project
        .vm("my box", &info("running", Some(server.port)))
        .vm(&id(1), &info("poweroff", None));
    let arguments = ["--vm", "my box", "--identity", key];
    let report = project.check(&arguments).json();
    let machine = target(&report, "my box");
    assert_eq!(
        (&machine["kind"], &machine["state"]),
        (&"virtualbox".into(), &"running".into())
    );
    assert_eq!(finding(machine, "guest-unreachable")["status"], "pass");
    assert_eq!(traffic(&server), (1, 1));

    let report = project.check(&["--vm", &id(1)]).ended(3).json();
    assert_eq!(target(&report, &id(1))["state"], "poweroff");
    // What VirtualBox does not know is not something to bring up with Vagrant.
    let ran = project.run(&["check", "--vm", "no such box"]);
    assert!([Some(2), Some(3)].contains(&ran.status), "{ran:?}");
    assert!(!ran.stdout.contains("vagrant up"), "{ran:?}");
}
