//! Every text of an error in the sources, so that a new one without a next step is found on the day it
//! is written, and not by a user.

use regex::Regex;

use super::program_sources;
use super::script::has_next_step;

/// What the texts of errors follow upon.
const BEGINNINGS: [&str; 7] = [
    r"#\[error\(",
    r"\banyhow!\(",
    r"\bbail!\(",
    r"\.context\(",
    r"\.with_context\(\|\| \{?\s*format!\(",
    r"\bErr\((?:format!\()?",
    r"\.(?:ok_or|expect_err)\(",
];

/// Texts that are only a part: what they are put into, or what is put into them, has the next step.
const PARTS: [&str; 37] = [
    "{what} cannot be read: {error}; {next}",
    "{what} cannot be written: {error}; {next}",
    "{what}: {error}; {}",
    "{0}",
    "{} is left as it is",
    "{} is not usable",
    "{shown}, {why}",
    "{path} cannot be used: {why}",
    "{address}: {why}",
    "{address}: no way to log in is known: {}",
    "observation '{id}': {why}",
    "the journal {} is damaged: {}; {BY_HAND}",
    "the journal {} is damaged: boxdoctor does not write such names or digests; {BY_HAND}",
    "nobody can tell what the block that is there was written with; {again}",
    "the options of the block that is there are not understood; {again}",
    "nothing was changed",
    "nothing was changed: what was begun before has not ended",
    "what an earlier repair has left in the guest cannot be cleared away: {why}",
    "nor can the kernel {} ({why})",
    "the guest could not be asked: {0}",
    "the guest could not be asked how far it is: {0}",
    "VBoxManage list runningvms did not answer in time",
    // Into memory, where nothing refuses it.
    "the manual page cannot be written",
    "the journal cannot be written",
    // Of an ISO and of a download: --iso is named behind them.
    "it cannot be read: {0}",
    "it is no ISO image",
    "it is larger than any ISO of the Guest Additions",
    "it is an ISO, but not of the Guest Additions (its volume is called '{0}')",
    "it is not there (status {0})",
    "there is nothing behind the bytes that are here already",
    "the server leads elsewhere, and not over HTTPS; that is not followed",
    "the server leads from one address to the next without end",
    "the connection ended too early",
    "there is more of it than there can be",
    "this computer does not trust the server ({0}); a proxy that reads along has to be trusted by the system first",
    "it cannot be reached ({0}); where the way goes through a proxy, HTTPS_PROXY names it",
    "the server does not speak HTTP as it should ({0})",
];

/// What is told to users, without what only tests say.
fn texts() -> Vec<(String, String)> {
    let begins = format!(r#"(?:{})\s*"((?:[^"\\]|\\.)*)""#, BEGINNINGS.join("|"));
    let begins = Regex::new(&begins).expect("an expression");
    let mut texts = Vec::new();
    for path in program_sources::all() {
        let text = std::fs::read_to_string(&path).expect("a source");
        let told = text.split("\n#[cfg(test)]").next().unwrap_or_default();
        let told = told.split("\n#[cfg(all(test").next().unwrap_or_default();
        for found in begins.captures_iter(told) {
            texts.push((path.display().to_string(), found[1].to_owned()));
        }
    }
    texts
}

#[test]
fn every_error_in_the_sources_names_a_next_step() {
    let texts = texts();
    // Should the way that errors are written change, this would see nothing any more.
    assert!(texts.len() > 120, "only {} texts are seen", texts.len());
    let leads_nowhere: Vec<String> = texts
        .iter()
        .filter(|(_, text)| !has_next_step(text) && !PARTS.contains(&text.as_str()))
        .map(|(file, text)| format!("{file}: {text}"))
        .collect();
    assert_eq!(leads_nowhere, [""; 0], "{leads_nowhere:#?}");
    for part in PARTS {
        let is_there = texts.iter().any(|(_, text)| text == part);
        assert!(is_there, "nothing says this any more: {part}");
    }
}

#[test]
fn what_leads_nowhere_is_seen() {
    for said in [
        "x cannot be read: No such file or directory (os error 2)",
        "it is damaged",
        "nothing runs: nobody knows why, and the file is not there",
    ] {
        assert!(!has_next_step(said), "{said}");
    }
    for said in ["x is damaged; fetch it again", "no ISO (--iso names one)"] {
        assert!(has_next_step(said), "{said}");
    }
}
