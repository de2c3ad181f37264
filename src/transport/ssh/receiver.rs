//! A file written by the shell of a guest without an SFTP server.

use std::io::Read;

use super::super::{Ended, Limits};
use super::connection::Connection;
use super::upload::{DURING, Piece};
use super::{Address, SshError, exec};
use crate::files::Part;

/// What the guest says when it has written everything.
const RECEIVED: &[u8] = b"received";
/// What it may say.
pub(super) const ANSWER: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

/// The command that is asked of the server: it runs the first bytes of its input, and these get the rest. They are read
/// one by one, because what a program reads too much is lost for the next.
pub(super) fn command(script: &str) -> String {
    let length = script.len();
    format!("sh -c 'eval \"$(dd bs=1 count={length} 2>/dev/null)\"'")
}

/// What the guest runs. That the bytes are really there is not its to say: somebody compares their digest.
pub(super) fn script(piece: &Piece) -> Option<String> {
    let to = shlex::try_quote(&piece.to).ok()?;
    let keep = piece.keep;
    // Not at whatever end the file has: the last of another connection may still be on its way there.
    Some(format!(
        "LC_ALL=C; export LC_ALL; umask 077; to={to}\n\
         if [ -f \"$to\" ] || : >\"$to\"\n\
         then dd of=\"$to\" bs=1 seek={keep} count=0 </dev/null 2>/dev/null &&\n\
         {{ dd bs=1 seek={keep} count=0 2>/dev/null && cat; }} 1<>\"$to\" && echo received\n\
         fi\n"
    ))
}

/// Whether the guest has written everything, by what it said.
pub(super) fn has_received(said: &[u8]) -> bool {
    said.split(|&byte| byte == b'\n')
        .any(|line| line == RECEIVED)
}

/// Sends a piece; `tell` gets the bytes that the server has taken since the last time.
pub(super) fn send(
    connection: &Connection,
    address: &Address,
    piece: &Piece,
    source: Part,
    tell: &mut dyn FnMut(u64),
) -> Result<(), SshError> {
    let script =
        script(piece).ok_or_else(|| piece.not_written(address, "its name has a NUL".to_owned()))?;
    let command = command(&script);
    let mut before = script.len() as u64;
    let mut taken = |count: u64| {
        let of_script = count.min(before);
        before -= of_script;
        tell(count - of_script);
    };
    let mut source = Watched {
        source,
        failed: None,
    };
    let mut input = script.as_bytes().chain(&mut source);
    let result = exec::run(
        connection, address, &command, &mut input, ANSWER, &mut taken,
    );
    if let Some(error) = source.failed {
        return Err(piece.unreadable(&error));
    }
    let (output, cut_off) = result.map_err(|error| match error {
        SshError::Dropped { .. } => dropped(address),
        other => other,
    })?;
    if has_received(&output.stdout) {
        Ok(())
    } else if output.ended == Ended::Timeout {
        Err(SshError::SilentServer {
            address: address.to_string(),
            during: DURING.to_owned(),
        })
    } else if cut_off.is_some() && output.stderr.is_empty() {
        Err(dropped(address))
    } else {
        Err(piece.not_written(address, reason(&output.stderr)))
    }
}

fn dropped(address: &Address) -> SshError {
    SshError::Dropped {
        address: address.to_string(),
        during: DURING.to_owned(),
    }
}

/// Keeps why a file could not be read.
struct Watched {
    source: Part,
    failed: Option<std::io::Error>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.source.read(buffer).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }
}

/// What the guest complains of, in the last line of it.
pub(super) fn reason(complained: &[u8]) -> String {
    let last = complained
        .split(|&byte| byte == b'\n')
        .rfind(|line| !line.trim_ascii().is_empty());
    last.map_or("it gave no reason".to_owned(), |line| {
        String::from_utf8_lossy(line).into_owned()
    })
}
