//! The known hosts file of the user, read as OpenSSH reads it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ssh2::{CheckResult, HashType, KnownHostFileKind, Session};

use super::{Address, SshError, base64};
use crate::transport::home;

/// The kinds of host keys, by a word that is in the names of all their algorithms, and the kinds' names in the file.
const FAMILIES: [(&str, &str); 3] = [
    ("ed25519", "ssh-ed25519"),
    ("ecdsa", "ecdsa-sha2-"),
    ("rsa", "ssh-rsa"),
];
/// What is beyond this many bytes of the file is not read.
const LARGEST: u64 = 16 * 1024 * 1024;
/// The port that a known hosts file does not mention.
const DEFAULT_PORT: u16 = 22;

/// What the file says about a server's key.
pub(super) enum Verdict {
    /// It is the one in the file.
    Trusted,
    /// The file has no key for this host; the note shows the key's fingerprint.
    Unknown(String),
}

/// The known hosts file, as far as one address is concerned.
pub(super) struct KnownHosts {
    address: Address,
    /// The host as the file writes it, with the port where that is not the default one.
    entry: String,
    file: PathBuf,
    lines: Vec<String>,
    /// Keys (Base64) that nobody may use any more.
    revoked: Vec<String>,
    /// Why the file cannot be read, if it exists and cannot.
    unreadable: Option<String>,
}

impl KnownHosts {
    /// Reads `~/.ssh/known_hosts`; a missing file is an empty one.
    pub(super) fn read(address: &Address) -> Self {
        // OpenSSH writes names in lower case.
        let host = address.host.to_ascii_lowercase();
        let mut known_hosts = Self {
            address: address.clone(),
            entry: if address.port == DEFAULT_PORT {
                host
            } else {
                format!("[{host}]:{}", address.port)
            },
            file: PathBuf::from("~/.ssh/known_hosts"),
            lines: Vec::new(),
            revoked: Vec::new(),
            unreadable: None,
        };
        let Some(home) = home() else {
            known_hosts.unreadable = Some("there is no home folder".to_owned());
            return known_hosts;
        };
        known_hosts.file = home.join(".ssh").join("known_hosts");
        match read_bounded(&known_hosts.file) {
            // One odd line must not void the file, so each is looked at by itself.
            Ok(bytes) => String::from_utf8_lossy(&bytes)
                .lines()
                .for_each(|line| known_hosts.take(line)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => known_hosts.unreadable = Some(error.to_string()),
        }
        known_hosts
    }

    fn take(&mut self, line: &str) {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("@revoked") {
            // HOSTS TYPE KEY: a key that is revoked for one host is no good for another.
            self.revoked
                .extend(rest.split_whitespace().nth(2).map(unpadded));
        } else if !line.is_empty() && !line.starts_with(['#', '@']) {
            self.lines.push(line.to_owned());
        }
    }

    /// The families of keys that the file has for this host, so that the server can be asked for one of them.
    pub(super) fn families(&self) -> Vec<&'static str> {
        let Ok(session) = Session::new() else {
            return Vec::new();
        };
        FAMILIES
            .into_iter()
            .filter(|(_, kind)| {
                // No host has an empty key: what comes back is "another key" or "no such host".
                !matches!(self.look_up(&session, kind, &[0]), CheckResult::NotFound)
            })
            .map(|(family, _)| family)
            .collect()
    }

    /// Compares the key that the server has shown.
    ///
    /// # Errors
    /// [`SshError::HostKeyChanged`] and [`SshError::HostKeyRevoked`].
    pub(super) fn judge(&self, session: &Session) -> Result<Verdict, SshError> {
        let address = self.address.to_string();
        let (Some((key, _)), Some(hash)) =
            (session.host_key(), session.host_key_hash(HashType::Sha256))
        else {
            return Err(SshError::Other {
                address,
                reason: "the server has shown no host key".to_owned(),
            });
        };
        let file = self.file.clone();
        let fingerprint = format!("SHA256:{}", base64::encode(hash));
        if self.revoked.contains(&base64::encode(key)) {
            return Err(SshError::HostKeyRevoked {
                address,
                file,
                fingerprint,
            });
        }
        match self.look_up(session, "", key) {
            CheckResult::Match => Ok(Verdict::Trusted),
            CheckResult::Mismatch => Err(SshError::HostKeyChanged {
                address,
                file,
                entry: self.entry.clone(),
                fingerprint,
            }),
            CheckResult::NotFound | CheckResult::Failure => {
                let why = match &self.unreadable {
                    Some(reason) => format!("could not be compared: {}: {reason}", file.display()),
                    None => format!("is not in {}", file.display()),
                };
                Ok(Verdict::Unknown(format!(
                    "{address}: the host key {fingerprint} {why}"
                )))
            }
        }
    }

    /// Looks the key up among the lines of one kind (of all kinds, when it is empty).
    fn look_up(&self, session: &Session, kind: &str, key: &[u8]) -> CheckResult {
        let Ok(mut known) = session.known_hosts() else {
            return CheckResult::Failure;
        };
        for line in &self.lines {
            let of_kind = line
                .split_whitespace()
                .nth(1)
                .is_some_and(|word| word.starts_with(kind));
            if of_kind {
                let _ = known.read_str(line, KnownHostFileKind::OpenSSH);
            }
        }
        let found = known.check(&self.entry, key);
        let host = self.address.host.to_ascii_lowercase();
        if matches!(found, CheckResult::NotFound) && self.entry != host {
            // A line without a port can vouch for a server on another port, but not accuse it.
            if matches!(known.check(&host, key), CheckResult::Match) {
                return CheckResult::Match;
            }
        }
        found
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file of the SSH client, not ours"
)]
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unpadded(key: &str) -> String {
    key.trim_end_matches('=').to_owned()
}
