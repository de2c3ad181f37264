//! The `ssh` program of this host: for servers that libssh2 cannot talk to, and for configurations with a proxy.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::printable::one_line;
use super::super::{Deadline, Ended, Limits, Output, local};
use super::private_copies::{self, PrivateCopies};
use super::upload::DURING;
use super::{Address, COMMAND, HostKeys, Login, Piece, Remote, SshError, receiver};

/// The exit status by which `ssh` tells a failure of its own.
const OWN_FAILURE: i32 = 255;
/// What OpenSSH 5.3 (Enterprise Linux 6) needs; each list is added to the ones in force.
const LEGACY: [&str; 4] = [
    "HostKeyAlgorithms=+ssh-rsa",
    // The old name of PubkeyAcceptedAlgorithms, which old and new clients understand.
    "PubkeyAcceptedKeyTypes=+ssh-rsa",
    "KexAlgorithms=+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    "MACs=+hmac-sha1,hmac-md5",
];

/// Runs a shell script through the `ssh` program of this host, for one of the ways to a host that libssh2 does not know.
///
/// `options` are further `-o` options (`ProxyCommand=…`), which win over the ones given here. With [`HostKeys::Ignore`]
/// the user's SSH configuration is left out; with [`HostKeys::Known`] it counts, because the way to the host may be in it.
/// The old algorithms are added behind the ones in force, so that only a server that knows no better one uses them.
///
/// Status 255 without any output is taken for a failure of `ssh` itself.
///
/// # Errors
/// [`SshError::NoAlgorithms`] when there is no such program; else what its messages say.
pub fn run_script(
    address: &Address,
    login: &Login,
    options: &[String],
    script: &[u8],
    limits: Limits,
    deadline: Deadline,
) -> Result<Remote, SshError> {
    address.validate()?;
    let program = find(address)?;
    let output = with_private_keys(login, |login| {
        let arguments = arguments(address, login, options, deadline, COMMAND);
        Ok(local::run(&program, &arguments, script, limits, deadline))
    })?;
    check(address, &output)?;
    Ok(Remote {
        output,
        cut_off: None,
        notes: Vec::new(),
    })
}

/// Sends a piece of a file as [`super::upload`] does, through the `ssh` program as [`run_script`] does.
///
/// # Errors
/// As of both.
pub fn upload(
    address: &Address,
    login: &Login,
    options: &[String],
    piece: &Piece,
    stall: Duration,
    news: &mut dyn FnMut(u64),
) -> Result<(), SshError> {
    address.validate()?;
    let program = find(address)?;
    let script = receiver::script(piece)
        .ok_or_else(|| piece.not_written(address, "its name has a NUL".to_owned()))?;
    let command = receiver::command(&script);
    let before = script.len() as u64;
    let output = with_private_keys(login, |login| {
        let arguments = arguments(address, login, options, Deadline::after(stall), &command);
        let input = std::io::Cursor::new(script.clone().into_bytes()).chain(piece.open()?);
        let mut tell = |count: u64| news(count.saturating_sub(before));
        let answer = receiver::ANSWER;
        local::run_fed(&program, &arguments, input, answer, stall, &mut tell)
            .map_err(|error| piece.unreadable(&error))
    })?;
    if receiver::has_received(&output.stdout) {
        return Ok(());
    }
    check(address, &output)?;
    Err(match output.ended {
        Ended::Timeout => SshError::SilentServer {
            address: address.to_string(),
            during: DURING.to_owned(),
        },
        _ => piece.not_written(address, receiver::reason(&output.stderr)),
    })
}

/// Once more with copies of the keys, where that is what it failed for.
fn with_private_keys(
    login: &Login,
    mut attempt: impl FnMut(&Login) -> Result<Output, SshError>,
) -> Result<Output, SshError> {
    let output = attempt(login)?;
    if output.status != Some(OWN_FAILURE) || !private_copies::are_needed(&output) {
        return Ok(output);
    }
    let (copies, login) = PrivateCopies::of(login);
    if copies.is_empty() {
        return Ok(output);
    }
    attempt(&login)
}

fn find(address: &Address) -> Result<PathBuf, SshError> {
    local::find("ssh").ok_or_else(|| SshError::NoAlgorithms {
        address: address.to_string(),
        reason: "and there is no ssh program on this computer".to_owned(),
    })
}

/// Whether the program has done its own part.
fn check(address: &Address, output: &Output) -> Result<(), SshError> {
    let silent = output.stdout.is_empty();
    match (output.ended, output.status) {
        (Ended::Exit, Some(OWN_FAILURE)) => {
            if let Some(error) = failure(address, &output.stderr, silent) {
                return Err(error);
            }
        }
        (Ended::Denied | Ended::NotFound, _) => return Err(other(address, &output.stderr)),
        _ => {}
    }
    Ok(())
}

fn arguments(
    address: &Address,
    login: &Login,
    options: &[String],
    deadline: Deadline,
    command: &str,
) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["-T".into()];
    if login.host_keys == HostKeys::Ignore {
        arguments.extend(["-F".into(), "none".into()]);
    }
    let mut option = |text: OsString| arguments.extend(["-o".into(), text]);
    // The first value of an option is the one that counts.
    for text in options {
        option(text.into());
    }
    option("BatchMode=yes".into());
    let seconds = deadline.remaining().as_secs().max(1);
    option(format!("ConnectTimeout={seconds}").into());
    match login.host_keys {
        HostKeys::Ignore => {
            option("StrictHostKeyChecking=no".into());
            // On Windows, too: that of Git would write into a file named NUL.
            option("UserKnownHostsFile=/dev/null".into());
            option("LogLevel=ERROR".into());
        }
        HostKeys::Known => option("StrictHostKeyChecking=accept-new".into()),
    }
    for path in &login.identities {
        option(identity(path));
    }
    if !login.identities.is_empty() && !login.agent {
        option("IdentitiesOnly=yes".into());
    }
    if !login.agent {
        option("IdentityAgent=none".into());
    }
    for legacy in LEGACY {
        option(legacy.into());
    }
    arguments.extend(["-p".into(), address.port.to_string().into()]);
    arguments.extend(["-l".into(), address.user.clone().into()]);
    arguments.extend(["--".into(), address.host.clone().into(), command.into()]);
    arguments
}

/// `IdentityFile` for a path with spaces or percent signs. Between quotes, two backslashes would be one.
fn identity(path: &Path) -> OsString {
    let path = path.to_string_lossy().replace('%', "%%");
    let path = if cfg!(windows) {
        path.trim_start_matches(r"\\?\").replace('\\', "/")
    } else {
        path
    };
    format!("IdentityFile=\"{path}\"").into()
}

/// What the messages of `ssh` mean; `None` when the status was the script's own.
fn failure(address: &Address, stderr: &[u8], silent: bool) -> Option<SshError> {
    let text = String::from_utf8_lossy(stderr);
    let name = address.to_string();
    let says = |words: &str| text.contains(words);
    let error = if says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
        SshError::HostKeyChanged {
            address: name,
            file: "~/.ssh/known_hosts".into(),
            entry: if address.port == 22 {
                address.host.clone()
            } else {
                format!("[{}]:{}", address.host, address.port)
            },
            fingerprint: text
                .split_whitespace()
                .find(|word| word.starts_with("SHA256:"))
                .map_or("another one".to_owned(), |word| {
                    one_line(word.trim_end_matches('.').as_bytes())
                }),
        }
    } else if !silent {
        return None;
    } else if says("Permission denied (") || says("Too many authentication failures") {
        SshError::AuthenticationFailed {
            address: name,
            tried: vec!["those of the ssh program".to_owned()],
        }
    } else if says("Connection refused") {
        SshError::Refused { address: name }
    } else if says("Could not resolve") {
        SshError::Resolve {
            address: name,
            reason: last_line(stderr),
        }
    } else if says("during banner exchange") {
        SshError::SilentServer {
            address: name,
            during: "before it said a word of SSH".to_owned(),
        }
    } else if says("Connection timed out") || says("Operation timed out") {
        SshError::ConnectTimeout { address: name }
    } else if says("no matching") {
        SshError::NoAlgorithms {
            address: name,
            reason: last_line(stderr),
        }
    } else {
        return Some(other(address, stderr));
    };
    Some(error)
}

fn other(address: &Address, stderr: &[u8]) -> SshError {
    SshError::Other {
        address: address.to_string(),
        reason: last_line(stderr),
    }
}

fn last_line(stderr: &[u8]) -> String {
    let last = stderr
        .split(|&byte| byte == b'\n')
        .rfind(|line| !line.trim_ascii().is_empty());
    last.map_or("it gave no reason".to_owned(), one_line)
}
