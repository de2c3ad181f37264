//! New Guest Additions are installed from an ISO that lies on the host.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Warning;

pub fn examine(facts: &Facts) -> Verdict {
    let Some(virtualbox) = facts.host.virtualbox.need()? else {
        return Err(Undecided::skipped("there is no VirtualBox on the host"));
    };
    if facts.guest.connection.known().is_none() {
        return Err(Undecided::skipped(
            "nothing is known of what the guest needs",
        ));
    }
    // Only one who has to install Guest Additions misses their ISO.
    if facts.shares_work() || facts.wants_no_share() || facts.guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "no Guest Additions have to be installed",
        ));
    }
    let iso = &facts.host.iso;
    if iso.need()?.is_some() {
        return Ok(Outcome::Pass);
    }
    failure(
        LEVEL,
        format!("the ISO of the Guest Additions {virtualbox} is not on the host, so they cannot be installed from there"),
    )
    .expected("VBoxGuestAdditions.iso in VirtualBox's directory")
    .observed("it is in none of the usual places")
    .evidence(&iso.source, "not found")
    .cured_by(&["download-iso"])
    .verdict()
}
