//! A script over SSH, against servers that behave and servers that do not.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings

#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use boxdoctor::transport::ssh::{Address, HostKeys, Login, Remote, SshError, run_script};
use boxdoctor::transport::{Deadline, Ended, Limits};
use ssh_server::{Behaviour, ESCAPES, SshServer, new_key, openssh};

const LIMITS: Limits = Limits {
    stdout: 256 * 1024,
    stderr: 64 * 1024,
};
const SECONDS: Duration = Duration::from_secs(2);

/// Runs the script with a deadline of two seconds and holds the call to it.
fn run_at(address: &Address, login: &Login, script: &[u8]) -> Result<Remote, SshError> {
    let start = Instant::now();
    let result = run_script(address, login, script, LIMITS, Deadline::after(SECONDS));
    let took = start.elapsed();
    assert!(
        took < Duration::from_secs(4),
        "took {took:?} with a deadline of 2 s"
    );
    if let Err(error) = &result {
        let message = error.to_string();
        assert_eq!(message.lines().count(), 1, "one line: {message:?}");
        assert!(
            !message.chars().any(char::is_control),
            "no control characters: {message:?}"
        );
    }
    result
}

fn run(server: &SshServer, script: &[u8]) -> Result<Remote, SshError> {
    run_at(&server.address(), &server.login(), script)
}

fn timed(server: &SshServer, script: &[u8]) -> (Remote, Duration) {
    let start = Instant::now();
    let remote = run(server, script).expect("an answer");
    (remote, start.elapsed())
}

#[test]
fn a_script_is_one_connection_and_one_command() {
    let server = SshServer::start(Behaviour::RealShell);
    let script =
        b"printf 'out\\n'; printf 'err\\n' >&2\nread line || echo 'no input left'\nexit 7\n";
    let remote = run(&server, script).expect("an answer");
    assert_eq!(remote.output.ended, Ended::Exit);
    assert_eq!(remote.output.status, Some(7));
    assert_eq!(remote.output.stdout, b"out\nno input left\n");
    assert_eq!(remote.output.stderr, b"err\n");
    assert!(!remote.output.truncated);
    assert_eq!(remote.notes, Vec::<String>::new());
    assert_eq!((server.connections(), server.execs()), (1, 1));
}

#[test]
fn a_large_script_arrives_whole() {
    let server = SshServer::start(Behaviour::RealShell);
    let mut script = "# a comment of some length, to fill the window of the channel\n".repeat(4000);
    script.push_str("echo end\n");
    let remote = run(&server, script.as_bytes()).expect("an answer");
    assert_eq!(remote.output.stdout, b"end\n");
    assert_eq!(remote.output.status, Some(0));
}

#[test]
fn the_way_there_and_back_is_short() {
    let server = SshServer::start(Behaviour::RealShell);
    let best = (0..5)
        .map(|_| timed(&server, b"exit 0").1)
        .min()
        .expect("five runs");
    // Unoptimised and beside other tests; a waiting step would cost 40 ms or more a packet.
    assert!(best < Duration::from_millis(500), "took {best:?}");
}

#[test]
fn a_silent_server_is_told_from_a_closed_port() {
    let server = SshServer::start(Behaviour::SilentAfterAccept);
    let error = run(&server, b"true").expect_err("no banner");
    assert!(matches!(error, SshError::SilentServer { .. }), "{error}");
    assert_eq!(error.ended(), Ended::Timeout);

    let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let mut address = server.address();
    address.port = free.local_addr().expect("an address").port();
    drop(free);
    let error = run_at(&address, &server.login(), b"true").expect_err("nobody there");
    assert!(matches!(error, SshError::Refused { .. }), "{error}");
    assert_eq!(error.ended(), Ended::NotFound);
}

#[test]
fn a_server_silent_at_the_login_is_told() {
    let server = SshServer::start(Behaviour::SilentAtLogin);
    let error = run(&server, b"true").expect_err("no opinion");
    assert!(matches!(error, SshError::SilentServer { .. }), "{error}");
    assert!(error.to_string().contains("during the login"), "{error}");
}

#[test]
fn another_protocol_is_named() {
    for words in [
        &b"HTTP/1.1 400 Bad Request\r\n\x1b[2J\r\n"[..],
        b"220 mail\r\n",
        b"",
    ] {
        let server = SshServer::start(Behaviour::Says(words));
        let error = run(&server, b"true").expect_err("not SSH");
        assert!(matches!(error, SshError::NotSsh { .. }), "{error}");
    }
}

#[test]
fn an_unknown_name_and_a_bad_address_are_errors() {
    let server = SshServer::start(Behaviour::RealShell);
    let mut address = server.address();
    for host in ["-oProxyCommand=touch /tmp/x", "", "a b", "a\nb", "a\0b"] {
        address.host = host.to_owned();
        let error = run_at(&address, &server.login(), b"true").expect_err("a bad host");
        assert!(matches!(error, SshError::InvalidAddress { .. }), "{error}");
    }
    address.host = "no-such-host.invalid".to_owned();
    let error = run_at(&address, &server.login(), b"true").expect_err("no such host");
    assert!(
        matches!(error, SshError::Resolve { .. } | SshError::Stuck { .. }),
        "{error}"
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_script_that_never_ends_gives_what_it_had() {
    let server = SshServer::start(Behaviour::RealShell);
    let (remote, took) = timed(&server, b"echo first; sleep 60; echo second");
    assert_eq!(remote.output.ended, Ended::Timeout);
    assert_eq!(remote.output.status, None);
    assert_eq!(remote.output.stdout, b"first\n");
    assert!(took >= Duration::from_millis(1900), "took {took:?}");
}

#[test]
fn a_server_silent_after_exec_times_out() {
    let server = SshServer::start(Behaviour::SilentAfterExec);
    let remote = run(&server, &vec![b'#'; 8 * 1024 * 1024]).expect("a partial answer");
    assert_eq!(remote.output.ended, Ended::Timeout);
    assert_eq!(remote.output.status, None);
}

#[test]
fn a_connection_that_breaks_keeps_what_arrived() {
    let server = SshServer::start(Behaviour::DropMidway(5000));
    let (remote, took) = timed(&server, b"true");
    assert_eq!(remote.output.ended, Ended::Exit);
    assert_eq!(remote.output.status, None);
    assert_eq!(remote.output.stdout, vec![b'x'; 5000]);
    assert!(
        remote
            .cut_off
            .is_some_and(|why| why.contains("closed in the middle"))
    );
    assert!(took < SECONDS);

    let server = SshServer::start(Behaviour::DropMidway(0));
    let error = run(&server, b"true").expect_err("nothing arrived");
    assert!(matches!(error, SshError::Dropped { .. }), "{error}");
}

#[test]
fn a_flood_of_output_is_cut_off() {
    let server = SshServer::start(Behaviour::FloodStdout);
    let (remote, took) = timed(&server, b"true");
    assert!(remote.output.truncated);
    assert_eq!(remote.output.stdout.len(), LIMITS.stdout);
    assert_eq!(remote.output.status, None);
    assert!(took < SECONDS, "took {took:?}");
}

#[test]
fn a_flood_of_errors_does_not_hide_the_answer() {
    let server = SshServer::start(Behaviour::FloodStderr(8 * 1024 * 1024));
    let start = Instant::now();
    let remote = run_script(
        &server.address(),
        &server.login(),
        b"true",
        LIMITS,
        Deadline::after(Duration::from_secs(30)),
    )
    .expect("an answer");
    assert_eq!(remote.output.stdout, b"answer\n");
    assert_eq!(remote.output.status, Some(0));
    assert_eq!(remote.output.stderr.len(), LIMITS.stderr);
    assert!(remote.output.truncated);
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn an_endless_flood_of_errors_is_cut_off() {
    let server = SshServer::start(Behaviour::FloodStderr(1 << 30));
    let start = Instant::now();
    let remote = run_script(
        &server.address(),
        &server.login(),
        b"true",
        LIMITS,
        Deadline::after(Duration::from_secs(60)),
    )
    .expect("an answer");
    assert!(remote.output.truncated);
    assert_eq!(remote.output.stderr.len(), LIMITS.stderr);
    assert!(start.elapsed() < Duration::from_secs(50));
}

#[test]
fn a_channel_that_stays_open_is_not_waited_for() {
    for eof in [true, false] {
        let server = SshServer::start(Behaviour::NeverCloses { status: 3, eof });
        let (remote, took) = timed(&server, b"true");
        assert_eq!(remote.output.ended, Ended::Exit);
        assert_eq!(remote.output.status, Some(3));
        assert_eq!(remote.output.stdout, b"answer\n");
        assert!(took < Duration::from_millis(1500), "took {took:?}");
    }
}

#[test]
fn a_status_of_zero_without_a_close_is_not_believed() {
    // libssh2 does not tell "status 0" from "no status yet".
    let server = SshServer::start(Behaviour::NeverCloses {
        status: 0,
        eof: true,
    });
    let (remote, took) = timed(&server, b"true");
    assert_eq!(remote.output.stdout, b"answer\n");
    assert_eq!(remote.output.status, None);
    assert!(took < SECONDS, "took {took:?}");
    assert!(
        remote
            .cut_off
            .is_some_and(|why| why.contains("without an exit status"))
    );
}

#[test]
fn a_process_left_behind_does_not_hold_the_answer() {
    let server = SshServer::start(Behaviour::RealShell);
    let (remote, took) = timed(&server, b"sleep 30 >/dev/null 2>&1 & echo done");
    assert_eq!(remote.output.stdout, b"done\n");
    assert_eq!(remote.output.status, Some(0));
    assert!(took < SECONDS, "took {took:?}");
}

#[test]
fn bytes_come_back_as_they_were_sent() {
    let server = SshServer::start(Behaviour::Escapes);
    let remote = run(&server, b"true").expect("an answer");
    assert_eq!(remote.output.stdout, ESCAPES);
}

#[test]
fn a_killed_command_has_no_status() {
    let server = SshServer::start(Behaviour::ExitSignal);
    let remote = run(&server, b"true").expect("an answer");
    assert_eq!(remote.output.ended, Ended::Exit);
    assert_eq!(remote.output.status, None);
    assert_eq!(remote.output.stdout, b"partial\n");
}

#[test]
fn a_refused_key_is_named() {
    let server = SshServer::start(Behaviour::RejectAuth);
    let error = run(&server, b"true").expect_err("no key is good");
    let SshError::AuthenticationFailed { tried, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(tried.len(), 1);
    assert!(tried[0].ends_with("id"));
    assert_eq!(error.ended(), Ended::Denied);
    assert_eq!(server.execs(), 0);
}

#[test]
fn a_refused_command_is_told() {
    let server = SshServer::start(Behaviour::RejectExec);
    let error = run(&server, b"true").expect_err("no command");
    assert!(matches!(error, SshError::NoShell { .. }), "{error}");
}

#[test]
fn the_second_key_file_is_tried_too() {
    let server = SshServer::start(Behaviour::RealShell);
    let mut login = server.login();
    login
        .identities
        .insert(0, server.key_file("other", &openssh(&new_key())));
    login
        .identities
        .insert(0, PathBuf::from("no such key file"));
    let remote = run_at(&server.address(), &login, b"echo in").expect("an answer");
    assert_eq!(remote.output.stdout, b"in\n");
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_key_with_windows_line_ends_works() {
    let server = SshServer::start(Behaviour::RealShell);
    let mut login = server.login();
    let text = openssh(&server.key);
    let text = text.trim_end().replace('\n', "\r\n");
    login.identities = vec![server.key_file("crlf", &text)];
    let remote = run_at(&server.address(), &login, b"echo in").expect("an answer");
    assert_eq!(remote.output.stdout, b"in\n");
}

#[test]
fn the_problem_of_a_key_file_is_told() {
    let server = SshServer::start(Behaviour::RealShell);
    let mut login = server.login();
    let mut problem = |path: PathBuf| {
        login.identities = vec![path];
        run_at(&server.address(), &login, b"true").expect_err("no usable key")
    };

    for (name, text) in [("new", ENCRYPTED), ("old", ENCRYPTED_PEM)] {
        let path = server.key_file(name, text);
        let error = problem(path.clone());
        assert_eq!(error, SshError::KeyNeedsPassphrase { path });
        assert_eq!(error.ended(), Ended::Denied);
    }
    let missing = server.folder().join("missing");
    let broken = openssh(&new_key()).replacen("AAAA", "A!AA", 3);
    for path in [
        missing,
        server.folder().to_owned(),
        server.key_file("text", "hello"),
        server.key_file("putty", "PuTTY-User-Key-File-3: ssh-ed25519\n"),
        server.key_file("huge", &"x".repeat(1 << 20)),
        server.key_file(
            "public",
            &server.key.public_key().to_openssh().expect("text"),
        ),
    ] {
        let error = problem(path.clone());
        assert!(
            matches!(&error, SshError::KeyUnreadable { path: named, .. } if *named == path),
            "{error}"
        );
    }
    // A key that only libssh2 finds broken is at least named.
    let path = server.key_file("broken", &broken);
    let error = problem(path);
    assert!(error.to_string().contains("broken"), "{error}");
    assert_eq!(error.ended(), Ended::Denied);
    assert_eq!(server.execs(), 0);
}

#[test]
fn no_more_than_six_keys_are_offered() {
    let server = SshServer::start(Behaviour::RejectAuth);
    let identities = (0..9)
        .map(|number| server.key_file(&format!("key{number}"), &openssh(&new_key())))
        .collect();
    let login = Login {
        identities,
        agent: false,
        host_keys: HostKeys::Ignore,
    };
    let error = run_at(&server.address(), &login, b"true").expect_err("no key is good");
    assert!(
        matches!(error, SshError::AuthenticationFailed { .. }),
        "{error}"
    );
    assert_eq!(server.offers(), 6);
}

/// An ed25519 key behind a passphrase that nobody needs.
const ENCRYPTED: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDvKmXKCj
CjCW5fNuVH6jFeAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIM9wpeVazUKxrZE8
ATi2Iro66Y5yG28dDTTeJfm1PcYyAAAAkPveYCnjU1Sy4KWpOZr/rBmOoLaufUKdjJeFaA
diw57i7qjqhfNJa/P1+3EJKQLcP9yb5QpTnf3AKHSYoL0KhrU8XBCfOk7p1HFKT272V1iK
6q5uUZ62TAu8/1LH8+rOkSRgxcEqkT4B4RJk4+PVm6xTZxMOaGCaj7lQrnkbHoo8++Klpp
XS/9WQrSaoGMQzRA==
-----END OPENSSH PRIVATE KEY-----
";

/// The same for RSA, in the old format; only its head matters.
const ENCRYPTED_PEM: &str = "\
-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,DE2AED7EE0AAAD84B59E64679BB7581B

J0BNmvBkSdbOLF4rSoSHmluxDhOuVX6uo4mbZT24lg5KwBPFMta1H6NgMFgxXDc5
uUzKuPZqlciqVF04xPGdmxEfAQpv/u/zAD96JMcM/EWZO2vg0T9m1iwhazI5pbNf
-----END RSA PRIVATE KEY-----
";
