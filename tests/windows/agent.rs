//! A real SSH agent, at a port for whoever cannot reach its socket, and the pipe of Windows in front.

use std::io::{BufRead, BufReader, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::wine::Windows;

pub struct Agent {
    process: Child,
    _folder: tempfile::TempDir,
    port: u16,
}

impl Agent {
    /// OpenSSH's own agent, which holds this key.
    pub fn with_key(key: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("agent");
        let process = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("openssh-client is installed");
        let start = Instant::now();
        while !socket.exists() {
            assert!(start.elapsed() < Duration::from_secs(10), "no agent");
            thread::sleep(Duration::from_millis(20));
        }
        let added = Command::new("ssh-add")
            .arg("-q")
            .arg(key)
            .env("SSH_AUTH_SOCK", &socket)
            .status();
        assert!(added.expect("openssh-client is installed").success());
        let port = pass_on(socket);
        Agent {
            process,
            _folder: folder,
            port,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What comes at the port goes to the socket, and the answers back.
fn pass_on(socket: PathBuf) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("a port").port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let agent = UnixStream::connect(&socket).expect("the agent is there");
            both_ways(client, agent);
        }
    });
    port
}

fn both_ways(mut client: TcpStream, mut agent: UnixStream) {
    let mut answers = agent.try_clone().expect("a handle");
    let mut back = client.try_clone().expect("a handle");
    thread::spawn(move || {
        let _ = copy(&mut client, &mut agent);
        let _ = agent.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let _ = copy(&mut answers, &mut back);
    });
}

/// The pipe of this name on Wine's Windows.
pub struct Pipe(Child);

impl Pipe {
    pub fn opens(windows: &Windows) -> Self {
        let mut process = windows
            .starts("agent_pipe.exe", &[])
            .stdout(Stdio::piped())
            .spawn()
            .expect("Wine is installed");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it tells");
        assert_eq!(line.trim_end(), "ready");
        Pipe(process)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
