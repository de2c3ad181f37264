//! A version lock keeps the packages away that the Guest Additions need to be built.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::{Facts, PackageManager};
use crate::parse::locks;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    // What could not be read matters only where something has to be built.
    let locks = facts.guest.policy.locks.need();
    let Some(locks) = locks.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))? else {
        return Ok(Outcome::Pass);
    };
    if locks.is_empty() {
        return Ok(Outcome::Pass);
    }
    let Some(needed) = needs::headers(facts)? else {
        return Ok(Outcome::Pass);
    };
    let holding = needed.held_by(locks);
    let Some(first) = holding.first() else {
        return Ok(Outcome::Pass);
    };
    let manager = facts.guest.packages.manager.known().copied();
    let program = match manager {
        Some(PackageManager::Yum3) => "yum versionlock",
        Some(PackageManager::Apt) => "apt-mark hold",
        Some(PackageManager::Zypper) => "zypper addlock",
        Some(PackageManager::Apk) => "/etc/apk/world",
        _ => "dnf versionlock",
    };
    let place = format!("{}:{}", first.file, first.line);
    let kernel = escape::line(&needed.kernel, 80);
    let consequence =
        if locks::holding(locks, &needed.package.name, &needed.package.version).is_empty() {
            format!("so it cannot move from {kernel} to a version whose headers can be had")
        } else {
            format!("so no headers for the running kernel {kernel} can be installed")
        };
    let mut found = failure(
        LEVEL,
        format!(
            "{program} holds the kernel packages back ({}), {consequence}",
            escape::line(&place, 120),
        ),
    )
    .expected(format!(
        "{} can be installed",
        escape::line(&needed.package.spec(), 120)
    ))
    .observed(format!("locked: {}", escape::line(&first.entry, 120)))
    .location(&first.file, first.line)
    .cured_by(&["headers-past-lock", "kernel-pair-past-lock"]);
    for lock in holding.iter().take(5) {
        found = found.evidence(format!("guest: {}:{}", lock.file, lock.line), &lock.entry);
    }
    found.verdict()
}
