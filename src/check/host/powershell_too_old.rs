//! On Windows, Vagrant asks PowerShell for much; an old one lets it hang.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{Facts, NOT_ASKED, State};

pub const LEVEL: Severity = Severity::Error;

/// The oldest that Vagrant takes, and the first Vagrant that minds.
const OLDEST: u32 = 3;
const FIRST_VAGRANT: semver::Version = semver::Version::new(1, 9, 7);

pub fn examine(facts: &Facts) -> Verdict {
    let windows = &facts.host.windows;
    let seen = match &windows.state {
        State::Known(windows) if windows.powershell >= OLDEST => return Ok(Outcome::Pass),
        State::Known(windows) => format!("PowerShell {}", windows.powershell),
        State::Absent => "no powershell on PATH".to_owned(),
        State::Unknown(why) if why == NOT_ASKED => {
            return Err(Undecided::skipped("the host is not known to be Windows"));
        }
        State::Unknown(_) => {
            windows.need()?;
            return Ok(Outcome::Pass);
        }
    };
    let vagrant = facts.host.vagrant.known();
    if vagrant.is_some_and(|vagrant| *vagrant < FIRST_VAGRANT) {
        return Ok(Outcome::Pass);
    }
    failure(
        LEVEL,
        format!("Vagrant needs PowerShell {OLDEST} or newer on the host, and hangs or gives up"),
    )
    .expected(format!("PowerShell {OLDEST} or newer"))
    .observed(&seen)
    .evidence(&windows.source, &seen)
    .cured_by(&["update-powershell"])
    .verdict()
}
