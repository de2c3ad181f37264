//! Every log below `fixtures/`, in the shape that real programs print, has the answer that was written
//! down for it by hand, and gives the report that lies beside it.
//!
//! After a change that is meant, `UPDATE_FIXTURES=1 cargo test --test logs` writes the reports anew; it
//! does not touch the answers.

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "the other cases are bundles")]
mod fixtures;

use std::collections::BTreeMap;
use std::path::PathBuf;

use boxdoctor::facts::Facts;
use boxdoctor::files;
use boxdoctor::observe::{bundle, log};
use boxdoctor::report::{Report, Style, TargetReport, human};
use fixtures::{LOG, findings, root};

const REPORT: &str = "report.txt";

/// The root that is named first for each log; `none` where nothing is wrong.
const ANSWERS: &str = include_str!("log_answers.txt");

fn names() -> Vec<String> {
    let names = files::names(&root()).into_iter();
    names.filter(|name| name.starts_with(LOG)).collect()
}

/// What every case has, beside other logs of the same incident.
const FIRST: &str = "log.txt";

fn logs(name: &str) -> Vec<String> {
    let there = files::names(&root().join(name)).into_iter();
    there
        .filter(|file| file.ends_with(".txt") && file != REPORT)
        .collect()
}

fn report(name: &str) -> Report {
    // As a user would name them, who stands in the project; the first one first.
    let others = logs(name).into_iter().filter(|other| other != FIRST);
    let paths: Vec<PathBuf> = std::iter::once(FIRST.to_owned())
        .chain(others)
        .map(|log| ["fixtures", name, &log].iter().collect())
        .collect();
    let seen = log::read(&paths).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    let targets = seen
        .iter()
        .map(|seen| TargetReport::new(&seen.target, &Facts::read(seen), findings(seen)));
    Report::new(targets.collect())
}

fn answer(report: &Report) -> String {
    let findings = report.targets.iter().flat_map(|target| &target.findings);
    let root = findings.into_iter().find(|finding| finding.root);
    root.map_or_else(|| "none".to_owned(), |root| root.check.clone())
}

#[test]
fn every_log_has_its_answer() {
    let expected: BTreeMap<String, String> = ANSWERS
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, answer)| (name.to_owned(), answer.trim().to_owned()))
        .collect();
    let names = names();
    let mut wrong = Vec::new();
    for name in &names {
        let said = answer(&report(name));
        if expected.get(name) != Some(&said) {
            wrong.push(format!("{name}: {said}, not {:?}", expected.get(name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        names.len(),
        expected.len(),
        "answers to logs that are not there"
    );
}

#[test]
fn harmless_lines_are_shown_as_such_to_whoever_wants_to_know_all() {
    let report = report("log-noise-umount");
    let said = human::write(&report, Style::PLAIN, true);
    let line = "harmless fixtures/log-noise-umount/log.txt:44: umount: /mnt: not mounted.";
    assert!(said.contains(line), "{said}");
    assert!(!human::write(&report, Style::PLAIN, false).contains("umount"));
    let texts = report.targets[0].noise.iter().map(|noise| &noise.text[..]);
    assert_eq!(texts.collect::<Vec<_>>(), ["umount: /mnt: not mounted."]);
}

#[test]
fn every_log_gives_the_report_beside_it() {
    let mut wrong = Vec::new();
    for name in names() {
        let said = human::write(&report(&name), Style::PLAIN, false);
        let path = root().join(&name).join(REPORT);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            files::write(&path, said.as_bytes()).expect("fixtures can be written");
        }
        if files::read(&path, bundle::LARGEST).ok().as_deref() != Some(said.as_bytes()) {
            wrong.push(format!("--- {name} should be:\n{said}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nif this is meant: UPDATE_FIXTURES=1 cargo test --test logs",
        wrong.join("\n")
    );
}
