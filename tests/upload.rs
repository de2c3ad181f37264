//! A file brought to root of a guest through a real sshd: whole, and resumed. Needs root,
//! `openssh-server` and `sudo`.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/relay.rs"]
mod relay;
#[path = "support/roomy_guest.rs"]
mod roomy_guest;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/upload_source.rs"]
mod upload_source;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::Command;

use boxdoctor::remedy::upload::{can_mount_iso, clear};
use relay::{Fate, Relay};
use roomy_guest::{Guest, USER_ID, WITH_SFTP};
use upload_source::{AROUND, KINDS, MIB, Source, begun, upload_folder};

/// What may be sent and lost when a connection breaks: it was on its way, or in a buffer of the server.
const LOST: u64 = 5 * MIB as u64;

#[test]
fn a_file_arrives_once_and_nothing_of_it_stays_behind() {
    let source = Source::new(9 * MIB + 17);
    for (user, settings) in KINDS {
        let guest = Guest::new(user, "64m", settings);
        let port = guest.sshd.port;
        let arrived = source.arrives(&guest, port);
        assert_eq!(arrived.sent, source.content.length);
        let mode = |path: &str| {
            let metadata = fs::metadata(guest.file(path)).expect(path);
            (metadata.uid(), metadata.mode() & 0o777)
        };
        assert_eq!(mode("/var/lib/boxdoctor"), (0, 0o711));
        assert_eq!(mode("/var/lib/boxdoctor/received"), (0, 0o700));
        assert_eq!(mode(&upload_folder(&guest)), (guest.user(), 0o700));
        assert!(!guest.file(&source.part(&guest)).exists());

        let relay = Relay::start(port, Vec::new());
        assert_eq!(source.arrives(&guest, relay.port).sent, 0);
        assert!(relay.sent() < AROUND, "{}", relay.sent());

        clear(&guest.way(port)).unwrap_or_else(|failed| panic!("{failed}"));
        assert!(!guest.file("/var/lib/boxdoctor").exists(), "{user}");
        // Nothing is left to clear away, which is as good.
        clear(&guest.way(port)).unwrap_or_else(|failed| panic!("{failed}"));
    }
}

#[test]
fn only_what_is_missing_is_sent() {
    let source = Source::new(9 * MIB + 5);
    let whole = source.bytes.len();
    for (user, settings) in KINDS {
        let mut damaged = source.bytes[..8 * MIB].to_vec();
        damaged[5 * MIB] ^= 1;
        let mut longer = source.bytes.clone();
        longer.extend(b"more");
        let elsewhere = vec![0; 8 * MIB];
        // What is there, and how much of it counts.
        for (there, counts) in [
            (&source.bytes[..6 * MIB + 3], 6 * MIB + 3),
            (&source.bytes[..], whole),
            (&damaged[..], 4 * MIB),
            (&longer[..], 8 * MIB),
            (&elsewhere[..], 0),
        ] {
            let guest = Guest::new(user, "64m", settings);
            let relay = Relay::start(guest.sshd.port, Vec::new());
            begun(&guest, &source.part(&guest), there);
            let arrived = source.arrives(&guest, relay.port);
            let missing = (whole - counts) as u64;
            assert_eq!(arrived.sent, missing, "{user}, {}", there.len());
            let around = relay.sent() - missing;
            assert!(around < AROUND + missing / 50, "{around}");
        }
    }
}

#[test]
fn connections_that_are_cut_cost_little() {
    let source = Source::new(20 * MIB);
    for (user, settings) in KINDS {
        let guest = Guest::new(user, "64m", settings);
        let mut seed = [0; 3];
        getrandom::fill(&mut seed).expect("random numbers");
        // Each attempt is a connection that asks and one that sends.
        let fates: Vec<Fate> = seed
            .iter()
            .flat_map(|&byte| {
                [
                    Fate::Good,
                    Fate::CutAfter(30_000 + u64::from(byte) * 60_000),
                ]
            })
            .collect();
        let relay = Relay::start(guest.sshd.port, fates);
        source.arrives(&guest, relay.port);
        let length = source.content.length;
        let too_much = relay
            .sent()
            .checked_sub(length)
            .expect("all of it was sent");
        let most = 3 * LOST + 8 * AROUND + length / 50;
        assert!(too_much < most, "{user} {settings} {seed:?}: {too_much}");
    }
}

#[test]
fn a_file_that_the_guest_has_is_not_sent() {
    let source = Source::new(5 * MIB);
    for user in ["vagrant", "root"] {
        let guest = Guest::new(user, "64m", WITH_SFTP);
        let relay = Relay::start(guest.sshd.port, Vec::new());
        let home = guest.file("/var/lib/vagrant");
        // Of the same size, and a link: neither counts.
        fs::write(home.join("VBoxGuestAdditions_1.iso"), vec![0; 5 * MIB]).expect("a file");
        symlink("/etc/passwd", home.join("VBoxGuestAdditions_2.iso")).expect("a link");
        fs::write(home.join("VBoxGuestAdditions 3.iso"), &source.bytes).expect("a file");
        if user == "root" {
            // That is not root's home.
            assert_eq!(
                source.arrives(&guest, relay.port).sent,
                source.content.length
            );
            continue;
        }
        assert_eq!(source.arrives(&guest, relay.port).sent, 0);
        assert!(relay.sent() < AROUND, "{}", relay.sent());
    }
}

#[test]
fn a_writer_who_holds_the_file_open_changes_nothing_that_arrived() {
    use std::io::Write;
    let source = Source::new(MIB);
    let guest = Guest::new("vagrant", "64m", WITH_SFTP);
    let part = source.part(&guest);
    begun(&guest, &part, &source.bytes);
    let mut held = fs::File::options()
        .write(true)
        .open(guest.file(&part))
        .expect("it is there");
    let arrived = source.arrives(&guest, guest.sshd.port);
    held.write_all(b"something else").expect("it is still open");
    assert!(fs::read(guest.file(&arrived.path)).expect("it is there") == source.bytes);
}

#[test]
fn what_an_interrupted_take_over_leaves_is_used() {
    let source = Source::new(6 * MIB);
    for user in ["vagrant", "root"] {
        let guest = Guest::new(user, "64m", WITH_SFTP);
        let part = source.part(&guest);
        begun(&guest, &part, &source.bytes);
        let received = guest.file("/var/lib/boxdoctor/received");
        fs::create_dir(&received).expect("a folder");
        let at = |end: &str| received.join(format!("{}.{end}", source.content.sha256));
        fs::rename(guest.file(&part), at("taken")).expect("the same file system");
        fs::write(at("0123456789abcdef"), b"half a copy").expect("a file");
        assert_eq!(source.arrives(&guest, guest.sshd.port).sent, 0, "{user}");
        assert_eq!(fs::read_dir(&received).expect("a folder").count(), 1);
    }
}

#[test]
fn the_attempt_to_mount_says_the_truth_and_leaves_nothing() {
    for user in ["vagrant", "root"] {
        let guest = Guest::new(user, "64m", WITH_SFTP);
        let can = can_mount_iso(&guest.way(guest.sshd.port)).expect("an answer");
        let known = fs::read_to_string("/proc/filesystems").expect("a list");
        assert_eq!(can, known.contains("iso9660"), "{known}");
        assert!(!guest.file("/var/lib/boxdoctor").exists());
        let loops = Command::new("losetup").arg("-a").output().expect("losetup");
        let loops = String::from_utf8_lossy(&loops.stdout);
        assert!(!loops.contains("boxdoctor"), "{loops}");
    }
}

#[test]
fn the_user_is_another_one_than_root() {
    // What all of this is worth hangs on it.
    let guest = Guest::new("vagrant", "64m", "");
    let output = guest
        .sshd
        .ssh("id -u; sudo -n id -u")
        .output()
        .expect("ssh");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, format!("{USER_ID}\n0\n"));
}
