//! The whole conversation with one server, held to the deadline from outside.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::super::{Deadline, Limits};
use super::connection::Connection;
use super::known_hosts::{KnownHosts, Verdict};
use super::{Address, COMMAND, HostKeys, Login, Remote, SshError, authenticate, exec};

/// How long after the deadline the conversation may take to notice it.
pub(super) const GRACE: Duration = Duration::from_millis(600);

/// What the conversation is busy with, for the message when it never comes back.
#[derive(Clone)]
pub(super) struct Stage(Arc<Mutex<&'static str>>);

impl Stage {
    pub(super) fn new() -> Self {
        Stage(Arc::new(Mutex::new("starting")))
    }

    pub(super) fn enter(&self, stage: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    pub(super) fn now(&self) -> &'static str {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Talks to the server on a thread of its own, and leaves that thread behind when it is stuck.
///
/// The name service, the SSH agent and a key file on a network drive can all block for as long as they like, and none of
/// them takes a time limit.
pub(super) fn in_time(
    address: &Address,
    login: &Login,
    script: &[u8],
    limits: Limits,
    deadline: Deadline,
) -> Result<Remote, SshError> {
    let stage = Stage::new();
    let (sender, receiver) = sync_channel(1);
    let (own_address, own_login, own_script, own_stage) = (
        address.clone(),
        login.clone(),
        script.to_vec(),
        stage.clone(),
    );
    thread::spawn(move || {
        let result = converse(
            &own_address,
            &own_login,
            &own_script,
            limits,
            deadline,
            &own_stage,
        );
        let _ = sender.send(result);
    });
    match receiver.recv_timeout(deadline.remaining() + GRACE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(SshError::Stuck {
            address: address.to_string(),
            during: stage.now().to_owned(),
        }),
        Err(RecvTimeoutError::Disconnected) => Err(SshError::Other {
            address: address.to_string(),
            reason: format!("an internal error while {}", stage.now()),
        }),
    }
}

fn converse(
    address: &Address,
    login: &Login,
    script: &[u8],
    limits: Limits,
    deadline: Deadline,
    stage: &Stage,
) -> Result<Remote, SshError> {
    let start = Instant::now();
    let (connection, notes) = log_in(address, login, deadline, stage)?;
    stage.enter("running the script");
    let mut input = script;
    let (mut output, cut_off) = exec::run(
        &connection,
        address,
        COMMAND,
        &mut input,
        limits,
        &mut |_| {},
    )?;
    output.elapsed = start.elapsed();
    Ok(Remote {
        output,
        cut_off,
        notes,
    })
}

/// Connects and logs in; gives back what the user may want to know about it, too.
pub(super) fn log_in(
    address: &Address,
    login: &Login,
    deadline: Deadline,
    stage: &Stage,
) -> Result<(Connection, Vec<String>), SshError> {
    let mut notes = Vec::new();

    stage.enter("looking the host name up or connecting");
    let mut connection = Connection::open(address, deadline)?;
    let known_hosts = match login.host_keys {
        HostKeys::Ignore => None,
        HostKeys::Known => {
            stage.enter("reading the known hosts file");
            Some(KnownHosts::read(address))
        }
    };

    stage.enter("shaking hands");
    let families = known_hosts.as_ref().map(KnownHosts::families);
    connection.handshake(&families.unwrap_or_default())?;
    if let Some(known_hosts) = known_hosts {
        match known_hosts.judge(&connection.session)? {
            Verdict::Trusted => {}
            Verdict::Unknown(note) => notes.push(note),
        }
    }

    authenticate::log_in(&connection, address, login, stage)?;
    Ok((connection, notes))
}
