//! Whether a guest can mount an ISO at all: some have no loop device, and some no such file system.

use std::time::Duration;

use super::Failed;
use crate::observe::guest;
use crate::observe::way::Way;
use crate::transport::{Deadline, Limits};

const SCRIPT: &str = include_str!("mount_iso.sh");

/// What the script may say: one word.
const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

/// Tries it.
///
/// # Errors
/// Where it could not be tried.
pub fn can_mount_iso(way: &Way) -> Result<bool, Failed> {
    let nonce = guest::nonce().map_err(|error| Failed::NoChance(error.to_string()))?;
    let script = format!("nonce={nonce}\n{SCRIPT}");
    let deadline = Deadline::after(Duration::from_secs(60));
    let remote = way.run_as_root(&script, LIMITS, deadline)?;
    let said = String::from_utf8_lossy(&remote.output.stdout);
    let word = said
        .lines()
        .find_map(|line| line.strip_prefix(&nonce)?.strip_prefix(' '));
    match word.map(str::trim_end) {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        Some("no-root") => Err(Failed::NoRoot),
        Some("no-folder") => Err(Failed::NoFolder),
        _ => Err(Failed::Silent(String::new())),
    }
}
