//! What it costs to send an image of the Guest Additions into a guest, beside OpenSSH's own program,
//! on one machine in one run: the start of the program, the login and 60 MB. The limit is a ratio,
//! because it holds on fast and slow computers alike.
//!
//! Needs the packages openssh-server and openssh-client, and root or a user who may log in.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

#[path = "../support/sshd.rs"]
mod sshd;
mod table;
mod turns;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use boxdoctor::transport::ssh::{Address, HostKeys, Login, Piece, upload};
use sshd::Sshd;
use table::Table;
use turns::interleaved;

/// How often each side is measured; the middle one counts.
const REPETITIONS: usize = 11;
/// As long as an image of the Guest Additions.
const LENGTH: usize = 60_000_000;
/// The word by which this program is told to be the one that sends.
const SEND: &str = "send-one-file";

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if words.get(1).is_some_and(|word| word == SEND) {
        return send(&words[2..]);
    }
    let guest = Sshd::start("Subsystem sftp /usr/lib/openssh/sftp-server\n");
    let source = guest.home().join("VBoxGuestAdditions.iso");
    std::fs::write(&source, content()).expect("a file");
    let arrived = guest.home().join("arrived.iso");

    let ours = || measured(&mut sender(&guest, &source, &arrived), &source, &arrived);
    let theirs = || measured(&mut scp(&guest, &[], &source, &arrived), &source, &arrived);
    let same_cipher = ["-c", "aes128-gcm@openssh.com"];
    let fastest = || {
        let mut command = scp(&guest, &same_cipher, &source, &arrived);
        measured(&mut command, &source, &arrived)
    };
    // The first of each fills caches.
    let _ = (ours(), theirs(), fastest());
    let [ours, theirs, fastest] = interleaved(REPETITIONS, [&ours, &theirs, &fastest]);
    let mut table = Table::new();
    table.times("a: 60 MB sent | scp", ours, theirs, 1.0);
    table.times(
        "b: 60 MB sent | scp with the same cipher",
        ours,
        fastest,
        1.0,
    );
    std::process::exit(i32::from(!table.print()));
}

/// Bytes that no compression makes shorter.
fn content() -> Vec<u8> {
    let mut bytes = vec![0; LENGTH];
    getrandom::fill(&mut bytes).expect("random numbers");
    bytes
}

/// This program again, so that its start is measured too.
fn sender(guest: &Sshd, source: &Path, to: &Path) -> Command {
    let myself = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(myself);
    command
        .env("HOME", guest.home())
        .env_remove("SSH_AUTH_SOCK")
        .args([SEND, &guest.port.to_string(), &guest.user])
        .args([&guest.key(), source, to]);
    command
}

/// What a user of the library does.
fn send(words: &[String]) {
    let [port, user, key, source, to] = words else {
        panic!("five words, not {words:?}");
    };
    let address = Address {
        host: "127.0.0.1".to_owned(),
        port: port.parse().expect("a number"),
        user: user.clone(),
    };
    let login = Login {
        identities: vec![key.into()],
        agent: false,
        host_keys: HostKeys::Known,
    };
    let piece = Piece {
        source: PathBuf::from(source),
        offset: 0,
        length: LENGTH as u64,
        to: to.clone(),
        keep: 0,
    };
    upload(
        &address,
        &login,
        &piece,
        Duration::from_secs(60),
        &mut |_| {},
    )
    .unwrap_or_else(|error| panic!("{error}"));
}

fn scp(guest: &Sshd, options: &[&str], source: &Path, to: &Path) -> Command {
    let mut command = Command::new("scp");
    command
        .env("HOME", guest.home())
        .env_remove("SSH_AUTH_SOCK")
        .args(["-q", "-F", "none", "-o", "BatchMode=yes"])
        .args(["-o", "IdentitiesOnly=yes", "-o"])
        .arg(format!(
            "UserKnownHostsFile={}",
            guest.home().join(".ssh/known_hosts").display()
        ))
        .args(options)
        .arg("-i")
        .arg(guest.key())
        .args(["-P", &guest.port.to_string()])
        .arg(source)
        .arg(format!("{}@127.0.0.1:{}", guest.user, to.display()));
    command
}

/// How long it took to send the file, which must have arrived.
fn measured(command: &mut Command, source: &Path, arrived: &Path) -> Duration {
    let start = Instant::now();
    let status = command.status().expect("it starts");
    let took = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    let same = std::fs::read(source).expect("it is there") == std::fs::read(arrived).expect("sent");
    assert!(same, "{command:?} has sent something else");
    std::fs::remove_file(arrived).expect("it is ours");
    took
}
