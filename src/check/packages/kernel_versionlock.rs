//! A version lock keeps the packages away that the Guest Additions need to be built.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::{Facts, PackageManager};
use crate::observe::escape;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let policy = &facts.guest.policy;
    let Some(locks) = policy.locks.need()? else {
        return Ok(Outcome::Pass);
    };
    if locks.is_empty() {
        return Ok(Outcome::Pass);
    }
    let Some(needed) = needs::headers(facts)? else {
        return Ok(Outcome::Pass);
    };
    let holding: Vec<_> = locks
        .iter()
        .filter(|lock| needed.is_held_by(lock))
        .collect();
    let Some(first) = holding.first() else {
        return Ok(Outcome::Pass);
    };
    let manager = facts.guest.packages.manager.known().copied();
    let program = match manager {
        Some(PackageManager::Yum3) => "yum versionlock",
        Some(PackageManager::Apt) => "apt-mark hold",
        _ => "dnf versionlock",
    };
    let place = match first.line {
        0 => first.file.clone(),
        line => format!("{}:{line}", first.file),
    };
    let mut found = failure(
        LEVEL,
        format!(
            "{program} holds the kernel packages back ({}), so no headers for the running kernel {} can be installed",
            escape::line(&place, 120),
            escape::line(&needed.kernel, 80)
        ),
    )
    .expected(format!("{} can be installed", escape::line(&needed.package.spec(), 120)))
    .observed(format!("locked: {}", escape::line(&first.entry, 120)))
    .location(&first.file, first.line)
    .cured_by(&["headers-past-lock", "kernel-pair-past-lock"]);
    for lock in holding.iter().take(5) {
        let source = match lock.line {
            0 => policy.locks.source.to_string(),
            line => format!("guest: {}:{line}", lock.file),
        };
        found = found.evidence(source, &lock.entry);
    }
    found.verdict()
}
