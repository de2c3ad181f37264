//! Another package manager is at work, and lets nobody else install what is needed.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let locks = &facts.guest.policy.holders;
    // What could not be read matters only where something has to be installed.
    let holders = locks.need();
    let Some(holders) = holders.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))? else {
        return Ok(Outcome::Pass);
    };
    let Some(first) = holders.first() else {
        return Ok(Outcome::Pass);
    };
    let Some(needed) = needs::a_package(facts)? else {
        return Ok(Outcome::Pass);
    };
    let (needed, file) = (escape::line(&needed, 80), escape::line(&first.file, 80));
    let program = escape::line(&first.program, 40);
    let (summary, cures): (_, &[&'static str]) = match first.process {
        Some(process) => (
            format!(
                "{program} (process {process}) is at work in the guest and locks its packages, so {needed} cannot be installed until it is done"
            ),
            &["wait-for-package-manager"],
        ),
        None => (
            format!(
                "{file} was left behind by a package manager that was cut off, so {needed} cannot be installed"
            ),
            &["remove-left-lock"],
        ),
    };
    let mut found = failure(LEVEL, summary)
        .expected("nobody else is installing anything")
        .observed(format!("{file} is locked"))
        .cured_by(cures);
    for holder in holders.iter().take(5) {
        let process = holder.process.map_or("no process".to_owned(), |process| {
            format!("process {process}, {}", holder.program)
        });
        found = found.evidence(&locks.source, format!("{}: {process}", holder.file));
    }
    found.verdict()
}
