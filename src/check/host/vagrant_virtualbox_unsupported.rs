//! Vagrant refuses to drive a VirtualBox that is newer than what it knows.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{Facts, State};
use crate::parse::vagrant::first_for;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let vagrant = &facts.host.vagrant;
    let installed = match &vagrant.state {
        State::Known(installed) => installed,
        State::Absent => return Err(Undecided::skipped("there is no Vagrant on the host")),
        // That it is too old is hardly ever so: nothing to worry everybody with who built his own.
        State::Unknown(why) => {
            let reason = format!("Vagrant's version is not known: {why}");
            return Err(Undecided::skipped(reason));
        }
    };
    let Some(virtualbox) = facts.host.virtualbox.known() else {
        return Err(Undecided::skipped("VirtualBox's version is not known"));
    };
    // Vagrant names this one a critical bug.
    let is_refused = virtualbox.number == semver::Version::new(4, 2, 14);
    let first = first_for(virtualbox);
    let expected = match first {
        _ if is_refused => "a VirtualBox other than 4.2.14, which Vagrant refuses".to_owned(),
        Some(first) if installed < first => {
            format!("Vagrant {first} or newer, for VirtualBox {virtualbox}")
        }
        _ => return Ok(Outcome::Pass),
    };
    failure(
        LEVEL,
        format!("Vagrant {installed} does not know VirtualBox {virtualbox}, and refuses to start"),
    )
    .expected(expected)
    .observed(format!("Vagrant {installed}, VirtualBox {virtualbox}"))
    .evidence(&vagrant.source, installed.to_string())
    .evidence(&facts.host.virtualbox.source, virtualbox.to_string())
    .cured_by(if is_refused {
        &["install-virtualbox"]
    } else {
        &["update-vagrant", "older-virtualbox"]
    })
    .verdict()
}
