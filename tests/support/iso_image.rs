//! ISO images as small as they can be, written by the book (ECMA-119, Rock Ridge, Joliet).
#![allow(dead_code)] // each test binary uses its own part of this

const BLOCK: usize = 2048;

/// How the names in an image are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Capitals, digits and underscores, with a version behind.
    Plain,
    /// 8.3, and the real name beside it.
    RockRidge,
    /// 8.3 in the first tree, the real name in a second one.
    Joliet,
}

/// An image with these files in its root folder.
pub fn image(volume: &str, files: &[(&str, &[u8])], names: Names) -> Vec<u8> {
    // 16 blocks for whoever boots, three descriptors, two folders, then the files.
    let (plain_folder, joliet_folder, mut next) = (19, 20, 21);
    let mut bytes = vec![0; 21 * BLOCK];
    let (mut plain, mut joliet) = (Vec::new(), Vec::new());
    for (number, (name, content)) in files.iter().enumerate() {
        let short = format!("FILE{number}.RUN;1");
        let (identifier, system_use) = match names {
            Names::Plain => (
                format!("{};1", name.to_uppercase().replace('-', "_")),
                Vec::new(),
            ),
            Names::RockRidge => (short, rock_ridge(name)),
            Names::Joliet => (short, Vec::new()),
        };
        plain.extend(record(
            identifier.as_bytes(),
            next,
            content.len(),
            0,
            &system_use,
        ));
        joliet.extend(record(
            &utf16(&format!("{name};1")),
            next,
            content.len(),
            0,
            &[],
        ));
        bytes.resize(next * BLOCK, 0);
        bytes.extend_from_slice(content);
        next = bytes.len().div_ceil(BLOCK);
    }
    bytes.resize(next * BLOCK, 0);
    put(&mut bytes, 16, &descriptor(1, volume, next, plain_folder));
    put(&mut bytes, plain_folder, &folder(plain_folder, &plain));
    let mut last = 17;
    if names == Names::Joliet {
        put(&mut bytes, 17, &descriptor(2, volume, next, joliet_folder));
        put(&mut bytes, joliet_folder, &folder(joliet_folder, &joliet));
        last = 18;
    }
    put(&mut bytes, last, b"\xFFCD001\x01");
    bytes
}

fn put(bytes: &mut [u8], block: usize, what: &[u8]) {
    bytes[block * BLOCK..block * BLOCK + what.len()].copy_from_slice(what);
}

fn descriptor(kind: u8, volume: &str, blocks: usize, folder: usize) -> Vec<u8> {
    let mut bytes = vec![0; BLOCK];
    bytes[0] = kind;
    bytes[1..7].copy_from_slice(b"CD001\x01");
    let name = format!("{volume:32}");
    if kind == 2 {
        bytes[40..72].copy_from_slice(&utf16(&name)[..32]);
        bytes[88..91].copy_from_slice(b"%/E");
    } else {
        bytes[40..72].copy_from_slice(&name.as_bytes()[..32]);
    }
    bytes[80..88].copy_from_slice(&both(blocks));
    bytes[128..132].copy_from_slice(&[0, 8, 8, 0]);
    let root = record(&[0], folder, BLOCK, 2, &[]);
    bytes[156..156 + root.len()].copy_from_slice(&root);
    bytes
}

fn folder(place: usize, records: &[u8]) -> Vec<u8> {
    let mut bytes = record(&[0], place, BLOCK, 2, &[]);
    bytes.extend(record(&[1], place, BLOCK, 2, &[]));
    bytes.extend_from_slice(records);
    assert!(bytes.len() <= BLOCK, "more files than fit");
    bytes
}

fn record(identifier: &[u8], place: usize, length: usize, flags: u8, system_use: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 33];
    bytes[2..10].copy_from_slice(&both(place));
    bytes[10..18].copy_from_slice(&both(length));
    bytes[25] = flags;
    bytes[32] = u8::try_from(identifier.len()).expect("a short name");
    bytes.extend_from_slice(identifier);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes.extend_from_slice(system_use);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes[0] = u8::try_from(bytes.len()).expect("a short record");
    bytes
}

/// A name in two pieces, behind an entry that has nothing to do with it.
fn rock_ridge(name: &str) -> Vec<u8> {
    let mut bytes = b"RR\x05\x01\x89".to_vec();
    let (first, second) = name.split_at(name.len() / 2);
    for (piece, flags) in [(first, 1), (second, 0)] {
        let length = u8::try_from(5 + piece.len()).expect("a short name");
        bytes.extend_from_slice(&[b'N', b'M', length, 1, flags]);
        bytes.extend_from_slice(piece.as_bytes());
    }
    bytes
}

fn both(number: usize) -> [u8; 8] {
    let number = u32::try_from(number).expect("a small image");
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
