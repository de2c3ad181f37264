//! What the version lock is to hold once another kernel runs.

use std::time::Duration;

use crate::facts::{Facts, PackageManager};
use crate::observe::guest;
use crate::observe::way::Way;
use crate::remedy::change::{Change, Content};
use crate::remedy::packages::{Pair, repin};
use crate::transport::{Deadline, Limits};

/// No list of locks is longer, in bytes.
const LIMITS: Limits = Limits {
    stdout: 256 * 1024,
    stderr: 4096,
};

/// How long the guest may take to show the list.
const ANSWER: Duration = Duration::from_secs(30);

/// The list of locks with the pair in place of the running kernel. `None` where the lock is kept in
/// another way than in one file, or holds no kernel.
pub fn change(way: &Way, facts: &Facts, pair: &Pair) -> Option<Change> {
    let packages = &facts.guest.packages;
    let version = &packages.fitting_headers.known()?.version;
    let path = &facts.guest.policy.locks.known()?.first()?.file;
    let write = match packages.manager.known()? {
        PackageManager::Yum3 | PackageManager::Dnf4 => repin::pattern_list,
        PackageManager::Dnf5 => repin::toml_list,
        _ => return None,
    };
    let before = read(way, path)?;
    let after = write(&before, version, pair)?;
    Some(Change {
        path: path.clone().into_bytes(),
        content: Content::Repinned { before, after },
    })
}

/// All bytes of a file of the guest.
pub fn read(way: &Way, path: &str) -> Option<Vec<u8>> {
    let nonce = guest::nonce().ok()?;
    let quoted = shlex::try_quote(path).ok()?;
    let script = format!("echo {nonce}\ncat -- {quoted}\nexit 3\n");
    let remote = way
        .run_as_root(&script, LIMITS, Deadline::after(ANSWER))
        .ok()?;
    let output = remote.output;
    let begin = format!("{nonce}\n");
    let at = memchr::memmem::find(&output.stdout, begin.as_bytes())?;
    let bytes = &output.stdout[at + begin.len()..];
    (output.status == Some(3) && !output.truncated).then(|| bytes.to_vec())
}
