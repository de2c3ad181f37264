//! The list of checks, its pages, its causes and its remedies belong together; and every check has
//! a case where it fails and one where it passes.

#[path = "support/fixtures.rs"]
mod fixtures;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use boxdoctor::check::{self, CATALOGUE, Check};
use boxdoctor::diagnosis::Status;
use boxdoctor::files;
use boxdoctor::parse::log::{Effect, rules};
use boxdoctor::remedy;
use boxdoctor::remedy::plan::PARTS;
use fixtures::{cases, committed, findings};
use regex::Regex;

/// The folders of `src/check`, and in each the names of its files.
fn rooms() -> Vec<(PathBuf, Vec<String>)> {
    let checks = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
    let rooms: Vec<(PathBuf, Vec<String>)> = files::names(&checks)
        .into_iter()
        .map(|name| checks.join(name))
        .filter(|path| path.is_dir())
        .map(|room| (room.clone(), files::names(&room)))
        .collect();
    assert!(rooms.len() >= 7, "{rooms:?}");
    rooms
}

fn source(room: &Path, name: &str) -> String {
    String::from_utf8(committed(room, name)).expect("sources are text")
}

#[test]
fn every_slug_stands_once_and_is_a_plain_word() {
    let mut seen = BTreeSet::new();
    for check in CATALOGUE {
        assert!(seen.insert(check.slug), "{} stands twice", check.slug);
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        assert!(check.slug.chars().all(plain), "{}", check.slug);
    }
}

#[test]
fn every_page_begins_with_its_slug() {
    for check in CATALOGUE {
        let title = check.page.lines().next().unwrap_or_default();
        assert_eq!(title, format!("# {}", check.slug));
        assert!(
            check.page.lines().count() > 5,
            "{}: an empty page",
            check.slug
        );
    }
}

#[test]
fn every_cause_is_a_check_that_stands_in_the_catalogue() {
    for check in CATALOGUE {
        for cause in check.causes {
            assert!(
                boxdoctor::check::find(cause).is_some(),
                "{}: its cause {cause} is no check",
                check.slug
            );
            assert_ne!(*cause, check.slug, "no check causes itself");
        }
    }
}

#[test]
fn every_rule_has_its_page_and_its_line_in_the_catalogue() {
    let mut rules = BTreeSet::new();
    for (room, names) in rooms() {
        for name in &names {
            let (stem, kind) = name.rsplit_once('.').expect("every file has a kind");
            let other = match kind {
                "rs" => "md",
                "md" => "rs",
                _ => panic!("{}/{name} is neither a rule nor a page", room.display()),
            };
            assert!(
                names.contains(&format!("{stem}.{other}")),
                "{}/{name} has no {stem}.{other}",
                room.display()
            );
            rules.insert(stem.replace('_', "-"));
        }
    }
    let listed: BTreeSet<String> = CATALOGUE
        .iter()
        .map(|check| check.slug.to_owned())
        .collect();
    assert_eq!(rules, listed);
}

/// A list of words for `cured_by`, wherever in a rule it is written down.
static LIST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"&\[((?:\s*"[a-z0-9-]+"\s*,?)+)\s*\]"#).expect("a constant expression")
});

/// The remedies that the rules name, each with a rule that names it.
fn named_remedies() -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    for (room, names) in rooms() {
        for name in names.iter().filter(|name| name.ends_with(".rs")) {
            let source = source(&room, name);
            let rule = source.split("#[cfg(test)]").next().unwrap_or_default();
            let lists: Vec<&str> = LIST
                .captures_iter(rule)
                .filter_map(|found| found.get(1))
                .map(|words| words.as_str())
                .collect();
            assert!(
                !rule.contains(".cured_by(") || !lists.is_empty(),
                "{name} names remedies in a way that this test does not see"
            );
            for word in lists
                .iter()
                .flat_map(|list| list.split('"').skip(1).step_by(2))
            {
                named.insert(word.to_owned(), name.clone());
            }
        }
    }
    assert!(named.len() >= 10, "{named:?}");
    named
}

/// The report leaves out a remedy that it does not find, so a slip of the pen would be silent.
#[test]
fn every_remedy_that_a_check_names_is_in_the_list() {
    for (id, rule) in named_remedies() {
        assert!(
            remedy::find(&id).is_some(),
            "{rule} names '{id}', which is no remedy"
        );
    }
    for case in cases() {
        for finding in findings(&case.examination) {
            for id in finding
                .failure()
                .map(|failure| failure.remedies.clone())
                .unwrap_or_default()
            {
                assert!(
                    remedy::find(id).is_some(),
                    "{}: {} names '{id}', which is no remedy",
                    case.name,
                    finding.check.slug
                );
            }
        }
    }
}

#[test]
fn every_remedy_of_the_list_is_named_by_a_check_or_goes_with_one_that_is() {
    let named = named_remedies();
    let of_logs: BTreeSet<&str> = rules()
        .filter_map(|rule| rule.fails())
        .flat_map(|fails| fails.cures)
        .copied()
        .collect();
    for remedy in remedy::all() {
        let is_named = named.contains_key(remedy.id) || of_logs.contains(remedy.id);
        assert!(
            is_named != PARTS.contains(&remedy.id),
            "nothing is cured by {}",
            remedy.id
        );
    }
}

#[test]
fn the_rules_for_logs_name_only_what_there_is() {
    let ids: Vec<&str> = rules().map(|rule| rule.id).collect();
    let once: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "two rules of one name: {ids:?}");
    for rule in rules() {
        let checks: Vec<&str> = match &rule.effect {
            Effect::Fails(fails) => {
                for cure in fails.cures {
                    assert!(remedy::find(cure).is_some(), "{} names {cure}", rule.id);
                }
                let others = fails.with.iter().chain(fails.unless).copied();
                others.chain([fails.check]).collect()
            }
            Effect::Ends(what) | Effect::Excludes(what) => {
                let is_rule = |name: &&str| ids.contains(name) && check::find(name).is_none();
                what.iter().copied().filter(|name| !is_rule(name)).collect()
            }
            _ => Vec::new(),
        };
        for slug in checks {
            assert!(check::find(slug).is_some(), "{} names {slug}", rule.id);
        }
    }
}

/// What leaves no trace on host or guest: the answers to the logs hold these.
const ONLY_IN_LOGS: [&str; 1] = ["box-download-slow"];

#[test]
fn every_check_fails_in_one_case_and_passes_in_another() {
    let mut fails: BTreeMap<&str, String> = BTreeMap::new();
    let mut passes: BTreeMap<&str, String> = BTreeMap::new();
    let mut otherwise: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for case in cases() {
        for finding in findings(&case.examination) {
            let slug = finding.check.slug;
            match finding.status {
                Status::Fail(_) => drop(fails.insert(slug, case.name.clone())),
                Status::Pass => drop(passes.insert(slug, case.name.clone())),
                Status::Skipped { reason } => {
                    otherwise
                        .entry(slug)
                        .or_default()
                        .insert(format!("skipped: {reason}"));
                }
                Status::Unknown { reason, .. } => {
                    otherwise
                        .entry(slug)
                        .or_default()
                        .insert(format!("unknown: {reason}"));
                }
            }
        }
    }
    let mut missing = Vec::new();
    let asked = |check: &&Check| !ONLY_IN_LOGS.contains(&check.slug);
    for check in CATALOGUE.iter().filter(asked) {
        if !fails.contains_key(check.slug) {
            missing.push(format!("{} fails in no case", check.slug));
        }
        if !passes.contains_key(check.slug) {
            missing.push(format!(
                "{} passes in no case; where it does not fail it is {:#?}",
                check.slug,
                otherwise.get(check.slug)
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
