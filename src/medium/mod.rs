//! The ISO of the Guest Additions on this computer: what it is, and where in it the installer lies.
//! Its version is read from the ISO itself; names of files say nothing.

pub mod cache;
pub mod choose;
pub mod download;
pub mod iso9660;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::escape;
use crate::files;
use crate::parse::additions::iso_version;
use crate::parse::version::Version;
use iso9660::{Extent, Fault, Image};

/// They have some 60 MB; more than this is no ISO of the Guest Additions.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// An ISO of the Guest Additions that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    pub path: PathBuf,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    pub version: Version,
}

/// An installer archive inside of an ISO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub name: &'static str,
    pub offset: u64,
    pub length: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// The kinds of processors that there is an installer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// Of 32 bits or of 64: one archive serves both.
    X86,
    Arm64,
}

impl Processor {
    /// As `uname -m` calls it.
    pub fn of(machine: &str) -> Option<Self> {
        match machine {
            "x86_64" | "amd64" | "i386" | "i486" | "i586" | "i686" => Some(Processor::X86),
            "aarch64" | "arm64" => Some(Processor::Arm64),
            _ => None,
        }
    }

    pub fn installer(self) -> &'static str {
        match self {
            Processor::X86 => "VBoxLinuxAdditions.run",
            Processor::Arm64 => "VBoxLinuxAdditions-arm64.run",
        }
    }
}

/// A file that is not what is needed.
#[derive(Debug, Error)]
#[error("{path} cannot be used: {why}")]
pub struct Unusable {
    /// As text for a terminal.
    path: String,
    pub why: Why,
}

#[derive(Debug, Error)]
pub enum Why {
    #[error(transparent)]
    Image(#[from] Fault),
    #[error("it is an ISO, but not of the Guest Additions (its volume is called '{0}')")]
    OfSomethingElse(String),
    #[error("it is larger than any ISO of the Guest Additions")]
    TooLarge,
    #[error(
        "the Guest Additions {version} have no {installer}, which this guest's processor needs (from 7.1 there is one for arm64); use a newer VirtualBox"
    )]
    NoInstaller {
        version: String,
        installer: &'static str,
    },
    #[error("it has changed in the meantime; start again")]
    Changed,
}

impl From<std::io::Error> for Why {
    fn from(error: std::io::Error) -> Self {
        Fault::from(error).into()
    }
}

impl Medium {
    /// Reads what an ISO is, and all of it once.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        let read = || {
            let (mut image, size, version) = look(path)?;
            let whole = Extent {
                offset: 0,
                length: size,
            };
            Ok(Medium {
                // A run that is resumed may stand in another folder.
                path: std::path::absolute(path)?,
                size,
                sha256: digest_of(&mut image, whole)?,
                version,
            })
        };
        read().map_err(|why| unusable(path, why))
    }

    /// Where the installer for a processor lies.
    pub fn installer(&self, processor: Processor) -> Result<Archive, Unusable> {
        let name = processor.installer();
        let find = || {
            let (mut image, size, version) = look(&self.path)?;
            if size != self.size || version != self.version {
                return Err(Why::Changed);
            }
            let Some(place) = image.find(name)? else {
                return Err(Why::NoInstaller {
                    version: version.to_string(),
                    installer: name,
                });
            };
            Ok(Archive {
                name,
                offset: place.offset,
                length: place.length,
                sha256: digest_of(&mut image, place)?,
            })
        };
        find().map_err(|why| unusable(&self.path, why))
    }
}

/// The version of an ISO, of which no more is read than says it.
pub fn version(path: &Path) -> Result<Version, Unusable> {
    let (_, _, version) = look(path).map_err(|why| unusable(path, why))?;
    Ok(version)
}

fn look(path: &Path) -> Result<(Image<File>, u64, Version), Why> {
    let (file, metadata) = files::open_ordinary(path)?;
    let size = metadata.len();
    let image = Image::read(file, size)?;
    let Some(version) = iso_version(&image.volume) else {
        let volume = escape::line(&image.volume, 40);
        return Err(Why::OfSomethingElse(volume));
    };
    if size > LARGEST {
        return Err(Why::TooLarge);
    }
    Ok((image, size, version))
}

/// How many bytes there are, and their SHA-256 in hexadecimal.
fn digest(mut reader: impl Read) -> std::io::Result<(u64, String)> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut all = 0;
    loop {
        let length = reader.read(&mut buffer)?;
        if length == 0 {
            return Ok((all, hexadecimal(&digest.finalize())));
        }
        all += length as u64;
        digest.update(&buffer[..length]);
    }
}

fn digest_of(image: &mut Image<File>, place: Extent) -> Result<String, Why> {
    let (all, sum) = digest(image.open(place)?)?;
    if all != place.length {
        return Err(Why::Changed);
    }
    Ok(sum)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A version as it is written in the addresses and names of what is published: `7.1.0_BETA1`.
fn published(version: &Version) -> String {
    let number = &version.number;
    let mut text = format!("{}.{}.{}", number.major, number.minor, number.patch);
    if !number.pre.is_empty() {
        text.push('_');
        text.push_str(&number.pre.as_str().to_ascii_uppercase());
    }
    text
}

/// What the ISO of this version is called where it is published.
pub fn name_of(version: &Version) -> String {
    format!("VBoxGuestAdditions_{}.iso", published(version))
}

fn unusable(path: &Path, why: Why) -> Unusable {
    Unusable {
        path: escape::line(&path.to_string_lossy(), 200),
        why,
    }
}
