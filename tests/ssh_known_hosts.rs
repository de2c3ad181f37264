//! What the known hosts file says about a server. The file is found by an environment variable, which is the whole
//! process's: hence a test binary of its own, with one test at a time.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings

#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxdoctor::transport::ssh::{HostKeys, Remote, SshError, run_script};
use boxdoctor::transport::{Deadline, Ended, Limits};
use russh::keys::{HashAlg, PrivateKey};
use ssh_server::{Behaviour, SshServer, new_key};

static ENVIRONMENT: Mutex<()> = Mutex::new(());

const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

/// A second host key, of another family than the generated ones.
const ECDSA: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQRgGNBBDIpMBG7RptG+EA80SsqSsMJL
dNh6it+wG+MvQt8xYjlpzx7EJni2IF7M5wHD/eg8aRBYpEdqB/fASaJpAAAAoKFX2lehV9
pXAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGAY0EEMikwEbtGm
0b4QDzRKypKwwkt02HqK37Ab4y9C3zFiOWnPHsQmeLYgXsznAcP96DxpEFikR2oH98BJom
kAAAAhAPq34ZmbG35cfDFDgHR4X3itiUWWVPlxOWdzD19oirQZAAAABHRlc3QBAgM=
-----END OPENSSH PRIVATE KEY-----
";

fn ecdsa() -> PrivateKey {
    PrivateKey::from_openssh(ECDSA).expect("a key")
}

/// Type and key, as a line of the file has them.
fn public(key: &PrivateKey) -> String {
    let line = key.public_key().to_openssh().expect("a public key");
    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

struct Home(SshServer, #[allow(dead_code)] MutexGuard<'static, ()>);

impl Home {
    /// A server with these host keys, and a home folder without any file.
    fn new(host_keys: Vec<PrivateKey>) -> Self {
        let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        let server = SshServer::start_with_host_keys(Behaviour::RealShell, host_keys);
        std::fs::create_dir(server.folder().join(".ssh")).expect("a folder");
        // SAFETY: the tests of this binary hold the lock, and nothing else in it reads the environment.
        unsafe { std::env::set_var("HOME", server.folder()) };
        Self(server, guard)
    }

    /// The server's name in the file.
    fn entry(&self) -> String {
        format!("[127.0.0.1]:{}", self.0.port)
    }

    fn run(&self, known_hosts: &str) -> Result<Remote, SshError> {
        self.0.key_file(".ssh/known_hosts", known_hosts);
        let mut login = self.0.login();
        login.host_keys = HostKeys::Known;
        let deadline = Deadline::after(Duration::from_secs(5));
        run_script(&self.0.address(), &login, b"echo in", LIMITS, deadline)
    }

    fn is_trusted(&self, known_hosts: &str) {
        let remote = self.run(known_hosts).expect("an answer");
        assert_eq!(remote.notes, Vec::<String>::new(), "{known_hosts}");
        assert_eq!(remote.output.stdout, b"in\n");
    }

    fn is_unknown(&self, known_hosts: &str, key: &PrivateKey) {
        let remote = self.run(known_hosts).expect("an answer");
        let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
        assert_eq!(remote.notes.len(), 1, "{known_hosts}");
        assert!(remote.notes[0].contains(&fingerprint), "{:?}", remote.notes);
    }

    fn is_changed(&self, known_hosts: &str) {
        let error = self.run(known_hosts).expect_err("a changed key");
        assert!(matches!(error, SshError::HostKeyChanged { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains(&format!("ssh-keygen -R {}", self.entry())),
            "{error}"
        );
        assert_eq!(error.ended(), Ended::Denied);
        assert_eq!(self.0.execs(), 0);
        assert_eq!(self.0.offers(), 0, "no key is shown to a stranger");
    }
}

#[test]
fn the_key_of_the_file_is_trusted() {
    let key = new_key();
    let home = Home::new(vec![key.clone()]);
    let (entry, public) = (home.entry(), public(&key));
    home.is_trusted(&format!("{entry} {public}\n"));
    home.is_trusted(&format!("example.org,{entry} {public} a comment\r\n"));
    // Lines that nobody can read do not void the rest.
    home.is_trusted(&format!(
        "garbage\n\n# a comment\n|1|x|y ssh-rsa\n\u{1} \u{2} \u{3}\n{}\n{entry} {public}",
        "x".repeat(100_000)
    ));
    // A line without the port speaks for the same host.
    home.is_trusted(&format!("127.0.0.1 {public}\n"));
    assert_eq!(home.0.connections(), 4, "one connection each");
}

#[test]
fn a_host_that_is_not_in_the_file_gets_a_note() {
    let key = new_key();
    let home = Home::new(vec![key.clone()]);
    home.is_unknown("", &key);
    home.is_unknown(&format!("example.org {}\n", public(&new_key())), &key);
    // Many boxes share one address: a key of another port accuses nobody.
    home.is_unknown(&format!("127.0.0.1 {}\n", public(&new_key())), &key);
    home.is_unknown(&format!("[127.0.0.1]:1 {}\n", public(&new_key())), &key);
}

#[test]
fn another_key_of_the_same_family_is_refused() {
    let home = Home::new(vec![new_key()]);
    home.is_changed(&format!("{} {}\n", home.entry(), public(&new_key())));
}

#[test]
fn a_family_that_the_server_no_longer_has_is_refused() {
    let home = Home::new(vec![new_key()]);
    home.is_changed(&format!("{} {}\n", home.entry(), public(&ecdsa())));
}

#[test]
fn the_server_is_asked_for_the_family_that_is_known() {
    for known in [0, 1] {
        let keys = vec![new_key(), ecdsa()];
        let home = Home::new(keys.clone());
        home.is_trusted(&format!("{} {}\n", home.entry(), public(&keys[known])));
        assert_eq!(home.0.connections(), 1);
    }
    let home = Home::new(vec![new_key(), ecdsa()]);
    home.is_changed(&format!("{} {}\n", home.entry(), public(&new_key())));
}

#[test]
fn a_revoked_key_is_refused() {
    let key = new_key();
    let home = Home::new(vec![key.clone()]);
    let (entry, public) = (home.entry(), public(&key));
    let error = home
        .run(&format!("{entry} {public}\n@revoked * {public}\n"))
        .expect_err("a revoked key");
    assert!(matches!(error, SshError::HostKeyRevoked { .. }), "{error}");
    assert_eq!(home.0.execs(), 0);
}

#[test]
fn hashed_names_are_found() {
    // HMAC-SHA1 of "[127.0.0.1]:PORT" would need the port beforehand; a host without port is hashed the same way.
    let key = new_key();
    let home = Home::new(vec![key.clone()]);
    home.is_trusted(&format!("{HASHED_LOOPBACK} {}\n", public(&key)));
    let other = new_key();
    home.is_unknown(&format!("{HASHED_LOOPBACK} {}\n", public(&other)), &key);
}

/// `127.0.0.1` as `ssh-keygen -H` writes it.
const HASHED_LOOPBACK: &str = "|1|cGab1Y+t82Y5XvxDtIaVwNj7vHE=|rt0dk2ZDS8Wlmo5DR4hDFMHdaeI=";
