//! The ISO of the Guest Additions, read: what it is, where its installers lie, and what becomes of
//! files that are something else.
#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out and look at files themselves"
)]

#[path = "support/iso_image.rs"]
mod iso_image;

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use boxdoctor::medium::iso9660::{Fault, Image};
use boxdoctor::medium::{Medium, Processor, Why};
use iso_image::{Names, image};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const X86: &[u8] = b"#!/bin/sh\necho this is for x86\n";
const ARM: &[u8] = b"#!/bin/sh\necho this is for arm64\n";
const FILES: [(&str, &[u8]); 3] = [
    ("AUTORUN.INF", b"[autorun]\n"),
    ("VBoxLinuxAdditions-arm64.run", ARM),
    ("VBoxLinuxAdditions.run", X86),
];
const EVERY_WAY: [Names; 3] = [Names::Plain, Names::RockRidge, Names::Joliet];

fn lay_out(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("VBoxGuestAdditions.iso");
    std::fs::write(&path, bytes).expect("it is written");
    (folder, path)
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_iso_says_what_it_is_and_where_its_installers_lie() {
    for names in EVERY_WAY {
        let bytes = image("VBox_GAs_7.1.4", &FILES, names);
        let (_folder, path) = lay_out(&bytes);
        let medium = Medium::open(&path).expect("it is read");
        assert_eq!(medium.version.to_string(), "7.1.4", "{names:?}");
        assert_eq!(medium.size, bytes.len() as u64);
        assert_eq!(medium.sha256, digest(&bytes));
        for (processor, content) in [(Processor::X86, X86), (Processor::Arm64, ARM)] {
            let archive = medium.installer(processor).expect("it is there");
            let offset = usize::try_from(archive.offset).expect("a small image");
            assert_eq!(&bytes[offset..offset + content.len()], content, "{names:?}");
            assert_eq!(archive.length, content.len() as u64);
            assert_eq!(archive.sha256, digest(content));
            assert_eq!(archive.name, processor.installer());
        }
    }
}

#[test]
fn up_to_5_1_the_volume_has_another_name() {
    let (_folder, path) = lay_out(&image("VBOXADDITIONS_4.3.12_93733", &FILES, Names::Joliet));
    let version = Medium::open(&path).expect("it is read").version;
    assert_eq!(
        (version.to_string(), version.revision),
        ("4.3.12".to_owned(), Some(93_733))
    );
}

#[test]
fn an_iso_without_an_installer_for_the_processor_says_so() {
    let files = [("VBoxLinuxAdditions.run", X86)];
    let (_folder, path) = lay_out(&image("VBox_GAs_7.0.4", &files, Names::Joliet));
    let refused = Medium::open(&path)
        .expect("it is read")
        .installer(Processor::Arm64)
        .expect_err("there is none");
    assert!(matches!(refused.why, Why::NoInstaller { .. }), "{refused}");
}

fn refused(path: &Path) -> Why {
    Medium::open(path).expect_err("it is refused").why
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    let (folder, path) = lay_out(b"%PDF-1.7\n");
    assert!(matches!(refused(&path), Why::Image(Fault::NoImage)));
    assert!(matches!(
        refused(folder.path()),
        Why::Image(Fault::Unreadable(_))
    ));
    let missing = folder.path().join("missing.iso");
    assert!(matches!(
        refused(&missing),
        Why::Image(Fault::Unreadable(_))
    ));

    let (_folder, path) = lay_out(&image("\x1b[2JUBUNTU", &FILES, Names::Plain));
    match refused(&path) {
        Why::OfSomethingElse(name) => assert_eq!(name, r"\x1B[2JUBUNTU"),
        other => panic!("{other}"),
    }
}

#[test]
fn an_iso_that_was_cut_off_is_refused_wherever_it_ends() {
    let bytes = image("VBox_GAs_7.1.4", &FILES, Names::Joliet);
    for length in (17 * 2048..bytes.len()).step_by(611) {
        let (_folder, path) = lay_out(&bytes[..length]);
        assert!(
            matches!(refused(&path), Why::Image(Fault::CutOff { .. })),
            "{length}"
        );
    }
}

#[test]
fn an_iso_that_is_replaced_in_the_meantime_is_refused() {
    let (_folder, path) = lay_out(&image("VBox_GAs_7.1.4", &FILES, Names::Joliet));
    let medium = Medium::open(&path).expect("it is read");
    std::fs::write(&path, image("VBox_GAs_7.1.6", &FILES, Names::Joliet)).expect("it is written");
    let refused = medium.installer(Processor::X86).expect_err("it is refused");
    assert!(matches!(refused.why, Why::Changed), "{refused}");
}

/// Reads all that can be read of an image; what it holds never leads out of it.
fn read_all(bytes: &[u8]) {
    let size = bytes.len() as u64;
    let Ok(mut image) = Image::read(Cursor::new(bytes), size) else {
        return;
    };
    for name in ["VBoxLinuxAdditions.run", "VBoxLinuxAdditions-arm64.run"] {
        if let Ok(Some(place)) = image.find(name) {
            assert!(place.offset + place.length <= size);
            let mut content = Vec::new();
            let mut reader = image.open(place).expect("it is inside");
            reader.read_to_end(&mut content).expect("it is memory");
            assert_eq!(content.len() as u64, place.length);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Where the descriptors and the folders are, every byte counts.
    #[test]
    fn no_damage_makes_it_panic_or_leave_the_image(
        way in 0_usize..3,
        damage in prop::collection::vec((16_usize * 2048..21 * 2048, any::<u8>()), 1..12),
        records in prop::collection::vec((0_usize..240, any::<u8>()), 0..6),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = image("VBox_GAs_7.1.4", &FILES, EVERY_WAY[way]);
        for (at, byte) in damage {
            bytes[at] = byte;
        }
        for (at, byte) in records {
            bytes[19 * 2048 + at] = byte;
            bytes[20 * 2048 + at] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        read_all(&bytes);
    }
}
