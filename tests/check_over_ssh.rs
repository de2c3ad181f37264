//! `check --ssh` and `capture --ssh` by the real program, against a server inside the test that
//! behaves as it is told. Where it behaves, its shell is this computer's.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/ssh_server.rs"]
mod ssh_server;

use std::time::Duration;

use program::{Desk, Ran, finding, roots};
use russh::keys::HashAlg;
use serde_json::Value;
use ssh_server::{Behaviour, SshServer, new_key, openssh};

/// The arguments that name this server and the key that it lets in.
fn named(server: &SshServer) -> [String; 4] {
    let key = server.key_file("id", &openssh(&server.key));
    named_with(server, key.to_str().expect("a path"))
}

fn named_with(server: &SshServer, key: &str) -> [String; 4] {
    let address = format!("vagrant@127.0.0.1:{}", server.port);
    [
        "--ssh".to_owned(),
        address,
        "--identity".to_owned(),
        key.to_owned(),
    ]
}

fn run(desk: &Desk, command: &str, target: &[String], more: &[&str]) -> Ran {
    let mut arguments = vec![command];
    arguments.extend(target.iter().map(String::as_str));
    arguments.extend(more);
    desk.run(&arguments)
}

fn check(desk: &Desk, target: &[String], more: &[&str]) -> Ran {
    run(desk, "check", target, more)
}

/// The one target of a JSON report.
fn only(report: &Value) -> &Value {
    assert_eq!(
        report["targets"].as_array().map(Vec::len),
        Some(1),
        "{report:#}"
    );
    &report["targets"][0]
}

/// Looks at a server that gives no answer, with two seconds to do so, and gives back what
/// guest-unreachable says of it.
fn unreachable(server: &SshServer, target: &[String]) -> String {
    let desk = Desk::new();
    let look = |format| {
        let ran = check(&desk, target, &["--timeout", "2", "--format", format]);
        ran.noted(1).is_harmless();
        assert!(ran.took < Duration::from_secs(4), "took {:?}", ran.took);
        ran
    };
    // Side by side, because most of it is waiting.
    let (text, ran) = std::thread::scope(|scope| {
        let text = scope.spawn(|| look("human"));
        let ran = look("json");
        (text.join().expect("a look"), ran)
    });
    assert!(text.stdout.contains("guest-unreachable"), "{text:?}");
    assert!(server.connections() <= 2, "one connection a look");
    let report = ran.json();
    assert_eq!(roots(only(&report)), ["guest-unreachable"]);
    let found = finding(only(&report), "guest-unreachable");
    let said = found["observed"]
        .as_str()
        .unwrap_or_else(|| panic!("{found:#}"));
    assert!(!said.contains('\n'), "one line: {said}");
    said.to_owned()
}

#[test]
fn a_look_at_a_guest_is_one_connection_and_one_command() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let ran = check(&desk, &named(&server), &["--format", "json"]);
    assert_eq!((server.connections(), server.execs()), (1, 1));
    let report = ran.json();
    let target = only(&report);
    assert_eq!(target["name"], format!("vagrant@127.0.0.1:{}", server.port));
    assert_eq!(
        (&target["kind"], &target["state"]),
        (&"ssh".into(), &"running".into())
    );
    assert_eq!(finding(target, "guest-unreachable")["status"], "pass");
    // Whether anything is wrong with this computer is not for a test to say, but the status follows.
    let count = |what: &str| report["summary"][what].as_u64().expect("a number");
    let expected = match (count("error"), count("unknown")) {
        (1.., _) => 1,
        (0, 1..) => 3,
        _ => 0,
    };
    assert_eq!(ran.status, Some(expected), "{ran:?}");
    assert!(count("pass") > 0 && count("skipped") > 0);

    let text = check(&desk, &named(&server), &["-v", "--color", "never"]);
    assert_eq!(text.status, Some(expected));
    text.is_harmless();
}

#[test]
fn the_user_and_the_agent_need_not_be_named() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    desk.file(".ssh/id_ed25519", openssh(&server.key));
    let address = format!("127.0.0.1:{}", server.port);
    let report = desk
        .run(&["check", "--ssh", &address, "--format", "json"])
        .json();
    assert_eq!(
        finding(only(&report), "guest-unreachable")["status"],
        "pass"
    );
    assert_eq!((server.connections(), server.execs()), (1, 1));
}

#[test]
fn a_bundle_gives_the_findings_of_the_live_look() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let target = named(&server);
    let written = run(&desk, "capture", &target, &["-o", "bundle.toml"]);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!(written.stdout, "");
    assert!(written.stderr.contains("wrote bundle.toml"), "{written:?}");
    assert_eq!((server.connections(), server.execs()), (1, 1));

    let live = check(&desk, &target, &["--format", "json"]);
    let replayed = desk.run(&["check", "--bundle", "bundle.toml", "--format", "json"]);
    assert_eq!(replayed.status, live.status);
    let (live, replayed) = (live.json(), replayed.json());
    for key in [
        "check",
        "status",
        "severity",
        "root",
        "caused_by",
        "location",
    ] {
        let of = |report: &Value| -> Vec<Value> {
            let findings = only(report)["findings"].as_array().expect("findings");
            findings
                .iter()
                .map(|finding| finding[key].clone())
                .collect()
        };
        assert_eq!(of(&replayed), of(&live), "{key}");
    }
    assert_eq!(without_names(&replayed), without_names(&live));
    // What was written can be read again and again, and looks the same at every reading.
    let again = desk.run(&["capture", "--bundle", "bundle.toml", "-o", "again.toml"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    let third = desk.run(&["check", "--bundle", "again.toml", "--format", "json"]);
    assert_eq!(without_names(&third.json()), without_names(&live));
}

/// The report with every letter and digit replaced by one of its kind: that is how far a redacted
/// name may differ from the real one.
fn without_names(report: &Value) -> String {
    report
        .to_string()
        .chars()
        .map(|character| match character {
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            '0'..='9' => '0',
            other => other,
        })
        .collect()
}

#[test]
fn a_bundle_holds_no_name_of_this_computer_and_no_key() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let mut command = desk.command(&["capture", "-o", "bundle.toml"]);
    let written = program::run(command.args(named(&server)).env("USER", "zyxwvuts"));
    assert_eq!(written.status, Some(0), "{written:?}");
    let bundle = std::fs::read_to_string(desk.path().join("bundle.toml")).expect("the bundle");
    let report = desk.run(&["check", "--bundle", "bundle.toml"]);
    assert!(
        [Some(0), Some(1), Some(3)].contains(&report.status),
        "{report:?}"
    );
    assert!(bundle.contains("id = \"uname\""), "{bundle}");
    assert!(!bundle.contains("zyxwvuts"), "{bundle}");
    let key = openssh(&server.key);
    assert!(!bundle.contains(key.lines().nth(1).expect("a line of the key")));
    // A second capture over the first is whole, too.
    let again = run(&desk, "capture", &named(&server), &["-o", "bundle.toml"]);
    assert_eq!(again.status, Some(0), "{again:?}");
}

#[test]
fn a_server_that_says_nothing_is_given_up_in_time() {
    for (behaviour, expected) in [
        (Behaviour::SilentAfterAccept, "fell silent"),
        (Behaviour::SilentAtLogin, "fell silent during the login"),
        (Behaviour::SilentAfterExec, "in time"),
    ] {
        let server = SshServer::start(behaviour);
        let said = unreachable(&server, &named(&server));
        assert!(said.contains(expected), "{behaviour:?}: {said}");
    }
}

#[test]
fn a_connection_that_breaks_is_told() {
    for (bytes, expected) in [(0, "closed"), (5000, "closed")] {
        let server = SshServer::start(Behaviour::DropMidway(bytes));
        let said = unreachable(&server, &named(&server));
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_is_no_guest_is_told() {
    for (behaviour, expected) in [
        (
            Behaviour::Says(b"HTTP/1.1 400 Bad\x1b[2J\r\n"),
            "not an SSH server",
        ),
        (Behaviour::Says(b""), "not an SSH server"),
        (Behaviour::RejectExec, "refused to run a command"),
        (Behaviour::Escapes, "shell"),
        (Behaviour::ExitSignal, "shell"),
    ] {
        let server = SshServer::start(behaviour);
        let said = unreachable(&server, &named(&server));
        assert!(said.contains(expected), "{behaviour:?}: {said}");
    }
    let gone = SshServer::start(Behaviour::Says(b""));
    let mut target = named(&gone);
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    target[1] = format!(
        "127.0.0.1:{}",
        free.local_addr().expect("an address").port()
    );
    drop(free);
    assert!(unreachable(&gone, &target).contains("connection refused"));
}

#[test]
fn a_channel_that_never_closes_is_not_waited_for() {
    for status in [0, 3] {
        for eof in [true, false] {
            let server = SshServer::start(Behaviour::NeverCloses { status, eof });
            unreachable(&server, &named(&server));
        }
    }
}

#[test]
fn a_key_that_the_server_does_not_take_is_named() {
    let server = SshServer::start(Behaviour::RealShell);
    let key = server.key_file("wrong", &openssh(&new_key()));
    let said = unreachable(&server, &named_with(&server, key.to_str().expect("a path")));
    assert!(said.contains("accepts none of these keys"), "{said}");
    assert!(said.contains("wrong"), "it names the key: {said}");
    assert_eq!(server.execs(), 0);
}

#[test]
fn a_key_behind_a_passphrase_is_for_the_agent() {
    let (desk, server) = (Desk::new(), SshServer::start(Behaviour::RealShell));
    let key = server.key_file("locked", ENCRYPTED);
    let ran = check(
        &desk,
        &named_with(&server, key.to_str().expect("a path")),
        &[],
    );
    let line = ran.refused();
    assert!(
        line.contains("locked: the private key needs a passphrase"),
        "{line}"
    );
    assert!(line.contains("ssh-add"), "it says what to do: {line}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_server_whose_key_has_changed_is_refused() {
    let key = new_key();
    let server = SshServer::start_with_host_keys(Behaviour::RealShell, vec![key.clone()]);
    let desk = Desk::new();
    let entry = |key: &russh::keys::PrivateKey| {
        let public = key.public_key().to_openssh().expect("a public key");
        format!("[127.0.0.1]:{} {public}\n", server.port)
    };
    let look = || {
        let report = check(&desk, &named(&server), &["--format", "json"]);
        finding(only(&report.json()), "guest-unreachable").clone()
    };
    desk.file(".ssh/known_hosts", entry(&new_key()));
    let text = check(&desk, &named(&server), &[]);
    text.noted(1).is_harmless();
    let found = look();
    let said = found["observed"].as_str().expect("text");
    assert!(said.contains("the host key is not the one in"), "{said}");
    assert!(
        said.contains("known_hosts") && said.contains("ssh-keygen -R"),
        "{said}"
    );
    let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
    assert!(said.contains(&fingerprint), "{said}");
    assert_eq!(
        (server.offers(), server.execs()),
        (0, 0),
        "a stranger is shown no key"
    );

    desk.file(".ssh/known_hosts", entry(&key));
    assert_eq!(look()["status"], "pass");
    // Nobody has met this host before: it is let in.
    desk.file(".ssh/known_hosts", "");
    assert_eq!(look()["status"], "pass");
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
