//! What to do when the operating system refuses a file of this computer.

use std::fmt::Display;
use std::io::{Error, ErrorKind};

use anyhow::anyhow;

/// The error of one who wanted to read this.
pub fn unreadable(what: impl Display) -> impl FnOnce(Error) -> anyhow::Error {
    move |error| {
        let next = after(&error, "see that you may read it");
        anyhow!("{what} cannot be read: {error}; {next}")
    }
}

/// The error of one who wanted to write this.
pub fn unwritable(what: impl Display) -> impl FnOnce(Error) -> anyhow::Error {
    move |error| {
        let next = after(&error, "see that you may write there");
        anyhow!("{what} cannot be written: {error}; {next}")
    }
}

/// The next step; `permission` is that of one who may not do it.
pub fn after(error: &Error, permission: &'static str) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "check the path",
        ErrorKind::PermissionDenied => permission,
        ErrorKind::IsADirectory => "name a file, not a folder",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room there",
        ErrorKind::ReadOnlyFilesystem => "name a place that can be written",
        ErrorKind::FileTooLarge => "it can hardly be the file that you mean: check the path",
        // Our own words say what is wrong with it.
        ErrorKind::Other => "check the path",
        _ => "check the path, and the disk that it leads to",
    }
}
