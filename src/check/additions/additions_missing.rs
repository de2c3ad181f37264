//! Nothing of the Guest Additions is in the guest, nor does its kernel bring its own.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    if guest.has_additions() {
        return Ok(Outcome::Pass);
    }
    if facts.wants_no_share() {
        return Err(Undecided::skipped("no shared folder is wanted"));
    }
    // Nothing was found: that is only an answer where everything could be read.
    guest.record.need()?;
    guest.loaded_modules.need()?;
    guest.vboxguest_file.need()?;
    guest.service.need()?;
    failure(
        LEVEL,
        "no Guest Additions are installed in the guest, so it cannot mount shared folders",
    )
    .expected("the installer's record, VBoxService, or the modules vboxguest and vboxsf")
    .observed("none of them")
    .evidence(&guest.record.source, "no such file")
    .evidence(&guest.service.source, "not found")
    .evidence(&guest.vboxguest_file.source, "module not found")
    .cured_by(&["install-additions"])
    .verdict()
}

/// For the neighbours, which have nothing to judge where there are none.
pub(super) fn need(facts: &Facts) -> Result<(), Undecided> {
    match examine(facts)? {
        Outcome::Pass => Ok(()),
        Outcome::Fail(_) => Err(Undecided::skipped("no Guest Additions are installed")),
    }
}
