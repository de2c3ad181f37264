//! Holds a guest while it is repaired: one repair at a time, from whichever computer. And clears
//! away what a repair leaves in it, which one that was cut off could not.

use std::time::Duration;

use thiserror::Error;

use crate::observe::guest;
use crate::observe::way::Way;
use crate::transport::ssh::SshError;
use crate::transport::{Deadline, Limits};

const SCRIPT: &str = include_str!("hold.sh");

/// After so many seconds without a sign of life, whoever held the guest is taken to be gone.
const LONGEST_SILENCE: u32 = 900;

/// How long the guest may take to answer.
const ANSWER: Duration = Duration::from_secs(60);

/// How many jobs of earlier runs are listed at most.
const MOST_JOBS: usize = 64;

const LIMITS: Limits = Limits {
    stdout: 16 * 1024,
    stderr: 4096,
};

#[derive(Debug, Error)]
pub enum NotHeld {
    #[error(
        "root is needed in the guest, and was not to be had; see what `sudo -n true` says there"
    )]
    NoRoot,
    #[error("nothing can be written below /var/lib in the guest; see df there")]
    NoRoom,
    #[error(
        "another boxdoctor is repairing this guest (its last sign of life is {0} s old); wait until it is done, or for {LONGEST_SILENCE} s of silence"
    )]
    Busy(i64),
    #[error("this computer has no source of random numbers ({0}); restart it")]
    NoChance(String),
    #[error(transparent)]
    Connection(#[from] SshError),
    #[error("the guest did not say whether it can be held; try again, and see df there")]
    Silent,
}

/// Holds the guest for this owner, who may hold it already. Gives back the names of the jobs that
/// earlier runs have left in it.
///
/// # Errors
/// Where somebody else holds it, or nobody can.
pub fn hold(way: &Way, owner: &str) -> Result<Vec<String>, NotHeld> {
    let said = ask(way, "hold", owner)?;
    let words: Vec<&str> = said.split_whitespace().collect();
    match words.as_slice() {
        ["held", jobs @ ..] => Ok(jobs
            .iter()
            .filter(|name| is_name(name))
            .take(MOST_JOBS)
            .map(|name| (*name).to_owned())
            .collect()),
        ["busy", seconds] => Err(NotHeld::Busy(seconds.parse().unwrap_or(0))),
        ["no-root"] => Err(NotHeld::NoRoot),
        ["no-room"] => Err(NotHeld::NoRoom),
        _ => Err(NotHeld::Silent),
    }
}

/// Lets go of it, and removes everything of boxdoctor's in it.
///
/// # Errors
/// Where the guest cannot be asked.
pub fn release(way: &Way, owner: &str) -> Result<(), NotHeld> {
    match ask(way, "release", owner)?.as_str() {
        "released" => Ok(()),
        "no-root" => Err(NotHeld::NoRoot),
        _ => Err(NotHeld::Silent),
    }
}

/// Whether it can be the name of a job.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '-')
}

fn ask(way: &Way, task: &str, owner: &str) -> Result<String, NotHeld> {
    let nonce = guest::nonce().map_err(|error| NotHeld::NoChance(error.to_string()))?;
    let script = script(&nonce, task, owner);
    let remote = way.run_as_root(&script, LIMITS, Deadline::after(ANSWER))?;
    answer(&nonce, &remote.output.stdout).ok_or(NotHeld::Silent)
}

/// The script, for root, for one task: `hold` or `release`.
pub fn script(nonce: &str, task: &str, owner: &str) -> String {
    debug_assert!(is_name(owner), "{owner}");
    format!("nonce={nonce}\ntask={task}\nowner={owner}\nlongest={LONGEST_SILENCE}\n{SCRIPT}")
}

/// The words behind the nonce.
pub fn answer(nonce: &str, said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    said.lines()
        .find_map(|line| line.strip_prefix(nonce))
        .map(|words| words.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_behind_the_nonce_is_an_answer() {
        let said = b"Welcome!\nn1 held a-1 b-2\nn1 busy 3\n";
        assert_eq!(answer("n1", said).as_deref(), Some("held a-1 b-2"));
        assert_eq!(answer("n2", said), None);
        assert_eq!(answer("n1", b"\xFF\n"), None);
    }

    #[test]
    fn a_name_that_could_be_anything_else_is_none() {
        assert!(is_name("20261123-011503123-a1b2-1"));
        for odd in ["", "..", "a/b", "a b", "$(id)", "é"] {
            assert!(!is_name(odd), "{odd}");
        }
    }
}
