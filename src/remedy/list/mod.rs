//! The list of remedies, in the order in which they are applied. Every word of a guest that gets into a
//! command line is quoted.

mod additions;
mod guest;
mod host;
mod krb5;
mod packages;
mod shares;

use super::{Remedy, quoted};
use crate::escape;
use crate::facts::Facts;
use crate::medium::Processor;
use crate::target::{Kind, address};

/// All of them, in their order.
pub fn all() -> impl Iterator<Item = &'static Remedy> {
    let parts = [
        host::REMEDIES,
        guest::REMEDIES,
        packages::REMEDIES,
        additions::REMEDIES,
        shares::REMEDIES,
        krb5::REMEDIES,
    ];
    parts.into_iter().flatten()
}

/// Runs the installer of an ISO of this name that is in the guest.
fn install_from(facts: &Facts, name: &str) -> Vec<String> {
    let processor = facts.guest.processor.known();
    let installer = processor.and_then(|machine| Processor::of(machine));
    let installer = installer.map_or("VBoxLinuxAdditions.run", Processor::installer);
    vec![
        format!("sudo mount -o loop,ro /tmp/{name} /mnt"),
        format!("sudo sh /mnt/{installer} --nox11"),
    ]
}

/// Points the mount helper to that of the installed Guest Additions. `None` where no record says
/// which those are, or it cannot be shown as it is.
pub fn link_mount_helper(facts: &Facts) -> Option<String> {
    let record = facts.guest.record.known()?;
    let directory = record
        .directory
        .as_deref()
        .unwrap_or("/opt/VBoxGuestAdditions");
    // The helper moved with 5.1.22, because 5.1.20 linked to a file that it did not have.
    let is_old = record
        .version
        .as_ref()
        .is_some_and(|version| version.number < semver::Version::new(5, 1, 22));
    let folder = if is_old {
        "lib/VBoxGuestAdditions"
    } else {
        "other"
    };
    let helper = format!("{directory}/{folder}/mount.vboxsf");
    let is_shown_whole = escape::line(&helper, 120) == helper;
    let helper = quoted(&helper);
    (directory.starts_with('/') && is_shown_whole)
        .then(|| format!("ln -sfn {helper} /sbin/mount.vboxsf"))
}

/// The program of the installed Guest Additions that builds their modules.
pub fn additions_service(facts: &Facts) -> &'static str {
    let recorded = facts.guest.record.known();
    let recorded = recorded.and_then(|record| record.version.as_ref());
    let is_old = recorded
        .or_else(|| facts.additions_version())
        .is_some_and(|version| version.number < semver::Version::new(5, 1, 0));
    if is_old {
        "/etc/init.d/vboxadd"
    } else {
        "/sbin/rcvboxadd"
    }
}

fn reload(facts: &Facts) -> String {
    match facts.target.kind {
        Kind::Vagrant if facts.target.name == "default" => "vagrant reload".to_owned(),
        Kind::Vagrant => format!("vagrant reload {}", quoted(&facts.target.name)),
        // Whether its name is a machine's, a log does not always say.
        Kind::Log => "vagrant reload".to_owned(),
        _ => "sudo reboot".to_owned(),
    }
}

fn log_in(facts: &Facts) -> String {
    let name = &facts.target.name;
    match (facts.target.kind, address::parse(name)) {
        (Kind::Vagrant, _) => format!("vagrant ssh {}", quoted(name)),
        (Kind::Ssh, Ok(address)) => format!(
            "ssh -p {} {}",
            address.port,
            quoted(&format!("{}@{}", address.user, address.host))
        ),
        _ => "log in with ssh through the forwarded port".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_once() {
        let mut ids: Vec<_> = all().map(|remedy| remedy.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all().count());
    }
}
