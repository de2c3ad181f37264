//! An SSH server inside the test, that behaves as it is told.
#![allow(dead_code)] // each test binary uses its own part of this

use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boxdoctor::transport::ssh::{Address, HostKeys, Login};
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{Algorithm, PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Handle, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, MethodKind, MethodSet, Preferred, Sig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

/// What the server does with those who connect.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// Runs the command with `sh`.
    RealShell,
    /// Accepts the connection and never says a word.
    SilentAfterAccept,
    /// Says this, in place of an SSH greeting, and closes the connection.
    Says(&'static [u8]),
    /// Lets everybody in, starts nothing and says nothing.
    SilentAfterExec,
    /// Sends so many bytes of output and breaks the connection.
    DropMidway(usize),
    /// Sends standard output without end.
    FloodStdout,
    /// Sends this many bytes of standard error, then an answer on the standard output, then status 0.
    FloodStderr(usize),
    /// Sends output and this status; then the end of the output if `eof`; and never closes the channel.
    NeverCloses { status: u32, eof: bool },
    /// Sends terminal escapes, line controls and bytes that are no text.
    Escapes,
    /// Says that a signal killed the command.
    ExitSignal,
    /// Accepts no key.
    RejectAuth,
    /// Never says what it thinks of a key.
    SilentAtLogin,
    /// Lets an RSA key in, but announces that it knows no better signature than SHA-1.
    WantsSha1,
    /// Knows no better key exchange than SHA-1.
    OldKeyExchange,
    /// Accepts the login and refuses to run anything.
    RejectExec,
}

/// The bytes that [`Behaviour::Escapes`] sends.
pub const ESCAPES: &[u8] = b"\x1b]0;owned\x07\x1b[2J\r\xff\xfe\0\x9b31m\n";

/// What has happened to the server.
#[derive(Default)]
pub struct Counts {
    pub connections: AtomicUsize,
    pub execs: AtomicUsize,
    pub offers: AtomicUsize,
}

/// A running server; it ends with the test process.
pub struct SshServer {
    pub port: u16,
    pub counts: Arc<Counts>,
    /// The key that is let in, as a user of name `vagrant`.
    pub key: PrivateKey,
    folder: tempfile::TempDir,
}

/// A fresh ed25519 key.
pub fn new_key() -> PrivateKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the system has random numbers");
    PrivateKey::from(Ed25519Keypair::from_seed(&seed))
}

impl SshServer {
    pub fn start(behaviour: Behaviour) -> Self {
        Self::start_with_host_keys(behaviour, vec![new_key()])
    }

    pub fn start_with_host_keys(behaviour: Behaviour, host_keys: Vec<PrivateKey>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let counts = Arc::new(Counts::default());
        let key = new_key();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = Arc::new(russh::server::Config {
            methods: MethodSet::from(&[MethodKind::PublicKey][..]),
            auth_rejection_time: Duration::ZERO,
            keys: host_keys,
            preferred: preferred(behaviour),
            nodelay: true,
            ..Default::default()
        });
        let guest = Guest {
            behaviour,
            allowed: key.public_key().clone(),
            counts: Arc::clone(&counts),
            socket: None,
            stdin: None,
        };
        std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(accept(listener, config, guest));
        });
        Self {
            port,
            counts,
            key,
            folder,
        }
    }

    pub fn address(&self) -> Address {
        Address {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: "vagrant".to_owned(),
        }
    }

    /// Writes a private key file of this content.
    pub fn key_file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the key file is written");
        path
    }

    /// A login with the right key, from a file.
    pub fn login(&self) -> Login {
        Login {
            identities: vec![self.key_file("id", &openssh(&self.key))],
            agent: false,
            host_keys: HostKeys::Ignore,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    pub fn execs(&self) -> usize {
        self.counts.execs.load(Ordering::SeqCst)
    }

    pub fn offers(&self) -> usize {
        self.counts.offers.load(Ordering::SeqCst)
    }
}

fn preferred(behaviour: Behaviour) -> Preferred {
    let mut preferred = Preferred::default();
    match behaviour {
        Behaviour::OldKeyExchange => preferred.kex = vec![russh::kex::DH_G14_SHA1].into(),
        Behaviour::WantsSha1 => {
            preferred.key = vec![Algorithm::Ed25519, Algorithm::Rsa { hash: None }].into();
        }
        _ => {}
    }
    preferred
}

/// The key as the text of a file.
pub fn openssh(key: &PrivateKey) -> String {
    key.to_openssh(LineEnding::LF)
        .expect("a key that can be written")
        .to_string()
}

async fn accept(listener: TcpListener, config: Arc<russh::server::Config>, guest: Guest) {
    listener.set_nonblocking(true).expect("a socket option");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let mut idle = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        guest.counts.connections.fetch_add(1, Ordering::SeqCst);
        match guest.behaviour {
            Behaviour::SilentAfterAccept => idle.push(stream),
            Behaviour::Says(words) => {
                // Reads first: closing with unread input would take the words back.
                let _ = stream.read(&mut [0; 256]).await;
                let _ = stream.write_all(words).await;
            }
            _ => {
                let stream = stream.into_std().expect("a plain socket");
                let mut guest = guest.clone();
                guest.socket = stream.try_clone().ok().map(Arc::new);
                let stream = tokio::net::TcpStream::from_std(stream).expect("a socket");
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    if let Ok(session) = russh::server::run_stream(config, stream, guest).await {
                        let _ = session.await;
                    }
                });
            }
        }
    }
}

#[derive(Clone)]
struct Guest {
    behaviour: Behaviour,
    allowed: PublicKey,
    counts: Arc<Counts>,
    socket: Option<Arc<TcpStream>>,
    stdin: Option<Arc<tokio::sync::Mutex<Option<ChildStdin>>>>,
}

impl Handler for Guest {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: russh::server::PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        self.counts.offers.fetch_add(1, Ordering::SeqCst);
        match self.behaviour {
            Behaviour::SilentAtLogin => std::future::pending().await,
            Behaviour::WantsSha1 if offer.public_key.algorithm().is_rsa() => {
                return Ok(Auth::Accept);
            }
            _ => {}
        }
        Ok(self.opinion(user, offer.public_key))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.opinion(user, key.public_key))
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.counts.execs.fetch_add(1, Ordering::SeqCst);
        if matches!(self.behaviour, Behaviour::RejectExec) {
            return session.channel_failure(channel);
        }
        session.channel_success(channel)?;
        let handle = session.handle();
        if matches!(self.behaviour, Behaviour::RealShell) {
            let mut child = shell(&String::from_utf8_lossy(command));
            self.stdin = child.stdin.take().map(|pipe| Arc::new(Some(pipe).into()));
            tokio::spawn(run_child(handle, channel, child));
        } else {
            tokio::spawn(misbehave(
                self.behaviour,
                handle,
                channel,
                self.socket.clone(),
            ));
        }
        Ok(())
    }

    async fn data(
        &mut self,
        _channel: ChannelId,
        data: &[u8],
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some(stdin) = &self.stdin
            && let Some(pipe) = stdin.lock().await.as_mut()
        {
            let _ = pipe.write_all(data).await;
        }
        Ok(())
    }

    async fn channel_eof(
        &mut self,
        _channel: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some(stdin) = &self.stdin {
            stdin.lock().await.take();
        }
        Ok(())
    }
}

impl Guest {
    fn opinion(&self, user: &str, key: &PublicKey) -> Auth {
        let right = key.key_data() == self.allowed.key_data() && user == "vagrant";
        if right && !matches!(self.behaviour, Behaviour::RejectAuth) {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }
}

fn shell(command: &str) -> Child {
    Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("sh starts")
}

async fn run_child(handle: Handle, channel: ChannelId, mut child: Child) {
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let errors = handle.clone();
    let drain = tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
            let _ = errors
                .extended_data(channel, 1, buffer[..count].to_vec())
                .await;
        }
    });
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = stdout.read(&mut buffer).await {
        let _ = handle.data(channel, buffer[..count].to_vec()).await;
    }
    let _ = drain.await;
    let _ = handle.eof(channel).await;
    let status = child.wait().await.expect("sh ends");
    if let Some(code) = status.code() {
        let _ = handle.exit_status_request(channel, code as u32).await;
    }
    let _ = handle.close(channel).await;
}

async fn misbehave(
    behaviour: Behaviour,
    handle: Handle,
    channel: ChannelId,
    socket: Option<Arc<TcpStream>>,
) {
    match behaviour {
        Behaviour::DropMidway(bytes) => {
            let _ = handle.data(channel, vec![b'x'; bytes]).await;
            // What was sent has to arrive before the connection breaks.
            tokio::time::sleep(Duration::from_millis(100)).await;
            if let Some(socket) = socket {
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
        Behaviour::FloodStdout => {
            while handle.data(channel, vec![b'x'; 32 * 1024]).await.is_ok() {}
        }
        Behaviour::FloodStderr(bytes) => {
            for _ in 0..bytes.div_ceil(32 * 1024) {
                let _ = handle
                    .extended_data(channel, 1, vec![b'e'; 32 * 1024])
                    .await;
            }
            let _ = handle.data(channel, &b"answer\n"[..]).await;
            end(&handle, channel, 0).await;
        }
        Behaviour::NeverCloses { status, eof } => {
            let _ = handle.data(channel, &b"answer\n"[..]).await;
            let _ = handle.exit_status_request(channel, status).await;
            if eof {
                let _ = handle.eof(channel).await;
            }
        }
        Behaviour::Escapes => {
            let _ = handle.data(channel, ESCAPES).await;
            end(&handle, channel, 0).await;
        }
        Behaviour::ExitSignal => {
            let _ = handle.data(channel, &b"partial\n"[..]).await;
            let _ = handle
                .exit_signal_request(channel, Sig::KILL, false, "killed".into(), "en".into())
                .await;
            let _ = handle.eof(channel).await;
            let _ = handle.close(channel).await;
        }
        _ => {}
    }
}

async fn end(handle: &Handle, channel: ChannelId, status: u32) {
    let _ = handle.eof(channel).await;
    let _ = handle.exit_status_request(channel, status).await;
    let _ = handle.close(channel).await;
}
