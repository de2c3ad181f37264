//! An ISO 9660 image (ECMA-119), as far as a file in its root folder needs it. Nothing in it is
//! believed: every place is held against the image's size, and no more is read than a root folder
//! can reasonably hold.

use std::io::{Read, Seek, SeekFrom};

use thiserror::Error;

/// The only block size that is in use.
const BLOCK: u64 = 2048;
/// The descriptors begin here; the blocks before are for whoever boots from it.
const FIRST_DESCRIPTOR: u64 = 16;
/// Images have three or four.
const MOST_DESCRIPTORS: u64 = 32;
/// A root folder of the Guest Additions has one or two blocks.
const LONGEST_FOLDER: u64 = 1024 * 1024;

const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
const LAST: u8 = 255;

/// What is wrong with an image.
#[derive(Debug, Error)]
pub enum Fault {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("it is no ISO image")]
    NoImage,
    #[error("it was cut off: {there} of its {all} bytes are there; fetch it again")]
    CutOff { there: u64, all: u64 },
    #[error("it is damaged: {0}; fetch it again")]
    Damaged(&'static str),
}

/// Where a file is in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub offset: u64,
    pub length: u64,
}

/// How the names of a folder are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// Rock Ridge's where there is one, else what ISO 9660 makes of a name.
    Plain,
    /// UTF-16.
    Joliet,
}

/// An image whose descriptors have been read.
pub struct Image<F> {
    file: F,
    size: u64,
    /// The volume's identifier, without the blanks that fill it up.
    pub volume: String,
    roots: Vec<(Names, Extent)>,
}

impl<F: Read + Seek> Image<F> {
    /// Reads the descriptors of an image of `size` bytes.
    pub fn read(file: F, size: u64) -> Result<Self, Fault> {
        let mut image = Image {
            file,
            size,
            volume: String::new(),
            roots: Vec::new(),
        };
        for number in FIRST_DESCRIPTOR..FIRST_DESCRIPTOR + MOST_DESCRIPTORS {
            let place = Extent {
                offset: number * BLOCK,
                length: BLOCK,
            };
            let descriptor = match image.bytes(place) {
                // Whatever is missing behind the first one, the first one knows it.
                Err(Fault::CutOff { .. }) => break,
                read => read?,
            };
            if &descriptor[1..6] != b"CD001" || descriptor[0] == LAST {
                break;
            }
            match (descriptor[0], image.roots.is_empty()) {
                (PRIMARY, true) => image.take_primary(&descriptor)?,
                (SUPPLEMENTARY, false) if is_joliet(&descriptor) => {
                    image.roots.push((Names::Joliet, root(&descriptor)));
                }
                _ => {}
            }
        }
        if image.roots.is_empty() {
            return Err(Fault::NoImage);
        }
        Ok(image)
    }

    fn take_primary(&mut self, descriptor: &[u8]) -> Result<(), Fault> {
        if u64::from(u16::from_le_bytes([descriptor[128], descriptor[129]])) != BLOCK {
            return Err(Fault::Damaged("its blocks are not of 2048 bytes"));
        }
        let all = number(descriptor, 80) * BLOCK;
        if all > self.size {
            let there = self.size;
            return Err(Fault::CutOff { there, all });
        }
        let volume = String::from_utf8_lossy(&descriptor[40..72]);
        self.volume = volume.trim_end_matches([' ', '\0']).to_owned();
        self.roots.push((Names::Plain, root(descriptor)));
        Ok(())
    }

    /// The file of this name in the root folder, however the image writes it.
    pub fn find(&mut self, name: &str) -> Result<Option<Extent>, Fault> {
        for (names, place) in self.roots.clone() {
            if place.length > LONGEST_FOLDER {
                return Err(Fault::Damaged("its root folder is too long"));
            }
            let folder = self.bytes(place)?;
            if let Some(extent) = find_in(&folder, names, name)? {
                self.check(extent)?;
                return Ok(Some(extent));
            }
        }
        Ok(None)
    }

    /// A reader of one extent, to its end.
    pub fn open(&mut self, place: Extent) -> Result<impl Read + '_, Fault> {
        self.check(place)?;
        self.file.seek(SeekFrom::Start(place.offset))?;
        Ok(self.file.by_ref().take(place.length))
    }

    fn bytes(&mut self, place: Extent) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.open(place)?.read_to_end(&mut bytes)?;
        if bytes.len() as u64 != place.length {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        Ok(bytes)
    }

    fn check(&self, place: Extent) -> Result<(), Fault> {
        // Both come from 32 bits and a block size: their sum fits.
        let all = place.offset + place.length;
        let there = self.size;
        if all > there {
            return Err(Fault::CutOff { there, all });
        }
        Ok(())
    }
}

/// The three levels of UCS-2, by which Joliet is known.
fn is_joliet(descriptor: &[u8]) -> bool {
    [b"%/@", b"%/C", b"%/E"]
        .iter()
        .any(|level| descriptor[88..].starts_with(*level))
}

fn root(descriptor: &[u8]) -> Extent {
    extent(&descriptor[156..190])
}

/// Numbers are written in both byte orders, one after the other.
fn number(bytes: &[u8], at: usize) -> u64 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]).into()
}

/// Where a directory record, which has at least 34 bytes, says that its file is.
fn extent(record: &[u8]) -> Extent {
    let attributes = u64::from(record[1]);
    Extent {
        offset: (number(record, 2) + attributes) * BLOCK,
        length: number(record, 10),
    }
}

fn find_in(folder: &[u8], names: Names, wanted: &str) -> Result<Option<Extent>, Fault> {
    const FOLDER: u8 = 0x02;
    const GOES_ON: u8 = 0x80;
    // A record never goes over the end of a block; the rest of a block is zero.
    for block in folder.chunks(BLOCK as usize) {
        let mut rest = block;
        while let Some(length) = rest.first().map(|length| usize::from(*length)) {
            if length == 0 {
                break;
            }
            if length < 34 || length > rest.len() {
                return Err(Fault::Damaged("a record of its root folder is too short"));
            }
            let (record, after) = rest.split_at(length);
            rest = after;
            if record[25] & FOLDER != 0 || !is_called(record, names, wanted) {
                continue;
            }
            if record[25] & GOES_ON != 0 || record[26] != 0 {
                return Err(Fault::Damaged("a file of it is in pieces"));
            }
            return Ok(Some(extent(record)));
        }
    }
    Ok(None)
}

fn is_called(record: &[u8], names: Names, wanted: &str) -> bool {
    let length = usize::from(record[32]);
    let Some(identifier) = record.get(33..33 + length) else {
        return false;
    };
    if names == Names::Joliet {
        let units = identifier.chunks_exact(2);
        let units = units.map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
        let name: String = char::decode_utf16(units)
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        return without_version(&name).eq_ignore_ascii_case(wanted);
    }
    // Its length is even; a blank byte sees to that.
    let system_use = record.get(33 + length + (length + 1) % 2..);
    match system_use.and_then(rock_ridge_name) {
        Some(name) => name == wanted.as_bytes(),
        None => {
            // ISO 9660 itself has capitals, digits and underscores only.
            let name = String::from_utf8_lossy(identifier);
            without_version(&name).eq_ignore_ascii_case(&wanted.replace('-', "_"))
                || without_version(&name).eq_ignore_ascii_case(wanted)
        }
    }
}

/// `VBOXLINUXADDITIONS.RUN;1`: what stands behind the semicolon counts versions of a file.
fn without_version(name: &str) -> &str {
    let name = name.split(';').next().unwrap_or(name);
    name.strip_suffix('.').unwrap_or(name)
}

/// The name in the `NM` entries of a record's system use field.
fn rock_ridge_name(mut system_use: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut found = false;
    while let [first, second, length, _version, rest @ ..] = system_use {
        let length = usize::from(*length);
        let value = rest.get(..length.checked_sub(4)?)?;
        if (*first, *second) == (b'N', b'M') {
            name.extend_from_slice(value.get(1..)?);
            found = true;
        }
        system_use = &system_use[length..];
    }
    found.then_some(name)
}
