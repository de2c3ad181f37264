//! When libssh2 and an old server cannot agree, the `ssh` program is asked. Here it is a stand-in that writes down what it
//! was given. It is found by an environment variable, which is the whole process's: hence a test binary of its own, with
//! one test at a time.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings
#![cfg(unix)] // the stand-in is a shell script

#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxdoctor::transport::ssh::{
    Address, HostKeys, Login, Remote, SshError, run_script, run_script_with_system_ssh,
};
use boxdoctor::transport::{Deadline, Ended, Limits};
use ssh_server::{Behaviour, SshServer};

static ENVIRONMENT: Mutex<()> = Mutex::new(());

const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 4096,
};

/// A folder in front of the search path with a program `ssh` in it.
struct StandIn {
    folder: tempfile::TempDir,
    search_path: String,
    _guard: MutexGuard<'static, ()>,
}

impl StandIn {
    /// A stand-in that runs these shell lines once it has written down its arguments and its input.
    fn new(lines: &str) -> Self {
        let stand_in = Self::missing();
        let here = stand_in.folder.path();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{0}/arguments'\ncat > '{0}/input'\n{lines}\n",
            here.display()
        );
        let program = here.join("ssh");
        std::fs::write(&program, script).expect("a file");
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("a mode");
        set_path(&format!("{}:{}", here.display(), stand_in.search_path));
        stand_in
    }

    /// No `ssh` program at all.
    fn missing() -> Self {
        let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().expect("a folder");
        let search_path = std::env::var("PATH").expect("a search path");
        set_path(&folder.path().display().to_string());
        Self {
            folder,
            search_path,
            _guard: guard,
        }
    }

    fn arguments(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("arguments")).expect("written");
        text.lines().map(str::to_owned).collect()
    }

    fn input(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("input")).expect("written")
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        set_path(&self.search_path);
    }
}

fn set_path(path: &str) {
    // SAFETY: the tests of this binary hold the lock while the variable is changed or read.
    unsafe { std::env::set_var("PATH", path) };
}

fn login(identity: &Path) -> Login {
    Login {
        identities: vec![identity.to_owned()],
        agent: false,
        host_keys: HostKeys::Ignore,
    }
}

fn run(server: &SshServer, identity: &Path) -> Result<Remote, SshError> {
    let deadline = Deadline::after(Duration::from_secs(10));
    run_script(
        &server.address(),
        &login(identity),
        b"the script",
        LIMITS,
        deadline,
    )
}

fn fails(stderr: &str) -> SshError {
    let _stand_in = StandIn::new(&format!("cat >&2 <<'END'\n{stderr}\nEND\nexit 255"));
    let address = Address {
        host: "guest".to_owned(),
        port: 2222,
        user: "vagrant".to_owned(),
    };
    let deadline = Deadline::after(Duration::from_secs(10));
    let login = login(Path::new("key"));
    run_script_with_system_ssh(&address, &login, &[], b"", LIMITS, deadline)
        .expect_err("status 255")
}

#[test]
fn a_server_with_old_algorithms_is_handed_over() {
    let server = SshServer::start(Behaviour::OldKeyExchange);
    let stand_in = StandIn::new("echo out; echo err >&2; exit 5");
    let key = server.key_file("a key %h", &ssh_server::openssh(&server.key));
    let remote = run(&server, &key).expect("an answer");
    assert_eq!(remote.output.status, Some(5));
    assert_eq!(remote.output.stdout, b"out\n");
    assert_eq!(remote.output.stderr, b"err\n");
    assert!(remote.notes[0].contains("legacy algorithms"));
    assert_eq!(stand_in.input(), b"the script");

    let arguments = stand_in.arguments();
    let tail = [
        "-p",
        &server.port.to_string(),
        "-l",
        "vagrant",
        "--",
        "127.0.0.1",
        "sh -c 'set +xv; eval \"$(cat)\"'",
    ];
    assert_eq!(arguments[arguments.len() - tail.len()..], tail);
    let quoted = key.display().to_string().replace('%', "%%");
    for option in [
        "BatchMode=yes",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
        "HostKeyAlgorithms=+ssh-rsa",
        &format!("IdentityFile=\"{quoted}\""),
    ] {
        let at = arguments.iter().position(|word| word == option);
        let at = at.unwrap_or_else(|| panic!("{option} in {arguments:?}"));
        assert_eq!(arguments[at - 1], "-o");
    }
    assert_eq!(arguments[..3], ["-T", "-F", "none"]);
}

#[test]
fn an_rsa_key_that_libssh2_cannot_use_is_handed_over() {
    let server = SshServer::start(Behaviour::WantsSha1);
    let _stand_in = StandIn::new("echo out");
    let key = server.key_file("rsa", RSA);
    let remote = run(&server, &key).expect("an answer");
    assert_eq!(remote.output.stdout, b"out\n");
    assert_eq!(server.execs(), 0, "the stand-in has answered");
}

#[test]
fn without_an_ssh_program_the_reason_is_told() {
    let server = SshServer::start(Behaviour::OldKeyExchange);
    let _missing = StandIn::missing();
    let key = server.key_file("key", &ssh_server::openssh(&server.key));
    let error = run(&server, &key).expect_err("no common algorithm");
    assert!(matches!(error, SshError::NoAlgorithms { .. }), "{error}");
    assert_eq!(error.ended(), Ended::NotFound);
}

#[test]
fn the_messages_of_ssh_are_understood() {
    let changed = fails(
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nThe fingerprint for the ED25519 key sent by the \
         remote host is\nSHA256:abcdef.\nHost key verification failed.",
    );
    assert!(
        matches!(&changed, SshError::HostKeyChanged { fingerprint, entry, .. }
            if fingerprint == "SHA256:abcdef" && entry == "[guest]:2222"),
        "{changed}"
    );
    let error = fails("vagrant@guest: Permission denied (publickey).");
    assert!(
        matches!(error, SshError::AuthenticationFailed { .. }),
        "{error}"
    );
    let error = fails("ssh: connect to host guest port 2222: Connection refused");
    assert!(matches!(error, SshError::Refused { .. }), "{error}");
    let error = fails("ssh: Could not resolve hostname guest: Name or service not known");
    assert!(matches!(error, SshError::Resolve { .. }), "{error}");
    let error = fails("ssh: connect to host guest port 2222: Connection timed out");
    assert!(matches!(error, SshError::ConnectTimeout { .. }), "{error}");
    let error = fails("Connection timed out during banner exchange");
    assert!(matches!(error, SshError::SilentServer { .. }), "{error}");
    let error = fails("Unable to negotiate: no matching cipher found. Their offer: des");
    assert!(matches!(error, SshError::NoAlgorithms { .. }), "{error}");
    let error = fails("one\nsomething \u{1b}[2Jodd\n\n");
    assert!(matches!(error, SshError::Other { .. }), "{error}");
    assert!(
        error.to_string().contains("something \\u{1b}[2Jodd"),
        "{error}"
    );
    assert!(fails("").to_string().contains("gave no reason"));
}

/// A guest can say the words of `ssh`, too.
#[test]
fn a_script_that_may_have_run_does_not_run_again() {
    let server = SshServer::start(Behaviour::OldKeyExchange);
    let stand_in = StandIn::new(
        "echo once >>\"${0%/*}/runs\"; echo 'UNPROTECTED PRIVATE KEY FILE' >&2; echo out; exit 255",
    );
    let key: PathBuf = server.key_file("key", &ssh_server::openssh(&server.key));
    run(&server, &key).expect("an answer");
    let runs = std::fs::read_to_string(stand_in.folder.path().join("runs")).expect("it ran");
    assert_eq!(runs, "once\n");
}

#[test]
fn a_status_of_255_with_output_is_the_scripts_own() {
    let server = SshServer::start(Behaviour::OldKeyExchange);
    let _stand_in = StandIn::new("echo out; exit 255");
    let key: PathBuf = server.key_file("key", &ssh_server::openssh(&server.key));
    let remote = run(&server, &key).expect("an answer");
    assert_eq!(remote.output.status, Some(255));
}

#[test]
fn extra_options_come_first() {
    let stand_in = StandIn::new("exit 0");
    let address = Address {
        host: "guest".to_owned(),
        port: 22,
        user: "vagrant".to_owned(),
    };
    let options = ["ProxyCommand=nc %h %p".to_owned()];
    let mut login = login(Path::new("key"));
    login.host_keys = HostKeys::Known;
    let deadline = Deadline::after(Duration::from_secs(10));
    run_script_with_system_ssh(&address, &login, &options, b"", LIMITS, deadline)
        .expect("an answer");
    let arguments = stand_in.arguments();
    assert_eq!(arguments[..3], ["-T", "-o", "ProxyCommand=nc %h %p"]);
    assert!(arguments.contains(&"StrictHostKeyChecking=accept-new".to_owned()));
    assert!(!arguments.contains(&"-F".to_owned()));
}

/// An RSA key for nothing but this test.
const RSA: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn
NhAAAAAwEAAQAAAIEAv/CIE2DwkyoTkF/HVHnZSVnX4nRKRQURgWEo76oyL2masVw6Ml21
W6YzHW6wbsT0UfoGtmQ5YveOjKdtPFw4BRMH4v7cG8tru8iH2bxupYbDBurIu9QkBMf+h8
bkknnHD1Jf+jFURsFzxB+1kSndM6bcxfF+tRL27N0AeeqbrNMAAAIAG/+FrBv/hawAAAAH
c3NoLXJzYQAAAIEAv/CIE2DwkyoTkF/HVHnZSVnX4nRKRQURgWEo76oyL2masVw6Ml21W6
YzHW6wbsT0UfoGtmQ5YveOjKdtPFw4BRMH4v7cG8tru8iH2bxupYbDBurIu9QkBMf+h8bk
knnHD1Jf+jFURsFzxB+1kSndM6bcxfF+tRL27N0AeeqbrNMAAAADAQABAAAAgDysn4dotI
QA4BBahptorUxnrzvxwOySjpcUjKk+ZwDf5Du+yNLVFphzMGNUc0eA0S7815RemFl1okVK
Q9i52icL60j+Dbq8mKfQ7qB3/EYvsQqM7CnANjZNWnQgJXhDJhiq/LMsWPesk2r7UETf5X
Ew3melFAzIsn5zGgOwrrh5AAAAQFtTU6UbzHdhi7bt9tb08zNLM93FlcQCWN2ydTvC4xLj
1wPkThRkMsNcSk6RY7ZJvOXZ8cppxD4NssEuJ006kxAAAABBAO+tGXv0XHP7TBTCYY/u+R
MbTWHtuJf/6F99rheWylxvcCdjbTmL6jc9/VBfSaZ3XU9bEVHpb0Ed1xcTxIsRrLcAAABB
AM0DHYW9C1Ibxf8LdFw8q/630qtPdOoqSHqJAywT1azKTzE/OiBABsNigIbPiUmcz/+z6w
Z4pKzZAlQGQMOQXMUAAAAEdGVzdAECAwQFBgc=
-----END OPENSSH PRIVATE KEY-----
";
