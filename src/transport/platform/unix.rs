//! Linux and macOS.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use xattr::FileExt;

/// What one does who may not write a file.
pub const TO_BE_ALLOWED: &str = "work as its owner, or as root";

/// A pipe or a terminal, of which opening or reading would wait for somebody else, does not.
pub fn never_waits(options: &mut OpenOptions) {
    options.custom_flags(libc::O_NONBLOCK);
}

/// A file that only its owner may read, until it gets another mode.
pub fn only_for_its_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Whether what was found by name is what was then opened.
pub fn same_file(named: &Metadata, opened: &Metadata) -> bool {
    (named.dev(), named.ino()) == (opened.dev(), opened.ino())
}

/// Gives a file that was written beside it the name of this one, which is gone then.
///
/// # Errors
/// The system's own.
#[expect(
    clippy::disallowed_methods,
    reason = "for those who write and replace files"
)]
pub fn put_in_place(new: &Path, path: &Path) -> io::Result<()> {
    std::fs::rename(new, path)
}

/// How many names this file has.
///
/// # Errors
/// None here.
pub fn number_of_names(_file: &File, metadata: &Metadata) -> io::Result<u64> {
    Ok(metadata.nlink())
}

/// Gives `to` the owner, the mode and exactly the attributes of `from`: among them is the label of
/// SELinux.
///
/// # Errors
/// What could not be kept, and why.
pub fn lend_all_but_bytes(
    from: &File,
    metadata: &Metadata,
    to: &File,
) -> Result<(), (String, io::Error)> {
    let because = |what: &str| {
        let what = what.to_owned();
        |error| (what, error)
    };
    let there = to
        .metadata()
        .map_err(because("the new file cannot be looked at"))?;
    let owner = (metadata.uid(), metadata.gid());
    if (there.uid(), there.gid()) != owner {
        fchown(to, Some(owner.0), Some(owner.1)).map_err(because("its owner cannot be kept"))?;
    }
    // A drive of Windows, seen from Linux, has one mode for all files, and lets nobody set it.
    if there.permissions() != metadata.permissions() || there.uid() != owner.0 {
        to.set_permissions(metadata.permissions())
            .map_err(because("its mode cannot be kept"))?;
    }
    // A file system without attributes has none to keep.
    for name in to.list_xattr().into_iter().flatten() {
        if from.get_xattr(&name).unwrap_or_default().is_none() {
            let name_shown = name.to_string_lossy();
            let what = format!("the new file's attribute {name_shown} cannot be removed");
            to.remove_xattr(&name).map_err(because(&what))?;
        }
    }
    for name in from.list_xattr().into_iter().flatten() {
        let value = from
            .get_xattr(&name)
            .map_err(because("its attributes cannot be read"))?;
        if value == to.get_xattr(&name).unwrap_or_default() {
            continue;
        }
        let what = format!("its attribute {} cannot be kept", name.to_string_lossy());
        to.set_xattr(&name, &value.unwrap_or_default())
            .map_err(because(&what))?;
    }
    Ok(())
}

/// How the terminal takes what is typed.
pub struct Input(Termios);

impl Input {
    /// As it is now; `None` where standard input is no terminal.
    pub fn now() -> Option<Self> {
        tcgetattr(io::stdin()).ok().map(Input)
    }

    /// What was typed in between is forgotten.
    pub fn restore(&self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

/// Whether a pipe could not be written to because whoever read it has seen enough.
pub fn nobody_reads(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Programs speak UTF-8, or the language that `LC_ALL=C` asks them for.
pub fn code_page() -> Option<u16> {
    None
}

/// Whether standard output, where it is a terminal, can show colours: what the environment says of
/// it decides.
pub fn shows_color() -> bool {
    true
}

/// Whether standard output can show more than ASCII, whatever the locale says.
pub fn shows_unicode() -> bool {
    false
}
