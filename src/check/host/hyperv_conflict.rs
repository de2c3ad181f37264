//! Where Hyper-V runs, VirtualBox gets the processor's virtualization from it, or not at all.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{Facts, NOT_ASKED, State};

pub const LEVEL: Severity = Severity::Error;

/// From this one on VirtualBox can run on top of Hyper-V, if slowly.
const BESIDE: semver::Version = semver::Version::new(6, 0, 0);
/// The Vagrants that refuse to start beside Hyper-V: from, and before.
const REFUSING: [semver::Version; 2] =
    [semver::Version::new(2, 0, 3), semver::Version::new(2, 3, 5)];

pub fn examine(facts: &Facts) -> Verdict {
    let windows = &facts.host.windows;
    let known = match &windows.state {
        State::Known(windows) => windows,
        State::Unknown(why) if why == NOT_ASKED => {
            return Err(Undecided::skipped("the host is not known to be Windows"));
        }
        State::Absent => return Err(Undecided::skipped("the host has no PowerShell to ask")),
        State::Unknown(_) => {
            windows.need()?;
            return Ok(Outcome::Pass);
        }
    };
    match known.hypervisor {
        Some(true) => {}
        Some(false) => return Ok(Outcome::Pass),
        None => return Err(Undecided::skipped("this Windows has no Hyper-V")),
    }
    let vagrant = facts.host.vagrant.known();
    let virtualbox = facts.host.virtualbox.known();
    let [from, before] = REFUSING;
    let (severity, summary) = match (vagrant, virtualbox) {
        (_, Some(virtualbox)) if virtualbox.number < BESIDE => (
            LEVEL,
            format!("Hyper-V runs on the host, and VirtualBox {virtualbox} cannot run beside it"),
        ),
        (Some(vagrant), _) if *vagrant >= from && *vagrant < before => (
            LEVEL,
            format!("Hyper-V runs on the host, and Vagrant {vagrant} refuses to start beside it"),
        ),
        // What runs beside it and answers is only slower.
        _ if facts.guest.connection.known().is_some() => return Ok(Outcome::Pass),
        _ => (
            Severity::Warning,
            "Hyper-V runs on the host: machines of VirtualBox start slowly beside it, or not at all"
                .to_owned(),
        ),
    };
    failure(severity, summary)
        .expected("no hypervisor runs on the host but VirtualBox's own")
        .observed("a hypervisor is present")
        .evidence(&windows.source, "HypervisorPresent True")
        .cured_by(&["switch-off-hyper-v"])
        .verdict()
}
