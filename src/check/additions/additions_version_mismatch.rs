//! The Guest Additions are of another version than the host's VirtualBox.

use super::additions_missing;
use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;
use crate::parse::version::Version;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    if !facts.target.has_host() {
        return Err(Undecided::skipped("the host's VirtualBox was not asked"));
    }
    let Some(host) = facts.host.virtualbox.need()? else {
        return Err(Undecided::skipped("there is no VirtualBox on the host"));
    };
    additions_missing::need(facts)?;
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
    // The right ones may be installed already, and only not built or not loaded.
    let is_right = |version: &Version| version.number == host.number;
    let file = facts.guest.vboxguest_file.known();
    let on_disk = file.and_then(|file| Version::parse(file.version.as_deref()?));
    let recorded = facts
        .guest
        .record
        .known()
        .and_then(|record| record.version.as_ref());
    let remedies = if on_disk.as_ref().is_some_and(is_right) {
        &["restart-guest"]
    } else if recorded.is_some_and(is_right) {
        &["rebuild-additions"]
    } else {
        &["install-additions"]
    };
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
    .cured_by(remedies)
    .verdict()
}
