//! A real sshd on a loopback port: a guest to log in to. Needs `openssh-server` and `openssh-client`.
#![allow(dead_code)] // each test binary uses its own part of this

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An sshd with a home folder for those who log in: a key and a known_hosts file.
pub struct Sshd {
    process: Child,
    home: tempfile::TempDir,
    pub port: u16,
    pub user: String,
}

impl Sshd {
    /// For the user who runs the tests, with more lines for its settings.
    pub fn start(settings: &str) -> Self {
        let user = Command::new("id").arg("-un").output().expect("id runs");
        let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
        Self::begin(&[], &user, &[], settings)
    }

    /// For this user and with these variables, started by the words `before`, which name a program
    /// that becomes the server.
    pub fn start_in(before: &[&str], user: &str, variables: &[(&str, &str)]) -> Self {
        Self::begin(before, user, variables, "")
    }

    /// For this user, with more lines for its settings, started as [`Sshd::start_in`] does.
    pub fn start_with(before: &[&str], user: &str, settings: &str) -> Self {
        Self::begin(before, user, &[], settings)
    }

    fn begin(before: &[&str], user: &str, variables: &[(&str, &str)], settings: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        // The server looks for the keys with the rights of the user.
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(home.path(), open).expect("the folder is ours");
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
        // What the shell of this computer's user reads at its start is no part of a guest.
        let mut environment = format!("HOME={}", home.path().display());
        for (name, value) in variables {
            environment.push_str(&format!(" \"{name}={value}\""));
        }
        let config = home.path().join("sshd_config");
        let text = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n\
             SetEnv {environment}\n{settings}",
            host_key.display(),
            ssh.join("authorized_keys").display(),
        );
        fs::write(&config, text).expect("a file");
        // Root's sshd insists on this folder, which a boot would make.
        let _ = fs::create_dir_all("/run/sshd");
        let server = ["/usr/sbin/sshd", "-D", "-q", "-f"];
        let words: Vec<&str> = before.iter().chain(&server).copied().collect();
        let process = Command::new(words[0])
            .args(&words[1..])
            .arg(&config)
            .stdin(Stdio::null())
            .spawn()
            .expect("openssh-server is installed");
        let sshd = Sshd {
            process,
            home,
            port,
            user: user.to_owned(),
        };
        sshd.wait_until_up();
        sshd
    }

    fn wait_until_up(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "sshd does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn key(&self) -> PathBuf {
        self.home.path().join(".ssh/id_ed25519")
    }

    pub fn address(&self) -> String {
        format!("{}@127.0.0.1:{}", self.user, self.port)
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// A file as the guest sees it, whatever is mounted there.
    pub fn file(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{path}", self.process.id()))
    }

    /// `ssh` to this guest, as lean as it can be: it reads no settings and asks no agent.
    pub fn ssh(&self, remote: &str) -> Command {
        let mut command = Command::new("ssh");
        let known_hosts = self.home.path().join(".ssh/known_hosts");
        command
            .env("HOME", self.home.path())
            .env_remove("SSH_AUTH_SOCK");
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
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
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
