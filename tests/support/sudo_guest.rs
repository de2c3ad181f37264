//! A guest whose sudo is set as a test wants it: a real sshd in a mount namespace with an /etc of its
//! own, and a user with a password. Needs root, and the packages openssh-server, strace and sudo.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use boxdoctor::observe::root::{Password, Sudo};
use boxdoctor::observe::root_check::{self, Root};
use boxdoctor::observe::way::{Route, Way};
use boxdoctor::transport::ssh::{Address, HostKeys, Login};
use boxdoctor::transport::{Deadline, Limits};
use zeroize::Zeroizing;

use crate::sshd::Sshd;

pub const USER: &str = "vagrant";
pub const USER_ID: u32 = 12345;
pub const PASSWORD: &str = "Zuckerwatte-4711";

/// What sudo writes of every command, whoever asks.
const LOG: &str = "/etc/sudo.log";

/// Furnishes the namespace. `$1`: what the settings of sudo say; then the programs that it lacks, `--`,
/// and what is to be run.
const FURNISH: &str = "set -e
sudoers=$1; shift
mount -t tmpfs -o mode=755 none /mnt
cp -a /etc/. /mnt
echo 'vagrant:x:12345:12345::/:/bin/sh' >>/mnt/passwd
echo 'vagrant:*:19000:0:99999:7:::' >>/mnt/shadow
rm -rf /mnt/sudoers.d; mkdir /mnt/sudoers.d
printf 'Defaults logfile=/etc/sudo.log\nDefaults env_reset\nroot ALL=(ALL) ALL\n%s\n' \"$sudoers\" >/mnt/sudoers
chmod 440 /mnt/sudoers
mount --move /mnt /etc
mount -t tmpfs -o mode=711 none /run/sudo
mount -t tmpfs -o mode=700 none /var/lib/sudo
while [ \"$1\" != -- ]; do mount --bind /dev/null \"$1\"; shift; done
shift
exec \"$@\"";

const LIMITS: Limits = Limits {
    stdout: 64 * 1024,
    stderr: 64 * 1024,
};

pub struct Guest {
    pub sshd: Sshd,
    way: Way,
}

impl Guest {
    pub fn new(sudoers: &str) -> Self {
        Self::start(&[], sudoers, USER, &[])
    }

    /// A guest that lacks these programs.
    pub fn without(programs: &[&str], sudoers: &str) -> Self {
        Self::start(programs, sudoers, USER, &[])
    }

    /// A guest in which these variables are set for everybody who logs in.
    pub fn with_variables(sudoers: &str, variables: &[(&str, &str)]) -> Self {
        Self::start(&[], sudoers, USER, variables)
    }

    /// A guest in which every command line and environment is written down, by strace. Gives back
    /// where.
    pub fn watched(sudoers: &str) -> (Self, tempfile::NamedTempFile) {
        let notes = tempfile::NamedTempFile::new().expect("a file");
        let path = notes.path().to_str().expect("a path").to_owned();
        let strace = [
            "strace",
            "-D",
            "-f",
            "-qq",
            "-v",
            "-s",
            "65536",
            "-e",
            "trace=execve",
            "-o",
            &path,
        ];
        (Self::start_by(&strace, &[], sudoers, USER, &[]), notes)
    }

    /// A guest in which root logs in.
    pub fn of_root() -> Self {
        Self::start(&["/usr/bin/sudo"], "", "root", &[])
    }

    fn start(lacks: &[&str], sudoers: &str, user: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_by(&[], lacks, sudoers, user, variables)
    }

    fn start_by(
        starter: &[&str],
        lacks: &[&str],
        sudoers: &str,
        user: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let mut before = vec!["unshare", "--mount", "sh", "-c", FURNISH, "sh", sudoers];
        before.extend(lacks);
        before.push("--");
        before.extend(starter);
        let sshd = Sshd::start_in(&before, user, variables);
        let way = Way::new(Route::Address {
            options: Vec::new(),
            address: Address {
                host: "127.0.0.1".to_owned(),
                port: sshd.port,
                user: user.to_owned(),
            },
            login: Login {
                identities: vec![sshd.key()],
                agent: false,
                host_keys: HostKeys::Ignore,
            },
        });
        let guest = Guest { sshd, way };
        if user == USER {
            guest.change_password(PASSWORD);
        }
        guest
    }

    pub fn way(&self) -> &Way {
        &self.way
    }

    /// Lets boxdoctor forget the password.
    pub fn take_back(&mut self) {
        self.way.sudo = Sudo::default();
    }

    /// Lets boxdoctor know a password.
    pub fn give(&mut self, password: &str) {
        let password = Password::new(Zeroizing::new(password.to_owned()));
        self.way.sudo = Sudo::with(password.expect("one line"));
    }

    pub fn ask(&self) -> Root {
        root_check::ask(&self.way, "false", deadline()).expect("the guest answers")
    }

    /// What the script says that is to be run by root.
    pub fn as_root(&self, script: &str) -> Vec<u8> {
        self.both(script).0
    }

    /// What it says on both its streams.
    pub fn both(&self, script: &str) -> (Vec<u8>, Vec<u8>) {
        let remote = self.way.run_as_root(script, LIMITS, deadline());
        let output = remote.expect("the guest answers").output;
        (output.stdout, output.stderr)
    }

    pub fn change_password(&self, password: &str) {
        let mut child = self
            .inside(&["chpasswd"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut input = child.stdin.take().expect("it reads");
        writeln!(input, "{USER}:{password}").expect("it is sent");
        drop(input);
        assert!(child.wait().expect("it ends").success());
    }

    /// Puts a program in the place of one of the guest's.
    pub fn replace(&self, program: &Path, place: &str) {
        let program = program.to_str().expect("a path");
        let bound = self.inside(&["mount", "--bind", program, place]).status();
        assert!(bound.expect("it runs").success());
    }

    /// A file that only root may read, in a folder that only this guest sees.
    pub fn hide(&self, path: &str, content: &str) {
        let script = format!(
            "mount -t tmpfs -o mode=755 none {} && umask 077 && echo '{content}' >{path}",
            Path::new(path).parent().expect("a folder").display()
        );
        let hidden = self.inside(&["sh", "-c", &script]).status();
        assert!(hidden.expect("it runs").success());
    }

    /// What sudo has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.sshd.file(LOG)).expect("sudo has logged")
    }

    pub fn has(&self, path: &str) -> bool {
        self.sshd.file(path).exists()
    }

    /// No process of somebody who has logged in goes on, two seconds later at the latest.
    pub fn assert_nothing_goes_on(&self, case: &str) {
        let start = Instant::now();
        loop {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            let patience = Duration::from_secs(2);
            assert!(start.elapsed() < patience, "{case}: {left:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The command lines of all processes of this guest but its servers.
    fn processes(&self) -> Vec<String> {
        let namespace = |process: PathBuf| std::fs::read_link(process.join("ns/mnt")).ok();
        let own = namespace(Path::new("/proc").join(self.sshd.process_id().to_string()));
        let processes = std::fs::read_dir("/proc")
            .expect("a process table")
            .flatten();
        processes
            .map(|process| process.path())
            .filter(|process| namespace(process.clone()) == own)
            .filter_map(|process| std::fs::read(process.join("cmdline")).ok())
            .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
            .filter(|line| !line.is_empty() && !line.contains("sshd"))
            .collect()
    }

    fn inside(&self, command: &[&str]) -> Command {
        let mut inside = Command::new("nsenter");
        inside
            .args([
                "--mount",
                "--target",
                &self.sshd.process_id().to_string(),
                "--",
            ])
            .args(command);
        inside
    }
}

fn deadline() -> Deadline {
    Deadline::after(Duration::from_secs(40))
}
