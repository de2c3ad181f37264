//! Replaces what a file of this computer holds, so that it can be undone: whole or not at all, with
//! its owner, mode and label, and a copy of the old bytes beside it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that may touch files"
)]

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::obstacle::{Obstacle, digest};
use crate::next_step::after;
use crate::transport::platform;

/// Why a file was left as it is.
#[derive(Debug, Error)]
pub enum Refused {
    #[error("{0}")]
    Obstacle(Obstacle),
    #[error("{what}: {error}; {}", after(error, platform::TO_BE_ALLOWED))]
    System { what: String, error: io::Error },
}

impl From<Obstacle> for Refused {
    fn from(obstacle: Obstacle) -> Self {
        Refused::Obstacle(obstacle)
    }
}

fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Refused {
    let what = what.into();
    |error| Refused::System { what, error }
}

/// Puts `after` in the place of `before`, and keeps `before` at `backup`.
///
/// # Errors
/// Where the file is not what it was, cannot be kept as it is in all else, or cannot be written.
/// The file is then untouched, and no copy stays behind.
pub fn replace(path: &Path, before: &[u8], after: &[u8], backup: &Path) -> Result<(), Refused> {
    let original = Original::open(path)?;
    holds(path, before)?;
    keep_copy(&original, before, backup)?;
    let replaced = put(path, original, before, after);
    if replaced.is_err() {
        // What was made for a change that did not happen.
        let _ = fs::remove_file(backup);
    }
    replaced
}

/// As [`replace`], for a change that brings its own way back: no copy of the old bytes is kept.
///
/// # Errors
/// As of [`replace`].
pub fn exchange(path: &Path, before: &[u8], after: &[u8]) -> Result<(), Refused> {
    let original = Original::open(path)?;
    holds(path, before)?;
    put(path, original, before, after)
}

/// What would stand in the way of replacing this file, as far as it can be told beforehand.
pub fn obstacle(path: &Path) -> Option<Refused> {
    Original::open(path).err()
}

/// Puts the copy at `backup` back in the place of what [`replace`] has written.
///
/// # Errors
/// Where the file or the copy is not what it was then, by their digests.
pub fn restore(path: &Path, backup: &Path, before: &str, after: &str) -> Result<(), Refused> {
    Original::open(path)?;
    let now = read(path)?;
    if digest(&now) == before {
        // The change never happened, or it was taken back already.
        let _ = fs::remove_file(backup);
        return Ok(());
    }
    if digest(&now) != after {
        return Err(Obstacle::Changed.into());
    }
    match Original::open(backup) {
        Err(Refused::Obstacle(Obstacle::Missing)) => return Err(Obstacle::NoBackup.into()),
        Err(Refused::Obstacle(_)) => return Err(Obstacle::BackupChanged.into()),
        opened => opened?,
    };
    if digest(&read(backup)?) != before {
        return Err(Obstacle::BackupChanged.into());
    }
    platform::put_in_place(backup, path).map_err(system("the copy cannot be put back"))?;
    settle(path);
    Ok(())
}

/// A file that may be replaced. It is held open, so that what is looked at stays the same file.
struct Original {
    file: File,
    metadata: Metadata,
}

impl Original {
    fn open(path: &Path) -> Result<Self, Refused> {
        let named = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Obstacle::Missing.into());
            }
            metadata => metadata.map_err(system("it cannot be looked at"))?,
        };
        if named.is_symlink() {
            return Err(Obstacle::Link.into());
        }
        if !named.is_file() {
            return Err(Obstacle::NoFile.into());
        }
        let file = File::open(path).map_err(system("it cannot be read"))?;
        let metadata = file.metadata().map_err(system("it cannot be looked at"))?;
        if !platform::same_file(&named, &metadata) {
            return Err(Obstacle::Changed.into());
        }
        let names = platform::number_of_names(&file, &metadata)
            .map_err(system("it cannot be looked at"))?;
        if names > 1 {
            return Err(Obstacle::OtherNames.into());
        }
        if metadata.permissions().readonly() {
            return Err(Obstacle::ReadOnly.into());
        }
        Ok(Original { file, metadata })
    }

    fn lend_all_but_bytes(&self, to: &File) -> Result<(), Refused> {
        platform::lend_all_but_bytes(&self.file, &self.metadata, to)
            .map_err(|(what, error)| Refused::System { what, error })
    }

    /// What comes back after an undo is not younger than what was there.
    fn lend_its_time(&self, to: &File) -> Result<(), Refused> {
        let Ok(modified) = self.metadata.modified() else {
            return Ok(());
        };
        to.set_modified(modified)
            .map_err(system("its time cannot be kept"))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Refused> {
    fs::read(path).map_err(system("it cannot be read"))
}

fn holds(path: &Path, bytes: &[u8]) -> Result<(), Refused> {
    if read(path)? == bytes {
        Ok(())
    } else {
        Err(Obstacle::Changed.into())
    }
}

fn keep_copy(original: &Original, bytes: &[u8], backup: &Path) -> Result<(), Refused> {
    let mut copy = match for_its_owner_alone().open(backup) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Obstacle::BackupExists.into());
        }
        opened => opened.map_err(system(format!("{} cannot be written", backup.display())))?,
    };
    let written = copy
        .write_all(bytes)
        .map_err(system("the copy cannot be written"))
        .and_then(|()| original.lend_all_but_bytes(&copy))
        .and_then(|()| original.lend_its_time(&copy))
        .and_then(|()| copy.sync_all().map_err(system("the copy cannot be kept")));
    if written.is_err() {
        let _ = fs::remove_file(backup);
    }
    written
}

/// How a file is made that only its owner may read, until it has the mode that it is to have.
fn for_its_owner_alone() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create_new(true);
    platform::only_for_its_owner(&mut options);
    options
}

fn put(path: &Path, original: Original, before: &[u8], after: &[u8]) -> Result<(), Refused> {
    let folder: PathBuf = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)
        .map_err(|error| error.kind().into())
        .map_err(system("nothing can be written in its folder"))?;
    file.write_all(after)
        .map_err(system("the new file cannot be written"))?;
    original.lend_all_but_bytes(file.as_file())?;
    file.as_file()
        .sync_all()
        .map_err(system("the new file cannot be written"))?;
    // Nobody may have written in the meantime.
    Original::open(path)?;
    holds(path, before)?;
    // Windows replaces no file that is open.
    drop(original);
    platform::put_in_place(&file.into_temp_path(), path)
        .map_err(system("it cannot be replaced"))?;
    // From here on the copy is all that is left of the old bytes.
    settle(path);
    Ok(())
}

/// Makes the new name last over a power failure, where the system can.
fn settle(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or_else(|| Path::new("."))) {
        let _ = folder.sync_all();
    }
}
