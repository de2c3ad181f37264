//! The script that replaces a file of a guest, run by the shells of this computer.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use boxdoctor::files::obstacle::{Obstacle, digest};
use boxdoctor::observe::root::Sudo;
use boxdoctor::remedy::replace_file::{Task, needs_no_root, outcome, script};
use proptest::prelude::*;

const NONCE: &str = "0123456789abcdef0123456789abcdef";
const BEFORE: &[u8] = b"\xEF\xBB\xBF[a]\n\0b = 'c' \\ $(d) `e` %s %%\n\xFF\n\n";
const AFTER: &[u8] = b"[a]\nb = 'c' \\ $(d) `e` %s %%\n\xFF\n\n";

/// A file in a folder of its own, which is removed at the end.
struct Guest {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Guest {
    fn new(name: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(&path, BEFORE).expect("it is written");
        Guest {
            _folder: folder,
            path,
        }
    }

    fn backup(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".boxdoctor-run");
        PathBuf::from(name)
    }

    fn run(&self, content: Option<&[u8]>) -> Result<(), Option<Obstacle>> {
        self.run_by("sh", &self.path, content)
    }

    fn run_by(
        &self,
        shell: &str,
        path: &Path,
        content: Option<&[u8]>,
    ) -> Result<(), Option<Obstacle>> {
        let backup = self.backup();
        let task = Task {
            path: path.as_os_str().as_bytes(),
            backup: backup.as_os_str().as_bytes(),
            before: &digest(BEFORE),
            after: &digest(AFTER),
            content,
        };
        let mut child = Command::new(shell)
            .args(["-c", "eval \"$(cat)\""])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the shell starts");
        let whole = Sudo::default().script_unless(&needs_no_root(task.path), &script(&task, NONCE));
        let mut input = child.stdin.take().expect("it reads");
        input.write_all(whole.as_bytes()).expect("it is sent");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        outcome(NONCE, &output.stdout)
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        std::fs::read(&self.path).expect("it is there") == bytes
    }

    /// What lies in the folder.
    fn count(&self) -> usize {
        let folder = self.path.parent().expect("a folder");
        std::fs::read_dir(folder).expect("it is there").count()
    }
}

fn shells() -> Vec<&'static str> {
    let there = |shell: &&str| {
        Command::new(shell)
            .args(["-c", ":"])
            .status()
            .is_ok_and(|status| status.success())
    };
    ["sh", "dash", "bash", "mksh"]
        .into_iter()
        .filter(there)
        .collect()
}

#[test]
fn a_file_is_replaced_with_all_that_belongs_to_it_and_put_back() {
    for shell in shells() {
        let guest = Guest::new(b"krb5.conf");
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(&guest.path, mode).expect("the mode is set");
        let metadata = || std::fs::metadata(&guest.path).expect("it is there");
        let before = metadata();
        assert_eq!(
            guest.run_by(shell, &guest.path, Some(AFTER)),
            Ok(()),
            "{shell}"
        );
        assert!(guest.holds(AFTER));
        assert_eq!(std::fs::read(guest.backup()).expect("a backup"), BEFORE);
        assert_eq!(metadata().mode(), before.mode());
        assert_eq!(guest.count(), 2);
        assert_eq!(guest.run_by(shell, &guest.path, None), Ok(()), "{shell}");
        assert!(guest.holds(BEFORE));
        assert_eq!(metadata().mode(), before.mode());
        assert_eq!(guest.count(), 1);
        // A second time there is nothing to do.
        assert_eq!(guest.run_by(shell, &guest.path, None), Ok(()), "{shell}");
    }
}

#[test]
fn names_are_only_names() {
    for name in [
        &b"a b"[..],
        b"-rf",
        b"$(touch x)`touch y`",
        b"quote'\"\\",
        b"line\nfeed\n",
        b"\xFF\x01*?[a]",
        b"%s%n",
    ] {
        let guest = Guest::new(name);
        assert_eq!(guest.run(Some(AFTER)), Ok(()), "{name:?}");
        assert!(guest.holds(AFTER), "{name:?}");
        assert_eq!(guest.run(None), Ok(()), "{name:?}");
        assert!(guest.holds(BEFORE), "{name:?}");
        assert_eq!(guest.count(), 1, "{name:?}");
    }
}

#[test]
fn what_stands_in_the_way_is_named_and_nothing_is_left_behind() {
    let refused = |guest: &Guest, obstacle| {
        let before = guest.count();
        assert_eq!(guest.run(Some(AFTER)), Err(Some(obstacle)));
        assert_eq!(guest.count(), before);
    };
    let guest = Guest::new(b"file");
    std::fs::write(&guest.path, "something else").expect("it is written");
    refused(&guest, Obstacle::Changed);
    assert!(guest.holds(b"something else"));

    let guest = Guest::new(b"file");
    std::fs::set_permissions(&guest.path, std::fs::Permissions::from_mode(0o444)).expect("a mode");
    refused(&guest, Obstacle::ReadOnly);

    let guest = Guest::new(b"file");
    std::fs::hard_link(&guest.path, guest.path.with_extension("other")).expect("another name");
    refused(&guest, Obstacle::OtherNames);

    let guest = Guest::new(b"file");
    std::fs::write(guest.backup(), "").expect("it is written");
    refused(&guest, Obstacle::BackupExists);

    let guest = Guest::new(b"file");
    let link = guest.path.with_extension("link");
    symlink(&guest.path, &link).expect("a link");
    let said = guest.run_by("sh", &link, Some(AFTER));
    assert_eq!(said, Err(Some(Obstacle::Link)));

    std::fs::remove_file(&guest.path).expect("it is removed");
    refused(&guest, Obstacle::Missing);
    std::fs::create_dir(&guest.path).expect("a folder");
    refused(&guest, Obstacle::NoFile);
}

#[test]
fn undo_does_not_overwrite_what_came_later() {
    let guest = Guest::new(b"file");
    assert_eq!(guest.run(Some(AFTER)), Ok(()));
    std::fs::write(&guest.path, "later").expect("it is written");
    assert_eq!(guest.run(None), Err(Some(Obstacle::Changed)));
    std::fs::write(&guest.path, AFTER).expect("it is written");
    std::fs::write(guest.backup(), "later").expect("it is written");
    assert_eq!(guest.run(None), Err(Some(Obstacle::BackupChanged)));
    std::fs::remove_file(guest.backup()).expect("it is removed");
    assert_eq!(guest.run(None), Err(Some(Obstacle::NoBackup)));
    assert!(guest.holds(AFTER));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever the bytes are, they arrive as they are, or the digest would not fit.
    #[test]
    fn every_byte_arrives(name in "[^/\0]{1,40}", content in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assume!(name != "." && name != "..");
        let guest = Guest::new(name.as_bytes());
        let backup = guest.backup();
        let task = Task {
            path: guest.path.as_os_str().as_bytes(),
            backup: backup.as_os_str().as_bytes(),
            before: &digest(BEFORE),
            after: &digest(&content),
            content: Some(&content),
        };
        let output = Command::new("sh").arg("-c").arg(script(&task, NONCE)).output().expect("the shell starts");
        prop_assert_eq!(outcome(NONCE, &output.stdout), Ok(()));
        prop_assert!(guest.holds(&content));
    }
}
