//! What the Guest Additions leave behind in a guest, and on the host's ISO.

use super::version::Version;

/// /var/lib/VBoxGuestAdditions/config: what the installer wrote down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub directory: Option<String>,
    pub version: Option<Version>,
}

pub fn record(text: &str) -> Record {
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let (found, value) = line.split_once('=')?;
            (found.trim() == key).then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        })
    };
    Record {
        directory: value("INSTALL_DIR"),
        version: value("INSTALL_VER").and_then(|text| Version::parse(&text)),
    }
}

/// `VBoxService --version`: `7.0.10r158379`, among warnings on some guests.
pub fn service_version(text: &str) -> Option<Version> {
    text.lines().find_map(|line| Version::parse(line.trim()))
}

/// The state of /sbin/mount.vboxsf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountHelper {
    pub path: String,
    pub state: HelperState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelperState {
    Usable,
    NotExecutable,
    /// A link to a file that does not exist.
    Dangling {
        to: String,
    },
}

/// `ok|dangling|not-executable TARGET PATH`.
pub fn mount_helper(text: &str) -> Option<MountHelper> {
    let mut words = text.lines().next()?.splitn(3, ' ');
    let (state, to, path) = (words.next()?, words.next()?, words.next()?);
    Some(MountHelper {
        path: path.to_owned(),
        state: match state {
            "ok" => HelperState::Usable,
            "not-executable" => HelperState::NotExecutable,
            "dangling" => HelperState::Dangling { to: to.to_owned() },
            _ => return None,
        },
    })
}

/// The directory that modules of the running kernel are built against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildDirectory {
    Usable {
        path: String,
    },
    Missing {
        path: String,
    },
    /// A link to a directory that does not exist.
    Dangling {
        to: String,
    },
    /// There, but without the files that a build needs.
    Empty {
        path: String,
    },
}

/// `ok|missing|dangling|empty PATH`.
pub fn build_directory(text: &str) -> Option<BuildDirectory> {
    let (state, path) = text.lines().next()?.split_once(' ')?;
    let path = path.to_owned();
    Some(match state {
        "ok" => BuildDirectory::Usable { path },
        "missing" => BuildDirectory::Missing { path },
        "dangling" => BuildDirectory::Dangling { to: path },
        "empty" => BuildDirectory::Empty { path },
        _ => return None,
    })
}

/// The shares that the host offers, as `VBoxControl sharedfolder list` prints them:
/// `01 - vagrant [idRoot=0 writable auto-mount host-icase]`.
pub fn offered_shares(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let (number, rest) = line.trim().split_once(" - ")?;
            number.parse::<u32>().ok()?;
            let name = rest.rsplit_once(" [").map_or(rest, |(name, _)| name);
            Some(name.trim().to_owned())
        })
        .collect()
}

/// The version in an ISO's volume identifier: `VBox_GAs_7.0.10`, and up to 5.1
/// `VBOXADDITIONS_4.3.12_93733`, which ends in the revision.
pub fn iso_version(volume: &str) -> Option<Version> {
    let volume = volume.trim();
    let behind = |name: &str| {
        let (start, rest) = volume.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then_some(rest)
    };
    if let Some(version) = behind("VBox_GAs_") {
        return Version::parse(version);
    }
    let version = behind("VBOXADDITIONS_")?;
    let Some((number, revision)) = version.rsplit_once('_') else {
        return Version::parse(version);
    };
    Version::parse(&format!("{number}r{revision}")).or_else(|| Version::parse(version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_installers_record() {
        let read = record(
            "# VirtualBox Guest Additions installation record.\nINSTALL_DIR='/opt/VBoxGuestAdditions-7.0.10'\nINSTALL_VER='7.0.10'\nINSTALL_REV='158379'\n",
        );
        assert_eq!(
            read.directory.as_deref(),
            Some("/opt/VBoxGuestAdditions-7.0.10")
        );
        assert_eq!(read.version.unwrap().to_string(), "7.0.10");
    }

    #[test]
    fn the_helpers_states() {
        let state = |text| mount_helper(text).map(|helper| helper.state);
        assert_eq!(
            state("ok - /sbin/mount.vboxsf\n"),
            Some(HelperState::Usable)
        );
        assert_eq!(
            state("dangling /usr/lib/VBoxGuestAdditions/mount.vboxsf /sbin/mount.vboxsf\n"),
            Some(HelperState::Dangling {
                to: "/usr/lib/VBoxGuestAdditions/mount.vboxsf".into()
            })
        );
        assert_eq!(state("what is this\n"), None);
    }

    #[test]
    fn offered_shares_are_listed_with_and_without_details() {
        let text = "Shared Folder mappings (2):\n\n01 - vagrant\n02 - my share [idRoot=1 writable host-icase]\n";
        assert_eq!(offered_shares(text), ["vagrant", "my share"]);
        assert_eq!(offered_shares("No Shared Folders available.\n"), [""; 0]);
    }

    #[test]
    fn the_volume_identifier_carries_the_version() {
        assert_eq!(
            iso_version("VBox_GAs_7.0.10   ").unwrap().to_string(),
            "7.0.10"
        );
        assert_eq!(
            iso_version("VBOXADDITIONS_4.3.12_93733"),
            Version::parse("4.3.12r93733")
        );
        assert_eq!(
            iso_version("VBOXADDITIONS_5.0.0_BETA1"),
            Version::parse("5.0.0_BETA1")
        );
        assert_eq!(iso_version("VBOXADDITIONS_"), None);
        assert_eq!(iso_version("VBOXADDITIONS_5._"), None);
        assert_eq!(iso_version("é"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, volume in "(VBox_GAs|VBOXADDITIONS)_[0-9._é]{0,9}") {
            let _ = (record(&text), mount_helper(&text), build_directory(&text), offered_shares(&text));
            let _ = (iso_version(&volume), iso_version(&text), service_version(&text));
        }
    }
}
