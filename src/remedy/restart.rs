//! Restarts a guest, and waits until it has really come back.

use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::hold::answer;
use crate::observe::guest;
use crate::observe::way::Way;
use crate::transport::ssh::SshError;
use crate::transport::{Deadline, Limits};

/// Tells which start of the guest this is, and which kernel runs.
const WHICH: &str = "echo \"$nonce $(cat /proc/sys/kernel/random/boot_id) $(uname -r)\"\nexit 3\n";

/// Restarts it a moment after the connection has been let go.
const RESTART: &str = "[ \"$(id -u)\" = 0 ] || { echo \"$nonce no-root\"; exit 3; }
if command -v shutdown >/dev/null 2>&1; then set -- shutdown -r now; else set -- reboot; fi
( trap '' HUP; sleep 1; exec \"$@\" ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- &
echo \"$nonce restarting\"
exit 3
";

/// How long the guest may take to come back: one that checks its disk, or is emulated, takes minutes.
const LONGEST: Duration = Duration::from_secs(900);
/// How long it may take to end what runs in it.
const LONGEST_SHUTDOWN: Duration = Duration::from_secs(300);
/// How long one question may take, the connection included.
const ANSWER: Duration = Duration::from_secs(30);
/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(2);

const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

#[derive(Debug, Error)]
pub enum NotRestarted {
    /// Nothing was begun.
    #[error(
        "root is needed to restart the guest, and was not to be had; see what `sudo -n true` says there"
    )]
    NoRoot,
    /// Nothing was begun.
    #[error("this computer has no source of random numbers ({0}); restart it")]
    NoChance(String),
    /// Nothing was begun.
    #[error("the guest could not be asked: {0}")]
    Connection(#[from] SshError),
    #[error("the guest did not say which start this is; restart it by hand, and fix again")]
    Silent,
    #[error(
        "the guest was told to restart, and has not; see what `sudo shutdown -r now` does there"
    )]
    Unmoved,
    #[error(
        "the guest has not come back within {} minutes; look at its console in VirtualBox", LONGEST.as_secs() / 60
    )]
    Gone,
}

/// Restarts the guest. Gives back the kernel that it came back with.
///
/// # Errors
/// Where it was not begun, or the guest does not come back.
pub fn restart(way: &Way, waiting: &mut dyn FnMut(u64)) -> Result<String, NotRestarted> {
    let (before, _) = which(way)?;
    let nonce = nonce()?;
    let script = format!("nonce={nonce}\n{RESTART}");
    // A connection that breaks here may have been broken by the restart.
    if let Ok(remote) = way.run_as_root(&script, LIMITS, Deadline::after(ANSWER)) {
        match answer(&nonce, &remote.output.stdout).as_deref() {
            Some("no-root") => return Err(NotRestarted::NoRoot),
            Some("restarting") => {}
            _ => return Err(NotRestarted::Silent),
        }
    }
    let begin = Instant::now();
    while begin.elapsed() < LONGEST {
        thread::sleep(PAUSE);
        waiting(begin.elapsed().as_secs());
        match which(way) {
            Ok((start, kernel)) if start != before => return Ok(kernel),
            Ok(_) if begin.elapsed() > LONGEST_SHUTDOWN => return Err(NotRestarted::Unmoved),
            _ => {}
        }
    }
    Err(NotRestarted::Gone)
}

/// The guest's name for the time since it was started, and its kernel.
fn which(way: &Way) -> Result<(String, String), NotRestarted> {
    let nonce = nonce()?;
    let script = format!("nonce={nonce}\n{WHICH}");
    let remote = way.run(script.as_bytes(), LIMITS, Deadline::after(ANSWER))?;
    let said = answer(&nonce, &remote.output.stdout).ok_or(NotRestarted::Silent)?;
    let (start, kernel) = said.split_once(' ').ok_or(NotRestarted::Silent)?;
    Ok((start.to_owned(), kernel.to_owned()))
}

fn nonce() -> Result<String, NotRestarted> {
    guest::nonce().map_err(|error| NotRestarted::NoChance(error.to_string()))
}

impl NotRestarted {
    /// Whether the guest surely goes on as it was.
    pub fn changed_nothing(&self) -> bool {
        matches!(
            self,
            NotRestarted::NoRoot | NotRestarted::NoChance(_) | NotRestarted::Connection(_)
        )
    }
}
