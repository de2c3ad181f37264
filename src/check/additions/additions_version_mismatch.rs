//! The Guest Additions are of another version than the host's VirtualBox.

use super::additions_missing;
use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    if !facts.target.has_host() {
        return Err(Undecided::skipped("the host's VirtualBox was not asked"));
    }
    let Some(host) = facts.host.virtualbox.need()? else {
        return Err(Undecided::skipped("there is no VirtualBox on the host"));
    };
    if let Ok(Outcome::Fail(_)) = additions_missing::examine(facts) {
        return Err(Undecided::skipped("no Guest Additions are installed"));
    }
    if facts.guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "the modules are the kernel's own, which have no version to compare",
        ));
    }
    let Some((additions, source)) = facts.additions_version_source() else {
        facts.guest.service.need()?;
        facts.guest.record.need()?;
        return Err(Undecided::skipped(
            "nothing in the guest says which version it has",
        ));
    };
    if additions.number == host.number {
        return Ok(Outcome::Pass);
    }
    // Within a release series old and new understand each other.
    let severity = match (facts.shares_work(), additions.same_series(host)) {
        (true, _) => Severity::Info,
        (false, true) => Severity::Warning,
        (false, false) => LEVEL,
    };
    failure(
        severity,
        format!("the guest has Guest Additions {additions}, and the host has VirtualBox {host}"),
    )
    .expected(format!("Guest Additions {host}"))
    .observed(format!("Guest Additions {additions}"))
    .evidence(&facts.host.virtualbox.source, host.to_string())
    .evidence(source, additions.to_string())
    .cured_by(&["install-additions"])
    .verdict()
}
