//! Downloads the ISO of the Guest Additions: whole, with the checksum that is published beside it,
//! or not at all. What an interruption leaves is gone on with the next time.

use std::path::Path;

use thiserror::Error;

use super::cache::Cache;
use super::{LARGEST, Medium, Unusable, digest, name_of, published};
use crate::escape;
use crate::files;
use crate::files::unfinished::Unfinished;
use crate::parse::checksums::sha256_of;
use crate::parse::version::Version;
use crate::transport::http::{Address, Client, Failed, Why};

/// Where Oracle publishes VirtualBox.
pub const PUBLISHED_AT: &str = "https://download.virtualbox.org/virtualbox";

const SUMS: &str = "SHA256SUMS";
const LONGEST_SUMS: usize = 1024 * 1024;
/// How often a connection may break that has brought something new.
const MOST_INTERRUPTIONS: u32 = 5;

/// Why there is nothing that could be used.
#[derive(Debug, Error)]
pub enum NotDownloaded {
    #[error("{0}; an ISO that was fetched in another way can be named with --iso")]
    Failed(#[from] Failed),
    #[error(
        "{address}: it came to {kept} bytes, which are kept; start again to fetch the rest ({why})"
    )]
    Interrupted {
        address: Address,
        kept: u64,
        why: Why,
    },
    #[error(
        "{sums} has no checksum for {name}, so nothing was downloaded; name another address with --download-from, or the ISO with --iso"
    )]
    NoChecksum { sums: Address, name: String },
    #[error(
        "{address}: its SHA-256 is {found}, and {published} is published beside it; nothing was kept. Try again, or another address with --download-from"
    )]
    WrongChecksum {
        address: Address,
        found: String,
        published: String,
    },
    #[error(
        "{address}: it is larger than any ISO of the Guest Additions; nothing was kept. Name another address with --download-from, or the ISO with --iso"
    )]
    TooLarge { address: Address },
    #[error(
        "{address}: it is the Guest Additions {found} and not {wanted}; nothing was kept. Name another address with --download-from, or the ISO with --iso"
    )]
    OtherVersion {
        address: Address,
        found: String,
        wanted: String,
    },
    #[error(
        "{address}: what came is of no use, and nothing was kept: {why}; name another address with --download-from, or the ISO with --iso"
    )]
    Unusable { address: Address, why: Unusable },
    #[error("another boxdoctor is downloading it; wait until it is done")]
    Busy,
    #[error("{folder} cannot be written: {error}; name another folder with BOXDOCTOR_CACHE_DIR")]
    Disk {
        folder: String,
        error: std::io::Error,
    },
}

impl NotDownloaded {
    /// Whether what has come can never become what is wanted.
    fn is_of_no_use(&self) -> bool {
        use NotDownloaded as Not;
        match self {
            Not::WrongChecksum { .. }
            | Not::TooLarge { .. }
            | Not::OtherVersion { .. }
            | Not::Unusable { .. } => true,
            Not::Failed(_)
            | Not::Interrupted { .. }
            | Not::NoChecksum { .. }
            | Not::Busy
            | Not::Disk { .. } => false,
        }
    }
}

/// Where the ISO of this version is published.
pub fn address_of(version: &Version, base: &Address) -> Address {
    base.join(&published(version)).join(&name_of(version))
}

/// Fetches the ISO of this version into the cache. `news` hears how many bytes are there, and of
/// how many, where that is known.
pub fn download(
    version: &Version,
    base: &Address,
    client: &Client,
    cache: &Cache,
    news: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Medium, NotDownloaded> {
    let disk = |error| NotDownloaded::Disk {
        folder: escape::line(&cache.folder().to_string_lossy(), 200),
        error,
    };
    files::make_folder(cache.folder()).map_err(disk)?;
    let lock = files::lock(&cache.lock(version)).map_err(disk)?;
    let _lock = lock.ok_or(NotDownloaded::Busy)?;

    let name = name_of(version);
    let sums = base.join(&published(version)).join(SUMS);
    let Some(sum) = sha256_of(&client.text(&sums, LONGEST_SUMS)?, &name) else {
        return Err(NotDownloaded::NoChecksum { sums, name });
    };
    let mut part = Unfinished::open(&cache.part(version, &sum)).map_err(disk)?;
    let source = Source {
        address: address_of(version, base),
        client,
        disk: &disk,
    };
    let fetched = source
        .fetch_all(&mut part, &sum, news)
        .and_then(|()| source.check(&part, version));
    if let Err(error) = fetched {
        if part.length == 0 || error.is_of_no_use() {
            part.remove().map_err(disk)?;
        }
        return Err(error);
    }
    let line = format!("{sum} *{name}\n");
    files::write(&cache.sum(version), line.as_bytes()).map_err(disk)?;
    let path = cache.iso(version);
    part.finish(&path).map_err(disk)?;
    Medium::open(&path).map_err(|why| NotDownloaded::Unusable {
        address: source.address,
        why,
    })
}

/// One file on a server.
struct Source<'a> {
    address: Address,
    client: &'a Client,
    disk: &'a dyn Fn(std::io::Error) -> NotDownloaded,
}

impl Source<'_> {
    /// Fetches what is missing, until all of it has this checksum.
    fn fetch_all(
        &self,
        part: &mut Unfinished,
        sum: &str,
        news: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), NotDownloaded> {
        let mut interruptions = 0;
        loop {
            let before = part.length;
            match self.fetch(part, news) {
                Ok(()) => {}
                Err(NotDownloaded::Failed(Failed {
                    why: Why::NoRest, ..
                })) if before > 0 => {}
                Err(NotDownloaded::Failed(Failed { why, .. }))
                    if matches!(why, Why::CutOff | Why::Silent(_) | Why::Unreachable(_))
                        && part.length > 0 =>
                {
                    interruptions += 1;
                    if part.length > before && interruptions < MOST_INTERRUPTIONS {
                        continue;
                    }
                    return Err(NotDownloaded::Interrupted {
                        address: self.address.clone(),
                        kept: part.length,
                        why,
                    });
                }
                Err(error) => return Err(error),
            }
            let found = sha256_of_file(part.path()).map_err(self.disk)?;
            if found == sum {
                return Ok(());
            }
            // What was there before may be of no use: from the first byte on, once.
            if before == 0 {
                return Err(NotDownloaded::WrongChecksum {
                    address: self.address.clone(),
                    found,
                    published: sum.to_owned(),
                });
            }
            part.start_over().map_err(self.disk)?;
        }
    }

    /// Fetches from where the part ends to the end of the file.
    fn fetch(
        &self,
        part: &mut Unfinished,
        news: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), NotDownloaded> {
        let mut answer = self.client.get(&self.address, part.length)?;
        if answer.from != part.length {
            part.start_over().map_err(self.disk)?;
        }
        let too_large = || NotDownloaded::TooLarge {
            address: self.address.clone(),
        };
        if answer.all.is_some_and(|all| all > LARGEST) {
            return Err(too_large());
        }
        let mut buffer = vec![0; 64 * 1024];
        loop {
            news(part.length, answer.all);
            let length = answer.read(&mut buffer)?;
            if length == 0 {
                return Ok(());
            }
            part.append(&buffer[..length]).map_err(self.disk)?;
            if part.length > LARGEST {
                return Err(too_large());
            }
        }
    }

    /// It is what was published; whether it is what its name says is another question.
    fn check(&self, part: &Unfinished, wanted: &Version) -> Result<(), NotDownloaded> {
        let found = super::version(part.path()).map_err(|why| NotDownloaded::Unusable {
            address: self.address.clone(),
            why,
        })?;
        if found.number == wanted.number {
            return Ok(());
        }
        Err(NotDownloaded::OtherVersion {
            address: self.address.clone(),
            found: found.to_string(),
            wanted: wanted.to_string(),
        })
    }
}

fn sha256_of_file(path: &Path) -> std::io::Result<String> {
    let (file, _) = files::open_ordinary(path)?;
    let (_, sum) = digest(file)?;
    Ok(sum)
}
