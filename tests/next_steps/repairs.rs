//! What stands in the way of a repair, and of taking it back.

use std::fs::{Permissions, hard_link, remove_file, set_permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::program::{self, Desk};
use super::published::Shop;
use super::script::Script;
use super::{iso_image, web_server};

/// A krb5.conf that can be repaired.
const BROKEN: &str =
    "\u{feff}[libdefaults]\n default_realm = A.B\n[realms]\n A.B = {\n  kdc = k\n }\n";

pub fn kerberos(script: &mut Script) {
    script.title("A krb5.conf");
    let desk = Desk::new();
    desk.file("folder/file", "");
    for command in ["check", "fix"] {
        script.note(&desk, &[command, "--krb5-conf", "missing"]);
        script.note(&desk, &[command, "--krb5-conf", "folder"]);
    }
    let fix = ["fix", "--yes", "--krb5-conf"];
    let real = desk.file("real", BROKEN);
    script.note(&desk, &["fix", "--krb5-conf", "real"]);
    symlink(&real, desk.path().join("link")).expect("a link");
    script.note(&desk, &[&fix[..], &["link"]].concat());
    hard_link(&real, desk.path().join("other")).expect("a link");
    script.note(&desk, &[&fix[..], &["real"]].concat());
    let locked = desk.file("locked", BROKEN);
    set_permissions(&locked, Permissions::from_mode(0o444)).expect("a mode");
    script.note(&desk, &[&fix[..], &["locked"]].concat());
    let own = desk.file("own", BROKEN);
    desk.file("state", "in the way");
    script.note(&desk, &[&fix[..], &["own"]].concat());
    assert_eq!(std::fs::read(own).expect("it is there"), BROKEN.as_bytes());
}

pub fn undoing(script: &mut Script) {
    script.title("Undoing");
    let mended = || {
        let desk = Desk::new();
        desk.file("krb5.conf", BROKEN);
        let mut fix = desk.command(&["fix", "--yes", "--krb5-conf", "krb5.conf"]);
        fix.env("BOXDOCTOR_STATE_DIR", desk.path().join("state"));
        assert_eq!(program::run(&mut fix).status, Some(0));
        desk
    };
    let named = |desk: &Desk, folder: &str, part: &str| {
        let entries = std::fs::read_dir(desk.path().join(folder)).expect("a folder");
        let mut paths = entries.map(|entry| entry.expect("an entry").path());
        let is_it = |name: &str| name.contains(part);
        let found = paths.find(|path| is_it(&path.file_name().expect("a name").to_string_lossy()));
        found.expect("it is there")
    };
    script.note(&Desk::new(), &["undo"]);
    script.note(&Desk::new(), &["undo", "20260101-000000000-abcd"]);

    let desk = mended();
    remove_file(named(&desk, ".", "krb5.conf.")).expect("it is removed");
    script.note(&desk, &["undo"]);
    let desk = mended();
    std::fs::write(named(&desk, ".", "krb5.conf."), "other").expect("it is written");
    script.note(&desk, &["undo"]);
    let desk = mended();
    desk.file("krb5.conf", "mine");
    script.note(&desk, &["undo"]);
    let desk = mended();
    remove_file(desk.path().join("krb5.conf")).expect("it is removed");
    script.note(&desk, &["undo"]);

    let desk = mended();
    let lock = named(&desk, "state/runs", ".lock");
    let held = std::fs::File::options()
        .append(true)
        .open(lock)
        .expect("the lock");
    held.lock().expect("it is free");
    script.note(&desk, &["undo"]);
    drop(held);
    let journal = named(&desk, "state/runs", ".toml");
    let run = journal
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let text = std::fs::read_to_string(&journal).expect("a journal");
    for damage in [
        text.replace("boxdoctor.journal/1", "boxdoctor.journal/9"),
        text.replace("krb5.conf", "krb5.conf\\\\q"),
        text.replace("before = \"", "before = \"; rm "),
        text[..text.len() / 2].to_owned(),
    ] {
        std::fs::write(&journal, damage).expect("it is written");
        script.note(&desk, &["undo", &run]);
    }
    std::fs::write(&journal, text.replace("\"done\"", "\"undone\"")).expect("it is written");
    script.note(&desk, &["undo", &run]);
}

pub fn the_medium(script: &mut Script) {
    script.title("The ISO of the Guest Additions");
    let desk = Desk::new();
    let bundle = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/iso-missing/bundle.toml"
    );
    std::fs::copy(bundle, desk.path().join("box.toml")).expect("a copy");
    desk.file("no.iso", "hello");
    let other = iso_image::image(
        "DEBIAN_12",
        &[("README", b"x".as_slice())],
        iso_image::Names::Joliet,
    );
    desk.file("other.iso", other);
    for iso in ["missing.iso", ".", "no.iso", "other.iso"] {
        script.note(&desk, &["fix", "--bundle", "box.toml", "--iso", iso]);
    }
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let dead = format!("http://{}", free.local_addr().expect("its address"));
    drop(free);
    let failed = Shop::new()
        .download_from(&dead)
        .expect_err("nobody is there");
    script.says(
        &desk,
        "(a download from a dead mirror)",
        &failed.to_string(),
    );
    let empty = web_server::WebServer::start(|_, stream| web_server::not_found(stream));
    let failed = Shop::new().download(&empty).expect_err("it has nothing");
    script.says(&desk, "(a download that is not there)", &failed.to_string());
}
