//! Every case below `fixtures/` is looked at again, and must give the report that lies beside it.
//!
//! After a change that is meant, `UPDATE_FIXTURES=1 cargo test --test fixtures` writes the reports
//! anew. Read every one that changed: a wrong diagnosis is a bug, however well it is committed.

#[path = "support/fixtures.rs"]
mod fixtures;

use boxdoctor::check::Severity;
use boxdoctor::facts::Facts;
use boxdoctor::files;
use boxdoctor::observe::{Examination, bundle, redact};
use boxdoctor::report::{
    FindingReport, Outcome, Report, StatusName, Style, TargetReport, human, json,
};
use fixtures::{Case, cases, committed, findings, root};

const WIDTH: usize = 80;
/// Commands stand this far in and are never broken, so that they can be copied whole.
const COMMAND: &str = "        ";

/// The report of one target, as the command line makes it.
fn report(examination: &Examination) -> Report {
    Report::new(vec![TargetReport::new(
        &examination.target,
        &Facts::read(examination),
        findings(examination),
    )])
}

fn text(report: &Report) -> String {
    human::write(report, Style::PLAIN, false)
}

fn failing(report: &Report) -> Vec<&FindingReport> {
    report
        .targets
        .iter()
        .flat_map(|target| &target.findings)
        .filter(|finding| finding.status == StatusName::Fail)
        .collect()
}

/// Holds `said` against the committed file, or commits it where the user asks for that.
fn hold(case: &Case, file: &str, said: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        files::write(&root().join(&case.name).join(file), said.as_bytes())
            .expect("fixtures can be written");
    } else if files::read(&root().join(&case.name).join(file), bundle::LARGEST)
        .ok()
        .as_deref()
        != Some(said.as_bytes())
    {
        wrong.push(format!("--- {}/{file} should be:\n{said}", case.name));
    }
}

#[test]
fn every_bundle_gives_the_reports_beside_it_and_nothing_else_is_there() {
    let mut wrong = Vec::new();
    for case in cases() {
        let report = report(&case.examination);
        hold(&case, "report.txt", &text(&report), &mut wrong);
        let said = json::write(&report).expect("a report can be written");
        hold(&case, "report.json", &said, &mut wrong);
        let there = files::names(&root().join(&case.name));
        if there != ["bundle.toml", "report.json", "report.txt"] {
            wrong.push(format!("--- {}: what lies there is {there:?}", case.name));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nif this is meant: UPDATE_FIXTURES=1 cargo test --test fixtures",
        wrong.join("\n")
    );
}

#[test]
fn every_report_keeps_to_the_committed_schema() {
    let schema = serde_json::from_str(json::COMMITTED_SCHEMA).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a JSON Schema");
    for case in cases() {
        let said = json::write(&report(&case.examination)).expect("a report can be written");
        let said = serde_json::from_str(&said).expect("the report is JSON");
        let errors: Vec<String> = schema
            .iter_errors(&said)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", case.name);
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = serde_json::from_str(json::COMMITTED_SCHEMA).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a JSON Schema");
    let case = &cases()[0];
    let said = json::write(&report(&case.examination)).expect("a report can be written");
    let whole: serde_json::Value = serde_json::from_str(&said).expect("the report is JSON");
    assert!(schema.is_valid(&whole));
    for (pointer, wrong) in [
        ("/targets/0/findings/0/status", serde_json::json!("broken")),
        ("/targets/0/findings/0/root", serde_json::json!("yes")),
        ("/summary/error", serde_json::json!(-1)),
        ("/targets", serde_json::json!({})),
    ] {
        let mut changed = whole.clone();
        *changed.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
}

/// The committed bundles have the very form that `capture` gives them.
#[test]
fn a_bundle_that_is_written_again_is_the_same() {
    for case in cases() {
        let written = bundle::write(&case.examination);
        let again = bundle::read(written.as_bytes());
        assert_eq!(
            again.ok().as_ref(),
            Some(&case.examination),
            "{}",
            case.name
        );
        let before = committed(&root().join(&case.name), "bundle.toml");
        assert!(
            written.as_bytes() == before,
            "{}/bundle.toml should be:\n{written}",
            case.name
        );
    }
}

/// A healthy machine must not be accused of anything, not even in a note, and nothing that matters
/// may be left undecided.
#[test]
fn nothing_is_found_on_a_healthy_machine() {
    let healthy: Vec<Case> = cases()
        .into_iter()
        .filter(|case| case.name.starts_with("healthy-"))
        .collect();
    assert!(healthy.len() >= 5, "only {} healthy cases", healthy.len());
    for case in healthy {
        let report = report(&case.examination);
        let slugs: Vec<&str> = failing(&report)
            .iter()
            .map(|finding| finding.check.as_str())
            .collect();
        assert!(slugs.is_empty(), "{}: {slugs:?}", case.name);
        assert!(!report.is_unknown_at(Severity::Info), "{}", case.name);
    }
}

#[test]
fn a_machine_that_works_is_accused_of_nothing_above_a_note() {
    let working: Vec<Case> = cases()
        .into_iter()
        .filter(|case| case.name.contains("working"))
        .collect();
    assert!(!working.is_empty());
    for case in working {
        let report = report(&case.examination);
        assert!(!report.fails_at(Severity::Warning), "{}", case.name);
        assert!(!report.is_unknown_at(Severity::Info), "{}", case.name);
    }
}

/// What a finding says that must not depend on anybody's name.
fn judgement(examination: &Examination) -> Vec<String> {
    report(examination).targets[0]
        .findings
        .iter()
        .map(|finding| {
            let place = finding
                .location
                .as_ref()
                .map(|place| (&place.path, place.line, place.column, place.byte));
            format!(
                "{} {:?} {:?} {} {:?} {place:?}",
                finding.check,
                finding.status,
                finding.severity.name(),
                finding.root,
                finding.caused_by,
            )
        })
        .collect()
}

#[test]
fn redaction_changes_no_finding() {
    let names = ["anna", "rc", "bookworm", "deploy", "kdc01", "LAPTOP-7F3K2"].map(str::to_owned);
    let mut changed = 0;
    for case in cases() {
        let redacted = redact::redact(&case.examination, &names);
        changed += usize::from(redacted != case.examination);
        assert_eq!(
            judgement(&redacted),
            judgement(&case.examination),
            "{}",
            case.name
        );
        let written = bundle::write(&redacted);
        assert!(!written.contains("anna"), "{} keeps a name", case.name);
    }
    // Otherwise this test would look at nothing.
    assert!(changed >= 5, "redaction changed only {changed} cases");
}

#[test]
fn only_a_command_is_longer_than_a_line() {
    let mut long = Vec::new();
    for case in cases() {
        for (number, line) in (1..).zip(text(&report(&case.examination)).lines()) {
            assert!(line.is_ascii(), "{}: {line}", case.name);
            if line.len() > WIDTH && !line.starts_with(COMMAND) {
                long.push(format!("{}:{number}: {line}", case.name));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What is wrong in each case, worst first. Written by hand, so that writing the reports anew cannot
/// make a wrong answer the expected one.
const ROOTS: &[(&str, &[&str])] = &[
    ("in-kernel-not-mounted", &["share-not-mounted"]),
    ("left-over-fstab", &[]),
    ("other-kernel-build-failed", &["share-not-mounted"]),
    ("two-locks-one-fits", &["kernel-headers-mismatch"]),
    ("unknown-package-manager", &[]),
    ("unrelated-hold", &["kernel-headers-mismatch"]),
    (
        "additions-missing",
        &[
            "additions-missing",
            "kernel-headers-missing",
            "build-tools-missing",
        ],
    ),
    ("build-tools-missing", &["build-tools-missing"]),
    (
        "centos6-versionlock",
        &["kernel-versionlock", "krb5-stray-bytes"],
    ),
    ("centos7-kernel-upgraded", &["kernel-headers-mismatch"]),
    ("compiler-error", &["additions-build-failed"]),
    ("debian12-held", &["kernel-versionlock"]),
    ("disk-full", &["disk-full"]),
    ("driver-not-loaded", &["virtualbox-driver-not-loaded"]),
    ("fedora41-versionlock-dnf5", &["kernel-versionlock"]),
    ("leap15-locked-zypper", &["kernel-versionlock"]),
    ("arch-kernel-ignored", &["kernel-excluded"]),
    ("guest-unreachable", &["guest-unreachable"]),
    ("healthy-centos6", &[]),
    ("healthy-centos7", &[]),
    ("healthy-debian12", &[]),
    ("healthy-fedora41-dnf5", &[]),
    ("healthy-krb5-client", &[]),
    ("healthy-rocky9", &[]),
    ("healthy-rocky9-kerberos", &[]),
    ("healthy-ubuntu2204", &[]),
    ("in-kernel-additions", &[]),
    (
        "iso-missing",
        &["additions-missing", "additions-iso-missing"],
    ),
    ("kerberos-clock-ahead", &["krb5-clock-skew"]),
    ("kerberos-kdc-unreachable", &["krb5-kdc-unreachable"]),
    ("kerberos-keytab-stale", &["krb5-keytab"]),
    (
        "kerberos-no-ccache",
        &["krb5-ccache", "krb5-keytab", "sasl-gssapi-missing"],
    ),
    ("kerberos-ticket-expired", &["krb5-keytab", "krb5-ticket"]),
    ("kernel-modules-stand-in", &["kernel-headers-mismatch"]),
    ("krb5-brace-missing", &["krb5-syntax"]),
    ("krb5-include-missing", &["krb5-include"]),
    ("krb5-include-unasked", &[]),
    ("krb5-old-release", &["krb5-realm-kdc", "krb5-include"]),
    (
        "krb5-old-values",
        &["krb5-realm-kdc", "krb5-lifetime", "krb5-enctypes"],
    ),
    ("krb5-realm-commented", &["krb5-default-realm"]),
    ("krb5-section-misnamed", &["krb5-syntax"]),
    ("lock-disabled", &["kernel-headers-missing"]),
    ("machine-off", &[]),
    ("mount-helper-dangling", &["mount-helper-broken"]),
    ("no-virtualbox", &["virtualbox-not-found"]),
    ("patch-skew-working", &["additions-version-mismatch"]),
    ("reboot-pending", &["kernel-reboot-pending"]),
    ("rocky8-versionlock-dnf4", &["kernel-versionlock"]),
    ("rocky9-excluded", &["kernel-excluded"]),
    ("rsync-only", &[]),
    ("share-not-defined", &["share-not-defined"]),
    ("ssh-target", &["additions-not-running"]),
    ("stale-module", &["additions-stale-module"]),
    ("ubuntu2204-headers-mismatch", &["kernel-headers-mismatch"]),
    ("vagrant-too-old", &["vagrant-virtualbox-unsupported"]),
    ("windows7-powershell2", &["powershell-too-old"]),
    ("windows10-hyper-v", &["hyperv-conflict"]),
    (
        "vbguest-ruby33",
        &[
            "vbguest-plugin-broken",
            "kernel-headers-missing",
            "build-tools-missing",
        ],
    ),
    ("vbguest-ruby33-working", &["vbguest-plugin-broken"]),
    ("secure-boot", &["module-signature-rejected"]),
    ("helper-of-others", &["additions-mixed-providers"]),
    ("mixed-but-working", &["additions-mixed-providers"]),
    ("centos7-end-of-life", &["repositories-end-of-life"]),
    ("centos7-archive-unreachable", &["repositories-unreachable"]),
    ("centos7-archive-answers", &["kernel-headers-mismatch"]),
    ("debian9-end-of-life", &["repositories-end-of-life"]),
    ("ubuntu2204-updating", &["package-manager-locked"]),
    ("healthy-ubuntu2204-updating", &[]),
    ("healthy-ubuntu2204-owner", &[]),
    ("share-owner-missing", &["share-owner-missing"]),
    ("additions-too-old-for-kernel", &["additions-build-failed"]),
    ("working-without-headers", &[]),
];

#[test]
fn every_case_has_the_roots_that_a_person_wrote_down() {
    let mut wrong = Vec::new();
    for case in cases() {
        let report = report(&case.examination);
        let failing = failing(&report);
        let roots: Vec<&str> = failing
            .iter()
            .filter(|finding| finding.root)
            .map(|finding| finding.check.as_str())
            .collect();
        let expected = ROOTS.iter().find(|(name, _)| *name == case.name);
        if expected.is_none_or(|(_, expected)| *expected != roots) {
            wrong.push(format!("{}: {roots:?}, expected {expected:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_case_of_the_lock_reads_from_the_lock_to_the_share() {
    let case = cases()
        .into_iter()
        .find(|case| case.name == "centos6-versionlock")
        .expect("the case that this program was written for");
    let report = report(&case.examination);
    let chain: Vec<(&str, usize)> = failing(&report)
        .iter()
        .map(|finding| (finding.check.as_str(), finding.depth))
        .collect();
    assert_eq!(
        chain,
        [
            ("kernel-versionlock", 0),
            ("kernel-headers-mismatch", 1),
            ("additions-build-failed", 2),
            ("additions-version-mismatch", 3),
            ("additions-not-running", 3),
            ("share-not-mounted", 4),
            ("krb5-stray-bytes", 0),
            ("krb5-syntax", 1),
        ]
    );
    let lock = failing(&report)[0].location.clone().expect("a place");
    assert_eq!(lock.path, "/etc/yum/pluginconf.d/versionlock.list");
    let list = case.examination.find("yum-lock-list").expect("the list");
    let line = String::from_utf8_lossy(&list.stdout)
        .lines()
        .nth(lock.line.expect("a line") as usize - 1)
        .map(str::to_owned);
    assert!(line.is_some_and(|line| line.ends_with("0:kernel-2.6.32-358.23.2.el6.*")));
    let krb5 = committed(&root().join(&case.name), "bundle.toml");
    assert!(String::from_utf8_lossy(&krb5).contains(r"\xE2\x80\x8B[logging]"));
}

#[test]
fn of_a_guest_that_was_not_reached_nothing_is_called_cured() {
    let cases = cases();
    let target = |name: &str| {
        let case = cases.iter().find(|case| case.name == name);
        let case = case.unwrap_or_else(|| panic!("there is no case {name}"));
        report(&case.examination).targets.remove(0)
    };
    let before = target("rocky9-excluded");
    for name in ["guest-unreachable", "machine-off"] {
        let mut after = target(name);
        after.compare_with(&before);
        let outcomes = after.findings.iter().filter_map(|finding| finding.outcome);
        assert_eq!(outcomes.count(), 0, "{name}");
    }
    let mut after = target("healthy-rocky9");
    after.compare_with(&before);
    let was = |status: StatusName| move |finding: &&FindingReport| finding.status == status;
    let cured = |finding: &&FindingReport| finding.outcome == Some(Outcome::Cured);
    let failed = before.findings.iter().filter(was(StatusName::Fail)).count();
    assert_eq!(after.findings.iter().filter(cured).count(), failed);
}
