//! Is there a VirtualBox on the host that can be asked?

use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::{Facts, State};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let virtualbox = &facts.host.virtualbox;
    let seen = match &virtualbox.state {
        State::Known(_) => return Ok(Outcome::Pass),
        State::Absent => "no VBoxManage on PATH or in VirtualBox's usual directories".to_owned(),
        State::Unknown(_) => {
            // An installation that hangs, or speaks in riddles, is there: not for us to judge.
            virtualbox.need()?;
            return Ok(Outcome::Pass);
        }
    };
    failure(LEVEL, "VirtualBox was not found on the host")
        .expected("VBoxManage answers with its version")
        .observed(&seen)
        .evidence(&virtualbox.source, seen)
        .cured_by(&["install-virtualbox"])
        .verdict()
}
