//! Who holds the lock of a package manager is seen without sudo and without fuser, and a number that
//! somebody has left behind accuses nobody.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, id};

use boxdoctor::observe::questions::HOLDERS;
use boxdoctor::parse::package_locks::{self, Holder};

/// What the guest's script says where its folders lie below this one.
fn held(root: &Path) -> Vec<Holder> {
    let root = root.to_str().expect("a plain name");
    let script = ["/var/", "/usr/lib/sysimage", "/lib/apk"]
        .iter()
        .fold(HOLDERS.to_owned(), |script, place| {
            script.replace(&format!(" {place}"), &format!(" {root}{place}"))
        });
    let run = Command::new("sh")
        .arg("-c")
        .arg(format!("{script}held"))
        .output();
    let run = run.expect("a shell");
    assert!(
        run.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    package_locks::read(&String::from_utf8_lossy(&run.stdout))
}

fn file(root: &Path, path: &str) -> File {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    File::create(path).expect("it can be made")
}

#[test]
fn a_lock_counts_as_long_as_it_is_held() {
    let root = tempfile::tempdir().expect("a folder");
    let lock = file(root.path(), "var/lib/dpkg/lock-frontend");
    file(root.path(), "var/lib/apt/lists/lock");
    assert_eq!(held(root.path()), []);
    lock.lock().expect("it is free");
    let holders = held(root.path());
    assert_eq!(holders.len(), 1, "{holders:?}");
    // The name of this test is one of those that a package manager could have.
    assert_eq!(holders[0].process, Some(id()));
    assert!(holders[0].file.ends_with("/var/lib/dpkg/lock-frontend"));
    assert!(
        holders[0].program.starts_with("package_locks"),
        "{holders:?}"
    );
    lock.unlock().expect("it was held");
    assert_eq!(held(root.path()), []);
}

#[test]
fn a_number_in_a_file_counts_as_long_as_it_is_a_package_manager() {
    let root = tempfile::tempdir().expect("a folder");
    let place = root.path().join("var/run/yum.pid");
    file(root.path(), "var/run/yum.pid");
    // Nobody; somebody else; not a number.
    for said in ["4194304\n", "1\n", "x; id\n", ""] {
        fs::write(&place, said).expect("it is written");
        assert_eq!(held(root.path()), [], "{said}");
    }
    fs::write(&place, format!("{}\n", id())).expect("it is written");
    assert_eq!(held(root.path()).len(), 1);
}

#[test]
fn a_lock_of_pacman_that_was_left_behind_is_nobodys() {
    let root = tempfile::tempdir().expect("a folder");
    file(root.path(), "var/lib/pacman/db.lck");
    let holders = held(root.path());
    assert_eq!(holders.len(), 1);
    assert_eq!(holders[0].process, None);
}
