//! A file that comes in pieces, over several runs if need be. It has its name only once it is whole.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that may touch files"
)]

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What there is of a file so far.
pub struct Unfinished {
    path: PathBuf,
    file: File,
    pub length: u64,
}

impl Unfinished {
    /// Goes on where the last run was interrupted, or begins.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Unfinished {
            path: path.to_owned(),
            length: file.metadata()?.len(),
            file,
        })
    }

    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub fn start_over(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.length = 0;
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name. Nothing is left of a file that had it before.
    pub fn finish(self, name: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        // Windows renames no file that is open.
        drop(self.file);
        fs::rename(&self.path, name)
    }

    pub fn remove(self) -> io::Result<()> {
        drop(self.file);
        fs::remove_file(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_file_goes_on_where_it_was_and_then_gets_its_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, name) = (folder.path().join("x.part"), folder.path().join("x"));
        fs::write(&name, b"old").expect("it is written");
        let mut part = Unfinished::open(&path).expect("it is opened");
        part.append(b"wrong").expect("it is written");
        part.start_over().expect("it is emptied");
        part.append(b"one ").expect("it is written");
        drop(part);
        let mut part = Unfinished::open(&path).expect("it is opened");
        assert_eq!(part.length, 4);
        part.append(b"two").expect("it is written");
        part.finish(&name).expect("it is renamed");
        assert_eq!(fs::read(&name).expect("it is there"), b"one two");
        assert!(!path.exists());
    }
}
