//! What it costs to send an image of the Guest Additions into a guest, beside OpenSSH's own programs,
//! on one machine in one run: the start of the program, the login and 60 MB. The limits are ratios,
//! because they hold on fast and slow computers alike.
//!
//! Needs root, and the packages openssh-server, openssh-client and sudo.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

#[path = "../support/roomy_guest.rs"]
mod roomy_guest;
#[path = "../support/sshd.rs"]
mod sshd;
mod table;
mod turns;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use boxdoctor::observe::way::{Route, Way};
use boxdoctor::remedy::upload::script::RECEIVED;
use boxdoctor::remedy::upload::{self, Content};
use boxdoctor::transport::ssh::{Address, HostKeys, Login, Piece};
use roomy_guest::{Guest, WITH_SFTP};
use sha2::{Digest, Sha256};
use table::{Table, in_rounds};
use turns::interleaved;

/// How often each side is measured; the middle one counts.
const REPETITIONS: usize = 11;
/// As long as an image of the Guest Additions.
const LENGTH: usize = 60_000_000;
/// The words by which this program is told to be the one that sends: the bytes alone, and as a repair
/// does it.
const SEND: &str = "send-the-bytes";
const DELIVER: &str = "deliver-the-file";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some(SEND) => send(&words[2..]),
        Some(DELIVER) => deliver(&words[2..]),
        _ => return in_rounds(measure),
    }
    ExitCode::SUCCESS
}

fn measure(table: &mut Table) {
    // Disks are not what is measured.
    let guest = Guest::new("root", "256m", WITH_SFTP);
    let source = guest.sshd.home().join("VBoxGuestAdditions.iso");
    let mut bytes = vec![0; LENGTH];
    // No compression makes them shorter.
    getrandom::fill(&mut bytes).expect("random numbers");
    std::fs::write(&source, &bytes).expect("a file");
    let digest = Sha256::digest(&bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let there = "/var/lib/arrived.iso";

    let ours = || {
        took(
            &guest,
            &mut [myself(&guest, SEND, &source, there)],
            there,
            &bytes,
        )
    };
    let theirs = || {
        took(
            &guest,
            &mut [scp(&guest, &[], &source, there)],
            there,
            &bytes,
        )
    };
    let same_cipher = || {
        let options = ["-c", "aes128-gcm@openssh.com"];
        took(
            &guest,
            &mut [scp(&guest, &options, &source, there)],
            there,
            &bytes,
        )
    };
    let received = format!("{RECEIVED}/{digest}");
    let delivered = || {
        let mut commands = [myself(&guest, DELIVER, &source, &digest)];
        took(&guest, &mut commands, &received, &bytes)
    };
    let by_hand = || {
        let compare = format!("echo '{digest}  {there}' | sha256sum --check --quiet");
        let mut commands = [scp(&guest, &[], &source, there), guest.sshd.ssh(&compare)];
        took(&guest, &mut commands, there, &bytes)
    };
    // The first of each fills caches.
    let _ = (ours(), theirs(), same_cipher(), delivered(), by_hand());
    let [ours, theirs, same_cipher, delivered, by_hand] = interleaved(
        REPETITIONS,
        [&ours, &theirs, &same_cipher, &delivered, &by_hand],
    );
    table.times("a: 60 MB sent | scp", ours, theirs, 1.0);
    table.information("   scp with the same cipher", same_cipher);
    // To ask beforehand is a login more than by hand; it must not eat up what the rest has won.
    table.times(
        "b: asked, sent and compared | scp, then ssh with sha256sum",
        delivered,
        by_hand,
        1.25,
    );
}

/// This program again, so that its start is measured too.
fn myself(guest: &Guest, what: &str, source: &Path, last: &str) -> Command {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command
        .env("HOME", guest.sshd.home())
        .env_remove("SSH_AUTH_SOCK")
        .args([what, &guest.sshd.port.to_string()])
        .args([&guest.sshd.key(), source])
        .arg(last);
    command
}

fn way_in(port: &str, key: &str) -> (Address, Login) {
    let address = Address {
        host: "127.0.0.1".to_owned(),
        port: port.parse().expect("a number"),
        user: "root".to_owned(),
    };
    let login = Login {
        identities: vec![key.into()],
        agent: false,
        host_keys: HostKeys::Known,
    };
    (address, login)
}

fn send(words: &[String]) {
    let [port, key, source, to] = words else {
        panic!("four words, not {words:?}");
    };
    let (address, login) = way_in(port, key);
    let piece = Piece {
        source: PathBuf::from(source),
        offset: 0,
        length: LENGTH as u64,
        to: to.clone(),
        keep: 0,
    };
    let stall = Duration::from_secs(60);
    boxdoctor::transport::ssh::upload(&address, &login, &piece, stall, &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"));
}

fn deliver(words: &[String]) {
    let [port, key, source, digest] = words else {
        panic!("four words, not {words:?}");
    };
    let (address, login) = way_in(port, key);
    let way = Way::new(Route::Address {
        address,
        login,
        options: Vec::new(),
    });
    let content = Content {
        path: PathBuf::from(source),
        offset: 0,
        length: LENGTH as u64,
        sha256: digest.clone(),
    };
    upload::send(&way, &content, &mut |_| {}).unwrap_or_else(|failed| panic!("{failed}"));
}

fn scp(guest: &Guest, options: &[&str], source: &Path, to: &str) -> Command {
    let mut command = Command::new("scp");
    let known_hosts = guest.sshd.home().join(".ssh/known_hosts");
    command
        .env("HOME", guest.sshd.home())
        .env_remove("SSH_AUTH_SOCK")
        .args(["-q", "-F", "none", "-o", "BatchMode=yes"])
        .args(["-o", "IdentitiesOnly=yes", "-o"])
        .arg(format!("UserKnownHostsFile={}", known_hosts.display()))
        .args(options)
        .arg("-i")
        .arg(guest.sshd.key())
        .args(["-P", &guest.sshd.port.to_string()])
        .arg(source)
        .arg(format!("root@127.0.0.1:{to}"));
    command
}

/// How long these took together to send the file, which must have arrived.
fn took(guest: &Guest, commands: &mut [Command], there: &str, bytes: &[u8]) -> Duration {
    let start = Instant::now();
    for command in &mut *commands {
        let status = command.status().expect("it starts");
        assert!(status.success(), "{command:?}: {status}");
    }
    let took = start.elapsed();
    let arrived = guest.file(there);
    let same = std::fs::read(&arrived).expect("it arrived") == bytes;
    assert!(same, "{commands:?} have sent something else");
    std::fs::remove_file(arrived).expect("it is ours");
    took
}
