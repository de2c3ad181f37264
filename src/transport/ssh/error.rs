//! Why a script could not be run or a file sent over SSH. Each message is one line: what happened, to what, and what to do next.

use std::path::{Path, PathBuf};

use super::super::Ended;
use super::super::printable::one_line;

/// Why a script could not be run, or a file not be sent, over SSH.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SshError {
    /// The address cannot be used as it stands.
    #[error("{}: {reason}; write [USER@]HOST[:PORT]", shown(address))]
    InvalidAddress { address: String, reason: String },

    /// The host name has no address.
    #[error(
        "{address}: the host name cannot be resolved ({}); check its spelling, or give an IP address",
        shown(reason)
    )]
    Resolve { address: String, reason: String },

    /// The host answered that nothing listens on the port.
    #[error(
        "{address}: connection refused; see that the machine runs, and that this is its SSH port"
    )]
    Refused { address: String },

    /// The same on a loopback that may not be the one on which VirtualBox listens.
    #[error(
        "{address}: connection refused; VirtualBox listens on Windows' own loopback, which WSL 2 reaches only with networkingMode=mirrored in .wslconfig: set it, or run boxdoctor.exe on Windows"
    )]
    RefusedInWsl { address: String },

    /// The host cannot be reached at all.
    #[error(
        "{address}: cannot be reached ({}); check the address and the network",
        shown(reason)
    )]
    Unreachable { address: String, reason: String },

    /// Nobody took the connection before the deadline.
    #[error(
        "{address}: no answer to the connection attempt in time; check the address and the firewall, or allow more time"
    )]
    ConnectTimeout { address: String },

    /// The connection stands, but the server stopped talking before the script ran.
    #[error(
        "{address}: connected, but the server fell silent {during}; the guest may still be booting or hang: look at its console"
    )]
    SilentServer { address: String, during: String },

    /// Something of this host (name service, SSH agent, key file) did not answer before the deadline.
    #[error(
        "{address}: the time was up while {during}; try again, or leave out what does not answer"
    )]
    Stuck { address: String, during: String },

    /// Another protocol is spoken on that port.
    #[error(
        "{address}: what listens there is not an SSH server (it {}); check the port",
        shown(said)
    )]
    NotSsh { address: String, said: String },

    /// The server's key is not the one in the known hosts file.
    #[error(
        "{address}: the host key is not the one in {} (now {fingerprint}); if the machine was rebuilt, run: ssh-keygen -R {}",
        shown_path(file),
        shown(entry)
    )]
    HostKeyChanged {
        address: String,
        file: PathBuf,
        entry: String,
        fingerprint: String,
    },

    /// The server's key is marked as revoked.
    #[error(
        "{address}: the host key {fingerprint} is marked @revoked in {}; do not connect before its owner has explained why",
        shown_path(file)
    )]
    HostKeyRevoked {
        address: String,
        file: PathBuf,
        fingerprint: String,
    },

    /// A private key file cannot be used.
    #[error(
        "{}: the private key cannot be used ({}); check the path and the format, and that you may read it",
        shown_path(path),
        shown(reason)
    )]
    KeyUnreadable { path: PathBuf, reason: String },

    /// A private key file is encrypted.
    #[error(
        "{}: the private key needs a passphrase; load it into the SSH agent first: ssh-add {}",
        shown_path(path),
        shown_path(path)
    )]
    KeyNeedsPassphrase { path: PathBuf },

    /// The server accepted none of the keys.
    #[error(
        "{address}: the server accepts none of these keys: {}; name the right one, or add its public half to ~/.ssh/authorized_keys of {}",
        listed(tried),
        user(address)
    )]
    AuthenticationFailed { address: String, tried: Vec<String> },

    /// The connection was closed before the script said anything.
    #[error(
        "{address}: the connection was closed {during}; try again, and look at the SSH log of the guest if it happens again"
    )]
    Dropped { address: String, during: String },

    /// The server let us in, but runs no command.
    #[error(
        "{address}: the server refused to run a command ({}); give this user a login shell and no forced command",
        shown(reason)
    )]
    NoShell { address: String, reason: String },

    /// No algorithm in common, and no other SSH client to ask.
    #[error(
        "{address}: the server shares no algorithm with this program ({}); install the OpenSSH client (ssh), which still knows the old ones",
        shown(reason)
    )]
    NoAlgorithms { address: String, reason: String },

    /// A file of this computer that was to be sent.
    #[error(
        "{}: the file cannot be read to its end ({}); see that it is still there and is not being written",
        shown_path(path),
        shown(reason)
    )]
    FileUnreadable { path: PathBuf, reason: String },

    /// The guest takes the connection, and not the file.
    #[error(
        "{address}: the file {} cannot be written there ({}); see df in the guest, and whose its folder is",
        shown(to),
        shown(reason)
    )]
    NotWritten {
        address: String,
        to: String,
        reason: String,
    },

    /// Nobody said how to get there.
    #[error("{address}: no way to log in is known: {}", shown(reason))]
    NoWay { address: String, reason: String },

    /// Anything else, in the words of the SSH library or program.
    #[error("{address}: SSH failed: {}; try the same with ssh -v", shown(reason))]
    Other { address: String, reason: String },
}

impl SshError {
    /// How an observation that met this error ended.
    pub fn ended(&self) -> Ended {
        match self {
            Self::ConnectTimeout { .. } | Self::SilentServer { .. } | Self::Stuck { .. } => {
                Ended::Timeout
            }
            Self::HostKeyChanged { .. }
            | Self::HostKeyRevoked { .. }
            | Self::KeyUnreadable { .. }
            | Self::KeyNeedsPassphrase { .. }
            | Self::AuthenticationFailed { .. } => Ended::Denied,
            Self::InvalidAddress { .. }
            | Self::Resolve { .. }
            | Self::Refused { .. }
            | Self::RefusedInWsl { .. }
            | Self::Unreachable { .. }
            | Self::NotSsh { .. }
            | Self::Dropped { .. }
            | Self::NoShell { .. }
            | Self::NoAlgorithms { .. }
            | Self::FileUnreadable { .. }
            | Self::NotWritten { .. }
            | Self::NoWay { .. }
            | Self::Other { .. } => Ended::NotFound,
        }
    }
}

fn shown(text: &str) -> String {
    one_line(text.as_bytes())
}

fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

fn listed(tried: &[String]) -> String {
    if tried.is_empty() {
        return "(there was none to offer)".to_owned();
    }
    tried
        .iter()
        .map(|key| shown(key))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The user of an address as it is displayed.
fn user(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(user, _)| user)
}
