//! A real sshd on a loopback port, and two ways to it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An sshd with a home folder for those who log in: a key and a known_hosts file.
pub struct Guest {
    sshd: Child,
    home: tempfile::TempDir,
    pub port: u16,
    pub user: String,
}

impl Guest {
    pub fn start(settings: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let ssh = home.path().join(".ssh");
        fs::create_dir(&ssh).expect("a folder");
        let host_key = home.path().join("host");
        keygen(&host_key);
        keygen(&ssh.join("id_ed25519"));
        fs::copy(ssh.join("id_ed25519.pub"), ssh.join("authorized_keys")).expect("a copy");
        let public = fs::read_to_string(host_key.with_extension("pub")).expect("a public key");
        fs::write(
            ssh.join("known_hosts"),
            format!("[127.0.0.1]:{port} {public}"),
        )
        .expect("a file");
        let config = home.path().join("sshd_config");
        let text = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n\
             SetEnv HOME={}\n{settings}",
            host_key.display(),
            ssh.join("authorized_keys").display(),
            // What the shell of this computer's user reads at its start is no part of a guest.
            home.path().display(),
        );
        fs::write(&config, text).expect("a file");
        // Root's sshd insists on this folder, which a boot would make.
        let _ = fs::create_dir_all("/run/sshd");
        let sshd = Command::new("/usr/sbin/sshd")
            .args(["-D", "-q", "-f"])
            .arg(&config)
            .stdin(Stdio::null())
            .spawn()
            .expect("openssh-server is installed");
        let user = Command::new("id")
            .arg("-un")
            .output()
            .expect("id runs")
            .stdout;
        let guest = Guest {
            sshd,
            home,
            port,
            user: String::from_utf8_lossy(&user).trim().to_owned(),
        };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "sshd does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        guest
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn key(&self) -> PathBuf {
        self.home.path().join(".ssh/id_ed25519")
    }

    /// `boxdoctor check` of this guest.
    pub fn check(&self) -> Command {
        let mut command = self.command(Path::new(super::BOXDOCTOR));
        let address = format!("{}@127.0.0.1:{}", self.user, self.port);
        command.args([
            "check",
            "--fail-on",
            "never",
            "--ssh",
            &address,
            "--identity",
        ]);
        command.arg(self.key());
        command
    }

    /// `ssh` to this guest, as lean as it can be: it reads no settings and asks no agent.
    pub fn ssh(&self, remote: &str) -> Command {
        let mut command = self.command(Path::new("ssh"));
        let known_hosts = self.home.path().join(".ssh/known_hosts");
        command.args([
            "-F",
            "none",
            "-T",
            "-o",
            "BatchMode=yes",
            "-o",
            "IdentitiesOnly=yes",
        ]);
        command
            .arg("-o")
            .arg(format!("UserKnownHostsFile={}", known_hosts.display()));
        command
            .arg("-i")
            .arg(self.key())
            .args(["-p", &self.port.to_string(), "-l", &self.user]);
        command.args(["127.0.0.1", remote]);
        command
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.home.path())
            .env_remove("SSH_AUTH_SOCK");
        command
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn keygen(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-t", "ed25519", "-f"])
        .arg(path)
        .status()
        .expect("openssh-client is installed");
    assert!(made.success());
}
