//! `boxdoctor fix` and `undo` on a krb5.conf of this computer.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::{Desk, Ran, finding, run};

const BROKEN: &str = "\u{feff}[libdefaults]\n\u{a0}default_realm = A.B\u{200b}\n# c\u{a0}\n[realms]\n A.B = {\n  kdc = k\n }\n";
const MENDED: &str =
    "[libdefaults]\ndefault_realm = A.B\n# c\u{a0}\n[realms]\n A.B = {\n  kdc = k\n }\n";

/// A desk whose journal is its own.
fn boxdoctor(desk: &Desk, arguments: &[&str]) -> Ran {
    let mut command = desk.command(arguments);
    command.env("BOXDOCTOR_STATE_DIR", desk.path().join("state"));
    run(&mut command)
}

fn content(desk: &Desk, name: &str) -> Vec<u8> {
    std::fs::read(desk.path().join(name)).expect("it is there")
}

/// What lies on the desk, but for the journal.
fn names(desk: &Desk) -> Vec<String> {
    let entries = std::fs::read_dir(desk.path()).expect("the desk is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name != "state")
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_mended_and_undone_to_the_identical_bytes() {
    let desk = Desk::new();
    desk.file("krb5.conf", BROKEN);
    let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("cured      krb5-stray-bytes"),
        "{ran:?}"
    );
    assert!(
        ran.stdout
            .contains("EF BB BF (a byte-order mark), section dropped")
    );
    ran.is_harmless();
    assert_eq!(content(&desk, "krb5.conf"), MENDED.as_bytes());
    let names = names(&desk);
    let [_, backup] = names.as_slice() else {
        panic!("a backup lies beside it: {names:?}");
    };
    assert_eq!(content(&desk, backup), BROKEN.as_bytes());

    let again = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert_eq!(content(&desk, "krb5.conf"), MENDED.as_bytes());

    boxdoctor(&desk, &["undo"]).ended(0);
    assert_eq!(content(&desk, "krb5.conf"), BROKEN.as_bytes());
    assert_eq!(self::names(&desk), ["krb5.conf"]);
    assert!(
        boxdoctor(&desk, &["undo"])
            .refused()
            .contains("nothing to undo")
    );
}

#[test]
fn nothing_is_changed_without_consent() {
    let desk = Desk::new();
    desk.file("krb5.conf", BROKEN);
    let shown = boxdoctor(&desk, &["fix", "--dry-run", "--krb5-conf", "krb5.conf"]);
    shown.ended(1);
    assert!(
        shown.stdout.contains("What boxdoctor would do"),
        "{shown:?}"
    );
    let refused = boxdoctor(&desk, &["fix", "--krb5-conf", "krb5.conf"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("--yes"), "{refused:?}");
    let skipped = [
        "fix",
        "--yes",
        "--skip",
        "krb5-stray-bytes",
        "--krb5-conf",
        "krb5.conf",
    ];
    boxdoctor(&desk, &skipped);
    assert_eq!(content(&desk, "krb5.conf"), BROKEN.as_bytes());
    assert_eq!(names(&desk), ["krb5.conf"]);
}

#[test]
fn the_report_for_programs_says_what_became_of_each_finding() {
    let desk = Desk::new();
    desk.file("krb5.conf", BROKEN);
    let arguments = [
        "fix",
        "--yes",
        "--format",
        "json",
        "--krb5-conf",
        "krb5.conf",
    ];
    let ran = boxdoctor(&desk, &arguments);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let report = ran.json();
    let stray = finding(&report["targets"][0], "krb5-stray-bytes");
    assert_eq!(stray["status"], "pass");
    assert_eq!(stray["outcome"], "cured");
}

#[test]
fn what_would_still_be_wrong_is_left_alone_with_the_reason() {
    for (content_before, reason) in [
        (
            "\u{feff}[libdefaults]\nno relation\n",
            "Kerberos would still give up: line 2",
        ),
        (
            "[libdefaults]\ndefault\u{200b}_realm = A\n",
            "inside a word",
        ),
        (
            "\u{feff}[libdefaults]\nincludedir /nowhere/at/all\n",
            "cannot be read",
        ),
    ] {
        let desk = Desk::new();
        desk.file("krb5.conf", content_before);
        let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        let words: Vec<&str> = ran.stdout.split_whitespace().collect();
        assert!(words.join(" ").contains(reason), "{ran:?}");
        assert_eq!(content(&desk, "krb5.conf"), content_before.as_bytes());
        assert_eq!(names(&desk), ["krb5.conf"]);
    }
}

#[test]
fn included_files_are_mended_too_even_those_that_come_to_light() {
    let desk = Desk::new();
    let included = desk.file("included", "\u{200b}[realms]\n A.B = {\n  kdc = k\n }\n");
    let main = format!(
        "\u{feff}include {}\n[libdefaults]\n default_realm = A.B\n",
        included.display()
    );
    desk.file("krb5.conf", main);
    let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(content(&desk, "krb5.conf").starts_with(b"include "));
    assert!(content(&desk, "included").starts_with(b"[realms]"));
    boxdoctor(&desk, &["undo"]).ended(0);
    assert_eq!(names(&desk), ["included", "krb5.conf"]);
    assert!(content(&desk, "included").starts_with("\u{200b}".as_bytes()));
}

#[test]
fn a_file_that_is_included_under_two_names_is_mended_once() {
    let desk = Desk::new();
    desk.file("included", "\u{200b}[realms]\n A.B = {\n  kdc = k\n }\n");
    let folder = desk.path().display();
    desk.file(
        "krb5.conf",
        format!("include {folder}/included\ninclude {folder}/./included\n[libdefaults]\n default_realm = A.B\n"),
    );
    let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(content(&desk, "included").starts_with(b"[realms]"));
}

#[test]
fn utf16_becomes_utf8_and_comes_back() {
    let desk = Desk::new();
    let text = "\u{feff}[libdefaults]\r\n default_realm = A.B\r\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk.file("krb5.conf", &utf16);
    let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    assert!(ran.stdout.contains("as UTF-8 instead of UTF-16"), "{ran:?}");
    assert_eq!(content(&desk, "krb5.conf"), &text.as_bytes()[3..]);
    boxdoctor(&desk, &["undo"]).ended(0);
    assert_eq!(content(&desk, "krb5.conf"), utf16);
}

#[test]
fn undo_does_not_overwrite_what_came_later() {
    let desk = Desk::new();
    desk.file("krb5.conf", BROKEN);
    boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
    let backup = names(&desk).pop().expect("a backup");
    desk.file("krb5.conf", "somebody wrote this\n");
    let ran = boxdoctor(&desk, &["undo"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("changed in the meantime"), "{ran:?}");
    assert!(ran.stderr.contains(&backup), "{ran:?}");
    assert_eq!(content(&desk, "krb5.conf"), b"somebody wrote this\n");

    desk.file("krb5.conf", MENDED);
    desk.file(&backup, "and this\n");
    assert!(
        boxdoctor(&desk, &["undo"])
            .stderr
            .contains("backup has changed")
    );
    std::fs::remove_file(desk.path().join(&backup)).expect("it is removed");
    assert!(
        boxdoctor(&desk, &["undo"])
            .stderr
            .contains("backup is gone")
    );
    // What holds the old bytes again needs nothing.
    desk.file("krb5.conf", BROKEN);
    boxdoctor(&desk, &["undo"]).ended(0);
}

#[test]
fn a_bundle_can_only_be_shown_a_plan() {
    let desk = Desk::new();
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join("centos6-versionlock")
        .join("bundle.toml");
    let bundle = bundle.to_str().expect("it is text");
    let ran = boxdoctor(&desk, &["fix", "--yes", "--bundle", bundle]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("[guest] Take the stray bytes out of"),
        "{ran:?}"
    );
    assert!(!desk.path().join("state").exists());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn owner_mode_and_attributes_stay() {
        let desk = Desk::new();
        let path = desk.file("krb5.conf", BROKEN);
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(&path, mode).expect("the mode is set");
        let labelled = xattr::set(&path, "user.label", b"system_u").is_ok();
        let is_root = std::os::unix::fs::chown(&path, Some(65534), Some(1)).is_ok();
        let before = std::fs::metadata(&path).expect("it is there");
        assert_eq!(
            boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]).status,
            Some(0)
        );
        let check = || {
            let after = std::fs::metadata(&path).expect("it is there");
            assert_eq!(after.mode(), before.mode());
            assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
            if labelled {
                let label = xattr::get(&path, "user.label").expect("it can be read");
                assert_eq!(label.as_deref(), Some(&b"system_u"[..]));
            }
        };
        check();
        assert!(!is_root || before.uid() == 65534);
        boxdoctor(&desk, &["undo"]).ended(0);
        check();
        assert_eq!(content(&desk, "krb5.conf"), BROKEN.as_bytes());
    }

    #[test]
    fn a_link_and_a_read_only_file_are_refused_with_the_reason() {
        let desk = Desk::new();
        let file = desk.file("real.conf", BROKEN);
        symlink(&file, desk.path().join("link.conf")).expect("a link");
        let refused = |name: &str, reason: &str| {
            let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", name]);
            assert_eq!(ran.status, Some(2), "{ran:?}");
            assert!(ran.stdout.contains(reason), "{ran:?}");
        };
        refused("link.conf", "it is a link");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).expect("a mode");
        refused("real.conf", "read-only");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("a mode");
        std::fs::hard_link(&file, desk.path().join("other")).expect("another name");
        refused("real.conf", "other names");
        assert_eq!(content(&desk, "real.conf"), BROKEN.as_bytes());
        assert_eq!(names(&desk), ["link.conf", "other", "real.conf"]);
    }

    #[test]
    fn where_one_file_is_refused_all_are_as_they_were() {
        let desk = Desk::new();
        let stray = "\u{200b}[realms]\n A.B = {\n  kdc = k\n }\n";
        let included = desk.file("included", stray);
        let main = format!("\u{feff}include {}\n[libdefaults]\n", included.display());
        desk.file("krb5.conf", &main);
        let mode = std::fs::Permissions::from_mode(0o444);
        std::fs::set_permissions(&included, mode).expect("the mode is set");
        let ran = boxdoctor(&desk, &["fix", "--yes", "--krb5-conf", "krb5.conf"]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.stdout.contains("it is read-only"), "{ran:?}");
        assert_eq!(content(&desk, "krb5.conf"), main.as_bytes());
        assert_eq!(content(&desk, "included"), stray.as_bytes());
        assert_eq!(names(&desk), ["included", "krb5.conf"]);
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let desk = Desk::new();
        let pipe = desk.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let named = boxdoctor(&desk, &["check", "--krb5-conf", "pipe"]);
        assert!(named.refused().contains("no ordinary file"), "{named:?}");
        desk.file("krb5.conf", format!("include {}\n", pipe.display()));
        let ran = boxdoctor(&desk, &["check", "--krb5-conf", "krb5.conf"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
    }

    #[test]
    fn a_name_that_is_no_text_is_no_obstacle() {
        use std::os::unix::ffi::OsStrExt;
        let desk = Desk::new();
        let name = std::ffi::OsStr::from_bytes(b"krb5\xff\n$(x)'.conf");
        let path = desk.path().join(name);
        std::fs::write(&path, BROKEN).expect("it is written");
        let mut command = desk.command(&["fix", "--yes", "--krb5-conf"]);
        command
            .arg(&path)
            .env("BOXDOCTOR_STATE_DIR", desk.path().join("state"));
        let ran = run(&mut command);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.is_harmless();
        assert_eq!(
            std::fs::read(&path).expect("it is there"),
            MENDED.as_bytes()
        );
        boxdoctor(&desk, &["undo"]).ended(0);
        assert_eq!(
            std::fs::read(&path).expect("it is there"),
            BROKEN.as_bytes()
        );
    }
}
