//! What is said of each known machine right before Vagrant mounts its shared folders: only what
//! keeps them from being mounted counts.
#![cfg(unix)]

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about what is said, not about reports")]
mod fixtures;

use std::collections::BTreeMap;

use boxdoctor::check::{Group, Severity};
use boxdoctor::facts::Facts;
use boxdoctor::observe::{Examination, host};

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

/// By hand: every case but those in which all is well, whether a mount would work as far as anybody
/// can tell, and what is wrong.
const EXPECTED: [(&str, bool, &str); 27] = [
    ("additions-missing", false, "additions-missing"),
    ("arch-kernel-ignored", false, "kernel-excluded"),
    ("build-tools-missing", false, "build-tools-missing"),
    ("centos6-versionlock", false, "kernel-versionlock"),
    ("centos7-kernel-upgraded", false, "kernel-headers-mismatch"),
    ("compiler-error", false, "additions-build-failed"),
    ("debian12-held", false, "kernel-versionlock"),
    ("disk-full", false, "disk-full"),
    ("driver-not-loaded", false, "virtualbox-driver-not-loaded"),
    ("fedora41-versionlock-dnf5", false, "kernel-versionlock"),
    ("guest-unreachable", false, "guest-unreachable"),
    ("iso-missing", false, "additions-missing"),
    ("kernel-modules-stand-in", false, "kernel-headers-mismatch"),
    ("leap15-locked-zypper", false, "kernel-versionlock"),
    ("lock-disabled", false, "kernel-headers-missing"),
    ("machine-off", false, ""),
    ("mount-helper-dangling", false, "mount-helper-broken"),
    ("no-virtualbox", false, "virtualbox-not-found"),
    ("rocky8-versionlock-dnf4", false, "kernel-versionlock"),
    ("rocky9-excluded", false, "kernel-excluded"),
    ("rsync-only", false, ""),
    ("share-not-defined", true, "share-not-defined"),
    ("ssh-target", false, "additions-not-running"),
    ("two-locks-one-fits", false, "kernel-headers-mismatch"),
    (
        "ubuntu2204-headers-mismatch",
        false,
        "kernel-headers-mismatch",
    ),
    ("unknown-package-manager", false, ""),
    ("unrelated-hold", false, "kernel-headers-mismatch"),
];

#[test]
fn only_what_keeps_the_folders_from_being_mounted_counts() {
    let mut said = BTreeMap::new();
    for case in fixtures::cases() {
        let seen = before_mount(&case.examination);
        let facts = Facts::read(&seen);
        let findings = fixtures::findings(&seen);
        let roots: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.is_root() && finding.check.group != Group::Krb5)
            .filter(|finding| {
                let failure = finding.failure().expect("a root fails");
                failure.severity == Severity::Error
            })
            .map(|finding| finding.check.slug)
            .collect();
        said.insert(case.name, (facts.shares_work(), roots.join(" ")));
    }
    let expected: BTreeMap<String, (bool, String)> = EXPECTED
        .iter()
        .map(|(name, works, roots)| ((*name).to_owned(), (*works, (*roots).to_owned())))
        .collect();
    said.retain(|_, (works, roots)| !*works || !roots.is_empty());
    assert_eq!(said, expected);
}
