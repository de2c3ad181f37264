//! The shares that somebody wants mounted.

use std::collections::BTreeMap;

use super::guest::GuestFacts;
use super::host::HostFacts;
use super::{Fact, Reader, Source, State};
use crate::observe::{Side, host as asked};
use crate::parse::mounts::{self, Mount};
use crate::parse::{additions, text};

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
    };
    let synced = reader.read_text(asked::SYNCED_FOLDERS, Side::Host, synced_folders);
    for (name, guest_path) in synced.known().into_iter().flatten() {
        let source = synced.source.clone();
        let found = share(name.clone(), Some(guest_path.clone()), source);
        wanted.entry(name.clone()).or_insert(found);
    }
    for found in defined.into_iter().flatten() {
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

/// Vagrant's file: `{"virtualbox":{"/vagrant":{"guestpath":"/vagrant","hostpath":"…"}}}`. Only
/// folders of VirtualBox's own type are shares; rsync, nfs and smb folders are not.
fn synced_folders(said: &str) -> Option<Vec<(String, String)>> {
    let file: serde_json::Value = serde_json::from_str(said).ok()?;
    let Some(folders) = file.as_object()?.get("virtualbox") else {
        return Some(Vec::new());
    };
    Some(
        folders
            .as_object()?
            .iter()
            .filter(|(_, folder)| folder.get("disabled") != Some(&serde_json::Value::Bool(true)))
            .map(|(id, folder)| {
                let path = folder.get("guestpath").and_then(|path| path.as_str());
                (share_name(id), path.unwrap_or(id).to_owned())
            })
            .collect(),
    )
}

/// The name that Vagrant gives to the share of a synced folder.
fn share_name(id: &str) -> String {
    let name: String = id
        .chars()
        .map(|character| match character {
            '/' | '\\' => '_',
            space if space.is_whitespace() => '_',
            other => other,
        })
        .collect();
    name.strip_prefix('_').map_or(name.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_those_that_vagrant_gives() {
        assert_eq!(share_name("/vagrant"), "vagrant");
        assert_eq!(share_name("/home/rc/"), "home_rc_");
        assert_eq!(share_name("my folder"), "my_folder");
    }

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

    #[test]
    fn only_folders_of_virtualbox_are_shares() {
        let read = synced_folders(
            r#"{"rsync":{"/r":{"guestpath":"/r"}},"virtualbox":{"/vagrant":{"guestpath":"/vagrant","hostpath":"D:/p"}}}"#,
        );
        assert_eq!(
            read,
            Some(vec![("vagrant".to_owned(), "/vagrant".to_owned())])
        );
        assert_eq!(synced_folders(r#"{"nfs":{}}"#), Some(Vec::new()));
        assert_eq!(synced_folders("[]"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = synced_folders(&text);
            let _ = share_name(&text);
        }
    }
}
