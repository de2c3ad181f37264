//! What can stand in the way of replacing a file, on this computer or in a guest.

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Why a file is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Obstacle {
    #[error("it is not there any more")]
    Missing,
    #[error("it is a link; name the file that it points to")]
    Link,
    #[error("its path is not absolute, so nobody knows which file is meant")]
    Relative,
    #[error("it is no ordinary file")]
    NoFile,
    #[error("it has other names (hard links), which would keep the old bytes")]
    OtherNames,
    #[error("it is read-only; somebody may have meant that (chmod u+w lifts it)")]
    ReadOnly,
    #[error("it has changed in the meantime; look again")]
    Changed,
    #[error("it was replaced, and somebody else has written to it right after that")]
    Overwritten,
    #[error("a backup of that name is there already")]
    BackupExists,
    #[error("the backup is gone")]
    NoBackup,
    #[error("the backup has changed since it was made")]
    BackupChanged,
    #[error("nothing can be written in its folder")]
    Folder,
    #[error(
        "only root may write in its folder, and root was not to be had; see what `sudo -n true` says in the guest"
    )]
    NoRoot,
    #[error(
        "others than root may write in its folder, where root cannot work safely; log in as the folder's owner"
    )]
    UnsafeFolder,
    #[error("its owner, mode or label cannot be kept")]
    Attributes,
    #[error("what was written is not what was meant; the file is as it was")]
    NotWritten,
    #[error("the guest has no sha256sum, without which no change is safe")]
    NoDigest,
    #[error("the guest has no mktemp, without which no change is safe")]
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
