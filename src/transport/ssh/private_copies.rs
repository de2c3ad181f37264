//! Keys for the `ssh` program, which refuses a file that others may read: on a drive of Windows seen from
//! Linux, on a stick, in a folder that came with its access list, nobody can make it private.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::super::Output;
use super::{Login, key_file};
use crate::files;

/// How the copies are called.
const PREFIX: &str = "boxdoctor-key-";
/// After so long nobody logs in with a copy any more: who made it was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// All that are there now, for [`remove_all`].
static COPIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether `ssh` was not let in, and has left out a key because of who may read it. With a word of the
/// guest it was let in, and the script must not run twice.
pub(super) fn are_needed(output: &Output) -> bool {
    let says = |words: &str| memchr::memmem::find(&output.stderr, words.as_bytes()).is_some();
    output.stdout.is_empty() && says("UNPROTECTED PRIVATE KEY FILE") && says("Permission denied (")
}

/// Removes the copies, where the program is ended in the middle.
pub fn remove_all() {
    for copy in lock().drain(..) {
        let _ = files::remove(&copy);
    }
}

fn lock() -> MutexGuard<'static, Vec<PathBuf>> {
    COPIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies of keys in the user's folder for temporary files, until this is dropped.
pub(super) struct PrivateCopies(Vec<PathBuf>);

impl PrivateCopies {
    /// The login with copies in place of those keys that can be copied.
    pub(super) fn of(login: &Login) -> (Self, Login) {
        remove_those_left_behind();
        let mut copies = Vec::new();
        let mut login = login.clone();
        for identity in &mut login.identities {
            let copied = key_file::read(identity)
                .ok()
                .and_then(|key| copy(&key).ok());
            if let Some(copy) = copied {
                identity.clone_from(&copy);
                copies.push(copy);
            }
        }
        (PrivateCopies(copies), login)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for PrivateCopies {
    fn drop(&mut self) {
        let mut known = lock();
        for copy in &self.0 {
            let _ = files::remove(copy);
        }
        known.retain(|copy| !self.0.contains(copy));
    }
}

/// Those of others cannot be removed, and need not.
fn remove_those_left_behind() {
    let folder = std::env::temp_dir();
    let names = files::names(&folder).into_iter();
    for copy in names
        .filter(|name| name.starts_with(PREFIX))
        .map(|name| folder.join(name))
    {
        let age = copy.metadata().and_then(|metadata| metadata.modified());
        if age.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > LEFT_BEHIND)) {
            let _ = files::remove(&copy);
        }
    }
}

/// Temporary files are for their owner alone.
fn copy(key: &str) -> std::io::Result<PathBuf> {
    let mut known = lock();
    let mut file = NamedTempFile::with_prefix(PREFIX)?;
    file.write_all(key.as_bytes())?;
    let copy = file
        .into_temp_path()
        .keep()
        .map_err(|failed| failed.error)?;
    known.push(copy.clone());
    Ok(copy)
}
