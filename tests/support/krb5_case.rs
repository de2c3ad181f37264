//! A configuration of one or more files, as a test lays it out: on a disk or in memory.
#![allow(dead_code)] // each test binary uses its own part of this

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use boxdoctor::krb5::{self, Files, Release, Unreadable};

use super::krb5_answer::Answer;

/// The file that is read, where a case says nothing else. A folder that is included takes no file
/// of this name, so that no change to a path makes it include itself.
pub const MAIN: &str = "main.krb5";

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// The path that the library is asked for.
    pub asked: String,
    /// By their paths; one that ends in `/` is a folder.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Case {
    /// One file that includes nothing.
    pub fn alone(content: impl Into<Vec<u8>>) -> Self {
        Case::of(content, &[])
    }

    pub fn of(content: impl Into<Vec<u8>>, others: &[(&str, &[u8])]) -> Self {
        let others = others
            .iter()
            .map(|(path, content)| ((*path).to_owned(), content.to_vec()));
        Case {
            asked: MAIN.to_owned(),
            files: std::iter::once((MAIN.to_owned(), content.into()))
                .chain(others)
                .collect(),
        }
    }

    /// Lays the files out in the folder, which has nothing else of these names.
    pub fn lay_out(&self, folder: &Path) {
        for (path, content) in &self.files {
            let at = folder.join(path);
            if path.ends_with('/') {
                std::fs::create_dir_all(at).expect("a folder is made");
                continue;
            }
            if path.contains('/') {
                let above = at.parent().expect("a folder above");
                std::fs::create_dir_all(above).expect("a folder is made");
            }
            std::fs::write(at, content).expect("a file is written");
        }
    }

    /// Whether a line includes what is no part of the case.
    pub fn leaves_its_folder(&self) -> bool {
        let lines = self
            .files
            .values()
            .flat_map(|file| file.split(|byte| *byte == b'\n'));
        lines.into_iter().any(|line| {
            let path = line
                .strip_prefix(b"includedir")
                .or_else(|| line.strip_prefix(b"include"));
            path.is_some_and(|path| path.trim_ascii_start().starts_with(b"/"))
        })
    }

    /// What boxdoctor makes of it, without a disk.
    pub fn answer(&self, release: Release) -> Answer {
        Answer::of(&krb5::read(self.asked.as_bytes(), self, release))
    }
}

/// The path as the case writes it: a system passes over a second `/`, and over `.`.
fn plain(path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    let steps: Vec<&str> = path
        .split('/')
        .filter(|step| !matches!(*step, "" | "."))
        .collect();
    (!path.is_empty() && !path.starts_with('/')).then(|| steps.join("/"))
}

impl Files for Case {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        if self.folder(path).is_ok() {
            return Ok(Arc::default());
        }
        let plain = plain(path).filter(|_| !path.ends_with(b"/"));
        let content = plain.and_then(|path| self.files.get(&path));
        Ok(content.ok_or(Unreadable::Missing)?.as_slice().into())
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let mut above = plain(path).ok_or(Unreadable::Missing)?;
        if !above.is_empty() {
            above.push('/');
        }
        let mut found = above.is_empty();
        let mut names: Vec<Vec<u8>> = Vec::new();
        for path in self.files.keys() {
            let Some(rest) = path.strip_prefix(&above) else {
                continue;
            };
            found = true;
            let name = rest.split('/').next().unwrap_or_default();
            if !name.is_empty() && names.last().is_none_or(|last| last != name.as_bytes()) {
                names.push(name.as_bytes().to_vec());
            }
        }
        if found {
            Ok(names)
        } else {
            Err(Unreadable::Missing)
        }
    }
}
