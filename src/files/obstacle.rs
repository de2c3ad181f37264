//! What can stand in the way of replacing a file, on this computer or in a guest.

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Why a file is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Obstacle {
    #[error("it is not there any more; look again")]
    Missing,
    #[error("it is a link; name the file that it points to")]
    Link,
    #[error(
        "its path is not absolute, so nobody knows which file is meant; name it from the root on"
    )]
    Relative,
    #[error("it is no ordinary file; name one that is")]
    NoFile,
    #[error(
        "it has other names (hard links), which would keep the old bytes; replace it by a copy of its own first"
    )]
    OtherNames,
    #[error(
        "it is read-only; allow writing if nobody meant that (chmod u+w, on Windows attrib -r)"
    )]
    ReadOnly,
    #[error("it has changed in the meantime; look again")]
    Changed,
    #[error(
        "it was replaced, and somebody else has written to it right after that; look at what it holds now"
    )]
    Overwritten,
    #[error("a backup of that name is there already; move it away")]
    BackupExists,
    #[error("the backup is gone; write by hand what it held")]
    NoBackup,
    #[error(
        "the backup has changed since it was made; compare the two, and put back by hand what is right"
    )]
    BackupChanged,
    #[error("nothing can be written in its folder; see whose the folder is, and df")]
    Folder,
    #[error(
        "only root may write in its folder, and root was not to be had; see what `sudo -n true` says in the guest"
    )]
    NoRoot,
    #[error(
        "others than root may write in its folder, where root cannot work safely; log in as the folder's owner"
    )]
    UnsafeFolder,
    #[error("its owner, mode or label cannot be kept; work as its owner, or as root")]
    Attributes,
    #[error("what was written is not what was meant; the file is as it was; see df, and try again")]
    NotWritten,
    #[error("the guest has no sha256sum, without which no change is safe; install coreutils there")]
    NoDigest,
    #[error("the guest has no mktemp, without which no change is safe; install coreutils there")]
    NoTemporary,
}

impl Obstacle {
    /// Whether the file is surely as it was.
    pub fn changed_nothing(self) -> bool {
        self != Obstacle::Overwritten
    }
}

/// Tells bytes apart, in a journal and across a connection.
pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
