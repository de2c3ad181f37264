//! From an address to a libssh2 session on a connected socket.

use std::io::ErrorKind;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use ssh2::{ErrorCode, MethodType, Session};

use super::super::Deadline;
use super::watchdog::Watchdog;
use super::{Address, SshError};

/// A name may have many addresses; more than these are not tried.
const MOST_ADDRESSES: usize = 8;
/// How long after the deadline libssh2 gives up by itself, should the watchdog's shutdown not wake it.
const SECOND_NET: Duration = Duration::from_millis(300);

/// Ciphers that check what they encrypt, and that processors have instructions for.
const FAST_CIPHERS: [&str; 2] = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

/// Error codes of libssh2, as its header numbers them.
mod code {
    pub const NO_METHOD: [i32; 5] = [
        -5,  // key exchange: no common method
        -8,  // key exchange failed
        -10, // host key of an unknown kind
        -33, // method not supported
        -51, // algorithm unsupported
    ];
    pub const CONNECTION: [i32; 5] = [
        -7,  // send on the socket
        -9,  // time-out
        -13, // disconnected
        -30, // time-out of the socket
        -43, // receive on the socket
    ];
}

/// An SSH session that ends with its value, whatever the server does.
pub(super) struct Connection {
    pub(super) session: Session,
    socket: TcpStream,
    name: String,
    watchdog: Watchdog,
}

impl Connection {
    /// Connects to the first of the addresses that answers.
    pub(super) fn open(address: &Address, deadline: Deadline) -> Result<Self, SshError> {
        let socket = connect(address, &resolve(address)?, deadline)?;
        let other = |reason: String| SshError::Other {
            address: address.to_string(),
            reason,
        };
        // A question is a few small packets; waiting to fill them costs 40 ms each.
        let _ = socket.set_nodelay(true);
        let watched = socket.try_clone().map_err(|e| other(e.to_string()))?;
        let spoken = socket.try_clone().map_err(|e| other(e.to_string()))?;
        let mut session = Session::new().map_err(|e| other(e.message().to_owned()))?;
        session.set_tcp_stream(spoken);
        let patience = deadline.remaining() + SECOND_NET;
        session.set_timeout(u32::try_from(patience.as_millis()).unwrap_or(u32::MAX));
        Ok(Self {
            session,
            socket,
            name: address.to_string(),
            watchdog: Watchdog::watch(watched, deadline),
        })
    }

    /// When the connection ends, whatever happens.
    pub(super) fn deadline(&self) -> Deadline {
        self.watchdog.deadline()
    }

    /// Grants more time, because the server has done something.
    pub(super) fn postpone(&self, deadline: Deadline) {
        self.watchdog.postpone(deadline);
    }

    /// Puts the ciphers that cost the least time to the front; of the others the order stays.
    fn prefer_fast_ciphers(&self) {
        for direction in [MethodType::CryptCs, MethodType::CryptSc] {
            let Ok(mut names) = self.session.supported_algs(direction) else {
                continue;
            };
            names.sort_by_key(|name| {
                FAST_CIPHERS
                    .iter()
                    .position(|fast| fast == name)
                    .unwrap_or(FAST_CIPHERS.len())
            });
            // Only names that libssh2 itself just listed are asked for.
            let _ = self.session.method_pref(direction, &names.join(","));
        }
    }

    /// Agrees on algorithms and keys, with a preference for host keys of these families.
    pub(super) fn handshake(&mut self, known_families: &[&str]) -> Result<(), SshError> {
        self.prefer_fast_ciphers();
        if !known_families.is_empty() {
            self.prefer(known_families);
        }
        let Err(error) = self.session.handshake() else {
            return Ok(());
        };
        let banner = self.session.banner_bytes().unwrap_or_default();
        if !banner.is_empty() && !banner.starts_with(b"SSH-") {
            let said = String::from_utf8_lossy(banner);
            return Err(self.not_ssh(format!("says \"{said}\"")));
        }
        if self.deadline().passed() {
            let during = if banner.is_empty() {
                "before it said a word of SSH"
            } else {
                "in the handshake"
            };
            return Err(self.silent(during));
        }
        if banner.is_empty() {
            return Err(self.not_ssh("closes the connection without a greeting".to_owned()));
        }
        if is_one_of(&error, &code::NO_METHOD) {
            return Err(SshError::NoAlgorithms {
                address: self.name.clone(),
                reason: error.message().to_owned(),
            });
        }
        Err(self.failed(&error, "in the handshake"))
    }

    /// Confirms at once what comes next. A server that sends two small packets in a row, as OpenSSH does after a login,
    /// holds the second one back until the first is confirmed, and this side likes to take 40 ms for that.
    pub(super) fn confirm_at_once(&self) {
        #[cfg(target_os = "linux")]
        {
            use std::os::linux::net::TcpStreamExt;
            // It only saves time: where it is not to be had, nothing is lost.
            let _ = self.socket.set_quickack(true);
        }
    }

    /// Puts the host key families that are known to the front, so that the server shows the key we can compare.
    fn prefer(&self, families: &[&str]) {
        let Ok(mut names) = self.session.supported_algs(MethodType::HostKey) else {
            return;
        };
        names.sort_by_key(|name| !families.iter().any(|family| name.contains(family)));
        // Only names that libssh2 itself just listed are asked for.
        let _ = self
            .session
            .method_pref(MethodType::HostKey, &names.join(","));
    }

    /// What an error of libssh2 means at this point of the conversation.
    pub(super) fn failed(&self, error: &ssh2::Error, during: &str) -> SshError {
        if self.deadline().passed() {
            self.silent(during)
        } else if is_one_of(error, &code::CONNECTION) {
            SshError::Dropped {
                address: self.name.clone(),
                during: during.to_owned(),
            }
        } else {
            SshError::Other {
                address: self.name.clone(),
                reason: error.message().to_owned(),
            }
        }
    }

    fn silent(&self, during: &str) -> SshError {
        SshError::SilentServer {
            address: self.name.clone(),
            during: during.to_owned(),
        }
    }

    fn not_ssh(&self, said: String) -> SshError {
        SshError::NotSsh {
            address: self.name.clone(),
            said,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Freeing a session talks to the server first; on a socket that is shut down that cannot block.
        self.session.set_blocking(false);
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

fn is_one_of(error: &ssh2::Error, codes: &[i32]) -> bool {
    matches!(error.code(), ErrorCode::Session(code) if codes.contains(&code))
}

fn resolve(address: &Address) -> Result<Vec<SocketAddr>, SshError> {
    if let Ok(ip) = address.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, address.port)]);
    }
    let failed = |reason: String| SshError::Resolve {
        address: address.to_string(),
        reason,
    };
    let found: Vec<_> = (address.host.as_str(), address.port)
        .to_socket_addrs()
        .map_err(|error| failed(error.to_string()))?
        .take(MOST_ADDRESSES)
        .collect();
    if found.is_empty() {
        return Err(failed("it has no address".to_owned()));
    }
    Ok(found)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where connections are made"
)]
fn connect(
    address: &Address,
    candidates: &[SocketAddr],
    deadline: Deadline,
) -> Result<TcpStream, SshError> {
    let name = address.to_string();
    let mut failure = SshError::ConnectTimeout {
        address: name.clone(),
    };
    for (tried, candidate) in candidates.iter().enumerate() {
        // Each candidate gets its share, so that a dead one does not eat the time of a live one.
        let share = deadline.remaining() / (candidates.len() - tried) as u32;
        if share.is_zero() {
            break;
        }
        let error = match TcpStream::connect_timeout(candidate, share) {
            Ok(socket) => return Ok(socket),
            Err(error) => error,
        };
        failure = match error.kind() {
            ErrorKind::ConnectionRefused => SshError::Refused {
                address: name.clone(),
            },
            ErrorKind::TimedOut | ErrorKind::WouldBlock => SshError::ConnectTimeout {
                address: name.clone(),
            },
            _ => SshError::Unreachable {
                address: name.clone(),
                reason: error.to_string(),
            },
        };
    }
    Err(failure)
}
