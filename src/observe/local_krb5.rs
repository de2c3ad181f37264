//! The files of a Kerberos configuration on this computer.
#![expect(
    clippy::disallowed_methods,
    reason = "folders that a configuration includes are looked at here"
)]

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files;
use crate::krb5::{Files, Unreadable};

/// This computer's disk, with the size beyond which a file is not read, in bytes.
pub struct Disk {
    pub longest: u64,
}

impl Files for Disk {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        match files::read(&host_path(path)?, self.longest) {
            Ok(bytes) => Ok(bytes.into()),
            // Opening a folder works in C, and reading it gives nothing.
            Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(Arc::default()),
            Err(error) => Err(unreadable(&error)),
        }
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let entries = std::fs::read_dir(host_path(path)?).map_err(|error| unreadable(&error))?;
        let names = entries.map(|entry| Ok(entry?.file_name().into_encoded_bytes()));
        names
            .collect::<Result<_, Error>>()
            .map_err(|error| unreadable(&error))
    }
}

/// The path as the bytes in which a configuration would name it.
pub fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere not every name is possible"
)]
fn host_path(path: &[u8]) -> Result<PathBuf, Unreadable> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn host_path(path: &[u8]) -> Result<PathBuf, Unreadable> {
    let path = std::str::from_utf8(path).map_err(|_| Unreadable::Missing)?;
    // A path of a Linux guest is none of this computer.
    if path.starts_with('/') {
        return Err(Unreadable::NotAsked);
    }
    Ok(PathBuf::from(path))
}

fn unreadable(error: &Error) -> Unreadable {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Unreadable::Missing,
        ErrorKind::PermissionDenied => Unreadable::Denied,
        ErrorKind::FileTooLarge => Unreadable::TooLarge,
        _ => Unreadable::Other,
    }
}
