//! Files of this computer: what the user names, and what Vagrant keeps beside a project. Nothing
//! else in the house opens one.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that may touch files"
)]

pub mod obstacle;
pub mod replace;
pub mod unfinished;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::transport::platform;

/// Reads a file of at most `longest` bytes.
///
/// # Errors
/// The system's own, and `FileTooLarge` for a longer file, of which nothing is kept.
pub fn read(path: &Path, longest: u64) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    read_open(file, &metadata, longest)
}

/// As [`read`], for a path that somebody else has named: a pipe or a terminal, which could be waited
/// for without end, is refused.
pub fn read_ordinary(path: &Path, longest: u64) -> std::io::Result<Vec<u8>> {
    let (file, metadata) = open_ordinary(path)?;
    read_open(file, &metadata, longest)
}

/// Opens a file that somebody else has named, and that is too long to be held in memory.
///
/// # Errors
/// The system's own, and for whatever is no ordinary file.
pub fn open_ordinary(path: &Path) -> std::io::Result<(File, fs::Metadata)> {
    let mut options = File::options();
    options.read(true);
    platform::never_waits(&mut options);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(std::io::Error::other("it is no ordinary file"));
    }
    // Opening a directory works on Unix, and reading it is a riddle.
    if metadata.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    Ok((file, metadata))
}

fn read_open(file: File, metadata: &fs::Metadata, longest: u64) -> std::io::Result<Vec<u8>> {
    // Opening a directory works on Unix, and reading it is a riddle.
    if metadata.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    // With room for all of it, the system is asked once, and once more for the end.
    let length = usize::try_from(metadata.len().min(longest)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(length + 1);
    file.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// `length` bytes of a file from `offset` on, for one who reads them bit by bit.
pub fn part(path: &Path, offset: u64, length: u64) -> std::io::Result<Part> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(Part { file, left: length })
}

/// A part of a file. Where the file ends before it does, reading fails, and does not end.
pub struct Part {
    file: File,
    left: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        let count = self.file.read(&mut buffer[..most])?;
        if count == 0 && most > 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Writes a file whole or not at all: a new file beside it takes its place.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // The error of the temporary file would name a file that nobody knows.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "its folder is not there".to_owned(),
            kind => format!("its folder: {kind}"),
        };
        std::io::Error::new(error.kind(), why)
    })?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    platform::put_in_place(&file.into_temp_path(), path)
}

/// Holds a file for this process alone, until what comes back is dropped. `None` where another one
/// holds it.
pub fn lock(path: &Path) -> std::io::Result<Option<File>> {
    let file = File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Makes a folder and those above it, where they are not there.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// The names in a folder, sorted; none where there is no folder.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The first of these files that is there.
pub fn first_existing(candidates: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    candidates.into_iter().find(|path| path.is_file())
}
