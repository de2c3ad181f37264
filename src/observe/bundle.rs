//! The observations of one examination as one TOML file that a person can read, diff and edit.
//!
//! Both streams are literal strings with the escapes of [`escape`](crate::escape), so that bytes
//! which are not plain text are visible and come back exactly.

use std::fmt::Write;

use serde::Deserialize;
use thiserror::Error;

use super::{Examination, Observation, Side};
use crate::escape::{escape, line, unescape};
use crate::target::Target;
use crate::transport::Ended;

/// The form that this program writes and reads.
pub const SCHEMA: &str = "boxdoctor.bundle/1";

/// The largest bundle that is read, in bytes.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Why a text is not a bundle. Each message is one line.
#[derive(Debug, Error)]
pub enum BundleError {
    #[error("it is not UTF-8 text; a bundle is a TOML file made by `boxdoctor capture`")]
    NotText,
    #[error(
        "line {line} does not fit a bundle: {why}; mend it, or make it anew with `boxdoctor capture`"
    )]
    NotToml { line: usize, why: String },
    #[error(
        "its schema is '{found}', and this boxdoctor reads '{SCHEMA}' only; use the version that wrote it"
    )]
    UnknownSchema { found: String },
    #[error(
        "it has no schema; a bundle begins with schema = \"{SCHEMA}\", as `boxdoctor capture` writes it"
    )]
    NoSchema,
    #[error("observation '{id}': {why}")]
    BadBytes { id: String, why: String },
    #[error("observation '{id}' stands twice; keep one")]
    Twice { id: String },
    #[error("captured_at = '{0}' is no time; write it like 2026-01-31T12:00:00Z")]
    BadTime(String),
}

/// Read first: a bundle of another schema is not judged by this one.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

#[derive(Deserialize)]
struct File {
    captured_at: String,
    target: Target,
    #[serde(default, rename = "observation")]
    observations: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    side: Side,
    command: String,
    ended: Ended,
    status: Option<i32>,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    #[serde(default)]
    truncated: bool,
    #[serde(default)]
    ms: u64,
}

/// Reads a bundle.
///
/// # Errors
/// Says what makes the text not a bundle of this schema.
pub fn read(bytes: &[u8]) -> Result<Examination, BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BundleError::NotText)?;
    let head: Head = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
    match head.schema.as_deref() {
        Some(SCHEMA) => {}
        Some(other) => {
            return Err(BundleError::UnknownSchema {
                found: line(other, 60),
            });
        }
        None => return Err(BundleError::NoSchema),
    }
    let file: File = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
    if humantime::parse_rfc3339(&file.captured_at).is_err() {
        return Err(BundleError::BadTime(line(&file.captured_at, 40)));
    }
    let mut examination = Examination {
        captured_at: file.captured_at,
        target: file.target,
        observations: Vec::with_capacity(file.observations.len()),
    };
    for entry in file.observations {
        if examination.find(&entry.id).is_some() {
            return Err(BundleError::Twice {
                id: line(&entry.id, 60),
            });
        }
        examination.observations.push(entry.into_observation()?);
    }
    Ok(examination)
}

/// People edit these files: the line says where.
fn not_toml(text: &str, error: &toml::de::Error) -> BundleError {
    let at = error.span().map_or(0, |span| span.start);
    BundleError::NotToml {
        line: 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count(),
        why: line(error.message(), 120),
    }
}

impl Entry {
    fn into_observation(self) -> Result<Observation, BundleError> {
        let bytes = |text: &str| {
            unescape(text).map_err(|why| BundleError::BadBytes {
                id: line(&self.id, 60),
                why: line(&why, 120),
            })
        };
        Ok(Observation {
            stdout: bytes(&self.stdout)?,
            stderr: bytes(&self.stderr)?,
            id: self.id,
            side: self.side,
            command: self.command,
            ended: self.ended,
            status: self.status,
            truncated: self.truncated,
            ms: self.ms,
        })
    }
}

/// Writes a bundle. The order of the observations is theirs, so two captures can be compared.
pub fn write(examination: &Examination) -> String {
    let mut file = String::new();
    let _ = writeln!(file, "schema = {}", string(SCHEMA));
    let _ = writeln!(file, "captured_at = {}", string(&examination.captured_at));
    let target = &examination.target;
    let _ = writeln!(file, "\n[target]");
    let _ = writeln!(file, "name = {}", string(&target.name));
    let _ = writeln!(file, "kind = {}", string(target.kind.name()));
    let _ = writeln!(file, "state = {}", string(&target.state));
    if let Some(provider) = &target.provider {
        let _ = writeln!(file, "provider = {}", string(provider));
    }
    for seen in &examination.observations {
        let _ = writeln!(file, "\n[[observation]]");
        let _ = writeln!(file, "id = {}", string(&seen.id));
        let _ = writeln!(file, "side = {}", string(&seen.side.to_string()));
        let _ = writeln!(file, "command = {}", string(&seen.command));
        let _ = writeln!(file, "ended = {}", string(ended(seen.ended)));
        if let Some(status) = seen.status {
            let _ = writeln!(file, "status = {status}");
        }
        if seen.truncated {
            let _ = writeln!(file, "truncated = true");
        }
        let _ = writeln!(file, "ms = {}", seen.ms);
        stream(&mut file, "stdout", &seen.stdout);
        stream(&mut file, "stderr", &seen.stderr);
    }
    file
}

fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Exit => "exit",
        Ended::Timeout => "timeout",
        Ended::Denied => "denied",
        Ended::NotFound => "not-found",
    }
}

fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A literal string takes every byte as it stands; only three quotes in a row would end it.
fn stream(file: &mut String, key: &str, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    // A quote right before the end, or the last of three, is written as its byte.
    let mut text = escape(bytes).replace("'''", r"''\x27");
    if text.ends_with('\'') {
        text.pop();
        text.push_str("\\x27");
    }
    let _ = writeln!(file, "{key} = '''\n{text}'''");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Kind;
    use proptest::prelude::*;

    fn examination(name: &str, stdout: Vec<u8>, stderr: Vec<u8>) -> Examination {
        let mut seen = Observation::answered("uname", Side::Guest, "uname -r".into(), stdout);
        seen.stderr = stderr;
        seen.ms = 7;
        Examination {
            captured_at: "2026-01-31T12:00:00Z".into(),
            target: Target::running(name, Kind::Vagrant),
            observations: vec![seen],
        }
    }

    #[test]
    fn a_person_can_read_it() {
        let written = write(&examination(
            "default",
            b"\xEF\xBB\xBF[libdefaults]\nit's '''quoted'''\n".to_vec(),
            Vec::new(),
        ));
        let expected = r#"schema = "boxdoctor.bundle/1"
captured_at = "2026-01-31T12:00:00Z"

[target]
name = "default"
kind = "vagrant"
state = "running"

[[observation]]
id = "uname"
side = "guest"
command = "uname -r"
ended = "exit"
status = 0
ms = 7
stdout = '''
\xEF\xBB\xBF[libdefaults]
it's ''\x27quoted''\x27
'''
"#;
        assert_eq!(written, expected);
    }

    #[test]
    fn what_is_not_a_bundle_is_refused_with_the_reason() {
        let foreign = "schema = \"other/9\"\ncaptured_at = \"2026-01-31T12:00:00Z\"\n";
        assert!(matches!(
            read(foreign.as_bytes()),
            Err(BundleError::UnknownSchema { .. })
        ));
        assert!(matches!(read(b"a = 1"), Err(BundleError::NoSchema)));
        assert!(matches!(read(b"\xFF\xFE"), Err(BundleError::NotText)));
        let whole = write(&examination("default", b"abc".to_vec(), Vec::new()));
        let half = &whole.as_bytes()[..whole.len() - 4];
        assert!(matches!(read(half), Err(BundleError::NotToml { .. })));
        let twice = format!(
            "{whole}{}",
            &whole[whole.find("[[observation]]").unwrap()..]
        );
        assert!(matches!(
            read(twice.as_bytes()),
            Err(BundleError::Twice { .. })
        ));
        let escape = whole.replace("abc", r"\q");
        assert!(matches!(
            read(escape.as_bytes()),
            Err(BundleError::BadBytes { .. })
        ));
        let time = whole.replace("2026-01-31T12:00:00Z", "yesterday");
        assert!(matches!(
            read(time.as_bytes()),
            Err(BundleError::BadTime(_))
        ));
    }

    proptest! {
        #[test]
        fn every_byte_comes_back(name: String, stdout: Vec<u8>, stderr in "['a\\n\\\\]{0,12}") {
            let before = examination(&name, stdout, stderr.into_bytes());
            prop_assert_eq!(read(write(&before).as_bytes()).unwrap(), before);
        }

        #[test]
        fn no_text_makes_it_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
