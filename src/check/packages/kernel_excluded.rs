//! An exclude line hides the packages that the Guest Additions need to be built.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::Facts;
use crate::observe::escape;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let Some(excludes) = facts.guest.policy.excludes.need()? else {
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
    let mut found = failure(
        LEVEL,
        format!(
            "{}:{} hides the kernel packages, so no headers for the running kernel {} can be installed",
            escape::line(&setting.file, 120),
            setting.line,
            escape::line(&needed.kernel, 80)
        ),
    )
    .expected(format!("{} can be installed", escape::line(&needed.package.spec(), 120)))
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
