//! An exclude line hides the packages that the Guest Additions need to be built.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    // What could not be read matters only where something has to be built.
    let excludes = facts.guest.policy.excludes.need();
    let Some(excludes) = excludes.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))?
    else {
        return Ok(Outcome::Pass);
    };
    if excludes.is_empty() {
        return Ok(Outcome::Pass);
    }
    let Some(needed) = needs::headers(facts)? else {
        return Ok(Outcome::Pass);
    };
    let hiding: Vec<_> = excludes
        .iter()
        .filter(|exclude| needed.is_hidden_by(exclude))
        .collect();
    let Some(first) = hiding.first() else {
        return Ok(Outcome::Pass);
    };
    let setting = &first.setting;
    let line = format!("{}={}", setting.key, setting.value);
    let kernel = escape::line(&needed.kernel, 80);
    let package = &needed.package;
    let consequence = if first.hides(&package.name, &package.version) {
        format!("so no headers for the running kernel {kernel} can be installed")
    } else {
        format!("so it cannot move from {kernel} to a version whose headers can be had")
    };
    let mut found = failure(
        LEVEL,
        format!(
            "{}:{} hides the kernel packages, {consequence}",
            escape::line(&setting.file, 120),
            setting.line,
        ),
    )
    .expected(format!(
        "{} can be installed",
        escape::line(&needed.package.spec(), 120)
    ))
    .observed(escape::line(&line, 120))
    .location(&setting.file, setting.line)
    .cured_by(&["headers-past-excludes", "kernel-pair-past-excludes"]);
    for exclude in hiding.iter().take(5) {
        let setting = &exclude.setting;
        found = found.evidence(
            format!("guest: {}:{}", setting.file, setting.line),
            format!("[{}] {}={}", setting.section, setting.key, setting.value),
        );
    }
    found.verdict()
}
