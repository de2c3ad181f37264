//! A bundle comes from a stranger: whatever its sections hold, it gives a report, and the report is
//! plain text. And what a bundle hides is not what makes its findings.
#![allow(clippy::disallowed_methods, reason = "tests look through the fixtures")]

use boxdoctor::check::CATALOGUE;
use boxdoctor::diagnosis::diagnose;
use boxdoctor::facts::Facts;
use boxdoctor::observe::questions::QUESTIONS;
use boxdoctor::observe::{Examination, Observation, Side, bundle, host, redact};
use boxdoctor::report::{Report, Style, TargetReport, human, json};
use boxdoctor::target::{Kind, Target};
use boxdoctor::transport::Ended;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Words that the parsers know, so that random answers get past their first line.
const WORDS: [&str; 48] = [
    "Linux",
    "2.6.32-358.10.2.el6.x86_64",
    "5.14.0-70.el9.x86_64",
    "x86_64",
    "VirtualBox",
    "vboxguest",
    "vboxsf",
    "nodev",
    "kernel",
    "kernel-devel",
    "(none)",
    "2.6.32",
    "358.23.2.el6",
    "gcc",
    "make",
    "perl",
    "ok",
    "missing",
    "dangling",
    "/lib/modules",
    "version:",
    "filename:",
    "7.0.14r161095",
    "enabled",
    "=",
    "[main]",
    "plugins",
    "exclude",
    "1",
    "0",
    "99999999999999999999",
    "-1",
    "100%",
    "/",
    "/dev/sda1",
    "==>",
    "Makefile:97: *** Error",
    "[libdefaults]",
    "default_realm",
    "{",
    "}",
    "\u{feff}",
    "VMState",
    "\"running\"",
    "GuestAdditionsVersion=\"",
    "SharedFolderNameMachineMapping1=",
    "Forwarding(0)=",
    "ID=centos",
];

fn answer() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        6 => select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
        3 => select(vec![" ", "\n", "\t", ":", "\r\n", ""]).prop_map(|gap| gap.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..12),
        1 => Just(b"\x1b]0;owned\x07\x1b[2J\x9b31m".to_vec()),
    ];
    vec(word, 0..24).prop_map(|words| words.concat())
}

fn observation() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Ended, Option<i32>)> {
    let ended = prop_oneof![
        6 => Just(Ended::Exit),
        1 => select(vec![Ended::Timeout, Ended::Denied, Ended::NotFound]),
    ];
    let status = prop_oneof![4 => Just(Some(0)), 1 => any::<Option<i32>>()];
    (answer(), answer(), ended, status)
}

fn examination() -> impl Strategy<Value = Examination> {
    let ids: Vec<(&str, Side)> = [
        host::VERSION,
        host::MACHINE,
        host::ISO,
        host::SYNCED_FOLDERS,
    ]
    .into_iter()
    .map(|id| (id, Side::Host))
    .chain([("connection", Side::Guest)])
    .chain(QUESTIONS.iter().map(|question| (question.id, Side::Guest)))
    .collect();
    let kind = select(vec![Kind::Vagrant, Kind::VirtualBox, Kind::Ssh, Kind::File]);
    let state = prop_oneof![
        5 => Just("running".to_owned()),
        1 => select(vec!["poweroff", "not_created", "unknown"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let target = (
        any::<String>(),
        kind,
        state,
        proptest::option::weighted(0.1, any::<String>()),
    );
    (target, vec(observation(), ids.len())).prop_map(
        move |((name, kind, state, provider), answers)| Examination {
            captured_at: "2026-01-31T12:00:00Z".to_owned(),
            target: Target {
                name,
                kind,
                state,
                provider,
            },
            observations: ids
                .iter()
                .zip(answers)
                .map(|((id, side), (stdout, stderr, ended, status))| {
                    let command = String::from_utf8_lossy(&stderr).into_owned();
                    let seen = Observation::answered(id, *side, command, stdout);
                    // A login that worked is quiet; only then do the other answers count.
                    let stderr = if *id == "connection" {
                        Vec::new()
                    } else {
                        stderr
                    };
                    Observation {
                        stderr,
                        ended,
                        status,
                        ..seen
                    }
                })
                .collect(),
        },
    )
}

proptest! {
    // Its words are drawn anew at every run; what once failed is written down as a fixture instead.
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_gives_a_plain_report(before in examination()) {
        let examination = bundle::read(bundle::write(&before).as_bytes()).expect("our own bundle");
        prop_assert_eq!(&examination, &before);
        let facts = Facts::read(&examination);
        let findings = diagnose(&facts, |_| true);
        prop_assert_eq!(findings.len(), CATALOGUE.len());
        let report = Report::new(vec![TargetReport::new(&examination.target, &facts, findings)]);
        for unicode in [true, false] {
            for width in [40, 80] {
                let style = Style { width, unicode, color: false };
                let text = human::write(&report, style, true);
                let odd = text.chars().find(|&c| c.is_control() && c != '\n');
                prop_assert_eq!(odd, None, "{}", text);
                prop_assert!(unicode || text.is_ascii(), "{}", text);
            }
        }
        let text = json::write(&report).expect("JSON");
        let raw = text.chars().find(|&c| c.is_control() && c != '\n');
        prop_assert_eq!(raw, None, "{}", text);
        // Whoever prints a value of it must not have to escape it anew.
        prop_assert!(!text.contains("\\u00"), "{}", text);
        let root = report.targets[0].findings.first().filter(|finding| finding.root);
        let fails = report.targets[0].findings.iter().any(|finding| !finding.evidence.is_empty());
        prop_assert!(root.is_some() || !fails, "the first finding of what fails is a root");
    }
}

/// What each check says, and where; names and words apart.
fn findings(examination: &Examination) -> Vec<serde_json::Value> {
    let facts = Facts::read(examination);
    let findings = diagnose(&facts, |_| true);
    let target = TargetReport::new(&examination.target, &facts, findings);
    let text = json::write(&Report::new(vec![target])).expect("JSON");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let findings = report["targets"][0]["findings"].as_array();
    let verdict = |finding: &serde_json::Value| {
        let place = &finding["location"];
        serde_json::json!([
            finding["check"],
            finding["status"],
            finding["severity"],
            place["line"],
            place["byte"]
        ])
    };
    findings.expect("findings").iter().map(verdict).collect()
}

#[test]
fn without_names_every_finding_stays() {
    let mut count = 0;
    for fixture in std::fs::read_dir("fixtures").expect("fixtures") {
        let path = fixture.expect("a folder").path().join("bundle.toml");
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let before = bundle::read(&bytes).expect("a bundle");
        let after = redact::redact(&before, &[]);
        assert_eq!(findings(&after), findings(&before), "{}", path.display());
        count += 1;
    }
    assert!(count > 20, "{count}");
}
