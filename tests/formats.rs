//! The report in the forms that build servers and code hosts read, of the real program: SARIF keeps to
//! the published schema, both are what lies in `tests/formats/`, and suppressions do what they say.
//!
//! After a change that is meant, `UPDATE_FIXTURES=1 cargo test --test formats` writes the files anew.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use std::path::{Path, PathBuf};

use program::{Desk, finding, roots, target};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("formats/sarif-schema-2.1.0.json");
/// Failing, passing and skipped ones; a new check changes nothing of them.
const SOME: &str = "kernel-versionlock,kernel-headers-mismatch,additions-build-failed,share-not-mounted,disk-full,krb5-stray-bytes,krb5-clock-skew";
const BUNDLE: &str = "fixtures/centos6-versionlock/bundle.toml";

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A repository with a bundle, a krb5.conf and what else a test puts there.
fn repository() -> Desk {
    let desk = Desk::new();
    let bundle = std::fs::read(project().join(BUNDLE)).expect("the seed's bundle");
    desk.file("repository/.git/HEAD", "ref: refs/heads/main\n");
    desk.file("repository/boxes/seed box.toml", bundle);
    desk.file(
        "repository/krb5.conf",
        "[libdefaults]\n default_realm = A\u{a0}\n}\n",
    );
    desk
}

fn check(desk: &Desk, arguments: &[&str]) -> program::Ran {
    let mut command = desk.command(&["check", "--fail-on", "never"]);
    program::run(
        command
            .args(arguments)
            .current_dir(desk.path().join("repository")),
    )
}

fn sarif(desk: &Desk, arguments: &[&str]) -> Value {
    let ran = check(desk, &[arguments, &["--format", "sarif"]].concat());
    let sarif = ran.ended(0).json();
    // One bracket too many in the pattern of a language, of which nothing is said here.
    let schema = SCHEMA.replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> = validator
        .iter_errors(&sarif)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    sarif
}

/// Holds the text against the file of this name.
fn same_as(name: &str, text: &str) {
    let path: PathBuf = project().join("tests/formats").join(name);
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &text).expect("the file is written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{text}\nif this is meant: UPDATE_FIXTURES=1 cargo test --test formats"
    );
}

#[test]
fn sarif_keeps_to_the_schema_and_points_into_the_repository() {
    let desk = repository();
    let mut told = sarif(&desk, &["--bundle", "boxes/seed box.toml", "--only", SOME]);
    let results = told["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results[0]["ruleId"], "kernel-versionlock");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "boxes/seed%20box.toml");
    }
    // The pages change for themselves, and have tests of their own.
    let rules = told["runs"][0]["tool"]["driver"]["rules"].as_array_mut();
    for rule in rules.expect("rules") {
        rule["help"] = json!({"text": "the page"});
    }
    let text = serde_json::to_string_pretty(&told).expect("JSON") + "\n";
    same_as("seed.sarif.json", &text);
}

#[test]
fn sarif_shows_the_line_of_a_file_in_the_repository() {
    let told = sarif(&repository(), &["--krb5-conf", "krb5.conf"]);
    let results = told["runs"][0]["results"].as_array().expect("results");
    let stray = results
        .iter()
        .find(|result| result["ruleId"] == "krb5-stray-bytes");
    let place = &stray.expect("the stray byte")["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "krb5.conf");
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn a_file_outside_the_repository_has_no_place_in_it() {
    let desk = repository();
    desk.file("krb5.conf", "[libdefaults\n");
    let told = sarif(&desk, &["--krb5-conf", "../krb5.conf"]);
    let result = &told["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "krb5-syntax");
    assert_eq!(result["locations"][0]["physicalLocation"], Value::Null);
    assert!(result["locations"][0]["logicalLocations"][0]["name"].is_string());
}

#[test]
fn junit_has_a_case_for_each_check() {
    let desk = repository();
    let some = ["--bundle", "boxes/seed box.toml", "--only", SOME];
    let ran = check(&desk, &[&some[..], &["--format", "junit"]].concat());
    same_as("seed.junit.xml", &ran.ended(0).stdout);
}

#[test]
fn what_a_project_lives_with_counts_for_nothing() {
    let desk = repository();
    let run = |arguments: &[&str]| {
        let all = [
            "--bundle",
            "boxes/seed box.toml",
            "--only",
            "krb5-stray-bytes",
        ];
        let mut command = desk.command(&["check"]);
        let command = command.args(all).args(arguments);
        program::run(command.current_dir(desk.path().join("repository")))
    };
    assert_eq!(run(&[]).status, Some(1));
    let entry = "[[suppress]]\ncheck = \"krb5-stray-bytes\"\nreason = \"the old KDC wants them\"\n";
    desk.file("repository/.boxdoctor.toml", entry);
    let ran = run(&[]);
    let text = &ran.ended(0).stdout;
    assert!(
        text.contains("Nothing is wrong but what the project lives with."),
        "{text}"
    );
    assert!(
        text.contains("suppressed krb5-stray-bytes: the old KDC wants them"),
        "{text}"
    );
    assert!(!text.contains("What to do next"), "{text}");
    let report = run(&["--format", "json"]).ended(0).json();
    let found = finding(&report["targets"][0], "krb5-stray-bytes");
    assert_eq!(
        (&found["status"], &found["suppressed"]),
        (&json!("fail"), &json!("the old KDC wants them"))
    );
    assert_eq!(
        (
            &report["summary"]["suppressed"],
            &report["summary"]["error"]
        ),
        (&json!(1), &json!(0))
    );
    let told = sarif(
        &desk,
        &[
            "--bundle",
            "boxes/seed box.toml",
            "--only",
            "krb5-stray-bytes",
        ],
    );
    let suppression = &told["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["justification"], "the old KDC wants them");
    let xml = run(&["--format", "junit"]).ended(0).stdout.clone();
    assert!(
        xml.contains("<skipped message=\"suppressed: the old KDC wants them\""),
        "{xml}"
    );

    // It is about this machine only.
    let other = format!("{entry}machine = \"another\"\n");
    desk.file("repository/.boxdoctor.toml", other);
    assert_eq!(run(&[]).status, Some(1));
}

#[test]
fn a_suppressed_root_stays_above_what_it_explains() {
    let desk = repository();
    let entry = "[[suppress]]\ncheck = \"kernel-versionlock\"\nreason = \"pinned by us\"\n";
    desk.file("repository/.boxdoctor.toml", entry);
    let text = check(&desk, &["--bundle", "boxes/seed box.toml"]).stdout;
    assert!(
        text.contains("kernel-versionlock  root cause  (suppressed: pinned by us)"),
        "{text}"
    );
    assert!(text.contains("so kernel-headers-mismatch"), "{text}");
    let report = check(
        &desk,
        &["--bundle", "boxes/seed box.toml", "--format", "json"],
    )
    .json();
    let name = report["targets"][0]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    assert_eq!(roots(target(&report, &name))[0], "kernel-versionlock");
    // Nor does a repair touch it, or what stands behind it.
    let mut command = desk.command(&["fix", "--dry-run", "--bundle", "boxes/seed box.toml"]);
    let text = program::run(command.current_dir(desk.path().join("repository"))).stdout;
    assert!(!text.contains("disableplugin=versionlock"), "{text}");
}

#[test]
fn suppressions_that_do_nothing_are_told() {
    let desk = repository();
    desk.file(
        "repository/.boxdoctor.toml",
        "[[suppress]]\ncheck = \"disk-ful\"\nreason = \"a slip\"\n\n[[suppress]]\ncheck = \"disk-full\"\nreason = \"it was\"\n",
    );
    let all = ["--bundle", "boxes/seed box.toml"];
    let text = check(&desk, &all).ended(0).stdout.clone();
    assert!(
        text.contains("there is no check 'disk-ful' to suppress"),
        "{text}"
    );
    assert!(text.contains(".boxdoctor.toml:6"), "{text}");
    assert!(
        text.contains("the suppression of disk-full no longer applies"),
        "{text}"
    );
    let report = check(&desk, &[&all[..], &["--format", "json"]].concat()).json();
    let problems = &report["suppression_problems"];
    assert_eq!(problems[0]["problem"], "unknown-check");
    assert_eq!(problems[1]["problem"], "no-longer-applies");
    assert_eq!(problems[1]["location"]["line"], 6);
    let told = sarif(&desk, &all);
    let results = told["runs"][0]["results"].as_array().expect("results");
    let idle = results
        .iter()
        .filter(|result| result["ruleId"] == "idle-suppression");
    let places: Vec<&Value> = idle
        .map(|one| &one["locations"][0]["physicalLocation"])
        .collect();
    assert_eq!(places.len(), 2);
    assert_eq!(places[0]["artifactLocation"]["uri"], ".boxdoctor.toml");
    let xml = check(&desk, &[&all[..], &["--format", "junit"]].concat()).stdout;
    assert!(
        xml.contains("<testsuite name=\"suppressions\" tests=\"2\""),
        "{xml}"
    );
    // As bad as a warning.
    let run = |level| {
        let mut command = desk.command(&["check", "--only", "disk-full", "--fail-on", level]);
        program::run(
            command
                .args(all)
                .current_dir(desk.path().join("repository")),
        )
        .status
    };
    assert_eq!((run("error"), run("warning")), (Some(0), Some(1)));
}

#[test]
fn a_file_of_suppressions_that_is_none_is_refused() {
    let desk = repository();
    for (text, said) in [
        (
            "[[suppress]]\ncheck = \"disk-full\"\n",
            "line 1: missing field `reason`",
        ),
        (
            "[[suppress]]\ncheck = \"disk-full\"\nreason = \" \"\n",
            "line 2: a suppression without a reason",
        ),
        ("[ignore]\n", "line 1: unknown field `ignore`"),
    ] {
        desk.file("repository/.boxdoctor.toml", text);
        let ran = check(&desk, &["--bundle", "boxes/seed box.toml"]);
        assert!(ran.refused().contains(said), "{ran:?}");
    }
}

#[test]
fn the_pages_are_there_for_programs() {
    let desk = Desk::new();
    let all = desk.run(&["explain", "--format", "json"]).ended(0).json();
    assert_eq!(all["schema"], "boxdoctor.checks/1");
    let checks = all["checks"].as_array().expect("checks");
    assert_eq!(checks.len(), boxdoctor::check::CATALOGUE.len());
    let one = desk
        .run(&["explain", "disk-full", "--format", "json"])
        .ended(0)
        .json();
    assert_eq!(one["checks"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["checks"][0]["group"], "guest");
    assert!(
        one["checks"][0]["page"]
            .as_str()
            .expect("a page")
            .starts_with("# disk-full")
    );
}

#[test]
fn each_shell_gets_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = desk.run(&["completions", shell]).ended(0).stdout.clone();
        for word in ["krb5-conf", "uninstall"] {
            assert!(script.contains(word), "{shell}: {script}");
        }
    }
    assert_eq!(desk.run(&["completions", "tcsh"]).status, Some(2));
}

#[test]
fn there_is_a_manual() {
    let desk = Desk::new();
    let page = desk.run(&["man"]).ended(0).stdout.clone();
    assert!(page.contains(".TH boxdoctor 1"), "{page}");
    std::fs::create_dir(desk.path().join("man")).expect("a folder");
    let ran = desk.run(&["man", "--output", "man"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let page = std::fs::read_to_string(desk.path().join("man/boxdoctor-check.1"));
    assert!(page.expect("a page").contains("Exit status"), "{ran:?}");
    assert!(
        desk.path().join("man/boxdoctor-hook-install.1").exists(),
        "{ran:?}"
    );
}
