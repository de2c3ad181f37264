//! Cases with what MIT's own library answered, kept in one file that a person can read.
#![allow(dead_code)] // each test binary uses its own part of this

use std::collections::BTreeMap;
use std::path::PathBuf;

use boxdoctor::escape::{escape, unescape};
use serde::{Deserialize, Serialize};

use super::krb5_answer::Answer;
use super::krb5_case::Case;

/// The file as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    /// Whose answers these are.
    library: String,
    case: Vec<WrittenCase>,
}

#[derive(Serialize, Deserialize)]
struct WrittenCase {
    name: String,
    asked: String,
    verdict: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    tree: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dump: String,
    files: BTreeMap<String, String>,
}

/// A case and the library's answer.
pub struct Recorded {
    pub name: String,
    pub case: Case,
    pub answer: Answer,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/krb5_recorded.toml")
}

pub fn read() -> Vec<Recorded> {
    let text = std::fs::read_to_string(path()).expect("the recorded cases are there");
    let written: Written = toml::from_str(&text).expect("the recorded cases are TOML");
    let bytes = |text: &str| unescape(text).expect("escaped bytes");
    let recorded = |case: WrittenCase| Recorded {
        name: case.name,
        answer: Answer {
            verdict: case.verdict,
            tree: case.tree,
            dump: bytes(&case.dump),
        },
        case: Case {
            asked: case.asked,
            files: case
                .files
                .iter()
                .map(|(path, content)| (path.clone(), bytes(content)))
                .collect(),
        },
    };
    written.case.into_iter().map(recorded).collect()
}

pub fn write(library: &str, recorded: Vec<Recorded>) {
    let written = Written {
        library: library.to_owned(),
        case: recorded
            .into_iter()
            .map(|recorded| WrittenCase {
                name: recorded.name,
                asked: recorded.case.asked,
                verdict: recorded.answer.verdict,
                tree: recorded.answer.tree,
                dump: escape(&recorded.answer.dump),
                files: recorded
                    .case
                    .files
                    .iter()
                    .map(|(path, content)| (path.clone(), escape(content)))
                    .collect(),
            })
            .collect(),
    };
    let text = toml::to_string_pretty(&written).expect("it can be written as TOML");
    std::fs::write(path(), text).expect("the recorded cases are written");
}
