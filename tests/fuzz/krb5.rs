//! Files that libFuzzer thinks of, read, scanned and mended: nothing may panic, no place may lie
//! outside its file, and a repair may take away nothing but what it says.
//!
//! `tests/fuzz/run 60` builds it with the stable toolchain and a C++ compiler, and runs it for 60
//! seconds. A file that it found is named at the end; `tests/fuzz/run 0 FILE` looks at it again.
#![no_main]

// The rooms themselves, and not the house: that would be minutes of building for SSH and the rest.
#[allow(dead_code)] // only reading and mending are looked at
#[path = "../../src/escape.rs"]
mod escape;
#[allow(dead_code, unused_imports)] // only reading and mending are looked at
#[path = "../../src/krb5/mod.rs"]
mod krb5;

use std::sync::Arc;

use krb5::{
    Files, NodeId, Place, Profile, ROOT, Reading, Release, Unreadable, json, repair, stray,
};
use libfuzzer_sys::fuzz_target;

/// Stands between the files of a configuration. They are called `0`, `1` and so on; `0` is read.
const BETWEEN: &[u8] = b"\n---\n";
/// The folder with all of them but the first.
const FOLDER: &[u8] = b"d";

const RELEASES: [Release; 5] = [
    Release::of(1, 10),
    Release::of(1, 15),
    Release::of(1, 16),
    Release::of(1, 20),
    Release::of(1, 22),
];

struct Disk<'a>(Vec<&'a [u8]>);

impl<'a> Disk<'a> {
    fn of(mut bytes: &'a [u8]) -> Self {
        let mut files = Vec::new();
        while let Some(at) = bytes
            .windows(BETWEEN.len())
            .position(|found| found == BETWEEN)
        {
            files.push(&bytes[..at]);
            bytes = &bytes[at + BETWEEN.len()..];
        }
        files.push(bytes);
        Disk(files)
    }
}

impl Files for Disk<'_> {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        if path == FOLDER {
            return Ok(Arc::default());
        }
        let name = path.strip_prefix(b"d/").unwrap_or(path);
        let number = std::str::from_utf8(name)
            .ok()
            .and_then(|name| name.parse().ok());
        let file = number.and_then(|number: usize| self.0.get(number));
        file.map(|file| Arc::from(*file)).ok_or(Unreadable::Missing)
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let names = (1..self.0.len()).map(|number| number.to_string().into_bytes());
        if path == FOLDER {
            Ok(names.collect())
        } else {
            Err(Unreadable::Missing)
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let disk = Disk::of(bytes);
    for release in RELEASES {
        holds_together(&krb5::read(b"0", &disk, release));
    }
    let file = disk.0[0];
    let mut end = 0;
    for found in stray::all(file) {
        assert!(
            found.bytes.start >= end && found.bytes.end > found.bytes.start,
            "{found:?}"
        );
        end = found.bytes.end;
    }
    assert!(end <= file.len());
    if let Ok(mended) = repair::mend(b"0", file, &disk, Release::default()) {
        holds_together(&krb5::read_alone(&mended.after, Release::default()));
        assert_ne!(mended.after, file);
        if mended.transcoded.is_none() {
            assert_eq!(mended.after, outside(file, &mended.removed));
        }
    }
});

/// The bytes outside of what is taken out.
fn outside(file: &[u8], removed: &[stray::Stray]) -> Vec<u8> {
    let kept = |at: &usize| !removed.iter().any(|stray| stray.bytes.contains(at));
    (0..file.len()).filter(kept).map(|at| file[at]).collect()
}

/// Holds what must be true of every reading.
fn holds_together(reading: &Reading) {
    let profile = &reading.profile;
    let mut nodes = 0;
    let mut open = vec![ROOT];
    while let Some(section) = open.pop() {
        let children = profile.children(section);
        assert!(children.is_sorted_by_key(|child| profile.name(*child)));
        for child in children {
            node_lies_in_its_file(profile, *child);
            nodes += 1;
            if profile.is_section(*child) {
                assert_eq!(profile.value(*child), None);
                open.push(*child);
            }
        }
    }
    let bytes: usize = profile.files.iter().map(|file| file.bytes.len()).sum();
    // Only files that are read again make more nodes than there are bytes.
    assert!(nodes <= bytes || profile.files.len() > 1);
    match &reading.fault {
        Some(fault) => {
            if let Some(place) = &fault.place {
                lies_in_its_file(profile, place);
            }
        }
        None => assert!(!profile.files.is_empty()),
    }
    let mut line = Vec::new();
    json::write_line(&mut line, "0", reading).expect("it is memory");
    assert_eq!(line_feeds(&line), 1);
    assert!(std::str::from_utf8(&line).is_ok());
}

fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn node_lies_in_its_file(profile: &Profile, node: NodeId) {
    let place = profile.place(node);
    assert_eq!(lies_in_its_file(profile, &place), profile.name(node));
    if let Some(place) = profile.value_place(node) {
        let written = lies_in_its_file(profile, &place);
        let value = profile.value(node).expect("a value that has a place");
        assert!(value.len() <= written.len());
        assert!(written.contains(&b'\\') || *value == *written);
    }
}

/// The bytes at the place, whose line and column must be those of its first byte.
fn lies_in_its_file<'a>(profile: &'a Profile, place: &Place) -> &'a [u8] {
    let file = &profile.files[place.file].bytes;
    let before = &file[..place.bytes.start];
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    assert_eq!(place.line as usize, 1 + line_feeds(before));
    assert_eq!(place.column as usize, place.bytes.start - line_start + 1);
    &file[place.bytes.clone()]
}
