//! Logging in with public keys: from files, and from the SSH agent.

use std::path::{Path, PathBuf};

use ssh2::ErrorCode;

use super::connection::Connection;
use super::converse::Stage;
use super::{Address, Login, SshError, key_file};
use crate::transport::home;

/// Servers hang up after a handful of failures (OpenSSH after six), so no more keys than this are offered in all.
const MOST_OFFERS: usize = 6;
/// The files that OpenSSH's client uses by itself, best first.
const DEFAULT_FILES: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// Where the agent of Windows answers.
const AGENT_PIPE: &str = r"\\.\pipe\openssh-ssh-agent";

/// Whom libssh2 asks: of two it takes the first that runs.
const AGENT: &str = if cfg!(windows) {
    "the SSH agent (Pageant, where it runs, else that of Windows)"
} else {
    "the SSH agent"
};

/// Whether there may be an agent to ask: on Windows nothing but asking tells.
pub(super) fn agent_may_be_there() -> bool {
    cfg!(windows) || std::env::var_os("SSH_AUTH_SOCK").is_some_and(|path| !path.is_empty())
}

/// Where the agent is, if the variable does not tell. On Windows the shell that comes with Git names an
/// agent of its own there, at a socket that no program of Windows can talk to.
fn agent_elsewhere() -> Option<&'static Path> {
    let named = std::env::var("SSH_AUTH_SOCK").unwrap_or_default();
    let is_pipe = named.replace('/', "\\").starts_with(r"\\.\pipe\");
    (cfg!(windows) && !is_pipe).then_some(Path::new(AGENT_PIPE))
}

/// Logs in with the keys of `login`.
///
/// # Errors
/// The problem of a key file, when that kept every named key from being offered; [`SshError::NoAlgorithms`] when libssh2
/// could not sign as the server wishes; else [`SshError::AuthenticationFailed`].
pub(super) fn log_in(
    connection: &Connection,
    address: &Address,
    login: &Login,
    stage: &Stage,
) -> Result<(), SshError> {
    let mut attempt = Attempt {
        connection,
        address,
        stage,
        tried: Vec::new(),
        offers: 0,
        problem: None,
        needs_sha1: false,
    };
    let named = !login.identities.is_empty();
    if named && attempt.offer_files(&login.identities)? {
        return Ok(());
    }
    let offered_from_files = attempt.offers > 0;
    if login.agent && attempt.offer_agent()? {
        return Ok(());
    }
    if !named && attempt.offer_files(&default_files())? {
        return Ok(());
    }
    if attempt.needs_sha1 {
        return Err(SshError::NoAlgorithms {
            address: address.to_string(),
            reason: "it wants SHA-1 signatures of RSA keys".to_owned(),
        });
    }
    // The user named a key, and it was not even offered: that is what to say, whatever the agent's keys met with.
    let unused = !offered_from_files && (named || attempt.offers == 0);
    match attempt.problem.take() {
        Some(problem) if unused => Err(problem),
        _ => Err(attempt.refusal()),
    }
}

fn default_files() -> Vec<PathBuf> {
    let Some(home) = home() else {
        return Vec::new();
    };
    let folder = home.join(".ssh");
    DEFAULT_FILES
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| path.exists())
        .collect()
}

/// What has been offered to the server so far.
struct Attempt<'a> {
    connection: &'a Connection,
    address: &'a Address,
    stage: &'a Stage,
    tried: Vec<String>,
    offers: usize,
    /// What was wrong with the first key file that could not be offered.
    problem: Option<SshError>,
    /// Whether a key would have done, had libssh2 been able to sign as the server wishes.
    needs_sha1: bool,
}

impl Attempt<'_> {
    /// Offers key files; true as soon as one is accepted.
    fn offer_files(&mut self, paths: &[PathBuf]) -> Result<bool, SshError> {
        for path in paths {
            if self.offers >= MOST_OFFERS {
                break;
            }
            self.stage.enter("reading a private key file");
            match key_file::read(path) {
                Ok(key) => {
                    if self.offer_file(path, &key)? {
                        return Ok(true);
                    }
                }
                Err(problem) => {
                    let what = match problem {
                        SshError::KeyNeedsPassphrase { .. } => "needs a passphrase",
                        _ => "unusable",
                    };
                    self.tried.push(format!("{} ({what})", path.display()));
                    self.problem.get_or_insert(problem);
                }
            }
        }
        Ok(false)
    }

    fn offer_file(&mut self, path: &Path, key: &str) -> Result<bool, SshError> {
        self.stage.enter("logging in with a key file");
        let session = &self.connection.session;
        let result = session.userauth_pubkey_memory(&self.address.user, None, key, None);
        self.offers += 1;
        self.judge(result, path.display().to_string())
    }

    /// Offers the keys of the SSH agent; true as soon as one is accepted.
    fn offer_agent(&mut self) -> Result<bool, SshError> {
        self.stage.enter("asking the SSH agent");
        let Ok(mut agent) = self.connection.session.agent() else {
            return Ok(false);
        };
        if let Some(path) = agent_elsewhere() {
            // Where this cannot be said, nobody answers below.
            let _ = agent.set_identity_path(path);
        }
        if agent.connect().is_err() || agent.list_identities().is_err() {
            self.tried.push(format!("{AGENT} (none answers)"));
            return Ok(false);
        }
        let identities = agent.identities().unwrap_or_default();
        if identities.is_empty() {
            self.tried.push(format!("{AGENT} (it is empty)"));
        }
        for identity in identities {
            if self.offers >= MOST_OFFERS {
                break;
            }
            let result = agent.userauth(&self.address.user, &identity);
            self.offers += 1;
            let name = format!("{} from the SSH agent", identity.comment());
            if self.judge(result, name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes what the server thought of one key.
    fn judge(&mut self, result: Result<(), ssh2::Error>, key: String) -> Result<bool, SshError> {
        let Err(error) = result else {
            return Ok(true);
        };
        let failure = self.connection.failed(&error, "during the login");
        match failure {
            SshError::SilentServer { .. } => return Err(failure),
            // Hanging up after several keys is how a server says no.
            SshError::Dropped { .. } if self.offers > 1 => {
                self.tried.push("then the server hung up".to_owned());
                return Err(self.refusal());
            }
            SshError::Dropped { .. } => return Err(failure),
            _ => {}
        }
        self.needs_sha1 |= signing_failed(&error);
        self.tried.push(key);
        Ok(false)
    }

    fn refusal(&mut self) -> SshError {
        SshError::AuthenticationFailed {
            address: self.address.to_string(),
            tried: std::mem::take(&mut self.tried),
        }
    }
}

/// Whether libssh2 could not sign as the server wishes.
///
/// So it is with an RSA key and a server older than OpenSSH 7.2: that one wants SHA-1, which libssh2 no longer has. Most
/// such servers take the key and then wait for a signature that libssh2 fails to make; some announce what they take.
fn signing_failed(error: &ssh2::Error) -> bool {
    match error.code() {
        ErrorCode::Session(-17) => true,
        // The same code also stands for a refusal, so the words have to tell.
        ErrorCode::Session(-19) => error.message().contains("Callback"),
        _ => false,
    }
}
