//! A KDC of its own on loopback, and the programs with which a user gets tickets from it.
//! Needs `krb5-kdc`, `krb5-admin-server` and `krb5-user`.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// No realm that comes with a package, or that a name server could know.
pub const REALM: &str = "KITCHEN.TEST";
/// The user whom the realm knows.
pub const USER: &str = "alice";
pub const PASSWORD: &str = "open sesame";

/// A KDC with a database and a folder of its own. It ends with the test.
pub struct Kdc {
    process: Child,
    folder: tempfile::TempDir,
    pub port: u16,
}

impl Kdc {
    pub fn start() -> Self {
        // Somebody else may take a port between its choice and its use.
        for _ in 0..5 {
            if let Some(kdc) = Self::start_on(free_port()) {
                kdc.admin(&["addprinc", "-pw", PASSWORD, "+requires_preauth", USER]);
                return kdc;
            }
        }
        panic!("no KDC came up on five ports");
    }

    fn start_on(port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let settings = format!(
            "[realms]\n {REALM} = {{\n  database_name = {}\n  key_stash_file = {}\n  acl_file = {}\n  \
             max_life = 1h\n  kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n }}\n\
             [logging]\n kdc = FILE:{}\n",
            at("principal"),
            at("stash"),
            at("acl"),
            at("log"),
        );
        std::fs::write(at("kdc.conf"), settings).expect("a file");
        std::fs::write(at("krb5.conf"), configuration(port)).expect("a file");
        let made = tool(folder.path(), "kdb5_util")
            .args(["create", "-r", REALM, "-s", "-P", "master"])
            .output()
            .expect("krb5-kdc is installed");
        assert!(made.status.success(), "{made:?}");
        let mut process = tool(folder.path(), "krb5kdc")
            .args(["-n", "-r", REALM, "-P", &at("pid")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("krb5-kdc is installed");
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if process.try_wait().expect("a child").is_some() {
                return None;
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "it never listens"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Kdc {
            process,
            folder,
            port,
        })
    }

    /// A krb5.conf with which everything works.
    pub fn configuration(&self) -> String {
        configuration(self.port)
    }

    /// What an administrator of the realm does.
    pub fn admin(&self, query: &[&str]) {
        let done = tool(self.folder.path(), "kadmin.local")
            .args(["-r", REALM])
            .args(query)
            .output()
            .expect("krb5-admin-server is installed");
        assert!(done.status.success(), "{query:?}: {done:?}");
    }

    /// How many attempts to log in it has seen.
    pub fn attempts(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("log")).expect("a log");
        log.matches("AS_REQ").count()
    }

    pub fn stop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Kdc {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Without name servers: what is not written here is not asked of anybody.
fn configuration(port: u16) -> String {
    format!(
        "[libdefaults]\n    default_realm = {REALM}\n    dns_lookup_kdc = false\n    dns_lookup_realm = false\n\n\
         [realms]\n    {REALM} = {{\n        kdc = 127.0.0.1:{port}\n    }}\n\n\
         [domain_realm]\n    .kitchen.test = {REALM}\n"
    )
}

/// A port that nobody listens on, for TCP and for UDP.
fn free_port() -> u16 {
    loop {
        let stream = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = stream.local_addr().expect("an address").port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A program of the server, which sees only what is in `folder`.
fn tool(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(Path::new("/usr/sbin").join(program));
    command
        .env("KRB5_CONFIG", folder.join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", folder.join("kdc.conf"))
        .env("LC_ALL", "C");
    command
}

/// A user of this computer with a configuration and tickets of their own.
pub struct Client {
    pub configuration: PathBuf,
    tickets: tempfile::TempDir,
}

impl Client {
    pub fn new(configuration: PathBuf) -> Self {
        let tickets = tempfile::tempdir().expect("a folder");
        Client {
            configuration,
            tickets,
        }
    }

    /// Asks for a ticket; what `kinit` says where it gets none.
    pub fn kinit(&self) -> Result<(), String> {
        let output = self.run("kinit", &[USER], &format!("{PASSWORD}\n"));
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }

    /// Whether there is a ticket that is valid now.
    pub fn has_ticket(&self) -> bool {
        self.run("klist", &["-s"], "").status.success()
    }

    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("KRB5_CONFIG", &self.configuration)
            .env("KRB5CCNAME", self.tickets.path().join("tickets"))
            .env("LC_ALL", "C");
        feed(&mut command, input)
    }
}

/// Runs a command to its end with this on its standard input.
pub fn feed(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // It may end without having asked for anything.
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}
