//! What a run has changed, written down before and after every change, so that it can be undone.
//!
//! One file a run, in the platform's folder for such things; `BOXDOCTOR_STATE_DIR` overrides.

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use super::machine::Machine;
use crate::escape;
use crate::files;
use crate::files::obstacle::digest;
use crate::next_step::{unreadable, unwritable};

/// What can still be done where a journal tells nothing.
const BY_HAND: &str = "put the backups beside the changed files back by hand, and remove it";

const SCHEMA: &str = "boxdoctor.journal/1";

/// The longest journal that is read, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journal {
    schema: String,
    /// The name of the run: when it began, in UTC and to the millisecond, and four letters of chance.
    pub run: String,
    pub machine: Machine,
    /// Whether it has come to its end, and has left nothing in the guest that is to be cleared away.
    #[serde(default)]
    pub ended: bool,
    #[serde(default, rename = "change")]
    pub changes: Vec<Change>,
    #[serde(default, rename = "command")]
    pub commands: Vec<Command>,
}

/// A command that was run in a guest, which no undo takes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    pub remedy: String,
    /// Escaped, because it may hold names of the guest.
    pub command: String,
    /// How a person takes it back.
    pub way_back: String,
    pub state: State,
}

/// A file that was replaced. Its name is escaped, because it is bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    pub path: String,
    pub backup: String,
    /// The SHA-256 of the bytes.
    pub before: String,
    pub after: String,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Begun; whether it was done is to be seen.
    Begun,
    Done,
    /// Nothing was changed.
    Refused,
    Undone,
}

/// A name in a journal that cannot be read.
#[derive(Debug, Error)]
#[error("the journal is damaged: {0}; put the backup back by hand")]
pub struct Damaged(String);

impl Change {
    pub fn path_bytes(&self) -> Result<Vec<u8>, Damaged> {
        escape::unescape(&self.path).map_err(Damaged)
    }

    pub fn backup_bytes(&self) -> Result<Vec<u8>, Damaged> {
        escape::unescape(&self.backup).map_err(Damaged)
    }
}

/// The folder of all journals.
pub struct Journals {
    folder: PathBuf,
}

impl Journals {
    /// # Errors
    /// Where this computer has no such folder.
    pub fn here() -> Result<Self> {
        let set = std::env::var_os("BOXDOCTOR_STATE_DIR").filter(|value| !value.is_empty());
        let state = match set {
            Some(folder) => PathBuf::from(folder),
            None => {
                let places = etcetera::choose_base_strategy().context(
                    "this computer has no folder for a journal; set BOXDOCTOR_STATE_DIR",
                )?;
                let state = places.state_dir().unwrap_or_else(|| places.data_dir());
                state.join("boxdoctor")
            }
        };
        Ok(Journals::below(&state))
    }

    /// In a folder of boxdoctor's own.
    pub fn below(state: &Path) -> Self {
        Journals {
            folder: state.join("runs"),
        }
    }

    /// A journal of its own for a run that begins now. Nothing is written yet.
    pub fn begin(&self, machine: Machine) -> Result<Journal> {
        let now = humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string();
        let moment: String = now.chars().filter(char::is_ascii_digit).collect();
        let (day, time) = moment.split_at(8);
        let mut chance = [0; 2];
        getrandom::fill(&mut chance).map_err(|error| {
            anyhow!("this computer has no source of random numbers ({error}); restart it")
        })?;
        Ok(Journal {
            schema: SCHEMA.to_owned(),
            run: format!("{day}-{time}-{:02x}{:02x}", chance[0], chance[1]),
            machine,
            ended: false,
            changes: Vec::new(),
            commands: Vec::new(),
        })
    }

    fn file(&self, run: &str) -> PathBuf {
        self.folder.join(format!("{run}.toml"))
    }

    /// Holds a machine while it is repaired: there is one repair at a time. Ends when it is dropped.
    ///
    /// # Errors
    /// Where another one holds it.
    pub fn lock(&self, machine: &Machine) -> Result<std::fs::File> {
        let name = machine.key();
        let path = self
            .folder
            .join(format!("{}.lock", &digest(name.as_bytes())[..16]));
        files::make_folder(&self.folder)
            .and_then(|()| files::lock(&path))
            .map_err(not_kept(format!("the lock {}", path.display())))?
            .context("another boxdoctor is repairing this machine; wait until it is done")
    }

    /// # Errors
    /// Where it cannot be written: nothing may then be changed.
    pub fn write(&self, journal: &Journal) -> Result<()> {
        let text = toml::to_string(journal).context("the journal cannot be written")?;
        let path = self.file(&journal.run);
        files::make_folder(&self.folder)
            .and_then(|()| files::write(&path, text.as_bytes()))
            .map_err(not_kept(format!("the journal {}", path.display())))
    }

    /// Notes that the run has come to its end. Of one that has done nothing no journal is kept.
    ///
    /// # Errors
    /// As of [`Journals::write`].
    pub fn end(&self, journal: &mut Journal) -> Result<()> {
        journal.ended = true;
        if journal.changes.is_empty() && journal.commands.is_empty() {
            let path = self.file(&journal.run);
            return files::remove(&path).with_context(|| {
                format!(
                    "the journal {} cannot be removed; remove it by hand",
                    path.display()
                )
            });
        }
        self.write(journal)
    }

    /// The runs on this machine that never came to their end.
    pub fn cut_off(&self, machine: &Machine) -> Vec<Journal> {
        files::names(&self.folder)
            .iter()
            .filter(|name| name.ends_with(".toml"))
            .filter_map(|name| read(&self.folder.join(name)).ok())
            .filter(|journal| !journal.ended && journal.machine.is_same(machine))
            .collect()
    }

    /// The name under which guests are held from here: always the same, so that what was cut off is
    /// taken up again.
    ///
    /// # Errors
    /// Where it can neither be read nor written.
    pub fn owner(&self) -> Result<String> {
        let path = self.folder.join("owner");
        if let Ok(bytes) = files::read(&path, 64)
            && let Ok(owner) = String::from_utf8(bytes)
            && owner.len() == 32
            && owner.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Ok(owner);
        }
        let owner = crate::observe::guest::nonce().map_err(|error| {
            anyhow!("this computer has no source of random numbers ({error}); restart it")
        })?;
        files::make_folder(&self.folder)
            .and_then(|()| files::write(&path, owner.as_bytes()))
            .map_err(not_kept(path.display()))?;
        Ok(owner)
    }

    /// The journal of this run; without a name that of the last run of which anything can be undone.
    pub fn find(&self, run: Option<&str>) -> Result<Journal> {
        if let Some(run) = run {
            if !is_run(run) || !self.file(run).is_file() {
                bail!(
                    "there is no run {}; `boxdoctor undo` without a name takes the last one",
                    escape::line(run, 60)
                );
            }
            return read(&self.file(run));
        }
        let mut damaged = None;
        // Names begin with the time, so the last one is the newest.
        for name in files::names(&self.folder).iter().rev() {
            let Some(run) = name.strip_suffix(".toml") else {
                continue;
            };
            // One that is damaged hides no other.
            match read(&self.file(run)) {
                Ok(journal) if journal.can_be_undone() => return Ok(journal),
                Ok(_) => {}
                Err(error) => damaged = Some(error),
            }
        }
        if let Some(error) = damaged {
            return Err(error);
        }
        bail!(
            "there is nothing to undo: no run below {} has changed anything that still stands; set BOXDOCTOR_STATE_DIR if they are elsewhere",
            self.folder.display()
        )
    }
}

/// Without a journal nothing may be changed.
fn not_kept(what: impl Display) -> impl FnOnce(std::io::Error) -> anyhow::Error {
    |error| {
        let unwritable = unwritable(what)(error);
        anyhow!("{unwritable}, or name another folder with BOXDOCTOR_STATE_DIR")
    }
}

fn read(path: &Path) -> Result<Journal> {
    let bytes = files::read(path, LONGEST)
        .map_err(unreadable(format!("the journal {}", path.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    let journal: Journal = toml::from_str(&text).map_err(|error| {
        anyhow!(
            "the journal {} is damaged: {}; {BY_HAND}",
            path.display(),
            error.message()
        )
    })?;
    if journal.schema != SCHEMA {
        bail!(
            "the journal {} is of another version of boxdoctor ({}); undo it with that one",
            path.display(),
            escape::line(&journal.schema, 40)
        );
    }
    // Its words become names of files and parts of commands.
    if path.file_stem() != Some(OsStr::new(&journal.run)) || !journal.is_plain() {
        bail!(
            "the journal {} is damaged: boxdoctor does not write such names or digests; {BY_HAND}",
            path.display()
        );
    }
    Ok(journal)
}

/// Whether it can be the name of a run.
fn is_run(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

impl Journal {
    fn is_plain(&self) -> bool {
        let is_digest = |digest: &String| {
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let mut changes = self.changes.iter();
        is_run(&self.run)
            && changes.all(|change| is_digest(&change.before) && is_digest(&change.after))
    }

    pub fn can_be_undone(&self) -> bool {
        let stands = |change: &Change| matches!(change.state, State::Begun | State::Done);
        self.changes.iter().any(stands) || self.commands_stand()
    }

    /// Whether commands were run of which nobody has been told yet how they are taken back.
    pub fn commands_stand(&self) -> bool {
        let stands = |command: &Command| matches!(command.state, State::Begun | State::Done);
        self.commands.iter().any(stands)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(state: State) -> Change {
        Change {
            path: escape::escape(b"/etc/krb5.conf\n\xFF"),
            backup: "/b".to_owned(),
            before: digest(b"0"),
            after: digest(b"1"),
            state,
        }
    }

    #[test]
    fn the_last_run_that_still_stands_is_found() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journals = Journals {
            folder: folder.path().join("runs"),
        };
        assert!(journals.find(None).is_err());
        let mut first = journals.begin(Machine::File).expect("it begins");
        first.run = "20260101-000000-0000".to_owned();
        first.changes.push(change(State::Done));
        journals.write(&first).expect("it is written");
        let mut second = first.clone();
        second.run = "20260102-000000-0000".to_owned();
        second.changes = vec![change(State::Undone), change(State::Refused)];
        journals.write(&second).expect("it is written");

        let found = journals.find(None).expect("it is found");
        assert_eq!(found.run, first.run);
        let path = found.changes[0].path_bytes().expect("it is escaped");
        assert_eq!(path, b"/etc/krb5.conf\n\xFF");
        let named = journals.find(Some(&second.run)).expect("it is found");
        assert_eq!(named.run, second.run);
        assert!(journals.find(Some("../20260102-000000-0000")).is_err());
    }

    #[test]
    fn a_damaged_journal_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journals = Journals {
            folder: folder.path().to_owned(),
        };
        for text in ["", "schema = 1", "run = \"x\""] {
            files::write(&journals.file("x"), text.as_bytes()).expect("it is written");
            assert!(journals.find(None).is_err(), "{text}");
        }
    }

    #[test]
    fn what_boxdoctor_does_not_write_it_does_not_believe() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journals = Journals::below(folder.path());
        let mut journal = journals.begin(Machine::File).expect("it begins");
        journal.changes.push(change(State::Done));
        journals.write(&journal).expect("it is written");
        assert!(journals.find(None).is_ok());

        let file = journals.file(&journal.run);
        let good = files::read(&file, LONGEST).expect("it is there");
        let good = String::from_utf8(good).expect("it is text");
        for (plain, foreign) in [
            (digest(b"0"), "0; touch /tmp/canary".to_owned()),
            (digest(b"1"), "$(touch /tmp/canary)".to_owned()),
            (journal.run.clone(), "../../elsewhere".to_owned()),
        ] {
            let bad = good.replace(&plain, &foreign);
            assert_ne!(bad, good);
            files::write(&file, bad.as_bytes()).expect("it is written");
            assert!(journals.find(None).is_err(), "{foreign}");
            assert!(journals.find(Some(&journal.run)).is_err(), "{foreign}");
            assert!(journals.cut_off(&Machine::File).is_empty(), "{foreign}");
        }
    }
}
