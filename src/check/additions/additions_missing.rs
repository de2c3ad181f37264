//! Nothing of the Guest Additions is in the guest, nor does its kernel bring its own.

use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    if guest.shows_traces_of_additions()
        || guest.vboxguest_file.known().is_some()
        || guest.vboxsf_file.known().is_some()
    {
        return Ok(Outcome::Pass);
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
