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

/// Why a file was left as it is.
#[derive(Debug, Error)]
pub enum Refused {
    #[error("{0}")]
    Obstacle(Obstacle),
    #[error("{what}: {error}")]
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
    let metadata = ordinary_file(path)?;
    holds(path, before)?;
    keep_copy(path, &metadata, before, backup)?;
    let replaced = put(path, &metadata, before, after);
    if replaced.is_err() {
        // What was made for a change that did not happen.
        let _ = fs::remove_file(backup);
    }
    replaced
}

/// Puts the copy at `backup` back in the place of what [`replace`] has written.
///
/// # Errors
/// Where the file or the copy is not what it was then, by their digests.
pub fn restore(path: &Path, backup: &Path, before: &str, after: &str) -> Result<(), Refused> {
    let now = ordinary_file(path).and_then(|_| read(path))?;
    if digest(&now) == before {
        // The change never happened, or it was taken back already.
        let _ = fs::remove_file(backup);
        return Ok(());
    }
    if digest(&now) != after {
        return Err(Obstacle::Changed.into());
    }
    ordinary_file(backup).map_err(|_| Obstacle::NoBackup)?;
    if digest(&read(backup)?) != before {
        return Err(Obstacle::BackupChanged.into());
    }
    fs::rename(backup, path).map_err(system("the copy cannot be put back"))?;
    settle(path);
    Ok(())
}

fn ordinary_file(path: &Path) -> Result<Metadata, Refused> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Obstacle::Missing.into());
        }
        metadata => metadata.map_err(system("it cannot be looked at"))?,
    };
    if metadata.is_symlink() {
        return Err(Obstacle::Link.into());
    }
    if !metadata.is_file() {
        return Err(Obstacle::NoFile.into());
    }
    if has_other_names(&metadata) {
        return Err(Obstacle::OtherNames.into());
    }
    if metadata.permissions().readonly() {
        return Err(Obstacle::ReadOnly.into());
    }
    Ok(metadata)
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

fn keep_copy(path: &Path, metadata: &Metadata, bytes: &[u8], backup: &Path) -> Result<(), Refused> {
    let opened = File::create_new(backup);
    let mut copy = match opened {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Obstacle::BackupExists.into());
        }
        opened => opened.map_err(system(format!("{} cannot be written", backup.display())))?,
    };
    let written = copy
        .write_all(bytes)
        .map_err(system("the copy cannot be written"))
        .and_then(|()| take_after(path, metadata, backup))
        .and_then(|()| copy.sync_all().map_err(system("the copy cannot be kept")));
    if written.is_err() {
        let _ = fs::remove_file(backup);
    }
    written
}

fn put(path: &Path, metadata: &Metadata, before: &[u8], after: &[u8]) -> Result<(), Refused> {
    let folder: PathBuf = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)
        .map_err(|error| error.kind().into())
        .map_err(system("nothing can be written in its folder"))?;
    file.write_all(after)
        .map_err(system("the new file cannot be written"))?;
    take_after(path, metadata, file.path())?;
    file.as_file()
        .sync_all()
        .map_err(system("the new file cannot be written"))?;
    // Nobody may have written in the meantime.
    ordinary_file(path)?;
    holds(path, before)?;
    file.persist(path)
        .map_err(|failed| failed.error)
        .map_err(system("it cannot be replaced"))?;
    // From here on the copy is all that is left of the old bytes.
    settle(path);
    Ok(())
}

/// Gives `to` the owner, the mode and all attributes of `path`: among them is the label of SELinux.
#[cfg(unix)]
fn take_after(path: &Path, metadata: &Metadata, to: &Path) -> Result<(), Refused> {
    use std::os::unix::fs::{MetadataExt, chown};
    let there = fs::metadata(to).map_err(system("the new file cannot be looked at"))?;
    if (there.uid(), there.gid()) != (metadata.uid(), metadata.gid()) {
        chown(to, Some(metadata.uid()), Some(metadata.gid()))
            .map_err(system("its owner cannot be kept"))?;
    }
    fs::set_permissions(to, metadata.permissions()).map_err(system("its mode cannot be kept"))?;
    // A file system without attributes has none to keep.
    for name in xattr::list(path).into_iter().flatten() {
        let value = xattr::get(path, &name).map_err(system("its attributes cannot be read"))?;
        if value == xattr::get(to, &name).unwrap_or_default() {
            continue;
        }
        let what = format!("its attribute {} cannot be kept", name.to_string_lossy());
        xattr::set(to, &name, &value.unwrap_or_default()).map_err(system(what))?;
    }
    Ok(())
}

/// A new file takes its access list from the folder.
#[cfg(not(unix))]
fn take_after(_path: &Path, metadata: &Metadata, to: &Path) -> Result<(), Refused> {
    fs::set_permissions(to, metadata.permissions()).map_err(system("its mode cannot be kept"))
}

#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
fn has_other_names(_metadata: &Metadata) -> bool {
    false
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
