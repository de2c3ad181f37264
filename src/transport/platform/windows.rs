//! Windows.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::MetadataExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::ptr::null;
use std::thread;
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED,
    ERROR_PATH_NOT_FOUND, ERROR_PIPE_NOT_CONNECTED, ERROR_SHARING_VIOLATION,
    ERROR_UNABLE_TO_REMOVE_REPLACED,
};
use windows_sys::Win32::Globalization::GetACP;
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, GetFileInformationByHandle, ReplaceFileW,
};
use windows_sys::Win32::System::Console::{
    CONSOLE_MODE, ENABLE_VIRTUAL_TERMINAL_PROCESSING, GetConsoleMode, GetConsoleOutputCP,
    SetConsoleMode,
};

/// What one does who may not write a file: the same error says that somebody has it open.
pub const TO_BE_ALLOWED: &str = "close the programs that have it open, or work as an administrator";

/// The code page in which every text is Unicode.
const UTF_8: u32 = 65001;

/// Opening never waits here.
pub fn never_waits(_options: &mut OpenOptions) {}

/// A new file has the access list of its folder, and those for a user's own files name nobody else.
pub fn only_for_its_owner(_options: &mut OpenOptions) {}

/// Whether what was found by name is what was then opened.
pub fn same_file(named: &Metadata, opened: &Metadata) -> bool {
    let told = |of: &Metadata| {
        let times = (of.creation_time(), of.last_write_time());
        (of.file_size(), of.file_attributes(), times)
    };
    told(named) == told(opened)
}

/// Gives a file that was written beside it the name of this one, which is gone then; its access list and
/// its attributes go over to the new one.
///
/// # Errors
/// The system's own, once whoever has the file open has kept it for a second: a virus scanner lets go
/// before that.
pub fn put_in_place(new: &Path, path: &Path) -> io::Result<()> {
    const TRIES: u32 = 20;
    for _ in 1..TRIES {
        match exchange(new, path) {
            Err(error) if is_held(&error) => thread::sleep(Duration::from_millis(50)),
            outcome => return outcome,
        }
    }
    exchange(new, path)
}

#[expect(
    clippy::disallowed_methods,
    reason = "for those who write and replace files"
)]
fn exchange(new: &Path, path: &Path) -> io::Result<()> {
    let (from, to) = (wide(new), wide(path));
    // SAFETY: both are texts that end with a NUL and outlive the call; the others may be null.
    let done = unsafe { ReplaceFileW(to.as_ptr(), from.as_ptr(), null(), 0, null(), null()) };
    if done != 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    match code(&error) {
        // There is none to be replaced, or the file system has nothing that could be kept.
        ERROR_FILE_NOT_FOUND
        | ERROR_PATH_NOT_FOUND
        | ERROR_INVALID_FUNCTION
        | ERROR_NOT_SUPPORTED => std::fs::rename(new, path),
        _ => Err(error),
    }
}

/// Whether somebody else has the file open.
fn is_held(error: &io::Error) -> bool {
    matches!(
        code(error),
        ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION | ERROR_UNABLE_TO_REMOVE_REPLACED
    )
}

fn code(error: &io::Error) -> u32 {
    let code = error.raw_os_error().unwrap_or_default();
    code.cast_unsigned()
}

fn wide(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

/// How many names this file has.
///
/// # Errors
/// The system's own.
pub fn number_of_names(file: &File, _metadata: &Metadata) -> io::Result<u64> {
    let mut told = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle belongs to an open file, and the structure is written for as long as it lives.
    let done = unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut told) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(told.nNumberOfLinks.into())
}

/// A new file takes its owner from who makes it; [`put_in_place`] gives it the access list.
///
/// # Errors
/// What could not be kept, and why.
pub fn lend_all_but_bytes(
    _from: &File,
    metadata: &Metadata,
    to: &File,
) -> Result<(), (String, io::Error)> {
    to.set_permissions(metadata.permissions())
        .map_err(|error| ("its mode cannot be kept".to_owned(), error))
}

/// How the terminal takes what is typed: a console gets it back by itself.
pub struct Input;

impl Input {
    pub fn now() -> Option<Self> {
        None
    }

    pub fn restore(&self) {}
}

/// Whether a pipe could not be written to because whoever read it has seen enough.
pub fn nobody_reads(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || code(error) == ERROR_PIPE_NOT_CONNECTED
}

/// The code page in which programs write into a pipe: VirtualBox's own do so by the computer's code page,
/// not by that of the console (IPRT's stream.cpp and utf8-win.cpp).
pub fn code_page() -> Option<u16> {
    // SAFETY: it takes nothing and returns a number.
    u16::try_from(unsafe { GetACP() }).ok()
}

/// Whether standard output, where it is a terminal, can show colours. Where it can, they are turned on.
pub fn shows_color() -> bool {
    // Terminals that are no consoles, as that of Git for Windows, can.
    is_young_console().unwrap_or(true)
}

/// Whether standard output can show more than ASCII, whatever the locale says: a console can that is
/// young enough to know colours; what goes elsewhere is read in the code page of the console.
pub fn shows_unicode() -> bool {
    // SAFETY: it takes nothing and returns a number.
    is_young_console().unwrap_or_else(|| unsafe { GetConsoleOutputCP() } == UTF_8)
}

/// Whether standard output is a console that obeys escape sequences, as of Windows 10; it then does so
/// from here on. `None` where it is no console.
fn is_young_console() -> Option<bool> {
    let output = io::stdout().as_raw_handle();
    let mut mode: CONSOLE_MODE = 0;
    // SAFETY: the standard handle is the process's own, and the mode outlives the call.
    if unsafe { GetConsoleMode(output, &raw mut mode) } == 0 {
        return None;
    }
    // SAFETY: as above.
    let done = unsafe { SetConsoleMode(output, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) };
    Some(done != 0)
}
