//! Carries out a change where it belongs: on this computer or in a guest.

use std::path::PathBuf;

use thiserror::Error;

use super::change::{Change, backup_name};
use super::journal;
use super::replace_file::{self, Task};
use crate::files::obstacle::{Obstacle, digest};
use crate::files::replace::{self, Refused};
use crate::observe::guest;
use crate::observe::local_krb5::host_path;
use crate::observe::way::Way;
use crate::transport::ssh::SshError;
use crate::transport::{Deadline, Limits};

/// Where the files lie.
pub enum Hands<'a> {
    Here,
    Guest(&'a Way),
}

#[derive(Debug, Error)]
pub enum Failed {
    /// Nothing was changed.
    #[error("{0}")]
    Obstacle(Obstacle),
    /// Nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    NoConnection(#[from] SshError),
    /// Nothing was changed.
    #[error("{0}")]
    NoChance(String),
    /// Nothing was changed.
    #[error(transparent)]
    Journal(#[from] journal::Damaged),
    /// It could be either way.
    #[error(
        "the guest did not say what came of it{0}; `boxdoctor undo` puts the old bytes back, whichever it is"
    )]
    Silent(String),
}

impl Failed {
    /// Whether the file is surely as it was.
    pub fn changed_nothing(&self) -> bool {
        match self {
            Failed::Obstacle(obstacle) => obstacle.changed_nothing(),
            Failed::Refused(_) | Failed::NoChance(_) | Failed::Journal(_) => true,
            Failed::NoConnection(_) | Failed::Silent(_) => false,
        }
    }
}

impl Failed {
    /// Whether the copy of the old bytes is there, as far as is known.
    pub fn has_backup(&self) -> bool {
        let obstacle = match self {
            Failed::Obstacle(obstacle) | Failed::Refused(Refused::Obstacle(obstacle)) => obstacle,
            _ => return true,
        };
        !matches!(obstacle, Obstacle::NoBackup | Obstacle::BackupChanged)
    }
}

/// What the script may say: one word.
const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

impl Hands<'_> {
    /// What the journal says of this change before it is made.
    pub fn note(change: &Change, run: &str) -> journal::Change {
        journal::Change {
            path: crate::escape::escape(&change.path),
            backup: crate::escape::escape(&backup_name(&change.path, run)),
            before: digest(change.before()),
            after: digest(change.after()),
            state: journal::State::Begun,
        }
    }

    /// Replaces the file, and keeps the old bytes beside it.
    ///
    /// # Errors
    /// Why it is as it was, or why nobody knows.
    pub fn replace(&self, change: &Change, run: &str, deadline: Deadline) -> Result<(), Failed> {
        let backup = backup_name(&change.path, run);
        match self {
            Hands::Here => {
                let (path, backup) = (path_here(&change.path)?, path_here(&backup)?);
                let (before, after) = (change.before(), change.after());
                Ok(replace::replace(&path, before, after, &backup)?)
            }
            Hands::Guest(way) => in_guest(
                way,
                &Task {
                    path: &change.path,
                    backup: &backup,
                    before: &digest(change.before()),
                    after: &digest(change.after()),
                    content: Some(change.after()),
                },
                deadline,
            ),
        }
    }

    /// Puts the old bytes back.
    ///
    /// # Errors
    /// As of [`Hands::replace`].
    pub fn restore(&self, noted: &journal::Change, deadline: Deadline) -> Result<(), Failed> {
        let (path, backup) = (noted.path_bytes()?, noted.backup_bytes()?);
        match self {
            Hands::Here => {
                let (path, backup) = (path_here(&path)?, path_here(&backup)?);
                Ok(replace::restore(
                    &path,
                    &backup,
                    &noted.before,
                    &noted.after,
                )?)
            }
            Hands::Guest(way) => in_guest(
                way,
                &Task {
                    path: &path,
                    backup: &backup,
                    before: &noted.before,
                    after: &noted.after,
                    content: None,
                },
                deadline,
            ),
        }
    }
}

fn path_here(path: &[u8]) -> Result<PathBuf, Failed> {
    host_path(path).map_err(|_| Failed::Obstacle(Obstacle::Missing))
}

fn in_guest(way: &Way, task: &Task<'_>, deadline: Deadline) -> Result<(), Failed> {
    // Where a relative path leads depends on who asks.
    if !task.path.starts_with(b"/") {
        return Err(Failed::Obstacle(Obstacle::Relative));
    }
    let nonce = guest::nonce().map_err(|error| {
        Failed::NoChance(format!(
            "this computer has no source of random numbers ({error}); restart it"
        ))
    })?;
    let script = replace_file::script(task, &nonce);
    let needless = replace_file::needs_no_root(task.path);
    let script = way.sudo.script_unless(&needless, &script);
    let remote = way.run(script.as_bytes(), LIMITS, deadline)?;
    let output = remote.output;
    replace_file::outcome(&nonce, &output.stdout).map_err(|obstacle| match obstacle {
        Some(obstacle) => Failed::Obstacle(obstacle),
        None => {
            let said = crate::escape::line(&String::from_utf8_lossy(&output.stderr), 200);
            let said = if said.is_empty() {
                said
            } else {
                format!(" ({said})")
            };
            Failed::Silent(said)
        }
    })
}
