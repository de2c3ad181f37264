//! What is said of each known machine right before Vagrant mounts its shared folders: only what
//! keeps them from being mounted counts.
#![cfg(unix)]

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about what is said, not about reports")]
mod fixtures;

use std::collections::BTreeMap;

use boxdoctor::check::{Group, Severity};
use boxdoctor::diagnosis::{Finding, diagnose};
use boxdoctor::facts::Facts;
use boxdoctor::hook::{Outlook, outlook};
use boxdoctor::observe::look::OF_THE_MOUNT;
use boxdoctor::observe::{Examination, Side, host};

/// As the machine was, before anything was mounted.
fn before_mount(seen: &Examination) -> Examination {
    let mut seen = seen.clone();
    for observation in &mut seen.observations {
        if observation.id == "mounts" {
            let said = String::from_utf8_lossy(&observation.stdout).into_owned();
            let others = said.lines().filter(|line| !line.contains(" vboxsf "));
            observation.stdout = others
                .map(|line| format!("{line}\n"))
                .collect::<String>()
                .into();
        }
    }
    seen.observations.push(host::before_mount());
    seen
}

const SILENT: &str = "not a word";
const UNKNOWN: &str = "unknown";

/// By hand: every case in which a mount would not work, or nobody can tell; and what is wrong.
const EXPECTED: &[(&str, &str)] = &[
    ("additions-missing", "additions-missing"),
    ("arch-kernel-ignored", "kernel-excluded"),
    ("build-tools-missing", "build-tools-missing"),
    ("centos6-versionlock", "kernel-versionlock"),
    ("centos7-archive-answers", "kernel-headers-mismatch"),
    ("centos7-archive-unreachable", "repositories-unreachable"),
    ("centos7-end-of-life", "repositories-end-of-life"),
    ("centos7-kernel-upgraded", "kernel-headers-mismatch"),
    ("compiler-error", "additions-build-failed"),
    ("debian12-held", "kernel-versionlock"),
    ("debian9-end-of-life", "repositories-end-of-life"),
    ("disk-full", "disk-full"),
    ("driver-not-loaded", SILENT),
    ("fedora41-versionlock-dnf5", "kernel-versionlock"),
    ("guest-unreachable", UNKNOWN),
    ("iso-missing", "additions-missing"),
    ("kernel-modules-stand-in", "kernel-headers-mismatch"),
    ("leap15-locked-zypper", "kernel-versionlock"),
    ("left-over-fstab", SILENT),
    ("lock-disabled", "kernel-headers-missing"),
    ("machine-off", SILENT),
    ("mount-helper-dangling", "mount-helper-broken"),
    ("no-virtualbox", UNKNOWN),
    ("rocky8-versionlock-dnf4", "kernel-versionlock"),
    ("rocky9-excluded", "kernel-excluded"),
    ("rsync-only", SILENT),
    ("share-not-defined", "share-not-defined"),
    ("share-owner-missing", "share-owner-missing"),
    ("ssh-target", "additions-not-running"),
    ("two-locks-one-fits", "kernel-headers-mismatch"),
    ("ubuntu2204-updating", "package-manager-locked"),
    ("ubuntu2204-headers-mismatch", "kernel-headers-mismatch"),
    ("unknown-package-manager", SILENT),
    ("unrelated-hold", "kernel-headers-mismatch"),
    ("additions-too-old-for-kernel", "additions-build-failed"),
    ("secure-boot", "module-signature-rejected"),
    ("vagrant-too-old", SILENT),
    ("vbguest-ruby33", "vbguest-plugin-broken"),
    ("windows10-hyper-v", SILENT),
    ("windows7-powershell2", SILENT),
];

/// What is said of it in one word or in slugs; nothing where all is well.
fn said(seen: &Examination) -> String {
    let facts = Facts::read(seen);
    let findings = diagnose(&facts, |check| check.group != Group::Krb5);
    match outlook(&facts, &findings) {
        Outlook::CanMount => String::new(),
        Outlook::NoneOfOurs => SILENT.to_owned(),
        Outlook::Unknown(_) => UNKNOWN.to_owned(),
        Outlook::CannotMount => {
            let roots = findings.iter().filter(|finding| {
                let failure = finding.failure();
                let is_error = failure.is_some_and(|failure| failure.severity == Severity::Error);
                finding.is_root() && is_error
            });
            let slugs: Vec<&str> = roots.map(|finding| finding.check.slug).collect();
            slugs.join(" ")
        }
    }
}

#[test]
fn only_what_keeps_the_folders_from_being_mounted_counts() {
    let said: BTreeMap<String, String> = fixtures::cases()
        .into_iter()
        .map(|case| (case.name, said(&before_mount(&case.examination))))
        .filter(|(_, said)| !said.is_empty())
        .collect();
    let expected = EXPECTED
        .iter()
        .map(|(name, said)| ((*name).to_owned(), (*said).to_owned()));
    assert_eq!(said, BTreeMap::from_iter(expected));
}

/// Who looks only at what decides it comes to the same, or looks at all the rest.
#[test]
fn a_glance_is_enough_where_all_is_well() {
    let mut enough = 0;
    for case in fixtures::cases() {
        let whole = before_mount(&case.examination);
        let mut glance = whole.clone();
        glance.observations.retain(|seen| match seen.side {
            Side::Guest => {
                let beside = ["connection", "share-owners"].contains(&seen.id.as_str());
                beside || OF_THE_MOUNT.contains(&seen.id.as_str())
            }
            Side::Host => ["machine", "synced-folders", host::MOMENT].contains(&seen.id.as_str()),
        });
        let decides = |said: &str| said.is_empty() || said == SILENT;
        let (glance, whole) = (said(&glance), said(&whole));
        if decides(&glance) || decides(&whole) {
            assert_eq!(glance, whole, "{}", case.name);
            enough += 1;
        }
    }
    assert!(enough > 20, "{enough}");
}

/// A case in which a file of the guest has other lines.
fn changed(name: &str, changes: &[(&str, &str, &str)]) -> Examination {
    let cases = fixtures::cases();
    let case = cases.iter().find(|case| case.name == name);
    let mut seen = before_mount(&case.expect("the case").examination);
    for (id, old, new) in changes {
        let observation = seen.observations.iter_mut().find(|seen| seen.id == *id);
        let observation = observation.unwrap_or_else(|| panic!("{id}"));
        let said = String::from_utf8_lossy(&observation.stdout).into_owned();
        assert!(said.contains(old), "{id}: {said}");
        observation.stdout = said.replace(old, new).into_bytes();
    }
    seen
}

const ROCKY: &str = "healthy-rocky9";

#[test]
fn a_full_disk_keeps_nothing_from_being_mounted() {
    let full = changed(
        ROCKY,
        &[(
            "disks",
            "284716    649172      30%",
            "917716     15324      99%",
        )],
    );
    let findings = fixtures::findings(&full);
    let fails = |finding: &&Finding| finding.check.slug == "disk-full";
    let disk = findings.iter().find(fails).expect("the check");
    assert!(disk.failure().is_some(), "or this test shows nothing");
    assert_eq!(said(&full), "");
}

#[test]
fn the_kernel_loads_by_itself_what_it_mounts_with() {
    let unloaded = (
        "modules",
        "vboxsf 98304 1 - Live 0x0000000000000000 (OE)\n",
        "",
    );
    let registered = ("filesystems", "nodev\tvboxsf\n", "");
    let version = (
        "loaded-versions",
        "/sys/module/vboxsf/version:7.1.8 r168469\n",
        "",
    );
    let changes = [unloaded, registered, version];
    assert_eq!(said(&changed(ROCKY, &changes)), "");
    let alone = ("modinfo-vboxsf", "alias:          fs-vboxsf\n", "");
    let changes = [unloaded, registered, version, alone];
    assert_eq!(said(&changed(ROCKY, &changes)), "additions-not-running");
    // It would not go with the one that is in memory.
    let old = (
        "loaded-versions",
        "vboxguest/version:7.1.8 r168469",
        "vboxguest/version:6.0.24 r139119",
    );
    let changes = [unloaded, registered, version, old];
    assert_eq!(said(&changed(ROCKY, &changes)), "additions-stale-module");
}
