//! A file sent to the real OpenSSH server, by each of the ways that there are. Needs
//! root, `openssh-server`, `openssh-client` and the shells.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/relay.rs"]
mod relay;
#[path = "support/sshd.rs"]
mod sshd;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use boxdoctor::transport::ssh::{
    Address, HostKeys, Login, Piece, SshError, upload, upload_with_system_ssh,
};
use relay::{Fate, Relay};
use sshd::Sshd;

const STALL: Duration = Duration::from_secs(20);
const WITH_SFTP: &str = "Subsystem sftp /usr/lib/openssh/sftp-server\n";
/// A program that is not there, as on a guest from which somebody has removed it.
const BROKEN_SFTP: &str = "Subsystem sftp /nowhere/sftp-server\n";
/// What libssh2 knows no more.
const OLD: &str = "KexAlgorithms diffie-hellman-group14-sha1\n";

/// The servers, and with them the ways: SFTP, the shell (twice), and the shell by the system's ssh.
const WAYS: [&str; 4] = [WITH_SFTP, "", BROKEN_SFTP, OLD];

fn address(guest: &Sshd, port: u16) -> Address {
    Address {
        host: "127.0.0.1".to_owned(),
        port,
        user: guest.user.clone(),
    }
}

fn login(guest: &Sshd) -> Login {
    Login {
        identities: vec![guest.key()],
        agent: false,
        host_keys: HostKeys::Ignore,
    }
}

fn send(guest: &Sshd, piece: &Piece) -> Result<u64, SshError> {
    let mut last = 0;
    let mut news = |taken: u64| {
        assert!(taken >= last, "{taken} after {last}");
        last = taken;
    };
    let address = address(guest, guest.port);
    upload(&address, &login(guest), piece, STALL, &mut news)?;
    Ok(last)
}

/// Bytes of which no two blocks are alike.
fn content(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("random numbers");
    bytes
}

/// All of a file with this content.
fn whole(folder: &Path, content: &[u8], to: &Path) -> Piece {
    let source = folder.join("source");
    std::fs::write(&source, content).expect("a file");
    Piece {
        source,
        offset: 0,
        length: content.len() as u64,
        to: to.to_str().expect("it is text").to_owned(),
        keep: 0,
    }
}

#[test]
fn a_file_arrives_whole() {
    for way in WAYS {
        let guest = Sshd::start(way);
        for length in [0, 1, 30_000, 9_000_001] {
            let content = content(length);
            let to = guest.home().join("arrived");
            let piece = whole(guest.home(), &content, &to);
            let taken = send(&guest, &piece).unwrap_or_else(|error| panic!("{way}: {error}"));
            assert_eq!(taken, length as u64, "{way}");
            assert!(
                std::fs::read(&to).expect("it arrived") == content,
                "{way}: {length}"
            );
        }
    }
}

#[test]
fn a_part_of_a_file_comes_behind_what_stays() {
    for way in WAYS {
        let guest = Sshd::start(way);
        let content = content(3_000_000);
        let to = guest.home().join("arrived");
        let mut piece = whole(guest.home(), &content, &to);
        (piece.offset, piece.length, piece.keep) = (1_234_567, 800_000, 500_000);
        // What is there is longer than what stays of it.
        std::fs::write(&to, vec![b'x'; 2_000_000]).expect("a file");
        send(&guest, &piece).unwrap_or_else(|error| panic!("{way}: {error}"));
        let arrived = std::fs::read(&to).expect("it arrived");
        assert!(arrived[..500_000].iter().all(|&byte| byte == b'x'), "{way}");
        assert!(
            arrived[500_000..] == content[1_234_567..2_034_567],
            "{way}: {}",
            arrived.len()
        );
    }
}

#[test]
fn no_name_is_a_command() {
    for way in WAYS {
        let guest = Sshd::start(way);
        for name in [
            "it's $(touch owned) `touch owned`; touch owned",
            "two\nlines\t\"and\" \\more\\\\",
            "-rf *",
            "{a,b} ~ !! #x & | > y",
            "\u{1b}[2J\u{202e}",
        ] {
            let to = guest.home().join(name);
            let piece = whole(guest.home(), name.as_bytes(), &to);
            send(&guest, &piece).unwrap_or_else(|error| panic!("{way}: {name}: {error}"));
            assert_eq!(
                std::fs::read(&to).expect(name),
                name.as_bytes(),
                "{way}: {name}"
            );
        }
        assert!(!guest.home().join("owned").exists(), "{way}");
        assert!(!Path::new("owned").exists(), "{way}");
    }
}

#[test]
fn a_place_that_takes_no_file_is_named() {
    for way in WAYS {
        let guest = Sshd::start(way);
        let to = guest.home().join("no such folder/arrived");
        let piece = whole(guest.home(), b"content", &to);
        let error = send(&guest, &piece).expect_err("there is no such folder");
        assert!(
            matches!(&error, SshError::NotWritten { to: named, .. } if *named == piece.to),
            "{way}: {error}"
        );
        let message = error.to_string().to_ascii_lowercase();
        assert!(
            message.contains("no such file") || message.contains("nonexistent"),
            "{way}: {message}"
        );
    }
}

#[test]
fn a_guest_without_room_says_so() {
    for way in WAYS {
        let guest = Sshd::start(&format!(
            "{way}ForceCommand ulimit -f 1024; {}\n",
            forced(way)
        ));
        let to = guest.home().join("arrived");
        let piece = whole(guest.home(), &content(9_000_000), &to);
        let begin = Instant::now();
        let error = send(&guest, &piece).expect_err("only 512 KiB may be written");
        assert!(
            matches!(
                error,
                SshError::NotWritten { .. } | SshError::Dropped { .. }
            ),
            "{way}: {error:?}"
        );
        assert!(begin.elapsed() < STALL, "{way}");
    }
}

/// What is asked of the server, under a limit that the test has set.
fn forced(way: &str) -> &'static str {
    if way == WITH_SFTP {
        "trap '' XFSZ; exec /usr/lib/openssh/sftp-server"
    } else {
        "trap '' XFSZ; eval \"$SSH_ORIGINAL_COMMAND\""
    }
}

#[test]
fn a_file_that_became_shorter_is_not_sent_as_if_it_were_whole() {
    for way in WAYS {
        let guest = Sshd::start(way);
        let to = guest.home().join("arrived");
        let mut piece = whole(guest.home(), &content(5_000_000), &to);
        piece.length += 1;
        let error = send(&guest, &piece).expect_err("a byte is missing");
        assert!(
            matches!(error, SshError::FileUnreadable { .. }),
            "{way}: {error}"
        );
        piece.source = guest.home().join("gone");
        let error = send(&guest, &piece).expect_err("it is not there");
        assert!(
            matches!(error, SshError::FileUnreadable { .. }),
            "{way}: {error}"
        );
    }
}

#[test]
fn a_guest_that_takes_nothing_more_is_given_up() {
    for way in WAYS {
        let guest = Sshd::start(way);
        let relay = Relay::start(guest.port, fates(way, Fate::SilentAfter(1_000_000)));
        let to = guest.home().join("arrived");
        let piece = whole(guest.home(), &content(9_000_000), &to);
        let begin = Instant::now();
        let stall = Duration::from_secs(3);
        let address = address(&guest, relay.port);
        let error = upload(&address, &login(&guest), &piece, stall, &mut |_| {})
            .expect_err("nothing moves");
        assert!(
            matches!(error, SshError::SilentServer { .. }),
            "{way}: {error:?}"
        );
        let took = begin.elapsed();
        assert!(
            took >= stall && took < Duration::from_secs(15),
            "{way}: {took:?}"
        );
    }
}

#[test]
fn a_connection_that_is_cut_leaves_a_beginning() {
    for way in WAYS {
        let guest = Sshd::start(way);
        let relay = Relay::start(guest.port, fates(way, Fate::CutAfter(4_000_000)));
        let to = guest.home().join("arrived");
        let content = content(9_000_000);
        let piece = whole(guest.home(), &content, &to);
        let address = address(&guest, relay.port);
        let error = upload(&address, &login(&guest), &piece, STALL, &mut |_| {})
            .expect_err("the connection is cut");
        assert!(
            matches!(error, SshError::Dropped { .. } | SshError::Other { .. }),
            "{way}: {error:?}"
        );
        // The server may still be writing what it has got.
        std::thread::sleep(Duration::from_millis(300));
        let arrived = std::fs::read(&to).expect("something arrived");
        assert!(arrived.len() > 1_000_000, "{way}: {}", arrived.len());
        assert!(content.starts_with(&arrived), "{way}");
    }
}

#[test]
fn the_shell_of_any_guest_receives() {
    let content = content(500_000);
    for shell in ["dash", "bash", "mksh", "busybox"] {
        let programs = tempfile::tempdir().expect("a folder");
        if shell == "busybox" {
            // With dd and cat of its own.
            let mut install = Command::new("busybox");
            install.args(["--install", "-s"]).arg(programs.path());
            assert!(install.status().expect("busybox starts").success());
        } else {
            symlink(format!("/bin/{shell}"), programs.path().join("sh")).expect("a link");
        }
        let path = format!("{}:/usr/bin:/bin", programs.path().display());
        let guest = Sshd::start_in(&[], "root", &[("PATH", &path)]);
        let asked = guest.ssh("command -v sh").output().expect("ssh");
        let asked = String::from_utf8_lossy(&asked.stdout).into_owned();
        assert_eq!(
            asked.trim_end(),
            format!("{}/sh", programs.path().display())
        );
        let to = guest.home().join("arrived here");
        let mut piece = whole(guest.home(), &content, &to);
        send(&guest, &piece).unwrap_or_else(|error| panic!("{shell}: {error}"));
        assert!(
            std::fs::read(&to).expect("it arrived") == content,
            "{shell}"
        );
        (piece.offset, piece.length, piece.keep) = (400_000, 100_000, 400_000);
        send(&guest, &piece).unwrap_or_else(|error| panic!("{shell}: {error}"));
        assert!(
            std::fs::read(&to).expect("it arrived") == content,
            "{shell}"
        );
    }
}

#[test]
fn the_ssh_program_takes_its_options() {
    let guest = Sshd::start(WITH_SFTP);
    let to = guest.home().join("arrived");
    let content = content(500_000);
    let piece = whole(guest.home(), &content, &to);
    let elsewhere = address(&guest, 1);
    let options = [format!("Port={}", guest.port)];
    upload_with_system_ssh(
        &elsewhere,
        &login(&guest),
        &options,
        &piece,
        STALL,
        &mut |_| {},
    )
    .unwrap_or_else(|error| panic!("{error}"));
    assert!(std::fs::read(&to).expect("it arrived") == content);
}

/// What happens to the connection over which the file is sent.
fn fates(way: &str, fate: Fate) -> Vec<Fate> {
    match way {
        // The first one shows only that libssh2 cannot talk to this server.
        OLD => vec![Fate::Good, fate],
        _ => vec![fate],
    }
}
