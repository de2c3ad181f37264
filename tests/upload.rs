//! A file brought to root of a guest through a real sshd: whole, resumed, and refused. Needs root,
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

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use boxdoctor::remedy::upload::{Arrived, Content, Failed, can_mount_iso, clear, send};
use relay::{Fate, Relay};
use roomy_guest::{Guest, USER_ID, WITH_SFTP};
use sha2::{Digest, Sha256};

const MIB: usize = 1024 * 1024;
/// What a connection costs beside what is sent.
const AROUND: u64 = 150_000;
/// What may be sent and lost when a connection breaks: it was on its way, or in a buffer of the server.
const LOST: u64 = 5 * MIB as u64;

/// The users and servers: SFTP or not, sudo or not.
const KINDS: [(&str, &str); 4] = [
    ("vagrant", WITH_SFTP),
    ("vagrant", ""),
    ("root", WITH_SFTP),
    ("root", ""),
];

/// A file of this computer with random bytes, of which the content is the middle.
struct Source {
    _folder: tempfile::TempDir,
    content: Content,
    bytes: Vec<u8>,
}

impl Source {
    fn new(length: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("VBoxGuestAdditions.iso");
        let mut bytes = vec![0; length + 2000];
        getrandom::fill(&mut bytes).expect("random numbers");
        fs::write(&path, &bytes).expect("a file");
        let bytes = bytes[1500..1500 + length].to_vec();
        let content = Content {
            path,
            offset: 1500,
            length: length as u64,
            sha256: digest(&bytes),
        };
        Source {
            _folder: folder,
            content,
            bytes,
        }
    }

    fn part(&self, guest: &Guest) -> String {
        format!("{}/{}.part", upload_folder(guest), self.content.sha256)
    }

    /// Sends it, and looks whether what has arrived is the same and nobody's but root's.
    fn arrives(&self, guest: &Guest, port: u16) -> Arrived {
        let mut last = 0;
        let mut news = |done: u64| last = done;
        let arrived = send(&guest.way(port), &self.content, &mut news)
            .unwrap_or_else(|failed| panic!("{failed}"));
        assert_eq!(last, self.content.length);
        let file = guest.file(&arrived.path);
        assert!(fs::read(&file).expect("it is there") == self.bytes);
        let metadata = fs::metadata(&file).expect("it is there");
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (0, 0o600));
        arrived
    }

    fn refused(&self, guest: &Guest) -> Failed {
        let relay = Relay::start(guest.sshd.port, &[]);
        let failed = send(&guest.way(relay.port), &self.content, &mut |_| {})
            .expect_err("it must be refused");
        assert!(relay.sent() < AROUND, "{} for {failed}", relay.sent());
        failed
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn upload_folder(guest: &Guest) -> String {
    format!("/var/lib/boxdoctor/upload-{}", guest.user())
}

/// Makes the user's folder, with this in the place of the file.
fn begun(guest: &Guest, part: &str, bytes: &[u8]) {
    let base = guest.file("/var/lib/boxdoctor");
    let folder = guest.file(&upload_folder(guest));
    fs::create_dir_all(&folder).expect("a folder");
    fs::set_permissions(&base, fs::Permissions::from_mode(0o711)).expect("ours");
    fs::write(guest.file(part), bytes).expect("a file");
    for path in [&folder, &guest.file(part)] {
        chown(path, Some(guest.user()), Some(guest.user())).expect("root may");
    }
}

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

        let relay = Relay::start(port, &[]);
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
    let source = Source::new(13 * MIB + 5);
    let whole = source.bytes.len();
    for (user, settings) in KINDS {
        let mut damaged = source.bytes[..12 * MIB].to_vec();
        damaged[5 * MIB] ^= 1;
        let mut longer = source.bytes.clone();
        longer.extend(b"more");
        let elsewhere = vec![0; 12 * MIB];
        // What is there, and how much of it counts.
        for (there, counts) in [
            (&source.bytes[..10 * MIB + 3], 10 * MIB + 3),
            (&source.bytes[..], whole),
            (&damaged[..], 4 * MIB),
            (&longer[..], 12 * MIB),
            (&elsewhere[..], 0),
        ] {
            let guest = Guest::new(user, "64m", settings);
            let relay = Relay::start(guest.sshd.port, &[]);
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
    let source = Source::new(40 * MIB);
    for (user, settings) in KINDS {
        let guest = Guest::new(user, "128m", settings);
        let mut seed = [0; 3];
        getrandom::fill(&mut seed).expect("random numbers");
        // Each attempt is a connection that asks and one that sends.
        let fates: Vec<Fate> = seed
            .iter()
            .flat_map(|&byte| {
                [
                    Fate::Good,
                    Fate::CutAfter(30_000 + u64::from(byte) * 45_000),
                ]
            })
            .collect();
        let relay = Relay::start(guest.sshd.port, &fates);
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
        let relay = Relay::start(guest.sshd.port, &[]);
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
fn too_little_room_is_said_before_anything_is_sent() {
    let source = Source::new(12 * MIB);
    let length = source.content.length;
    for (user, copies) in [("vagrant", 2), ("root", 1)] {
        let guest = Guest::new(user, "8m", WITH_SFTP);
        let failed = source.refused(&guest);
        let Failed::NoRoom { needed, free } = failed else {
            panic!("{failed}");
        };
        assert_eq!(needed, copies * length, "{user}");
        assert!(free > 7_000_000 && free <= 8 * MIB as u64, "{user}: {free}");
    }
    // Room for the file, and not for the copy that root makes.
    let guest = Guest::new("vagrant", "20m", WITH_SFTP);
    assert!(matches!(source.refused(&guest), Failed::NoRoom { .. }));
}

#[test]
fn what_is_in_the_way_is_named_and_left_alone() {
    let source = Source::new(MIB);
    let sha256 = &source.content.sha256;
    for user in ["vagrant", "root"] {
        let base = "/var/lib/boxdoctor".to_owned();
        let received = format!("{base}/received");
        let arrived = format!("{received}/{sha256}");
        let guest = Guest::new(user, "64m", WITH_SFTP);
        let (folder, part) = (upload_folder(&guest), source.part(&guest));
        for path in [&base, &received, &folder, &arrived, &part] {
            let _ = fs::remove_dir_all(guest.file(&base));
            fs::create_dir_all(guest.file(path).parent().expect("it has one")).expect("a folder");
            if path == &part {
                chown(guest.file(&folder), Some(guest.user()), None).expect("root may");
            }
            let kept = guest.file("/var/lib/vagrant/kept");
            fs::write(&kept, &source.bytes).expect("a file");
            fs::create_dir_all(guest.file("/var/lib/vagrant/folder")).expect("a folder");
            for make in [
                "ln -s /var/lib/vagrant/kept \"$1\"",
                "ln -s /var/lib/vagrant/folder \"$1\"",
                "ln -s /nowhere \"$1\"",
                "mkfifo \"$1\"",
                "mkdir \"$1\"; chown 777 \"$1\"",
                "echo >\"$1\"; chown 777 \"$1\"",
            ] {
                // A file that is not the right one is removed there: nobody but root has put it there.
                if path == &arrived && make.starts_with("echo") {
                    continue;
                }
                make_in(&guest, make, path);
                let failed = source.refused(&guest);
                let Failed::InTheWay(named) = &failed else {
                    panic!("{user}: {path}: {make}: {failed}");
                };
                assert_eq!(named, path, "{user}: {make}");
                assert!(guest.file(path).symlink_metadata().is_ok(), "{make}");
                make_in(&guest, "rm -rf \"$1\"", path);
            }
            assert!(fs::read(&kept).expect("kept") == source.bytes);
        }
    }
}

/// Runs a line in the guest, with a path as `$1`.
fn make_in(guest: &Guest, line: &str, path: &str) {
    // A link is followed only by those who are in the guest; a path through /proc leads to it.
    let status = Command::new("sh")
        .args(["-c", line, "sh"])
        .arg(guest.file(path))
        .status()
        .expect("sh starts");
    assert!(status.success(), "{line}");
}

#[test]
fn a_file_that_another_name_leads_to_is_not_taken() {
    let source = Source::new(MIB);
    let guest = Guest::new("vagrant", "64m", WITH_SFTP);
    let part = source.part(&guest);
    begun(&guest, &part, &source.bytes);
    fs::hard_link(guest.file(&part), guest.file("/var/lib/vagrant/other")).expect("a name");
    assert!(matches!(source.refused(&guest), Failed::InTheWay(path) if path == part));
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
fn a_file_that_changes_on_its_way_is_refused() {
    let source = Source::new(5 * MIB);
    for (user, settings) in KINDS {
        let guest = Guest::new(user, "64m", settings);
        let mut content = source.content.clone();
        content.sha256 = digest(b"what it was before");
        let failed = send(&guest.way(guest.sshd.port), &content, &mut |_| {})
            .expect_err("it is another file");
        assert!(matches!(failed, Failed::Wrong(_)), "{failed}");
        for folder in ["received".to_owned(), format!("upload-{}", guest.user())] {
            let folder = guest.file(&format!("/var/lib/boxdoctor/{folder}"));
            let left = fs::read_dir(&folder).expect("a folder").count();
            assert_eq!(left, 0, "{user}: {}", folder.display());
        }
    }
}

#[test]
fn any_program_for_digests_will_do() {
    let source = Source::new(5 * MIB);
    let programs = ["sha256sum", "openssl", "python3", "perl"];
    let mut hidden = Vec::new();
    for program in programs {
        let paths: Vec<String> = ["/usr/bin/", "/bin/", "/usr/local/bin/"]
            .iter()
            .map(|folder| format!("{folder}{program}"))
            .filter(|path| Path::new(path).exists())
            .collect();
        assert!(!paths.is_empty(), "{program} is not here");
        let without: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let guest = Guest::without(&without, "vagrant", "64m", WITH_SFTP);
        begun(&guest, &source.part(&guest), &source.bytes[..5_000_000]);
        let arrived = source.arrives(&guest, guest.sshd.port);
        let missing = source.content.length - 5_000_000;
        assert_eq!(arrived.sent, missing, "with {program}");
        hidden.extend(paths);
    }
    let without: Vec<&str> = hidden.iter().map(String::as_str).collect();
    let guest = Guest::without(&without, "vagrant", "64m", WITH_SFTP);
    assert!(matches!(source.refused(&guest), Failed::NoDigest));
}

#[test]
fn without_root_nothing_is_made() {
    let source = Source::new(MIB);
    let guest = Guest::without(&["/usr/bin/sudo"], "vagrant", "64m", WITH_SFTP);
    assert!(matches!(source.refused(&guest), Failed::NoRoot));
    assert!(!guest.file("/var/lib/boxdoctor").exists());
}

#[test]
fn a_guest_without_a_writable_place_says_so() {
    let source = Source::new(MIB);
    // What is in /var/lib before.
    let guest = Guest::new("root", "64m,nr_inodes=6", WITH_SFTP);
    assert!(matches!(source.refused(&guest), Failed::NoFolder));
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
