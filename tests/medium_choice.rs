//! Which ISO is installed from: what the user names, what the host has, what was downloaded, what
//! can be. One of another version never.
#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out and look at files themselves"
)]

#[path = "support/iso_image.rs"]
mod iso_image;

use std::path::PathBuf;

use boxdoctor::facts::{Fact, HostFacts, Iso, Source, State};
use boxdoctor::medium::cache::Cache;
use boxdoctor::medium::choose::{Chosen, NoMedium, Shelf, Wish, choose};
use boxdoctor::medium::download::PUBLISHED_AT;
use boxdoctor::observe::Side;
use boxdoctor::parse::version::Version;
use boxdoctor::transport::http::Address;
use iso_image::{Names, image};

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

fn fact<T>(state: State<T>) -> Fact<T> {
    let source = Source {
        side: Side::Host,
        command: "VBoxManage".to_owned(),
    };
    Fact { source, state }
}

/// A host with this VirtualBox, which names this ISO.
fn host(virtualbox: &str, iso: Option<Iso>) -> HostFacts {
    HostFacts {
        virtualbox: fact(State::Known(version(virtualbox))),
        driver: fact(State::Absent),
        machine: fact(State::Absent),
        iso: fact(iso.map_or(State::Absent, State::Known)),
        vagrant: fact(State::Absent),
        windows: fact(State::Absent),
        vbguest: fact(State::Absent),
        vbguest_plugin: fact(State::Absent),
    }
}

/// Places with ISOs in them.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        Room(tempfile::tempdir().expect("a temporary folder"))
    }

    fn iso(&self, name: &str, volume: &str) -> PathBuf {
        let path = self.0.path().join(name);
        let files = [("VBoxLinuxAdditions.run", volume.as_bytes())];
        std::fs::write(&path, image(volume, &files, Names::Joliet)).expect("it is written");
        path
    }

    fn shelf(&self, isos: &[&PathBuf]) -> Shelf {
        Shelf {
            isos: isos.iter().map(|path| (*path).clone()).collect(),
            cache: Some(Cache::at(self.0.path().join("cache"))),
        }
    }
}

fn wish(iso: Option<&PathBuf>, download: bool) -> Wish {
    Wish {
        iso: iso.cloned(),
        download,
        from: Address::parse(PUBLISHED_AT).expect("an address"),
    }
}

fn path_of(chosen: Result<Chosen, NoMedium>) -> PathBuf {
    match chosen.expect("there is one") {
        Chosen::Local(medium) => medium.path,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_users_own_iso_comes_first_and_has_to_fit() {
    let room = Room::new();
    let (good, old) = (
        room.iso("mine.iso", "VBox_GAs_7.0.10"),
        room.iso("old.iso", "VBox_GAs_7.0.8"),
    );
    let shelf = room.shelf(&[&good]);
    for virtualbox in ["7.0.10r158379", "7.0.10_Ubuntur158379"] {
        let chosen = choose(
            &host(virtualbox, None),
            &wish(Some(&good), false),
            Some(&shelf),
        );
        assert_eq!(path_of(chosen), good);
    }
    // Not even where one that fits lies beside it, or could be downloaded.
    let refused = choose(&host("7.0.10", None), &wish(Some(&old), true), Some(&shelf))
        .expect_err("it is of another version");
    let said = refused.to_string();
    for part in ["old.iso", "7.0.8", "7.0.10", "--iso"] {
        assert!(said.contains(part), "{said}");
    }
    let refused = choose(
        &host("7.1.0_RC1r1", None),
        &wish(Some(&good), true),
        Some(&shelf),
    );
    assert!(matches!(refused, Err(NoMedium::OtherVersion { .. })));
    let nothing = room.0.path().join("nothing.iso");
    let refused = choose(
        &host("7.0.10", None),
        &wish(Some(&nothing), true),
        Some(&shelf),
    );
    assert!(matches!(refused, Err(NoMedium::Unusable(_))));
}

#[test]
fn the_users_own_iso_says_the_version_where_nobody_else_knows_it() {
    let room = Room::new();
    let mine = room.iso("mine.iso", "VBOXADDITIONS_4.3.12_93733");
    let mut host = host("7.0.10", None);
    for unknown in [State::Absent, State::Unknown("it was not asked".to_owned())] {
        host.virtualbox = fact(unknown);
        let chosen = choose(&host, &wish(Some(&mine), false), None).expect("it is used");
        assert_eq!(chosen.version().to_string(), "4.3.12");
        let refused = choose(&host, &wish(None, true), Some(&room.shelf(&[&mine])));
        let said = refused.expect_err("nobody knows it").to_string();
        assert!(said.contains("--iso"), "{said}");
    }
}

#[test]
fn what_the_host_has_is_used_if_it_fits() {
    let room = Room::new();
    let (old, good) = (
        room.iso("VBoxGuestAdditions.iso", "VBox_GAs_6.1.38"),
        // Its name lies, and nobody reads it.
        room.iso("VBoxGuestAdditions_6.1.38.iso", "VBox_GAs_7.0.10"),
    );
    let reported = Iso {
        path: good.to_string_lossy().into_owned(),
        version: None,
    };
    let broken = room.0.path().join("broken.iso");
    std::fs::write(&broken, "broken").expect("it is written");
    for (reported, isos) in [
        (None, vec![&old, &good]),
        (None, vec![&broken, &good, &old]),
        (Some(reported), vec![&old]),
    ] {
        let chosen = choose(
            &host("7.0.10", reported),
            &wish(None, true),
            Some(&room.shelf(&isos)),
        );
        assert_eq!(path_of(chosen), good);
    }
    let shelf = room.shelf(&[&old, &broken]);
    let refused = choose(&host("7.0.10", None), &wish(None, false), Some(&shelf));
    let said = refused.expect_err("none fits").to_string();
    for part in [
        "7.0.10",
        "VBoxGuestAdditions.iso is of 6.1.38",
        "broken.iso",
        "--iso",
        "--download",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let chosen = choose(&host("7.0.10", None), &wish(None, true), Some(&shelf));
    match chosen.expect("it can be downloaded") {
        Chosen::ToDownload { version, address } => {
            assert_eq!(version.to_string(), "7.0.10");
            assert_eq!(
                address.to_string(),
                "https://download.virtualbox.org/virtualbox/7.0.10/VBoxGuestAdditions_7.0.10.iso"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_downloaded_before_is_not_downloaded_again() {
    let room = Room::new();
    let shelf = room.shelf(&[]);
    std::fs::create_dir(room.0.path().join("cache")).expect("a folder");
    let path = room.iso("cache/VBoxGuestAdditions_7.0.10.iso", "VBox_GAs_7.0.10");
    let sum = boxdoctor::medium::Medium::open(&path)
        .expect("it is read")
        .sha256;
    let line = format!("{sum} *VBoxGuestAdditions_7.0.10.iso\n");
    std::fs::write(path.with_extension("iso.sha256"), line).expect("it is written");
    let chosen = choose(
        &host("7.0.10r158379", None),
        &wish(None, false),
        Some(&shelf),
    );
    assert_eq!(path_of(chosen), path);

    // Once anything writes to it, it is not what was downloaded.
    std::fs::write(
        &path,
        image("VBox_GAs_7.0.10", &[("x.run", b"evil")], Names::Joliet),
    )
    .expect("it is written");
    let chosen = choose(
        &host("7.0.10r158379", None),
        &wish(None, false),
        Some(&shelf),
    );
    assert!(
        matches!(chosen, Err(NoMedium::NotHere { .. })),
        "{chosen:?}"
    );
}

#[test]
fn a_beta_is_published_under_its_own_name() {
    let chosen = choose(&host("7.1.0_BETA1r1", None), &wish(None, true), None);
    match chosen.expect("it can be downloaded") {
        Chosen::ToDownload { address, .. } => assert!(
            address
                .to_string()
                .ends_with("/7.1.0_BETA1/VBoxGuestAdditions_7.1.0_BETA1.iso"),
            "{address}"
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_recording_nothing_of_this_computer_is_looked_at() {
    let room = Room::new();
    let here = room.iso("VBoxGuestAdditions.iso", "VBox_GAs_7.0.10");
    let recorded = |version: Option<&str>| Iso {
        path: format!("{}\x1b[2J", here.display()),
        version: version.map(self::version),
    };
    let had = host("7.0.10r158379", Some(recorded(Some("7.0.10"))));
    match choose(&had, &wish(None, false), None).expect("it had one") {
        Chosen::Recorded { path, version } => {
            assert!(path.ends_with(r"\x1B[2J"), "{path:?}");
            assert_eq!(version.to_string(), "7.0.10");
        }
        other => panic!("{other:?}"),
    }
    for other in [None, Some("7.0.8")] {
        let had = host("7.0.10r158379", Some(recorded(other)));
        let refused = choose(&had, &wish(None, false), None).expect_err("it does not fit");
        assert!(matches!(refused, NoMedium::NotHere { .. }));
        assert!(!refused.to_string().contains('\x1b'), "{refused}");
    }
}
