//! What `fix` would do to each of these machines, and that it would leave the others alone.

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about plans, not about reports")]
mod fixtures;

use boxdoctor::facts::Facts;
use boxdoctor::remedy::plan::{Circumstances, plan};
use fixtures::{cases, findings};

/// Written by hand: the steps of a case, in their order.
const PLANS: [(&str, &[&str]); 11] = [
    (
        "leap15-locked-zypper",
        &["headers-past-lock", "rebuild-additions"],
    ),
    (
        "arch-kernel-ignored",
        &["headers-past-excludes", "rebuild-additions"],
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
        &["install-build-tools", "rebuild-additions"],
    ),
    (
        "ubuntu2204-headers-mismatch",
        &["install-headers", "rebuild-additions", "mount-again"],
    ),
    // Nothing is built on a full disk.
    ("disk-full", &[]),
    ("stale-module", &["reload-modules", "mount-again"]),
    // These Guest Additions do not fit this kernel: building them once more would not help.
    ("compiler-error", &["install-additions", "mount-again"]),
    ("patch-skew-working", &[]),
];

#[test]
fn a_plan_has_what_can_be_done_and_nothing_that_waits_for_something_else() {
    let cases = cases();
    for (name, expected) in PLANS {
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
