//! Invisible bytes in krb5.conf, which MIT reads as part of a line.

use std::collections::BTreeSet;

use crate::check::{Location, Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;
use crate::krb5::excerpt::{excerpt, hex_start, hex_view};
use crate::krb5::stray::{self, Stray};
use crate::krb5::{File, invisible};

pub const LEVEL: Severity = Severity::Error;

/// More places than these are counted, not shown.
const SHOWN: usize = 4;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.configuration;
    let Some(configuration) = fact.need()? else {
        return Err(Undecided::skipped(
            "there is no krb5.conf: Kerberos is not used",
        ));
    };
    let files = configuration.parts.iter();
    let found: Vec<(&File, Stray)> = files
        .flat_map(|part| &part.reading.profile.files)
        .flat_map(|file| {
            stray::scan(&file.bytes)
                .into_iter()
                .map(move |stray| (file, stray))
        })
        .collect();
    let Some((file, first)) = found.first() else {
        return Ok(Outcome::Pass);
    };
    let side = fact.source.side;
    let paths: BTreeSet<&[u8]> = found.iter().map(|(file, _)| file.path.as_slice()).collect();
    let files = paths.len();
    let mut finding = failure(LEVEL, summary(file, first, found.len(), files))
        .expected("lines that hold what is to be seen, and nothing else")
        .observed(format!(
            "{} at byte {}",
            invisible::hex(&file.bytes[first.bytes.clone()]),
            first.bytes.start
        ));
    for (file, stray) in found.iter().take(SHOWN) {
        let (path, bytes) = (path(file), &stray.bytes);
        let effect = stray.effect.map_or("", stray::Effect::describe);
        finding = finding
            .evidence(
                format!(
                    "{side}: {path}:{}:{}, byte {}, {effect}",
                    stray.line, stray.column, bytes.start
                ),
                excerpt(&file.bytes, bytes),
            )
            .evidence(
                format!("{side}: the same from byte {}", hex_start(bytes)),
                hex_view(&file.bytes, bytes),
            );
    }
    if let Some(more) = found.len().checked_sub(SHOWN + 1) {
        let more = format!("and {} more; boxdoctor fix shows them all", more + 1);
        finding = finding.evidence(&fact.source, more);
    }
    finding.location = Some(Location {
        path: path(file),
        line: Some(first.line),
        column: Some(first.column),
        byte: Some(first.bytes.start as u64),
    });
    let is_inside = found.iter().any(|(_, stray)| !stray.at_edge);
    let finding = if is_inside {
        finding.cured_by(&["edit-stray-bytes"])
    } else if first.whole_file {
        finding.cured_by(&["transcode-krb5-conf"])
    } else {
        finding.cured_by(&["remove-stray-bytes"])
    };
    finding.verdict()
}

fn path(file: &File) -> String {
    String::from_utf8_lossy(&file.path).into_owned()
}

fn summary(file: &File, first: &Stray, count: usize, files: usize) -> String {
    let name = invisible::name(&file.bytes[first.bytes.clone()]);
    let effect = first.effect.map_or("", stray::Effect::describe);
    let path = path(file);
    if first.whole_file {
        return format!("{path} is written in UTF-16, which Kerberos does not know: {effect}");
    }
    let line = first.line;
    match count {
        1 => format!("line {line} of {path} holds {name}, which nobody sees: {effect}"),
        several if files > 1 => format!(
            "{several} places of {files} files hold bytes that nobody sees; the first is {name} in line {line} of {path}: {effect}"
        ),
        several => format!(
            "{several} places of {path} hold bytes that nobody sees; the first is {name} in line {line}: {effect}"
        ),
    }
}
