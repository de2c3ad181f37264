//! Runs a command of root's in a guest to its end, through broken connections too.

use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::job::{self, PIECE, Progress, Task};
use crate::escape;
use crate::observe::guest;
use crate::observe::way::Way;
use crate::transport::ssh::SshError;
use crate::transport::{Deadline, Limits};

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub status: i32,
    /// The end of what it has put out.
    pub output: Vec<u8>,
}

#[derive(Debug, Error)]
pub enum Broken {
    /// Nothing was begun.
    #[error(
        "root is needed in the guest, and was not to be had; see what `sudo -n true` says there"
    )]
    NoRoot,
    /// Nothing was begun.
    #[error("nothing can be written below /var/lib in the guest; see df there")]
    NoRoom,
    /// Nothing was begun.
    #[error("this computer has no source of random numbers ({0}); restart it")]
    NoChance(String),
    #[error("it was ended in the guest before it was done, or the guest was restarted; fix again")]
    Lost,
    #[error(
        "it takes longer than {0} seconds, and goes on in the guest; fix again once it has ended"
    )]
    TooLong(u64),
    #[error("the guest could not be asked how far it is: {0}")]
    Connection(#[from] SshError),
    #[error("the guest did not say how far it is; look again in a while")]
    Silent,
}

impl Broken {
    pub fn changed_nothing(&self) -> bool {
        matches!(self, Broken::NoRoot | Broken::NoRoom | Broken::NoChance(_))
    }

    /// Whether the command may still run in the guest.
    pub fn may_go_on(&self) -> bool {
        matches!(
            self,
            Broken::TooLong(_) | Broken::Connection(_) | Broken::Silent
        )
    }
}

/// How long the guest waits for news before it answers, in seconds.
const PATIENCE: u32 = 10;

/// How long one answer may take, the connection included.
const ONE_ANSWER: Duration = Duration::from_secs(60);

/// How often a connection may fail in a row, and the pause after each.
const FAILURES: u32 = 20;
const PAUSE: Duration = Duration::from_secs(3);

const LIMITS: Limits = Limits {
    stdout: PIECE + 4096,
    stderr: 64 * 1024,
};

/// Runs the command under this name; one that is running already under it is waited for. `news` gets
/// what it puts out as it comes.
///
/// # Errors
/// Where it was not begun, or how it ended is not known.
pub fn run(
    way: &Way,
    name: &str,
    command: &str,
    longest: Duration,
    news: &mut dyn FnMut(&[u8]),
) -> Result<Outcome, Broken> {
    match ask_again(way, name, &Task::Start { command })? {
        Progress::Started => {}
        Progress::NoRoot => return Err(Broken::NoRoot),
        Progress::NoRoom => return Err(Broken::NoRoom),
        _ => return Err(Broken::Silent),
    }
    wait(way, name, longest, news)
}

/// Waits for a command that was begun under this name, and forgets it.
///
/// # Errors
/// Where how it ended is not known.
pub fn wait(
    way: &Way,
    name: &str,
    longest: Duration,
    news: &mut dyn FnMut(&[u8]),
) -> Result<Outcome, Broken> {
    let begin = Instant::now();
    let (mut offset, mut tail) = (0, Vec::new());
    let status = loop {
        let task = Task::Poll {
            offset,
            seconds: PATIENCE,
        };
        let (output, end) = match ask_again(way, name, &task)? {
            Progress::Running { output } => (output, None),
            Progress::Ended {
                status,
                output,
                size,
            } => {
                let rest = size.saturating_sub(offset + output.len() as u64);
                // What is longer than one answer is fetched to its end.
                (output, (rest == 0).then_some(status))
            }
            Progress::Lost => {
                let _ = ask(way, name, &Task::Remove);
                return Err(Broken::Lost);
            }
            _ => return Err(Broken::Silent),
        };
        offset += output.len() as u64;
        news(&output);
        tail.extend(output);
        if tail.len() > PIECE {
            tail.drain(..tail.len() - PIECE);
        }
        if let Some(status) = end {
            break status;
        }
        if begin.elapsed() > longest {
            return Err(Broken::TooLong(longest.as_secs()));
        }
    };
    // What cannot be cleared away now does no harm.
    let _ = ask(way, name, &Task::Remove);
    Ok(Outcome {
        status,
        output: tail,
    })
}

/// The last line of what a command has put out.
pub fn last_line(output: &[u8]) -> Option<String> {
    last_lines(output, 1).pop()
}

/// The last lines, safe to show.
pub fn last_lines(output: &[u8], most: usize) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    // A progress bar writes over its own line.
    let lines = text
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.collect();
    let from = lines.len().saturating_sub(most);
    lines[from..]
        .iter()
        .map(|line| escape::line(line, 300))
        .collect()
}

/// A connection that breaks is tried again: the command does not need it.
fn ask_again(way: &Way, name: &str, task: &Task<'_>) -> Result<Progress, Broken> {
    let mut failures = 0;
    loop {
        match ask(way, name, task) {
            Err(Broken::Connection(_) | Broken::Silent) if failures < FAILURES => failures += 1,
            result => return result,
        }
        thread::sleep(PAUSE);
    }
}

fn ask(way: &Way, name: &str, task: &Task<'_>) -> Result<Progress, Broken> {
    let nonce = guest::nonce().map_err(|error| Broken::NoChance(error.to_string()))?;
    let script = job::script(name, task, &nonce);
    let remote = way.run_as_root(&script, LIMITS, Deadline::after(ONE_ANSWER))?;
    job::progress(&nonce, &remote.output.stdout).ok_or(Broken::Silent)
}
