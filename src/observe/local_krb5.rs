//! The files of a Kerberos configuration on this computer.
#![expect(
    clippy::disallowed_methods,
    reason = "folders that a configuration includes are looked at here"
)]

use std::cell::RefCell;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Observation, Side};
use crate::files;
use crate::krb5::{self, Files, Release, Unreadable};
use crate::parse::krb5_files::{self, Record};

/// This computer's disk, with the size beyond which a file is not read, in bytes.
pub struct Disk {
    pub longest: u64,
}

impl Files for Disk {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        let path = host_path(path)?;
        // Kerberos may be told to read nothing.
        if path == Path::new("/dev/null") {
            return Ok(Arc::default());
        }
        content(files::read_ordinary(&path, self.longest))
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let entries = std::fs::read_dir(host_path(path)?).map_err(|error| unreadable(&error))?;
        let names = entries.map(|entry| Ok(entry?.file_name().into_encoded_bytes()));
        names
            .collect::<Result<_, Error>>()
            .map_err(|error| unreadable(&error))
    }
}

fn content(read: std::io::Result<Vec<u8>>) -> Result<Arc<[u8]>, Unreadable> {
    match read {
        Ok(bytes) => Ok(bytes.into()),
        // Opening a folder works in C, and reading it gives nothing.
        Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(Arc::default()),
        Err(error) => Err(unreadable(&error)),
    }
}

/// The disk, with one path on it that the user has named.
pub struct Named<'a> {
    pub path: &'a [u8],
    pub disk: Disk,
}

impl Files for Named<'_> {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        if path == self.path {
            content(read_named(&host_path(path)?, self.disk.longest))
        } else {
            self.disk.file(path)
        }
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        self.disk.folder(path)
    }
}

/// A file that the user has named. A pipe that the user's shell has made for this very call is meant
/// to be read; any other one could be waited for without end.
///
/// # Errors
/// The system's own, where the file cannot be read.
pub fn read_named(path: &Path, longest: u64) -> std::io::Result<Vec<u8>> {
    let name = path.to_str().unwrap_or_default();
    let number = ["/dev/fd/", "/proc/self/fd/"]
        .iter()
        .find_map(|folder| name.strip_prefix(folder));
    let is_pipe = number.is_some_and(|number| number.parse::<u32>().is_ok());
    if is_pipe || ["/dev/stdin", "/dev/null"].contains(&name) {
        files::read(path, longest)
    } else {
        files::read_ordinary(path, longest)
    }
}

/// The disk, on which one file goes by the name under which a report shows it.
pub struct Shown<'a> {
    pub path: &'a Path,
    pub disk: Disk,
}

impl Shown<'_> {
    /// The name in a report.
    pub fn name(path: &Path) -> Vec<u8> {
        path.display().to_string().into_bytes()
    }

    fn real(&self, path: &[u8]) -> Vec<u8> {
        if path == Shown::name(self.path) {
            path_bytes(self.path)
        } else {
            path.to_vec()
        }
    }
}

impl Files for Shown<'_> {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        self.disk.file(&self.real(path))
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        self.disk.folder(&self.real(path))
    }
}

/// The longest krb5.conf that is looked at, in bytes.
pub const LONGEST: u64 = 4 * 1024 * 1024;

/// How much all that it includes may hold, in bytes.
const ROOM: usize = 16 * 1024 * 1024;

/// A krb5.conf of this computer, and what it includes.
///
/// # Errors
/// The system's own, where the file cannot be read.
pub fn observe(path: &Path) -> std::io::Result<Vec<Observation>> {
    let bytes = read_named(path, LONGEST)?;
    let command = format!("cat {}", path.display());
    let recorder = Recorder {
        first: path_bytes(path),
        bytes: bytes.clone().into(),
        room: RefCell::new(ROOM),
        records: RefCell::default(),
    };
    krb5::read(&recorder.first, &recorder, Release::default());
    let included = krb5_files::write(&recorder.records.into_inner());
    Ok(vec![
        Observation::answered("krb5-conf", Side::Host, command.clone(), bytes),
        Observation::answered("krb5-files", Side::Host, command, included),
    ])
}

/// Notes what is read beside the first file.
struct Recorder {
    first: Vec<u8>,
    bytes: Arc<[u8]>,
    room: RefCell<usize>,
    records: RefCell<Vec<Record>>,
}

impl Recorder {
    fn note<T>(
        &self,
        path: &[u8],
        found: Result<(T, usize), Unreadable>,
        record: impl FnOnce(&T) -> Record,
    ) -> Result<T, Unreadable> {
        let mut room = self.room.borrow_mut();
        let fits = found.and_then(|(found, size)| {
            *room = room.checked_sub(size).ok_or(Unreadable::TooLarge)?;
            Ok(found)
        });
        self.records.borrow_mut().push(match &fits {
            Ok(found) => record(found),
            Err(why) => Record::Unread {
                path: path.to_vec(),
                why: *why,
            },
        });
        fits
    }
}

impl Files for Recorder {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        if path == self.first {
            return Ok(Arc::clone(&self.bytes));
        }
        let found = Disk { longest: LONGEST }.file(path);
        let found = found.map(|bytes| (Arc::clone(&bytes), bytes.len()));
        self.note(path, found, |bytes| Record::File {
            path: path.to_vec(),
            bytes: bytes.to_vec(),
        })
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        if path == self.first {
            return Err(Unreadable::Other);
        }
        let found = Disk { longest: LONGEST }.folder(path);
        let found = found.map(|names| {
            let size = names.iter().map(Vec::len).sum();
            (names, size)
        });
        self.note(path, found, |names| Record::Folder {
            path: path.to_vec(),
            names: names.clone(),
        })
    }
}

/// The path as the bytes in which a configuration would name it.
pub fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(unix)]
pub fn host_path(path: &[u8]) -> Result<PathBuf, Unreadable> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
pub fn host_path(path: &[u8]) -> Result<PathBuf, Unreadable> {
    let path = std::str::from_utf8(path).map_err(|_| Unreadable::Missing)?;
    // A path of a Linux guest is none of this computer.
    if path.starts_with('/') {
        return Err(Unreadable::NotAsked);
    }
    Ok(PathBuf::from(path))
}

fn unreadable(error: &Error) -> Unreadable {
    match error.kind() {
        ErrorKind::NotFound => Unreadable::Missing,
        ErrorKind::NotADirectory => Unreadable::NoFolder,
        ErrorKind::PermissionDenied => Unreadable::Denied,
        ErrorKind::FileTooLarge => Unreadable::TooLarge,
        _ => Unreadable::Other,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn make_pipe(path: &str) {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.expect("mkfifo runs").success());
    }

    #[test]
    fn no_file_that_is_included_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        make_pipe(&at("pipe"));
        for path in [
            at("pipe"),
            format!("/proc/self/fd/../../..{}", at("pipe")),
            format!("/dev/fd/../../..{}", at("pipe")),
        ] {
            let including = PathBuf::from(at("krb5.conf"));
            std::fs::write(&including, format!("include {path}\n")).expect("a file");
            let seen = observe(&including).expect("it is read");
            let unread = Record::Unread {
                path: path.into_bytes(),
                why: Unreadable::Other,
            };
            assert_eq!(krb5_files::parse(&seen[1].stdout), [unread]);
        }
    }

    #[test]
    fn a_path_is_a_pipe_of_the_shell_only_as_a_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = format!("/proc/self/fd/../../..{}", folder.path().display());
        make_pipe(&format!("{path}/pipe"));
        let refused = read_named(Path::new(&format!("{path}/pipe")), 10);
        assert_eq!(refused.expect_err("a pipe").kind(), ErrorKind::Other);
        assert_eq!(
            read_named(Path::new("/dev/null"), 10).expect("nothing"),
            b""
        );
    }
}
