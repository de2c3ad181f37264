//! The shares that somebody wants mounted.

use std::collections::BTreeMap;

use super::guest::GuestFacts;
use super::host::HostFacts;
use super::synced_folders::{self, share_name};
use super::{Fact, Reader, Source, State};
use crate::observe::{Side, host as asked};
use crate::parse::mounts::{self, Mount};
use crate::parse::{additions, text};
use crate::target::Kind;

/// A share that should be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    /// Where in the guest, as far as it is known.
    pub guest_path: Option<String>,
    /// Who wants it: the command that showed it.
    pub source: Source,
    /// Whether the virtual machine has it; `None` where the host could not be asked.
    pub defined: Option<bool>,
    pub manner: Manner,
}

/// How a share is to be mounted, as far as Vagrant's list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// A name or a number, as the group. Where there is none, the user who logs in is meant.
    pub owner: Option<String>,
    pub group: Option<String>,
    /// As they are in the list: each may be several, with commas.
    pub options: Vec<String>,
}

/// Somebody for whom a share is to be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    User(String),
    Group(String),
}

impl Account {
    /// `user NAME missing` and `group NAME missing`.
    pub(super) fn missing(said: &str) -> Vec<Account> {
        let account = |line: &str| {
            let mut words = line.split(' ');
            let (kind, name, state) = (words.next()?, words.next()?, words.next()?);
            match (kind, state) {
                ("user", "missing") => Some(Account::User(name.to_owned())),
                ("group", "missing") => Some(Account::Group(name.to_owned())),
                _ => None,
            }
        };
        said.lines().filter_map(account).collect()
    }
}

impl std::fmt::Display for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Account::User(name) => write!(formatter, "user {name}"),
            Account::Group(name) => write!(formatter, "group {name}"),
        }
    }
}

impl Wanted {
    /// Whether one of these mounts is this share. The helpers of Guest Additions before 6.0 leave
    /// its name out (`none /vagrant vboxsf`): then the mount point tells.
    pub fn is_among(&self, mounts: &[Mount]) -> bool {
        mounts.iter().any(|mount| {
            mount.share == self.name
                || (mount.share == "none"
                    && match &self.guest_path {
                        Some(path) => path.trim_end_matches('/') == mount.path,
                        None => same_name(&self.name, &mount.path),
                    })
        })
    }
}

/// Whether Vagrant would name the share of this mount point so; a path given with a slash at its
/// end leaves one more line below.
fn same_name(share: &str, mount_point: &str) -> bool {
    share == share_name(mount_point) || share == share_name(&format!("{mount_point}/"))
}

/// Vagrant's own list where there is one, and what is defined on the virtual machine: Vagrant
/// writes its list only after a mount that worked. Without a host, what the guest's fstab says.
pub(super) fn wanted(
    reader: &Reader<'_>,
    host: &HostFacts,
    guest: &GuestFacts,
) -> Fact<Vec<Wanted>> {
    let defined = host
        .machine
        .known()
        .filter(|_| reader.0.target.has_host())
        .map(|machine| &machine.shares);
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    let share = |name: String, guest_path: Option<String>, source: Source| Wanted {
        defined: defined.map(|shares| shares.iter().any(|share| share.name == name)),
        name,
        guest_path,
        source,
        manner: Manner::default(),
    };
    let synced = reader.read_text(asked::SYNCED_FOLDERS, Side::Host, synced_folders::read);
    let listed = || synced.known().into_iter().flatten();
    for folder in listed() {
        let Some(guest_path) = &folder.guest_path else {
            continue;
        };
        let source = synced.source.clone();
        let mut found = share(folder.share.clone(), Some(guest_path.clone()), source);
        found.manner = folder.manner.clone();
        wanted.entry(folder.share.clone()).or_insert(found);
    }
    // A folder without a place in the guest is there for whoever wants to mount it.
    let is_left_alone =
        |name: &str| listed().any(|folder| folder.share == name && folder.guest_path.is_none());
    for found in defined.into_iter().flatten() {
        if is_left_alone(&found.name) {
            continue;
        }
        let found = share(found.name.clone(), None, host.machine.source.clone());
        wanted.entry(found.name.clone()).or_insert(found);
    }
    let fstab = reader.read_text("fstab", Side::Guest, |said| {
        Some(mounts::shared_folders(said))
    });
    for mount in fstab.known().cloned().into_iter().flatten() {
        match wanted.get_mut(&mount.share) {
            Some(known) => {
                known.guest_path.get_or_insert(mount.path);
            }
            // A line that a box was made with, or that is left over, wants nothing where the host
            // or Vagrant says what is wanted.
            None if defined.is_none() && synced.known().is_none() => {
                let source = fstab.source.clone();
                wanted.insert(
                    mount.share.clone(),
                    share(mount.share, Some(mount.path), source),
                );
            }
            None => {}
        }
    }
    // What the host offers is wanted too, as far as the guest alone can tell. VBoxControl fails
    // where the modules are not loaded, and then nobody can tell.
    let offered = reader.read("guest-shares", Side::Guest, |seen| {
        (seen.status == Some(0)).then(|| additions::offered_shares(&text(&seen.stdout)))
    });
    if defined.is_none() {
        for name in offered.known().into_iter().flatten() {
            let found = share(name.clone(), None, offered.source.clone());
            wanted.entry(name.clone()).or_insert(found);
        }
        let named = |mount: &&Mount| mount.share != "none";
        for mount in guest.mounted.known().into_iter().flatten().filter(named) {
            let source = guest.mounted.source.clone();
            let found = share(mount.share.clone(), Some(mount.path.clone()), source);
            wanted.entry(mount.share.clone()).or_insert(found);
        }
    }
    for mount in guest.mounted.known().into_iter().flatten() {
        if let Some(known) = wanted.get_mut(&mount.share) {
            known.guest_path.get_or_insert(mount.path.clone());
        }
    }
    // A first `vagrant up` that fails to mount leaves no list.
    if reader.0.target.kind == Kind::Vagrant && synced.known().is_none() {
        for share in wanted.values_mut() {
            if share.guest_path.is_none() {
                share.guest_path = synced_folders::implied_path(&share.name);
            }
        }
    }
    let somebody_knows = !wanted.is_empty()
        || defined.is_some()
        || synced.known().is_some()
        || offered.known().is_some();
    Fact {
        source: if reader.0.target.has_host() {
            host.machine.source.clone()
        } else {
            reader.source("fstab", Side::Guest)
        },
        state: if somebody_knows {
            State::Known(wanted.into_values().collect())
        } else {
            State::Unknown("neither the host nor the guest said which shares there are".to_owned())
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_without_a_name_counts_by_its_place() {
        let wanted = |name: &str, guest_path: Option<&str>| Wanted {
            name: name.to_owned(),
            guest_path: guest_path.map(str::to_owned),
            source: Source {
                side: Side::Host,
                command: String::new(),
            },
            defined: None,
            manner: Manner::default(),
        };
        let mounts = mounts::shared_folders(
            "none /vagrant vboxsf rw 0 0\nnone /home/rc vboxsf rw 0 0\ndata /srv vboxsf rw 0 0\n",
        );
        assert!(wanted("vagrant", None).is_among(&mounts));
        assert!(wanted("home_rc_", None).is_among(&mounts));
        assert!(wanted("other", Some("/home/rc/")).is_among(&mounts));
        assert!(wanted("data", None).is_among(&mounts));
        assert!(!wanted("srv", None).is_among(&mounts));
    }
}
