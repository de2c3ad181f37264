//! What `fix` would do to each of these machines, and that it would leave the others alone.

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about plans, not about reports")]
mod fixtures;

use boxdoctor::facts::Facts;
use boxdoctor::observe::{Observation, Side};
use boxdoctor::remedy::packages::{Pair, Spec};
use boxdoctor::remedy::plan::{Action, Circumstances, Permission, Plan, keep_to, plan};
use boxdoctor::report::{self, Style};
use fixtures::{cases, findings};

/// Written by hand: the steps of a case, in their order.
const PLANS: &[(&str, &[&str])] = &[
    (
        "leap15-locked-zypper",
        &["headers-past-lock", "rebuild-additions", "mount-again"],
    ),
    (
        "arch-kernel-ignored",
        &["headers-past-excludes", "rebuild-additions", "mount-again"],
    ),
    (
        "centos6-versionlock",
        &[
            "remove-stray-bytes",
            "headers-past-lock",
            "rebuild-additions",
        ],
    ),
    (
        "rocky8-versionlock-dnf4",
        &["headers-past-lock", "rebuild-additions", "mount-again"],
    ),
    (
        "rocky9-excluded",
        &["headers-past-excludes", "rebuild-additions", "mount-again"],
    ),
    (
        "build-tools-missing",
        &["install-build-tools", "rebuild-additions", "mount-again"],
    ),
    (
        "ubuntu2204-headers-mismatch",
        &["install-headers", "rebuild-additions", "mount-again"],
    ),
    // Packages come from where they are by now.
    (
        "centos7-end-of-life",
        &[
            "use-archive-repositories",
            "install-headers",
            "rebuild-additions",
            "mount-again",
        ],
    ),
    (
        "debian9-end-of-life",
        &[
            "use-archive-repositories",
            "install-headers",
            "rebuild-additions",
            "mount-again",
        ],
    ),
    (
        "ubuntu2204-updating",
        &[
            "wait-for-package-manager",
            "install-headers",
            "rebuild-additions",
            "mount-again",
        ],
    ),
    // No command of boxdoctor's brings the network back.
    ("centos7-archive-unreachable", &[]),
    // Nothing is built on a full disk.
    ("disk-full", &[]),
    ("stale-module", &["reload-modules", "mount-again"]),
    // These Guest Additions do not fit this kernel: building them once more would not help.
    ("compiler-error", &["install-additions", "mount-again"]),
    ("patch-skew-working", &[]),
    // Those of the host would not help either.
    ("additions-too-old-for-kernel", &[]),
    // Only a person can choose, or start the machine in another way.
    ("secure-boot", &[]),
    ("helper-of-others", &[]),
    // The plug-in's fault keeps nobody from doing its work.
    (
        "vbguest-ruby33",
        &[
            "install-headers",
            "install-build-tools",
            "install-additions",
            "mount-again",
        ],
    ),
];

#[test]
fn a_plan_has_what_can_be_done_and_nothing_that_waits_for_something_else() {
    let cases = cases();
    for (name, expected) in PLANS.iter().copied() {
        let case = cases.iter().find(|case| case.name == name);
        let case = case.unwrap_or_else(|| panic!("there is no case {name}"));
        let facts = Facts::read(&case.examination);
        let plan = plan(
            &facts,
            &findings(&case.examination),
            &facts.krb5.seen,
            &Circumstances::default(),
        );
        let steps: Vec<&str> = plan.steps.iter().map(|step| step.remedy).collect();
        assert_eq!(steps, expected, "{name}");
    }
}

#[test]
fn nothing_is_done_to_a_healthy_machine() {
    for case in cases() {
        if case.name.starts_with("healthy-") {
            let facts = Facts::read(&case.examination);
            let plan = plan(
                &facts,
                &findings(&case.examination),
                &facts.krb5.seen,
                &Circumstances::default(),
            );
            assert!(
                plan.steps.is_empty() && plan.refused.is_empty(),
                "{}",
                case.name
            );
        }
    }
}

/// What a test wants to know of a plan.
/// One share that the machine does not have keeps no other from being mounted.
#[test]
fn what_can_be_mounted_is_mounted() {
    let cases = cases();
    let case = cases.iter().find(|case| case.name == "share-not-defined");
    let mut examination = case.expect("the case").examination.clone();
    for seen in &mut examination.observations {
        if seen.id == "mounts" {
            seen.stdout = b"/dev/sda1 / ext4 rw 0 0\n".to_vec();
        }
    }
    let (facts, findings) = (Facts::read(&examination), findings(&examination));
    let plan = plan(
        &facts,
        &findings,
        &facts.krb5.seen,
        &Circumstances::default(),
    );
    assert_eq!(remedies(&plan), ["mount-again"]);
    let Action::Mount(mounts) = &plan.steps[0].action else {
        panic!("{plan:?}");
    };
    assert_eq!(mounts.shown.len(), 1);
    assert!(mounts.shown[0].ends_with("-- vagrant /vagrant"), "{plan:?}");
    let [refused] = &plan.refused[..] else {
        panic!("{plan:?}");
    };
    assert_eq!(refused.what, "the shared folder data");
}

fn remedies(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.remedy).collect()
}

/// The plan for a case under these circumstances, as far as it is allowed.
fn plan_for(name: &str, known: &Circumstances, permission: Permission) -> Plan {
    let cases = cases();
    let case = cases.iter().find(|case| case.name == name);
    let case = case.unwrap_or_else(|| panic!("there is no case {name}"));
    let (facts, findings) = (Facts::read(&case.examination), findings(&case.examination));
    let mut plan = plan(&facts, &findings, &facts.krb5.seen, known);
    keep_to(&mut plan, permission, &findings);
    plan
}

const ALL: Permission = Permission {
    kernel_change: true,
    reboot: true,
};

/// No repository has the headers of the running kernel; another kernel can be had with its own.
fn only_a_pair() -> Circumstances {
    let spec = |name: &str| Spec {
        name: name.to_owned(),
        version: Some("4.18.0-553.el8_10.x86_64".to_owned()),
    };
    Circumstances {
        headers: Some(Err("no repository has them".to_owned())),
        pair: Some(Ok(Pair {
            release: "4.18.0-553.el8_10.x86_64".to_owned(),
            version: "4.18.0-553.el8_10.x86_64".to_owned(),
            packages: vec![spec("kernel"), spec("kernel-devel")],
        })),
        ..Circumstances::default()
    }
}

const LOCKED: &str = "rocky8-versionlock-dnf4";

#[test]
fn where_headers_cannot_be_had_kernel_and_headers_come_as_one_pair() {
    let plan = plan_for(LOCKED, &only_a_pair(), ALL);
    let expected = [
        "kernel-pair-past-lock",
        "restart-into-kernel",
        "rebuild-additions",
        "mount-again",
    ];
    assert_eq!(remedies(&plan), expected);
    assert_eq!(
        plan.steps[0].reason.as_deref(),
        Some("no repository has them")
    );
    let Action::InstallPair { command, .. } = &plan.steps[0].action else {
        panic!("a pair is installed: {:?}", plan.steps[0]);
    };
    assert!(command.contains("--disableplugin=versionlock"), "{command}");
    assert!(
        command.contains("kernel-4.18.0-553.el8_10.x86_64"),
        "{command}"
    );
    let Action::Restart { kernel } = &plan.steps[1].action else {
        panic!("it restarts: {:?}", plan.steps[1]);
    };
    assert_eq!(kernel.as_deref(), Some("4.18.0-553.el8_10.x86_64"));

    let known = Circumstances {
        snapshot: Some("the machine".to_owned()),
        ..only_a_pair()
    };
    assert_eq!(remedies(&plan_for(LOCKED, &known, ALL))[0], "take-snapshot");
}

#[test]
fn what_is_not_allowed_is_left_alone_as_a_whole_and_the_option_is_named() {
    let none = Permission::default();
    let reboot = Permission {
        reboot: true,
        ..none
    };
    let cases = [
        (none, "not without --allow-kernel-change and --allow-reboot"),
        (reboot, "not without --allow-kernel-change"),
    ];
    for (permission, why) in cases {
        let plan = plan_for(LOCKED, &only_a_pair(), permission);
        assert!(plan.steps.is_empty(), "{:?}", remedies(&plan));
        assert_eq!(plan.refused[0].remedy, "kernel-pair-past-lock");
        assert_eq!(plan.refused[0].why, why);
        let left: Vec<&str> = plan.refused.iter().map(|left| left.remedy).collect();
        assert!(left.contains(&"mount-again"), "{left:?}");
    }
}

#[test]
fn where_neither_can_be_had_both_reasons_are_told() {
    let known = Circumstances {
        pair: Some(Err("nor any kernel".to_owned())),
        ..only_a_pair()
    };
    let plan = plan_for(LOCKED, &known, ALL);
    assert!(plan.steps.is_empty(), "{:?}", remedies(&plan));
    assert_eq!(
        plan.refused[0].why,
        "no repository has them; nor any kernel"
    );
}

/// What a package manager says of a dead mirror, or behind a lock, is no answer.
#[test]
fn what_is_to_be_installed_is_asked_once_the_way_is_open() {
    let later = Circumstances {
        asks_later: true,
        ..Circumstances::default()
    };
    for (name, first) in [
        ("centos7-end-of-life", "use-archive-repositories"),
        ("ubuntu2204-updating", "wait-for-package-manager"),
    ] {
        let plan = plan_for(name, &later, Permission::default());
        assert_eq!(remedies(&plan), [first]);
        assert!(plan.refused.is_empty(), "{:?}", plan.refused);
        let notes: Vec<&str> = plan.notes.iter().map(|note| note.remedy).collect();
        assert!(notes.contains(&first), "{notes:?}");
    }
    assert_eq!(
        remedies(&plan_for("rocky9-excluded", &later, ALL)),
        remedies(&plan_for("rocky9-excluded", &Circumstances::default(), ALL))
    );
}

#[test]
fn a_mirror_of_the_archive_takes_its_place_and_the_bytes_are_those_that_were_read() {
    let path = "/etc/yum.repos.d/CentOS-Base.repo".to_owned();
    let before = b"[a]\r\nbaseurl=http://mirror.centos.org/centos/7/os/x86_64".to_vec();
    let odd = b"[b]\nbaseurl=http://mirror.centos.org/elsewhere\n".to_vec();
    let known = Circumstances {
        archive: Some("http://vault.test:8080/centos".to_owned()),
        repository_files: Some(vec![
            (path.clone(), before.clone()),
            ("/etc/yum.repos.d/odd.repo".to_owned(), odd),
        ]),
        ..Circumstances::default()
    };
    let plan = plan_for("centos7-end-of-life", &known, Permission::default());
    let [change] = plan.steps[0].changes() else {
        panic!("{plan:?}");
    };
    assert_eq!(change.path, path.into_bytes());
    assert_eq!(change.before(), before);
    assert_eq!(
        change.after(),
        b"[a]\r\nbaseurl=http://vault.test:8080/centos/7.9.2009/os/x86_64"
    );
    assert_eq!(plan.refused[0].what, "/etc/yum.repos.d/odd.repo");
    assert!(plan.refused[0].why.starts_with("line 2 "), "{plan:?}");
    let shown = report::plan::write(&plan, None, Style::PLAIN);
    assert!(shown.contains("       + baseurl=http://vault.test:8080/centos/7.9.2009/os/x86_64"));
}

#[test]
fn what_did_not_help_is_not_tried_again_and_the_next_larger_step_is() {
    let known = Circumstances {
        tried: vec!["reload-modules"],
        ..Circumstances::default()
    };
    let plan = plan_for("stale-module", &known, ALL);
    assert_eq!(remedies(&plan), ["restart-guest", "mount-again"]);
    let plan = plan_for("stale-module", &known, Permission::default());
    assert!(plan.steps.is_empty(), "{:?}", remedies(&plan));
    assert_eq!(plan.refused[0].why, "not without --allow-reboot");
}

/// The notes of the plan for the locked machine, with what its host says.
fn notes(virtualbox: &str, plugins: &str, settings: &str) -> Vec<String> {
    let cases = cases();
    let case = cases.into_iter().find(|case| case.name == LOCKED);
    let mut examination = case.expect("the case").examination;
    examination
        .observations
        .retain(|seen| seen.id != "virtualbox-version");
    let said = [
        ("virtualbox-version", virtualbox),
        ("vagrant-plugins", plugins),
        ("vbguest-settings", settings),
    ];
    for (id, said) in said.into_iter().filter(|(_, said)| !said.is_empty()) {
        let said = said.as_bytes().to_vec();
        let seen = Observation::answered(id, Side::Host, id.to_owned(), said);
        examination.observations.push(seen);
    }
    let (facts, mut findings) = (Facts::read(&examination), findings(&examination));
    // As with --skip: what is there is built, whatever its version.
    findings.retain(|finding| finding.check.slug != "additions-version-mismatch");
    let mut plan = plan(&facts, &findings, &facts.krb5.seen, &only_a_pair());
    let shown = |plan: &Plan| {
        let shown = report::plan::write(plan, None, Style::PLAIN);
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (of_mount, notes): (Vec<_>, Vec<_>) = plan
        .notes
        .iter()
        .map(|note| note.text.clone())
        .partition(|note| note.contains("vagrant provision"));
    assert_eq!(of_mount.len(), 1, "{:?}", plan.notes);
    for note in of_mount.iter().chain(&notes) {
        assert!(shown(&plan).contains(note), "{}", shown(&plan));
    }
    // What is not built is not replaced either.
    keep_to(&mut plan, Permission::default(), &findings);
    assert!(!shown(&plan).contains("vbguest"), "{}", shown(&plan));
    notes
}

#[test]
fn a_plug_in_that_would_undo_the_repair_is_named() {
    let plugins = r#"{"version":"1","installed":{"vagrant-vbguest":{"gem_version":"0.32.0"}}}"#;
    let off = "config.vbguest.auto_update = false\n";
    let same = "7.0.20r163906\n";
    for (plugins, settings) in [(plugins, off), (r#"{"installed":{}}"#, ""), ("", "")] {
        assert_eq!(notes(same, plugins, settings), Vec::<String>::new());
    }
    let cases = [
        (
            same,
            "leaves these Guest Additions alone while the host's VirtualBox is 7.0.20, and with another one puts others in their place",
        ),
        (
            "7.1.6r167084\n",
            "puts the Guest Additions 7.1.6 in place of 7.0.20 at the next vagrant up",
        ),
        (
            "",
            "puts others in place of these Guest Additions at the next vagrant up, unless they have the version of the host's VirtualBox",
        ),
    ];
    for (virtualbox, does) in cases {
        assert_eq!(
            notes(
                virtualbox,
                plugins,
                "# config.vbguest.auto_update = false\n"
            ),
            [format!(
                "the plug-in vagrant-vbguest {does}; config.vbguest.auto_update = false in the Vagrantfile keeps it from that"
            )]
        );
    }
}
