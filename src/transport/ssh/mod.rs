//! One script, run by one command over one SSH connection; or one file, sent over one.
//!
//! libssh2 does it. Where libssh2 and an old server share no algorithm, the `ssh` program of this host is asked instead
//! (`system`), with the old algorithms switched on for that one call.

mod address;
mod authenticate;
mod base64;
mod connection;
mod converse;
mod error;
mod exec;
mod key_file;
mod known_hosts;
pub mod private_copies;
mod receiver;
mod sftp;
mod system;
mod upload;
mod version;
mod watchdog;

use std::path::{Path, PathBuf};

use super::{Deadline, Limits, Output};

pub use address::Address;
pub use error::SshError;
pub use system::run_script as run_script_with_system_ssh;
pub use system::upload as upload_with_system_ssh;
pub use upload::{Piece, upload};
pub use version::of_libssh2 as libssh2_version;

/// The one command that is asked of the server; the script comes on its standard input.
///
/// A script on the command line would be visible to every process of the guest and bounded by its argument length.
/// A shell that an environment makes tell what it does would tell passwords.
const COMMAND: &str = "sh -c 'set +xv; eval \"$(cat)\"'";

/// Whose host keys are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKeys {
    /// Anybody's, as Vagrant does: a box makes a new key at every `up`.
    Ignore,
    /// Those in `~/.ssh/known_hosts`. A host that is not in it is let through with a note, one that changed is refused.
    Known,
}

/// How to log in; never with a password and never with a question to the user.
#[derive(Clone, Debug)]
pub struct Login {
    /// Private key files to offer, in this order. When there is none: `id_ed25519`, `id_ecdsa` and `id_rsa` in `~/.ssh`.
    pub identities: Vec<PathBuf>,
    /// Whether the SSH agent may be asked.
    pub agent: bool,
    /// What to think of the server's host key.
    pub host_keys: HostKeys,
}

/// What a script brought back.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its output. A connection that was cut off in the middle shows as `Ended::Exit` without a status.
    pub output: Output,
    /// Why the output may not be whole, in one line; not said of a deadline that passed.
    pub cut_off: Option<String>,
    /// What the user may want to know about the connection, one line each.
    pub notes: Vec<String>,
}

/// Whether this private key file can be offered at all. One with a passphrase can, while an agent may hold it.
///
/// # Errors
/// [`SshError::KeyUnreadable`] or [`SshError::KeyNeedsPassphrase`].
pub fn check_identity(path: &Path) -> Result<(), SshError> {
    match key_file::read(path) {
        Err(SshError::KeyNeedsPassphrase { .. }) if authenticate::agent_may_be_there() => Ok(()),
        result => result.map(drop),
    }
}

/// Runs a shell script on the machine at `address`: one connection, one command.
///
/// The deadline covers everything from the name look-up to the last byte. When it passes while the script runs, the result
/// is `Ok` with [`Ended::Timeout`](super::Ended::Timeout) and the output so far. A guest that sends more than `limits` on
/// its standard output is cut off, with `truncated` set and no status.
///
/// libssh2 cannot tell "status 0" from "no status given"; a script that needs to know must print a last line of its own.
///
/// # Errors
/// [`SshError`] when the script was not run, or the connection broke before it said anything.
pub fn run_script(
    address: &Address,
    login: &Login,
    script: &[u8],
    limits: Limits,
    deadline: Deadline,
) -> Result<Remote, SshError> {
    address.validate()?;
    match converse::in_time(address, login, script, limits, deadline) {
        Err(SshError::NoAlgorithms { .. }) => {}
        result => return result,
    }
    let mut remote = system::run_script(address, login, &[], script, limits, deadline)?;
    remote.notes.push(format!(
        "{address}: legacy algorithms were enabled for this host, through the ssh program of this computer"
    ));
    Ok(remote)
}
