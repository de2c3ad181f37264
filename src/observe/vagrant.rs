//! Which Vagrant this host has, read from its files: to start it takes seconds.

use std::path::PathBuf;

use super::{Observation, Side};
use crate::files;
use crate::parse::vagrant as parse;
use crate::target::environment::System;
use crate::target::gems;
use crate::transport::{Ended, local};

pub const VERSION: &str = "vagrant-version";

/// The version that `vagrant --version` would print.
pub fn version() -> Observation {
    let command = "vagrant --version".to_owned();
    let Some(program) = local::find("vagrant") else {
        return Observation::unanswered(
            VERSION,
            Side::Host,
            command,
            Ended::NotFound,
            "no vagrant on PATH",
        );
    };
    match newest(gems::folders(System::here(), &program)) {
        Some(version) => {
            let said = format!("Vagrant {version}\n").into_bytes();
            Observation::answered(VERSION, Side::Host, command, said)
        }
        None => Observation::unanswered(
            VERSION,
            Side::Host,
            command,
            Ended::Denied,
            "no file beside the program says which version it is",
        ),
    }
}

/// An update can leave folders of the version before.
fn newest(folders: Vec<PathBuf>) -> Option<semver::Version> {
    let names = folders.iter().flat_map(|folder| files::names(folder));
    names
        .filter(|name| {
            let rest = name.strip_prefix("vagrant-");
            // Not that of a plug-in.
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .filter_map(|name| parse::version(&name))
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_folder_of_vagrant_itself_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let gems = folder.path().join("gems");
        for name in [
            "vagrant-2.4.1",
            "vagrant-2.4.10.dev",
            "vagrant-vbguest-9.9.9",
        ] {
            files::make_folder(&gems.join(name)).expect("a folder");
        }
        let found = newest(vec![folder.path().join("none"), gems]);
        assert_eq!(found, Some(semver::Version::new(2, 4, 10)));
        assert_eq!(newest(Vec::new()), None);
    }
}
