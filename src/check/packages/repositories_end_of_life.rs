//! The release is past its end: its packages have left the mirrors, and the guest still asks there.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;
use crate::parse::repositories::{dead, releases};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let distribution = facts.guest.distribution.need();
    // What could not be read matters only where something has to be installed.
    let distribution = distribution.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))?;
    let Some(release) = distribution.and_then(|known| releases::gone(known, &facts.today)) else {
        return Ok(Outcome::Pass);
    };
    let files = &facts.guest.policy.repository_files;
    let known = files.need();
    let known = known.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))?;
    let known = known.map_or(&[][..], Vec::as_slice);
    let dead: Vec<_> = known
        .iter()
        .flat_map(|file| {
            dead(file, release)
                .into_iter()
                .map(|dead| (&file.path, dead))
        })
        .collect();
    let Some((path, first)) = dead.first() else {
        return Ok(Outcome::Pass);
    };
    let Some(needed) = needs::a_package(facts)? else {
        return Ok(Outcome::Pass);
    };
    let (needed, shown) = (escape::line(&needed, 80), escape::line(path, 120));
    let mut found = failure(
        LEVEL,
        format!(
            "{} ended on {}: its packages are in an archive, and {shown}:{} still leads to where they were, so {needed} cannot be installed",
            release.name, release.end, first.line,
        ),
    )
    .expected(format!(
        "packages of {} from {}",
        release.name,
        release.archive.published_at()
    ))
    .observed(format!("{} lines that lead to mirrors", dead.len()))
    .location(path, first.line)
    .cured_by(&["use-archive-repositories"]);
    for (path, line) in dead.iter().take(5) {
        found = found.evidence(format!("guest: {path}:{}", line.line), line.text.trim());
    }
    found.verdict()
}
