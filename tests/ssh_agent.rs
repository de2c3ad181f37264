//! Logging in with a key that only the SSH agent has. The agent is found by an environment variable, which is the whole
//! process's: hence a test binary of its own, with one test at a time.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings
#![cfg(unix)] // on Windows the agent is a named pipe of the system, which a test cannot replace

#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use boxdoctor::transport::ssh::{HostKeys, Login, SshError, run_script};
use boxdoctor::transport::{Deadline, Ended, Limits};
use russh::keys::PrivateKey;
use russh::keys::signature::Signer;
use russh::keys::ssh_key::Signature;
use ssh_server::{Behaviour, SshServer, new_key};

const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};
const BY_AGENT: Login = Login {
    identities: Vec::new(),
    agent: true,
    host_keys: HostKeys::Ignore,
};

static ENVIRONMENT: Mutex<()> = Mutex::new(());

/// Points the process at an agent and at a home without keys, until the guard is dropped.
fn environment(server: &SshServer) -> (MutexGuard<'static, ()>, UnixListener) {
    let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    let socket = server.folder().join("agent");
    // SAFETY: the tests of this binary hold the lock, and nothing else in it reads the environment.
    unsafe {
        std::env::set_var("SSH_AUTH_SOCK", &socket);
        std::env::set_var("HOME", server.folder());
    }
    (guard, UnixListener::bind(socket).expect("a socket"))
}

/// Serves these keys to all who ask.
fn serve(listener: UnixListener, keys: Vec<PrivateKey>) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &keys);
        }
    });
}

/// Speaks the agent protocol: 11 asks for the keys, 13 for a signature.
fn answer(mut stream: UnixStream, keys: &[PrivateKey]) -> std::io::Result<()> {
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut message)?;
        let mut reply = Vec::new();
        match message[0] {
            11 => {
                reply.push(12);
                reply.extend((keys.len() as u32).to_be_bytes());
                for key in keys {
                    string(&mut reply, &key.public_key().to_bytes().expect("a blob"));
                    string(&mut reply, b"a key of the test");
                }
            }
            13 => {
                let (blob, rest) = split(&message[1..]);
                let (data, _) = split(rest);
                let key = keys
                    .iter()
                    .find(|key| key.public_key().to_bytes().expect("a blob") == blob)
                    .expect("a key that was listed");
                let signature: Signature = key.try_sign(data).expect("a signature");
                let mut signed = Vec::new();
                string(&mut signed, signature.algorithm().as_str().as_bytes());
                string(&mut signed, signature.as_bytes());
                reply.push(14);
                string(&mut reply, &signed);
            }
            _ => reply.push(5),
        }
        let mut framed = Vec::new();
        string(&mut framed, &reply);
        stream.write_all(&framed)?;
    }
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend(bytes);
}

fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_at(4);
    rest.split_at(u32::from_be_bytes(length.try_into().expect("four bytes")) as usize)
}

fn run(server: &SshServer, login: &Login) -> Result<boxdoctor::transport::ssh::Remote, SshError> {
    let deadline = Deadline::after(Duration::from_secs(2));
    run_script(&server.address(), login, b"echo in", LIMITS, deadline)
}

fn encrypted(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("encrypted");
    std::fs::write(
        &path,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIC\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .expect("the key file is written");
    path
}

#[test]
fn the_agent_has_the_key() {
    let server = SshServer::start(Behaviour::RealShell);
    let (_guard, listener) = environment(&server);
    serve(listener, vec![new_key(), new_key(), server.key.clone()]);

    let remote = run(&server, &BY_AGENT).expect("an answer");
    assert_eq!(remote.output.stdout, b"in\n");

    // A key file behind a passphrase may be in the agent.
    let mut login = BY_AGENT;
    login.identities = vec![encrypted(server.folder())];
    let remote = run(&server, &login).expect("an answer");
    assert_eq!(remote.output.stdout, b"in\n");

    // But the agent is not asked when it must not be.
    login.agent = false;
    let error = run(&server, &login).expect_err("no key");
    assert!(
        matches!(error, SshError::KeyNeedsPassphrase { .. }),
        "{error}"
    );
    assert_eq!((server.connections(), server.execs()), (3, 2));
}

#[test]
fn an_agent_full_of_other_keys_is_cut_short() {
    let server = SshServer::start(Behaviour::RealShell);
    let (_guard, listener) = environment(&server);
    serve(listener, (0..9).map(|_| new_key()).collect());
    let error = run(&server, &BY_AGENT).expect_err("no key is good");
    let SshError::AuthenticationFailed { tried, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(tried.len(), 6);
    assert!(tried[0].contains("a key of the test"), "{error}");
    assert_eq!(server.offers(), 6);

    // What the user named is what the message is about.
    let mut login = BY_AGENT;
    login.identities = vec![encrypted(server.folder())];
    let error = run(&server, &login).expect_err("no key is good");
    assert!(
        matches!(error, SshError::KeyNeedsPassphrase { .. }),
        "{error}"
    );
}

#[test]
fn an_agent_that_never_answers_is_left_behind() {
    let server = SshServer::start(Behaviour::RealShell);
    let (_guard, _listener) = environment(&server);
    let start = Instant::now();
    let error = run(&server, &BY_AGENT).expect_err("nobody answers");
    assert!(start.elapsed() < Duration::from_secs(4));
    assert!(
        error.to_string().contains("asking the SSH agent"),
        "{error}"
    );
    assert_eq!(error.ended(), Ended::Timeout);
}

#[test]
fn without_an_agent_the_default_files_are_tried() {
    let server = SshServer::start(Behaviour::RealShell);
    let (_guard, listener) = environment(&server);
    drop(listener);
    let error = run(&server, &BY_AGENT).expect_err("no key at all");
    assert!(
        matches!(error, SshError::AuthenticationFailed { .. }),
        "{error}"
    );
    std::fs::create_dir(server.folder().join(".ssh")).expect("a folder");
    server.key_file(".ssh/id_ed25519", &ssh_server::openssh(&server.key));
    let remote = run(&server, &BY_AGENT).expect("an answer");
    assert_eq!(remote.output.stdout, b"in\n");
}
