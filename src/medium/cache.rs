//! What boxdoctor has downloaded before, each with the checksum that was published for it.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::{Medium, name_of};
use crate::files;
use crate::parse::checksums::sha256_of;
use crate::parse::version::Version;

/// One line.
const LONGEST_SUM: u64 = 1024;

/// The folder of all downloads.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The platform's own; `BOXDOCTOR_CACHE_DIR` overrides. `None` where this computer has none.
    pub fn here() -> Option<Self> {
        let set = std::env::var_os("BOXDOCTOR_CACHE_DIR").filter(|value| !value.is_empty());
        let folder = match set {
            Some(folder) => PathBuf::from(folder),
            None => etcetera::choose_base_strategy()
                .ok()?
                .cache_dir()
                .join("boxdoctor"),
        };
        Some(Cache::at(folder))
    }

    pub fn at(folder: PathBuf) -> Self {
        Cache { folder }
    }

    /// The ISO of this version, if it still is what was downloaded.
    pub fn find(&self, version: &Version) -> Option<Medium> {
        let path = self.iso(version);
        let sums = files::read(&self.sum(version), LONGEST_SUM).ok()?;
        let sum = sha256_of(&String::from_utf8_lossy(&sums), &name_of(version))?;
        let medium = Medium::open(&path).ok()?;
        (medium.sha256 == sum && medium.version.number == version.number).then_some(medium)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn iso(&self, version: &Version) -> PathBuf {
        self.folder.join(name_of(version))
    }

    pub(super) fn sum(&self, version: &Version) -> PathBuf {
        self.folder.join(format!("{}.sha256", name_of(version)))
    }

    /// What there is so far of the file with this checksum; of another one nothing fits it.
    pub(super) fn part(&self, version: &Version, sum: &str) -> PathBuf {
        self.folder
            .join(format!("{}.{}.part", name_of(version), &sum[..16]))
    }

    pub(super) fn lock(&self, version: &Version) -> PathBuf {
        self.folder.join(format!("{}.lock", name_of(version)))
    }
}
