//! A newer kernel waits for the next restart; modules built today will not fit it.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Info;

pub fn examine(facts: &Facts) -> Verdict {
    let packages = &facts.guest.packages;
    let Some(Some(newer)) = packages.newer_kernel.need()? else {
        return Ok(Outcome::Pass);
    };
    if facts.guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "the kernel brings its own vboxsf: a restart changes nothing",
        ));
    }
    let has_headers = packages.headers().iter().any(|package| {
        package.version_and_arch() == *newer || package.name.ends_with(newer.as_str())
    });
    if !facts.shares_work() && !has_headers {
        return Err(Undecided::skipped(format!(
            "{} is installed, but without its headers: a restart alone would change nothing",
            escape::line(newer, 80)
        )));
    }
    let running = facts.guest.kernel.known().map_or("?", String::as_str);
    let newer_shown = escape::line(newer, 80);
    failure(
        LEVEL,
        format!("the next restart brings the kernel {newer_shown}, for which the modules have to be built again"),
    )
    .expected("the running kernel is the newest installed one")
    .observed(format!("{} runs, {newer_shown} is installed", escape::line(running, 80)))
    .evidence(&facts.guest.kernel.source, running)
    .evidence(&packages.newer_kernel.source, newer)
    .cured_by(&["restart-guest"])
    .verdict()
}
