//! Keys for the `ssh` program, which refuses a file that others may read: on a drive of Windows seen from
//! Linux, on a stick, in a folder that came with its access list, nobody can make it private.

use std::io::Write;

use tempfile::{NamedTempFile, TempPath};

use super::super::Output;
use super::{Login, key_file};

/// Whether `ssh` has left out a key because of who may read it.
pub(super) fn are_needed(output: &Output) -> bool {
    const SAID: &[u8] = b"UNPROTECTED PRIVATE KEY FILE";
    memchr::memmem::find(&output.stderr, SAID).is_some()
}

/// Copies of keys in the user's folder for temporary files, until this is dropped.
pub(super) struct PrivateCopies(Vec<TempPath>);

impl PrivateCopies {
    /// The login with copies in place of those keys that can be copied.
    pub(super) fn of(login: &Login) -> (Self, Login) {
        let mut copies = Vec::new();
        let mut login = login.clone();
        for identity in &mut login.identities {
            let copied = key_file::read(identity)
                .ok()
                .and_then(|key| copy(&key).ok());
            if let Some(copy) = copied {
                *identity = copy.to_path_buf();
                copies.push(copy);
            }
        }
        (PrivateCopies(copies), login)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Temporary files are for their owner alone.
fn copy(key: &str) -> std::io::Result<TempPath> {
    let mut file = NamedTempFile::with_prefix("boxdoctor-key-")?;
    file.write_all(key.as_bytes())?;
    Ok(file.into_temp_path())
}
