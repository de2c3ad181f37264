//! A part of the configuration that cannot be read: Kerberos then reads nothing at all.

use crate::check::krb5_problem::{Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::facts::Facts;
use crate::krb5::{Code, Configuration, Fault, Included, Part, Place, Release, Unreadable};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let Some((part, fault)) = krb5_reading::fault(facts)? else {
        return match worst(facts, passed_over(facts)) {
            None => Ok(Outcome::Pass),
            Some(finding) => finding.cured_by(&["rename-included-file"]).verdict(),
        };
    };
    let problem = match (&fault.included, fault.code) {
        (Some(included), _) => unreadable_include(part, fault, included),
        (None, Code::Unreadable(reason)) => unreadable_file(part, fault, reason),
        (None, _) => {
            return Err(Undecided::skipped(
                "Kerberos gives up on the configuration for another reason",
            ));
        }
    };
    let Some(finding) = worst(facts, vec![problem]) else {
        return Ok(Outcome::Pass);
    };
    let finding = if finding.evidence.is_empty() {
        let side = facts.krb5.configuration.source.side;
        let path = String::from_utf8_lossy(&part.path);
        finding.evidence(format!("{side}: {path}"), fault.code.describe())
    } else {
        finding
    };
    let reason = fault.included.as_ref().map(|included| included.reason);
    match fault.code {
        _ if reason == Some(Unreadable::Denied) => finding.cured_by(&["let-users-read-krb5-conf"]),
        // Where the path is as it was meant, an empty folder is enough.
        Code::FailIncludeDir => finding.cured_by(&["make-included-folder", "edit-krb5-conf"]),
        Code::FailIncludeFile => finding.cured_by(&["edit-krb5-conf"]),
        _ => finding.cured_by(&["let-users-read-krb5-conf"]),
    }
    .verdict()
}

/// Files that were meant to be read, and are not because of their names.
fn passed_over(facts: &Facts) -> Vec<Problem<'_>> {
    let configuration = facts.krb5.configuration.known();
    let release = configuration.map_or_else(Release::default, |known| known.release);
    let problem = |(folder, name): (&[u8], &[u8])| Problem {
        severity: Severity::Warning,
        summary: format!(
            "Kerberos {release} does not read {} in {}: its name is not of the kind that counts",
            quoted(name),
            quoted(folder)
        ),
        expected: if release.knows_conf() {
            "a name that ends in .conf, in small letters".to_owned()
        } else {
            "a name of letters, digits, - and _ alone, without .conf before 1.15".to_owned()
        },
        observed: quoted(name),
        spots: configuration
            .and_then(|known| line_of(known, folder))
            .into_iter()
            .collect(),
    };
    let names = facts.krb5.seen.names();
    names
        .filter(|(_, name)| release.overlooks(name))
        .map(problem)
        .collect()
}

/// The line that includes this folder.
fn line_of<'a>(configuration: &'a Configuration, folder: &[u8]) -> Option<Spot<'a>> {
    configuration.parts.iter().find_map(|part| {
        let mut files = part.reading.profile.files.iter().enumerate();
        files.find_map(|(number, file)| {
            let mut start = 0;
            for line in file.bytes.split_inclusive(|byte| *byte == b'\n') {
                let path = line.strip_prefix(b"includedir").map(<[u8]>::trim_ascii);
                if path == Some(folder) {
                    let place = Place::of(number, &file.bytes, start..start + line.len());
                    return Some(Spot { part, place });
                }
                start += line.len();
            }
            None
        })
    })
}

fn unreadable_include<'a>(part: &'a Part, fault: &Fault, included: &Included) -> Problem<'a> {
    let path = &included.path;
    let spots: Vec<Spot> = spot(part, fault).into_iter().collect();
    let files = &part.reading.profile.files;
    let goes_round = files.iter().any(|file| file.path == *path);
    let is_missing = included.reason == Unreadable::Missing;
    let is_commented =
        path.iter().any(u8::is_ascii_whitespace) && memchr::memchr2(b'#', b';', path).is_some();
    let why = if path.last().is_some_and(u8::is_ascii_whitespace) {
        "the space at its end is a part of the name"
    } else if goes_round {
        "it is included by itself, without end"
    } else if is_missing && is_commented {
        "the comment is a part of the name"
    } else if is_missing && matches!(path.first(), Some(b'"' | b'\'')) {
        "the quotes are a part of the name"
    } else if is_missing && path.first() != Some(&b'/') {
        "there is no such file below the folder that one happens to be in"
    } else if fault.code == Code::FailIncludeDir && included.reason == Unreadable::Other {
        "it is no folder"
    } else {
        Code::Unreadable(included.reason).describe()
    };
    let what = match fault.code {
        Code::FailIncludeDir => "folder",
        _ => "file",
    };
    let from = spots
        .first()
        .map_or_else(String::new, |spot| format!("{spot}: "));
    Problem {
        severity: Severity::Error,
        summary: format!(
            "{from}Kerberos cannot read the {what} {}, and so uses no configuration: {why}",
            quoted(path)
        ),
        expected: format!("a {what} that everybody may read, or no such line"),
        observed: said(fault),
        spots,
    }
}

fn unreadable_file<'a>(part: &'a Part, fault: &Fault, reason: Unreadable) -> Problem<'a> {
    Problem {
        severity: Severity::Error,
        summary: format!(
            "Kerberos cannot read {}: {}",
            quoted(&part.path),
            Code::Unreadable(reason).describe()
        ),
        expected: "a file that everybody may read".to_owned(),
        observed: said(fault),
        spots: Vec::new(),
    }
}

fn said(fault: &Fault) -> String {
    format!("\"{}\" from kinit", fault.code.said_by_kinit())
}

fn spot<'a>(part: &'a Part, fault: &Fault) -> Option<Spot<'a>> {
    let place = fault.place.clone()?;
    Some(Spot { part, place })
}
