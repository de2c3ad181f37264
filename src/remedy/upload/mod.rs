//! A file of this computer on its way to root of a guest: only what is missing there is sent, and it
//! counts when the guest has compared the whole of it.

mod mount;
pub mod script;

use std::io::Read;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::files;
use crate::medium::{Archive, Medium};
use crate::observe::guest;
use crate::observe::way::Way;
use crate::transport::ssh::{Piece, SshError};
use crate::transport::{Deadline, Ended, Limits};

pub use mount::can_mount_iso;
use script::{Answer, BLOCK, MOST_BLOCKS, RECEIVED, Ready, Task};

/// A file of this computer, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub path: PathBuf,
    /// Where in the file it begins.
    pub offset: u64,
    pub length: u64,
    /// In hexadecimal.
    pub sha256: String,
}

impl Content {
    /// All of an ISO.
    pub fn whole(medium: &Medium) -> Self {
        Content {
            path: medium.path.clone(),
            offset: 0,
            length: medium.size,
            sha256: medium.sha256.clone(),
        }
    }

    /// One of the installers in it.
    pub fn archive(medium: &Medium, archive: &Archive) -> Self {
        Content {
            path: medium.path.clone(),
            offset: archive.offset,
            length: archive.length,
            sha256: archive.sha256.clone(),
        }
    }
}

/// Where the file is in the guest. Only root can read or change it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub path: String,
    /// How many bytes of it were sent; of what was on its way when a connection broke nobody knows.
    pub sent: u64,
}

/// Why a file is not in the guest.
#[derive(Debug, Error)]
pub enum Failed {
    #[error(
        "root is needed in the guest, and was not to be had; see what `sudo -n true` says there"
    )]
    NoRoot,
    #[error("this computer has no source of random numbers ({0}); restart it")]
    NoChance(String),
    #[error(
        "the guest has no program that computes SHA-256, so nobody could tell whether the file arrives as it is; install sha256sum (coreutils) or openssl there"
    )]
    NoDigest,
    #[error(
        "there is too little room in the guest below /var/lib: {needed} bytes are needed, {free} are free; see df there"
    )]
    NoRoom { needed: u64, free: u64 },
    #[error("nothing can be written below /var/lib in the guest; see df and mount there")]
    NoFolder,
    #[error(
        "{0} is in the way in the guest: boxdoctor has not made it, or somebody has changed it; look at it, and remove it there"
    )]
    InTheWay(String),
    #[error(
        "{0}: what arrives in the guest is not this file, also the second time; see that nobody is writing the file, and look for errors of the guest's disk in dmesg"
    )]
    Wrong(String),
    #[error("a file of {0} bytes is too large to be sent; name an ISO of the Guest Additions")]
    TooLarge(u64),
    #[error(transparent)]
    Connection(#[from] SshError),
    #[error(
        "the guest has not said within {0} seconds what became of the file; see whether its disk is busy or has errors"
    )]
    TooSlow(u64),
    #[error(
        "the guest did not say what became of the file{0}; try again, and see df and dmesg there"
    )]
    Silent(String),
}

/// How long the guest may take no bytes before the connection is given up.
const STALL: Duration = Duration::from_secs(60);

/// How often in a row a connection may fail without a byte having come further, and the pause after each.
const FAILURES: u32 = 20;
const PAUSE: Duration = Duration::from_secs(3);

/// How often something else than what was sent may arrive.
const WRONG: u32 = 2;

/// What the guest may say.
const LIMITS: Limits = Limits {
    stdout: MOST_BLOCKS as usize * 128 + 4096,
    stderr: 4096,
};

/// Brings the content into the guest. `news` gets how many bytes of it are there.
///
/// A connection that breaks is made again, and goes on where what has arrived ends. So does a later call.
///
/// # Errors
/// Where it is not in the guest as a whole. What has arrived stays for a later call.
pub fn send(way: &Way, content: &Content, news: &mut dyn FnMut(u64)) -> Result<Arrived, Failed> {
    if content.length > BLOCK * MOST_BLOCKS {
        return Err(Failed::TooLarge(content.length));
    }
    let mut delivery = Delivery {
        way,
        content,
        news,
        sent: 0,
    };
    let (mut failures, mut wrong) = (0, 0);
    loop {
        let before = delivery.sent;
        match delivery.attempt() {
            Ok(true) => {
                return Ok(Arrived {
                    path: format!("{RECEIVED}/{}", content.sha256),
                    sent: delivery.sent,
                });
            }
            Ok(false) => {
                wrong += 1;
                if wrong == WRONG {
                    let path = content.path.to_string_lossy();
                    return Err(Failed::Wrong(crate::escape::line(&path, 300)));
                }
            }
            Err(failed) => {
                if !may_pass(&failed) || failures == FAILURES {
                    return Err(failed);
                }
                if delivery.sent > before {
                    failures = 0;
                } else {
                    failures += 1;
                    thread::sleep(PAUSE);
                }
            }
        }
    }
}

/// Removes what was sent, whatever has become of it.
///
/// # Errors
/// Where something may be left.
pub fn clear(way: &Way) -> Result<(), Failed> {
    match ask(way, Task::Clear, "", 0)? {
        Answer::Cleared => Ok(()),
        answer => Err(refusal(answer)),
    }
}

struct Delivery<'a> {
    way: &'a Way,
    content: &'a Content,
    news: &'a mut dyn FnMut(u64),
    sent: u64,
}

impl Delivery<'_> {
    /// True when the guest has it, false when what arrived was something else.
    fn attempt(&mut self) -> Result<bool, Failed> {
        let content = self.content;
        let ready = match self.ask(Task::Prepare)? {
            Answer::Ready(ready) => ready,
            Answer::Arrived => {
                (self.news)(content.length);
                return Ok(true);
            }
            answer => return Err(refusal(answer)),
        };
        let there = verified(content, &ready)?;
        (self.news)(there);
        let missing = content.length - there;
        // Root makes a copy that the user cannot reach; what is there beyond the verified part is cut off.
        let copy = if ready.user == 0 { 0 } else { content.length };
        let (needed, free) = (
            missing + copy,
            ready.free.saturating_add(ready.size.saturating_sub(there)),
        );
        if needed > free {
            return Err(Failed::NoRoom { needed, free });
        }
        let piece = Piece {
            source: content.path.clone(),
            offset: content.offset + there,
            length: missing,
            to: script::part(ready.user, &content.sha256),
            keep: there,
        };
        if missing > 0 || ready.size != content.length {
            let (mut taken, news) = (0, &mut self.news);
            let result = self.way.upload(&piece, STALL, &mut |count| {
                taken = count;
                news(there + count);
            });
            self.sent += taken;
            result?;
        }
        match self.ask(Task::Accept)? {
            Answer::Arrived => Ok(true),
            Answer::Wrong => Ok(false),
            Answer::NoRoom(free) => Err(Failed::NoRoom {
                needed: content.length,
                free,
            }),
            answer => Err(refusal(answer)),
        }
    }

    fn ask(&self, task: Task) -> Result<Answer, Failed> {
        ask(self.way, task, &self.content.sha256, self.content.length)
    }
}

/// How long the guest may take to read and copy so many bytes several times, with an old disk under it.
fn patience(length: u64) -> Duration {
    Duration::from_secs(60 + length / 1_000_000)
}

fn ask(way: &Way, task: Task, sha256: &str, length: u64) -> Result<Answer, Failed> {
    let nonce = guest::nonce().map_err(|error| Failed::NoChance(error.to_string()))?;
    let script = script::script(task, sha256, length, &nonce);
    let patience = patience(length);
    let remote = way.run_as_root(&script, LIMITS, Deadline::after(patience))?;
    let output = remote.output;
    if output.ended == Ended::Timeout {
        return Err(Failed::TooSlow(patience.as_secs()));
    }
    script::answer(&nonce, &output.stdout).ok_or_else(|| {
        let said = crate::escape::line(&String::from_utf8_lossy(&output.stderr), 200);
        Failed::Silent(if said.is_empty() {
            said
        } else {
            format!(" ({said})")
        })
    })
}

fn refusal(answer: Answer) -> Failed {
    match answer {
        Answer::NoRoot => Failed::NoRoot,
        Answer::NoDigest => Failed::NoDigest,
        Answer::NoFolder => Failed::NoFolder,
        Answer::InTheWay(path) => Failed::InTheWay(path),
        Answer::NoRoom(_)
        | Answer::Ready(_)
        | Answer::Arrived
        | Answer::Wrong
        | Answer::Cleared => Failed::Silent(String::new()),
    }
}

/// Whether the same may go well in a moment.
fn may_pass(failed: &Failed) -> bool {
    match failed {
        Failed::Silent(_) => true,
        Failed::Connection(error) => matches!(
            error,
            SshError::Refused { .. }
                | SshError::RefusedInWsl { .. }
                | SshError::Unreachable { .. }
                | SshError::ConnectTimeout { .. }
                | SshError::SilentServer { .. }
                | SshError::Dropped { .. }
                | SshError::NotSsh { .. }
                | SshError::Other { .. }
        ),
        _ => false,
    }
}

/// How many bytes the guest has that are those of the content, by the digests of the blocks.
fn verified(content: &Content, ready: &Ready) -> Result<u64, Failed> {
    let mut there = 0;
    for digest in &ready.blocks {
        let end = (there + BLOCK).min(ready.size).min(content.length);
        if end <= there || digest_of(content, there, end - there)? != *digest {
            break;
        }
        there = end;
    }
    Ok(there)
}

/// The digest of a part of the content.
fn digest_of(content: &Content, begin: u64, length: u64) -> Result<String, Failed> {
    let unreadable = |error: std::io::Error| SshError::FileUnreadable {
        path: content.path.clone(),
        reason: error.to_string(),
    };
    let mut part =
        files::part(&content.path, content.offset + begin, length).map_err(unreadable)?;
    let mut block = Vec::new();
    part.read_to_end(&mut block).map_err(unreadable)?;
    let digest = Sha256::digest(&block);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
