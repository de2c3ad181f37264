//! A file of this computer, or a part of one, sent into a guest.
//!
//! SFTP does it over libssh2. A guest without an SFTP server gets the bytes on the standard input of a shell, and one that
//! libssh2 cannot talk to gets them so through the `ssh` program of this host. None of them has a time limit in all: what
//! ends them is a guest that takes nothing more.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::super::Deadline;
use super::connection::Connection;
use super::converse::{self, GRACE, Stage};
use super::{Address, Login, SshError, receiver, sftp, system};
use crate::files::{self, Part};

/// When it was that the server fell silent or hung up.
pub(super) const DURING: &str = "while a file was sent";

/// What is sent, and where it goes.
#[derive(Clone, Debug)]
pub struct Piece {
    /// A file of this computer.
    pub source: PathBuf,
    /// Where in it the piece begins.
    pub offset: u64,
    pub length: u64,
    /// The file in the guest, from the root of its file system.
    pub to: String,
    /// So many bytes of it stay, and the piece comes behind them; whatever is there now is cut off.
    pub keep: u64,
}

impl Piece {
    pub(super) fn open(&self) -> Result<Part, SshError> {
        files::part(&self.source, self.offset, self.length).map_err(|error| self.unreadable(&error))
    }

    pub(super) fn unreadable(&self, error: &std::io::Error) -> SshError {
        SshError::FileUnreadable {
            path: self.source.clone(),
            reason: error.to_string(),
        }
    }

    pub(super) fn not_written(&self, address: &Address, reason: String) -> SshError {
        SshError::NotWritten {
            address: address.to_string(),
            to: self.to.clone(),
            reason,
        }
    }
}

/// Sends a piece into the guest at `address`, over a connection of its own. `news` gets how many bytes of it have been
/// taken so far.
///
/// `stall` is how long the guest may take for the login, and then how long it may take no bytes. When this fails, the
/// file in the guest holds some of the piece, and nobody knows how much.
///
/// # Errors
/// [`SshError`] where the piece did not arrive as a whole.
pub fn upload(
    address: &Address,
    login: &Login,
    piece: &Piece,
    stall: Duration,
    news: &mut dyn FnMut(u64),
) -> Result<(), SshError> {
    address.validate()?;
    match in_time(address, login, piece, stall, news) {
        Err(SshError::NoAlgorithms { .. }) => {
            system::upload(address, login, &[], piece, stall, news)
        }
        result => result,
    }
}

enum Message {
    Taken(u64),
    End(Result<(), SshError>),
}

/// Sends it on a thread of its own, and leaves that thread behind when it is stuck: in a file on a network drive, say.
fn in_time(
    address: &Address,
    login: &Login,
    piece: &Piece,
    stall: Duration,
    news: &mut dyn FnMut(u64),
) -> Result<(), SshError> {
    let stage = Stage::new();
    let (sender, receiver) = channel();
    let (own_address, own_login, own_piece, own_stage) =
        (address.clone(), login.clone(), piece.clone(), stage.clone());
    thread::spawn(move || {
        let result = converse(
            &own_address,
            &own_login,
            &own_piece,
            stall,
            &own_stage,
            &sender,
        );
        let _ = sender.send(Message::End(result));
    });
    loop {
        match receiver.recv_timeout(stall + GRACE) {
            Ok(Message::Taken(count)) => news(count),
            Ok(Message::End(result)) => return result,
            Err(RecvTimeoutError::Timeout) => {
                return Err(SshError::Stuck {
                    address: address.to_string(),
                    during: stage.now().to_owned(),
                });
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(SshError::Other {
                    address: address.to_string(),
                    reason: format!("an internal error while {}", stage.now()),
                });
            }
        }
    }
}

fn converse(
    address: &Address,
    login: &Login,
    piece: &Piece,
    stall: Duration,
    stage: &Stage,
    sender: &Sender<Message>,
) -> Result<(), SshError> {
    let (connection, _) = converse::log_in(address, login, Deadline::after(stall), stage)?;
    stage.enter("reading the file that is sent");
    let source = piece.open()?;
    stage.enter("sending the file");
    let mut taken = 0;
    let mut tell = |count: u64| {
        taken += count;
        connection.postpone(Deadline::after(stall));
        let _ = sender.send(Message::Taken(taken));
    };
    // The login may have used up its time.
    connection.postpone(Deadline::after(stall));
    match sftp::start(&connection) {
        Some(sftp) => sftp::send(&connection, address, &sftp, piece, source, &mut tell),
        None => receiver::send(&connection, address, piece, source, &mut tell),
    }
}

/// What libssh2 has last said of this connection.
pub(super) fn lost(connection: &Connection) -> SshError {
    let error =
        ssh2::Error::last_session_error(&connection.session).unwrap_or_else(ssh2::Error::unknown);
    connection.failed(&error, DURING)
}
