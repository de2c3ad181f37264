//! Invisible bytes at the start of a line of krb5.conf, which MIT reads as part of the line.

use crate::check::{Location, Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;
use crate::krb5::stray;

pub const LEVEL: Severity = Severity::Error;

/// More lines than these are counted, not shown.
const SHOWN: usize = 5;

pub fn examine(facts: &Facts) -> Verdict {
    let file = &facts.guest.krb5_conf;
    let Some(bytes) = file.need()? else {
        return Err(Undecided::skipped(
            "there is no krb5.conf: Kerberos is not used",
        ));
    };
    let found = stray::scan(bytes);
    let Some(first) = found.first() else {
        return Ok(Outcome::Pass);
    };
    let path = file.source.command.trim_start_matches("cat ").to_owned();
    let with = format!("{} ({})", first.name(), first.effect.describe());
    let summary = match found.len() {
        1 => format!(
            "line {} of {path} begins with invisible bytes: {with}",
            first.line
        ),
        several => format!(
            "{several} lines of {path} begin with invisible bytes; the first, line {}, with {with}",
            first.line
        ),
    };
    let mut finding = failure(LEVEL, summary)
        .expected("lines that begin with what is to be seen")
        .observed(format!("{} at byte {}", first.hex(), first.byte));
    for stray in found.iter().take(SHOWN) {
        finding = finding.evidence(
            format!("{}: {path}:{}", file.source.side, stray.line),
            stray.excerpt(bytes),
        );
    }
    finding.location = Some(Location {
        path,
        line: Some(first.line),
        column: Some(first.column),
        byte: Some(first.byte),
    });
    finding.cured_by(&["remove-stray-bytes"]).verdict()
}
