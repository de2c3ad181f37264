//! A change of one file, on the host or in a guest, and what can stand in its way.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::krb5::repair::Repair;

/// What a file is to hold, and what it must hold before.
#[derive(Clone, Debug)]
pub struct Change {
    pub path: Vec<u8>,
    pub repair: Repair,
}

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
    #[error("it has changed since it was read; look again")]
    Changed,
    #[error("a backup of that name is there already")]
    BackupExists,
    #[error("the backup is gone")]
    NoBackup,
    #[error("the backup has changed since it was made")]
    BackupChanged,
    #[error("nothing can be written in its folder")]
    Folder,
    #[error("its owner, mode or label cannot be kept")]
    Attributes,
    #[error("what was written is not what was meant; the file is as it was")]
    NotWritten,
    #[error("the guest has no sha256sum, without which no change is safe")]
    NoDigest,
    #[error("the guest has no mktemp, without which no change is safe")]
    NoTemporary,
}

/// Tells bytes apart, in a journal and across a connection.
pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name of the copy beside a file. No release of Kerberos takes it for one to include.
pub fn backup_name(path: &[u8], run: &str) -> Vec<u8> {
    [path, b".boxdoctor-", run.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krb5::Release;

    #[test]
    fn kerberos_does_not_include_a_backup() {
        for name in [&b"site.conf"[..], b"realm"] {
            let backup = backup_name(name, "20261123-011503-a1b2");
            for minor in 10..=22 {
                assert!(!Release::of(1, minor).includes(&backup));
            }
        }
    }
}
