//! A file that does not get to root of a guest, and why. Needs root, `openssh-server`, `sudo`, and all
//! programs that compute digests: `openssl`, `perl` and `python3`.
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
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use boxdoctor::remedy::upload::{Failed, send};
use roomy_guest::{Guest, WITH_SFTP};
use upload_source::{KINDS, MIB, Source, begun, digest, upload_folder};

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

#[test]
fn what_is_given_back_to_the_user_goes_nowhere_else() {
    let source = Source::new(MIB);
    let guest = Guest::new("vagrant", "64m", WITH_SFTP);
    let elsewhere = guest.file("/var/lib/elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    let received = guest.file("/var/lib/boxdoctor/received");
    fs::create_dir_all(&received).expect("a folder");
    let taken = received.join(format!("{}.taken", source.content.sha256));
    fs::write(&taken, &source.bytes[..100]).expect("a file");
    chown(&taken, Some(guest.user()), None).expect("root may");
    make_in(
        &guest,
        "mkdir -p \"$1\"; chown 12345 \"$1\"",
        &upload_folder(&guest),
    );
    make_in(
        &guest,
        "ln -s /var/lib/elsewhere \"$1\"",
        &source.part(&guest),
    );
    source.arrives(&guest, guest.sshd.port);
    assert_eq!(fs::read_dir(&elsewhere).expect("a folder").count(), 0);
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
