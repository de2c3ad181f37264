//! One command on one channel, its two streams drained side by side.

use std::io::{ErrorKind, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use ssh2::{Channel, ErrorCode};

use super::super::capture::Capture;
use super::super::{Ended, Limits, Output};
use super::connection::Connection;
use super::{Address, SshError};

/// How long the channel may stay open once the command has said how it ended.
const GRACE: Duration = Duration::from_millis(200);
/// The same when its output is at an end, but not (as far as libssh2 can tell) the command.
const LONGER_GRACE: Duration = Duration::from_secs(1);
/// The longest pause between two looks at the channel.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);
/// How much standard error is drained before the guest is taken to be flooding (bytes).
const MOST_STDERR: u64 = 16 * 1024 * 1024;
/// How much of the input is read at a time (bytes).
const PIECE: usize = 256 * 1024;
/// libssh2's code for "the server declined the request".
const REQUEST_DENIED: ErrorCode = ErrorCode::Session(-22);

/// Runs a command with this input, until the deadline of the connection; gives back its output and why that was cut off,
/// where it was. `taken` gets how many bytes of the input the server has taken since the last time.
///
/// # Errors
/// [`SshError`] when the command did not start, the connection broke before it said anything, or the input ends too early.
pub(super) fn run(
    connection: &Connection,
    address: &Address,
    command: &str,
    input: &mut dyn Read,
    limits: Limits,
    taken: &mut dyn FnMut(u64),
) -> Result<(Output, Option<String>), SshError> {
    let session = &connection.session;
    connection.confirm_at_once();
    let mut channel = session
        .channel_session()
        .map_err(|error| connection.failed(&error, "while opening a channel"))?;
    channel.exec(command).map_err(|error| {
        if error.code() == REQUEST_DENIED {
            SshError::NoShell {
                address: address.to_string(),
                reason: error.message().to_owned(),
            }
        } else {
            connection.failed(&error, "while starting a command")
        }
    })?;
    // From here on nothing blocks: either stream, or the reader of the input, may be the one that has stopped.
    session.set_blocking(false);
    let mut exchange = Exchange {
        connection,
        channel,
        input,
        piece: Vec::new(),
        sent: 0,
        taken,
        input_closed: false,
        stdout: Capture::new(limits.stdout),
        stderr: Capture::new(limits.stderr),
    };
    let end = exchange.until_end();
    exchange.conclude(address, end)
}

/// Why we stopped listening.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The channel was closed, as it should be.
    Closed,
    /// The command told its status, or that a signal killed it, and left the channel open.
    Told,
    /// The output ended, and neither a close nor a status came.
    Untold,
    /// More came than anybody asked for.
    Flood,
    /// The connection broke.
    Dropped,
    /// The deadline passed.
    Timeout,
    /// The input cannot be read to its end.
    Unread,
}

struct Exchange<'a> {
    connection: &'a Connection,
    channel: Channel,
    input: &'a mut dyn Read,
    /// What was read of the input, and how much of that was sent.
    piece: Vec<u8>,
    sent: usize,
    taken: &'a mut dyn FnMut(u64),
    input_closed: bool,
    stdout: Capture,
    stderr: Capture,
}

impl Exchange<'_> {
    fn until_end(&mut self) -> End {
        let mut buffer = vec![0; 32 * 1024];
        let mut pause = Duration::from_micros(100);
        let mut told = None;
        let mut at_end = None;
        loop {
            let turn = self.turn(&mut buffer);
            let deadline = self.connection.deadline();
            let moved = match turn {
                Ok(moved) => moved,
                Err(_) if deadline.passed() => return End::Timeout,
                Err(end) => return end,
            };
            if deadline.passed() {
                return End::Timeout;
            }
            if self.channel.eof() {
                match self.channel.wait_close() {
                    Ok(()) => return End::Closed,
                    Err(error) if !would_block(&error) => return End::Closed,
                    Err(_) => {}
                }
                if over(&mut at_end, LONGER_GRACE) {
                    return End::Untold;
                }
            }
            if self.has_told() && over(&mut told, GRACE) {
                return End::Told;
            }
            if moved {
                pause = Duration::from_micros(100);
            } else {
                thread::sleep(pause.min(deadline.remaining()));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Moves what can be moved now; true when something did.
    fn turn(&mut self, buffer: &mut [u8]) -> Result<bool, End> {
        let mut moved = self.send()?;
        let count = read(&mut self.channel, buffer)?;
        self.stdout.push(&buffer[..count]);
        moved |= count > 0;
        let count = read(&mut self.channel.stderr(), buffer)?;
        self.stderr.push(&buffer[..count]);
        moved |= count > 0;
        if self.stdout.truncated() || self.stderr.seen() > MOST_STDERR {
            return Err(End::Flood);
        }
        Ok(moved)
    }

    /// Sends the next piece of the input, or its end; true when something was sent.
    fn send(&mut self) -> Result<bool, End> {
        if self.input_closed {
            return Ok(false);
        }
        if self.sent == self.piece.len() {
            self.read_on()?;
        }
        if self.piece.is_empty() {
            match self.channel.send_eof() {
                Err(error) if would_block(&error) => return Ok(false),
                // A command that has already gone needs no end of file.
                _ => self.input_closed = true,
            }
            return Ok(true);
        }
        match self.channel.write(&self.piece[self.sent..]) {
            Ok(count) => {
                self.sent += count;
                (self.taken)(count as u64);
                Ok(count > 0)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(_) => {
                // The reading side shows what happened: an early exit or a broken connection.
                self.input_closed = true;
                Ok(true)
            }
        }
    }

    /// Reads the next piece of the input, which is empty at its end.
    fn read_on(&mut self) -> Result<(), End> {
        self.piece.resize(PIECE, 0);
        self.sent = 0;
        loop {
            match self.input.read(&mut self.piece) {
                Ok(count) => {
                    self.piece.truncate(count);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(End::Unread),
            }
        }
    }

    /// Whether the command is known to have ended. Status 0 looks like no status, so it is never known from that.
    fn has_told(&self) -> bool {
        self.killed() || self.channel.exit_status().is_ok_and(|status| status != 0)
    }

    fn killed(&self) -> bool {
        // The status of a killed command reads 0, so the signal is asked for first.
        self.channel
            .exit_signal()
            .is_ok_and(|signal| signal.exit_signal.is_some())
    }

    fn status(&self) -> Option<i32> {
        if self.killed() {
            return None;
        }
        self.channel.exit_status().ok()
    }

    fn conclude(
        mut self,
        address: &Address,
        end: End,
    ) -> Result<(Output, Option<String>), SshError> {
        let silent = self.stdout.seen() == 0 && self.stderr.seen() == 0;
        let note = match end {
            End::Dropped if silent && !self.has_told() => {
                return Err(SshError::Dropped {
                    address: address.to_string(),
                    during: "while the script ran".to_owned(),
                });
            }
            End::Unread => {
                return Err(SshError::Other {
                    address: address.to_string(),
                    reason: "the input cannot be read to its end".to_owned(),
                });
            }
            End::Dropped => Some("the connection was closed in the middle of the output"),
            End::Flood => Some("the guest sent too much output and was cut off"),
            End::Untold => Some("the guest ended its output without an exit status"),
            End::Closed | End::Told | End::Timeout => None,
        };
        let output = Output {
            ended: match end {
                End::Timeout => Ended::Timeout,
                _ => Ended::Exit,
            },
            status: match end {
                End::Closed | End::Told => self.status(),
                End::Untold | End::Flood | End::Dropped | End::Timeout | End::Unread => None,
            },
            truncated: self.stdout.truncated() || self.stderr.truncated(),
            stdout: self.stdout.take(),
            stderr: self.stderr.take(),
            elapsed: Duration::ZERO, // the caller knows when it began
        };
        Ok((output, note.map(|note| format!("{address}: {note}"))))
    }
}

/// Reads what is there; nothing (yet, or any more) is a count of 0.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> Result<usize, End> {
    match stream.read(buffer) {
        Ok(count) => Ok(count),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        Err(_) => Err(End::Dropped),
    }
}

fn would_block(error: &ssh2::Error) -> bool {
    error.code() == ErrorCode::Session(-37)
}

/// Whether `grace` has passed since this was first asked.
fn over(since: &mut Option<Instant>, grace: Duration) -> bool {
    since.get_or_insert_with(Instant::now).elapsed() >= grace
}
