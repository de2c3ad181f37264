//! Against the real OpenSSH server: a modern one, and ones configured like those of old boxes.
//! Needs `openssh-server` and `openssh-client`.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings
#![cfg(unix)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use boxdoctor::transport::ssh::{
    Address, HostKeys, Login, SshError, run_script, run_script_with_system_ssh,
};
use boxdoctor::transport::{Deadline, Ended, Limits};

const LIMITS: Limits = Limits {
    stdout: 1 << 20,
    stderr: 1 << 16,
};
const SSHD: &str = "/usr/sbin/sshd";
/// What OpenSSH 5.3 of Enterprise Linux 6 offers. (Its keys are accepted with SHA-1 only, which this server cannot imitate.)
const LIKE_EL6: &str = "\
HostKeyAlgorithms ssh-rsa
KexAlgorithms diffie-hellman-group14-sha1
MACs hmac-sha1
Ciphers aes128-ctr
";

/// An sshd on a loopback port, with keys and settings of its own.
struct Sshd {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Sshd {
    fn start(settings: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("sshd with 100% space ")
            .tempdir()
            .expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for (name, kind) in [
            ("host_ed25519", "ed25519"),
            ("host_rsa", "rsa"),
            ("user_ed25519", "ed25519"),
            ("user_rsa", "rsa"),
        ] {
            keygen(&at(name), kind);
        }
        let authorized = ["user_ed25519.pub", "user_rsa.pub"]
            .map(|name| std::fs::read_to_string(at(name)).expect("a public key"))
            .concat();
        std::fs::write(at("authorized_keys"), authorized).expect("a file");
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let quoted = |name: &str| format!("\"{}\"", at(name).display());
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n{settings}",
            quoted("host_ed25519"),
            quoted("host_rsa"),
            // A percent sign begins a token in this one setting.
            quoted("authorized_keys").replace('%', "%%"),
        );
        std::fs::write(at("config"), config).expect("a file");
        // Root's sshd insists on this folder, which a boot would make.
        let _ = std::fs::create_dir_all("/run/sshd");
        let process = Command::new(SSHD)
            .args(["-D", "-e", "-f"])
            .arg(at("config"))
            .stdin(Stdio::null())
            .stderr(Stdio::from(
                std::fs::File::create(at("log")).expect("a file"),
            ))
            .spawn()
            .expect("openssh-server is installed");
        let sshd = Self {
            process,
            folder,
            port,
        };
        sshd.wait_until_up();
        sshd
    }

    fn wait_until_up(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "sshd does not listen: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn address(&self) -> Address {
        let user = Command::new("id").arg("-un").output().expect("id runs");
        Address {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: String::from_utf8_lossy(&user.stdout).trim().to_owned(),
        }
    }

    fn login(&self, key: &str) -> Login {
        Login {
            identities: vec![self.folder.path().join(key)],
            agent: false,
            host_keys: HostKeys::Ignore,
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn keygen(path: &PathBuf, kind: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-t", kind, "-f"])
        .arg(path)
        .status()
        .expect("openssh-client is installed");
    assert!(made.success());
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

const SCRIPT: &[u8] = b"echo \"out of $0\"; echo err >&2; cat; exit 9";

#[test]
fn a_modern_server() {
    let sshd = Sshd::start("");
    for key in ["user_ed25519", "user_rsa"] {
        let remote = run_script(&sshd.address(), &sshd.login(key), SCRIPT, LIMITS, soon())
            .unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
        assert_eq!(remote.output.ended, Ended::Exit);
        assert_eq!(remote.output.status, Some(9));
        assert_eq!(remote.output.stdout, b"out of sh\n");
        assert_eq!(remote.output.stderr, b"err\n");
        assert_eq!(remote.notes, Vec::<String>::new(), "libssh2 did it");
    }
}

#[test]
fn a_killed_command_and_a_slow_one() {
    let sshd = Sshd::start("");
    let login = sshd.login("user_ed25519");
    // The outer shell of the server replaces itself by ours, so that the signal is what sshd sees.
    let remote =
        run_script(&sshd.address(), &login, b"kill -9 $$", LIMITS, soon()).expect("an answer");
    assert_eq!(remote.output.ended, Ended::Exit);
    assert_ne!(remote.output.status, Some(0));

    let deadline = Deadline::after(Duration::from_secs(1));
    let start = Instant::now();
    let remote = run_script(
        &sshd.address(),
        &login,
        b"echo a; sleep 30",
        LIMITS,
        deadline,
    )
    .expect("an answer");
    assert_eq!(remote.output.ended, Ended::Timeout);
    assert_eq!(remote.output.stdout, b"a\n");
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_large_output_arrives_whole() {
    let sshd = Sshd::start("");
    let limits = Limits {
        stdout: 32 << 20,
        stderr: 1000,
    };
    let remote = run_script(
        &sshd.address(),
        &sshd.login("user_ed25519"),
        b"head -c 30000000 /dev/zero",
        limits,
        soon(),
    )
    .expect("an answer");
    assert_eq!(remote.output.stdout.len(), 30_000_000);
    assert_eq!(remote.output.status, Some(0));
}

#[test]
fn a_server_like_enterprise_linux_6_goes_through_the_ssh_program() {
    let sshd = Sshd::start(LIKE_EL6);
    let remote = run_script(
        &sshd.address(),
        &sshd.login("user_rsa"),
        SCRIPT,
        LIMITS,
        soon(),
    )
    .unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
    assert_eq!(remote.output.status, Some(9));
    assert_eq!(remote.output.stdout, b"out of sh\n");
    assert_eq!(remote.output.stderr, b"err\n");
    assert_eq!(remote.notes.len(), 1);
    assert!(remote.notes[0].contains("legacy algorithms"));
}

#[test]
fn the_ssh_program_still_signs_with_sha1() {
    let sshd = Sshd::start("PubkeyAcceptedAlgorithms ssh-rsa\n");
    // The real old server announces no algorithms, and so gets SHA-1; this one announces what it then refuses.
    let sha1 = ["PubkeyAcceptedKeyTypes=ssh-rsa".to_owned()];
    let (address, login) = (sshd.address(), sshd.login("user_rsa"));
    let remote = run_script_with_system_ssh(&address, &login, &sha1, SCRIPT, LIMITS, soon())
        .unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
    assert_eq!(remote.output.status, Some(9));
}

#[test]
fn a_key_that_others_may_read_is_taken_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let sshd = Sshd::start(LIKE_EL6);
    let login = sshd.login("user_rsa");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&login.identities[0], open).expect("it is ours");
    let remote = run_script(&sshd.address(), &login, SCRIPT, LIMITS, soon())
        .unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
    assert_eq!(remote.output.status, Some(9));
    assert!(!String::from_utf8_lossy(&remote.output.stderr).contains("UNPROTECTED"));
}

#[test]
fn the_ssh_program_tells_its_own_failures_from_the_script() {
    let sshd = Sshd::start("");
    let address = sshd.address();
    let right = sshd.login("user_ed25519");
    let through = |address: &Address, login: &Login, script: &[u8]| {
        run_script_with_system_ssh(address, login, &[], script, LIMITS, soon())
    };
    let remote = through(&address, &right, b"echo hi; exit 255").expect("an answer");
    assert_eq!(remote.output.status, Some(255));

    let stranger = Path::new("stranger");
    keygen(&sshd.folder.path().join(stranger), "ed25519");
    let error = through(&address, &sshd.login("stranger"), b"true").expect_err("no key");
    assert!(
        matches!(error, SshError::AuthenticationFailed { .. }),
        "{error}"
    );

    let mut nowhere = address.clone();
    nowhere.port = 1;
    let error = through(&nowhere, &right, b"true").expect_err("nobody there");
    assert!(matches!(error, SshError::Refused { .. }), "{error}");

    let mut nobody = address.clone();
    nobody.host = "no-such-host.invalid".to_owned();
    let error = through(&nobody, &right, b"true").expect_err("no such host");
    assert!(matches!(error, SshError::Resolve { .. }), "{error}");

    // A way through a proxy, as a Vagrantfile may configure it; the key without the odd characters of the folder's name.
    let plain = tempfile::tempdir().expect("a folder");
    let key = plain.path().join("key");
    std::fs::copy(sshd.folder.path().join("user_ed25519"), &key).expect("a copy");
    let proxy = [format!(
        "ProxyCommand=ssh -F none -i {key} -o BatchMode=yes -o StrictHostKeyChecking=no \
         -o UserKnownHostsFile=/dev/null -p {port} -W 127.0.0.1:{port} {user}@127.0.0.1",
        key = key.display(),
        port = sshd.port,
        user = address.user,
    )];
    nobody.port = 22;
    let remote =
        run_script_with_system_ssh(&nobody, &right, &proxy, b"echo proxied", LIMITS, soon())
            .unwrap_or_else(|error| panic!("{error}\n{}", sshd.log()));
    assert_eq!(remote.output.stdout, b"proxied\n");
}
