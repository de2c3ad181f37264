//! Without its kernel driver VirtualBox starts no machine.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{DriverState, Facts};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let driver = &facts.host.driver;
    match driver.need()? {
        None => Err(Undecided::skipped("there is no VirtualBox on the host")),
        Some(DriverState::Loaded) => Ok(Outcome::Pass),
        Some(DriverState::NotLoaded(said)) => failure(
            LEVEL,
            "VirtualBox's kernel driver is not loaded on the host, so no machine can start",
        )
        .expected("the host's vboxdrv driver is loaded")
        .observed("VBoxManage says that it is not")
        .evidence(&driver.source, said)
        .cured_by(&["load-host-driver"])
        .verdict(),
    }
}
