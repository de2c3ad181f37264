//! Without compiler and make no module is built; since 5.2 the installer wants perl as well.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    needs::a_build(facts)?;
    let tools = &facts.guest.build_tools;
    let there = tools.need()?.map_or(&[][..], Vec::as_slice);
    let missing: Vec<&str> = ["gcc", "make", "perl"]
        .into_iter()
        .filter(|tool| !there.iter().any(|found| found == tool))
        .collect();
    if missing.is_empty() {
        return Ok(Outcome::Pass);
    }
    let missing = missing.join(", ");
    failure(
        needs::headers_severity(facts),
        format!("the guest lacks {missing}, so no module can be built"),
    )
    .expected("gcc, make and perl")
    .observed(format!("not found: {missing}"))
    .evidence(&tools.source, there.join(" "))
    .cured_by(&["install-build-tools"])
    .verdict()
}
