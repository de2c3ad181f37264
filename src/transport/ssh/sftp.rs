//! A file written by the guest's SFTP server.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use ssh2::{ErrorCode, File, FileStat, OpenFlags, OpenType, Sftp};

use super::connection::Connection;
use super::upload::{Piece, lost};
use super::{Address, SshError};
use crate::files::Part;

/// How many bytes are on their way before the server has confirmed the first of them. libssh2 makes many small requests
/// of them, and sends the next one for every answer.
const ON_THE_WAY: usize = 2 * 1024 * 1024;
/// The rights of a new file.
const MODE: i32 = 0o600;
/// libssh2's code for "the SFTP server said no".
const SERVER_SAID_NO: ErrorCode = ErrorCode::Session(-31);

/// The guest's SFTP server, where it has one.
pub(super) fn start(connection: &Connection) -> Option<Sftp> {
    connection.confirm_at_once();
    connection.session.sftp().ok()
}

/// Sends a piece; `tell` gets the bytes that the server has written since the last time.
pub(super) fn send(
    connection: &Connection,
    address: &Address,
    sftp: &Sftp,
    piece: &Piece,
    mut source: Part,
    tell: &mut dyn FnMut(u64),
) -> Result<(), SshError> {
    let refused = |error: &ssh2::Error| match error.code() {
        ErrorCode::SFTP(_) => piece.not_written(address, error.message().to_owned()),
        ErrorCode::Session(_) => lost(connection),
    };
    let mut file = open(sftp, piece).map_err(|error| refused(&error))?;
    let mut window = Window::new();
    while window
        .fill(&mut source)
        .map_err(|error| piece.unreadable(&error))?
    {
        let count =
            file.write(window.unconfirmed()).map_err(
                |error| match ssh2::Error::last_session_error(&connection.session) {
                    Some(last) if last.code() == SERVER_SAID_NO => {
                        piece.not_written(address, error.to_string())
                    }
                    _ => lost(connection),
                },
            )?;
        window.confirm(count);
        tell(count as u64);
    }
    file.close().map_err(|error| refused(&error))
}

fn open(sftp: &Sftp, piece: &Piece) -> Result<File, ssh2::Error> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE;
    let mut file = sftp.open_mode(Path::new(&piece.to), flags, MODE, OpenType::File)?;
    file.setstat(FileStat {
        size: Some(piece.keep),
        uid: None,
        gid: None,
        perm: None,
        atime: None,
        mtime: None,
    })?;
    // It only sets where the next write goes.
    let _ = file.seek(SeekFrom::Start(piece.keep));
    Ok(file)
}

/// The bytes that were read and not yet confirmed. libssh2 wants to be shown all of them at every call.
struct Window {
    bytes: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Window {
    fn new() -> Self {
        Window {
            // Moving the rest to the front is cheap once in a while.
            bytes: vec![0; 2 * ON_THE_WAY],
            begin: 0,
            end: 0,
        }
    }

    /// Reads on; false when everything has been confirmed.
    fn fill(&mut self, source: &mut Part) -> std::io::Result<bool> {
        if self.begin >= ON_THE_WAY {
            self.bytes.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        let most = self.begin + ON_THE_WAY;
        while self.end < most {
            match source.read(&mut self.bytes[self.end..most]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.begin < self.end)
    }

    fn unconfirmed(&self) -> &[u8] {
        &self.bytes[self.begin..self.end]
    }

    fn confirm(&mut self, count: usize) {
        self.begin += count;
    }
}
