//! The plug-in vagrant-vbguest wants to install Guest Additions, and cannot.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{Facts, NOT_ASKED, State, Vbguest};

pub const LEVEL: Severity = Severity::Error;

/// The last release calls what this Ruby has taken away.
const LAST: semver::Version = semver::Version::new(0, 32, 0);
const RUBY: semver::Version = semver::Version::new(3, 2, 0);

pub fn examine(facts: &Facts) -> Verdict {
    let host = &facts.host;
    let plugin = match &host.vbguest_plugin.state {
        State::Known(plugin) => plugin,
        State::Absent => {
            return Err(Undecided::skipped(
                "the plug-in vagrant-vbguest is not installed",
            ));
        }
        State::Unknown(why) if why == NOT_ASKED => {
            return Err(Undecided::skipped("Vagrant's plug-ins were not asked for"));
        }
        State::Unknown(_) => {
            host.vbguest_plugin.need()?;
            return Ok(Outcome::Pass);
        }
    };
    if host.vbguest.known() == Some(&Vbguest::SwitchedOff) {
        return Err(Undecided::skipped(
            "a Vagrantfile keeps vagrant-vbguest from installing anything",
        ));
    }
    let Some(virtualbox) = host.virtualbox.known() else {
        return Err(Undecided::skipped("VirtualBox's version is not known"));
    };
    if facts.guest.connection.known().is_none() {
        return Err(Undecided::skipped(
            "nothing is known of what the guest needs",
        ));
    }
    // It does nothing where both have the same version and the modules run.
    let fits = facts
        .additions_version()
        .is_some_and(|additions| additions.number == virtualbox.number);
    if fits && facts.guest.module_is_loaded("vboxguest") == Some(true) {
        return Ok(Outcome::Pass);
    }
    let is_last = plugin
        .version
        .as_ref()
        .is_none_or(|version| *version <= LAST);
    if let Some(ruby) = plugin
        .ruby
        .as_ref()
        .filter(|ruby| **ruby >= RUBY && is_last)
    {
        return failure(
            LEVEL,
            format!("vagrant-vbguest wants to install Guest Additions, and dies with Ruby {ruby}"),
        )
        .expected(format!("a Ruby older than {RUBY}, or no vagrant-vbguest"))
        .observed(format!("vagrant-vbguest for Ruby {ruby}"))
        .evidence(&host.vbguest_plugin.source, format!("ruby_version {ruby}"))
        .cured_by(&["remove-vbguest", "mend-vbguest"])
        .verdict();
    }
    let iso = host.iso.known().and_then(|iso| iso.version.as_ref());
    match iso.filter(|iso| iso.number != virtualbox.number) {
        None => Ok(Outcome::Pass),
        Some(iso) => failure(
            Severity::Warning,
            format!("vagrant-vbguest installs Guest Additions {iso} for VirtualBox {virtualbox}, at each start anew"),
        )
        .expected(format!("the ISO of the Guest Additions {virtualbox}"))
        .observed(format!("that of {iso}"))
        .evidence(&host.iso.source, iso.to_string())
        .evidence(&host.virtualbox.source, virtualbox.to_string())
        .cured_by(&["download-iso", "remove-vbguest"])
        .verdict(),
    }
}
