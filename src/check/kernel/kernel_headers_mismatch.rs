//! Headers of another kernel than the running one build modules that do not fit, or none.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let Some(needed) = needs::headers(facts)? else {
        return Ok(Outcome::Pass);
    };
    facts.guest.packages.installed.need()?;
    let fits = needed.installed.contains(&needed.package.version)
        || (needed.package.version.is_empty() && !needed.installed.is_empty());
    let instead = needed.instead(facts);
    if fits || instead.is_empty() {
        return Ok(Outcome::Pass);
    }
    let spec = escape::line(&needed.package.spec(), 120);
    let kernel = escape::line(&needed.kernel, 80);
    let shown = instead.join(", ");
    failure(
        needs::headers_severity(facts),
        format!("headers are installed, but for another kernel than the running {kernel}"),
    )
    .expected(format!("{spec} is installed"))
    .observed(format!("installed: {}", escape::line(&shown, 200)))
    .evidence(&facts.guest.kernel.source, &needed.kernel)
    .evidence(&facts.guest.packages.installed.source, &shown)
    .cured_by(&["install-headers", "kernel-pair"])
    .verdict()
}
