//! Which ISO is installed from. The Guest Additions are to be of the host's VirtualBox; an ISO of
//! another version is never used silently. Nothing is downloaded here.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::cache::Cache;
use super::download::address_of;
use super::{Medium, Unusable};
use crate::escape;
use crate::facts::{HostFacts, Iso};
use crate::parse::version::Version;
use crate::target::environment::Environment;
use crate::target::virtualbox;
use crate::transport::http::Address;

/// What the user has said.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The ISO itself.
    pub iso: Option<PathBuf>,
    /// Whether what is missing may be downloaded.
    pub download: bool,
    pub from: Address,
}

/// What can be looked at on this computer, best first.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub isos: Vec<PathBuf>,
    pub cache: Option<Cache>,
}

impl Shelf {
    /// What VirtualBox has brought, what it has downloaded, and what boxdoctor has.
    pub fn here() -> Self {
        Shelf {
            isos: virtualbox::isos(&Environment::here()),
            cache: Cache::here(),
        }
    }
}

/// What is installed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// It is here.
    Local(Medium),
    /// A recording says that the host had it; text for a terminal.
    Recorded {
        path: String,
        version: Version,
    },
    ToDownload {
        version: Version,
        address: Address,
    },
}

impl Chosen {
    pub fn version(&self) -> &Version {
        match self {
            Chosen::Local(medium) => &medium.version,
            Chosen::Recorded { version, .. } | Chosen::ToDownload { version, .. } => version,
        }
    }
}

/// Why there is nothing to install from, and what the user can do.
#[derive(Debug, Error)]
pub enum NoMedium {
    #[error("{0}; name another with --iso")]
    Unusable(#[from] Unusable),
    #[error(
        "{path} holds the Guest Additions {found}, and the host's VirtualBox is {wanted}: name an ISO of {wanted} with --iso, or leave --iso away"
    )]
    OtherVersion {
        path: String,
        found: String,
        wanted: String,
    },
    #[error(
        "nobody knows which version of VirtualBox the host has ({why}), so no Guest Additions can be chosen; --iso FILE names them"
    )]
    VersionUnknown { why: String },
    #[error(
        "the ISO of the Guest Additions {wanted} is not on this computer{}: --download fetches it, --iso FILE names it", instead(.seen)
    )]
    NotHere {
        wanted: String,
        /// What is here, and why it is not used.
        seen: Vec<String>,
    },
}

/// A few of them tell the story.
fn instead(seen: &[String]) -> String {
    match &seen[..seen.len().min(4)] {
        [] => String::new(),
        seen => format!(" ({})", seen.join("; ")),
    }
}

/// Chooses by what is known of the host. Without a shelf the facts are of a recording, and nothing
/// of this computer is looked at but what the user names.
pub fn choose(host: &HostFacts, wish: &Wish, shelf: Option<&Shelf>) -> Result<Chosen, NoMedium> {
    let wanted = host.virtualbox.known();
    if let Some(path) = &wish.iso {
        return named(path, wanted).map(Chosen::Local);
    }
    let Some(wanted) = wanted else {
        let why = host.virtualbox.unknown();
        return Err(NoMedium::VersionUnknown {
            why: why.unwrap_or_else(|| "it has none".to_owned()),
        });
    };
    let mut seen = Vec::new();
    let found = match shelf {
        Some(shelf) => on_shelf(host.iso.known(), wanted, shelf, &mut seen).map(Chosen::Local),
        None => host
            .iso
            .known()
            .and_then(|iso| recorded(iso, wanted, &mut seen)),
    };
    if let Some(found) = found {
        return Ok(found);
    }
    if wish.download {
        return Ok(Chosen::ToDownload {
            version: wanted.clone(),
            address: address_of(wanted, &wish.from),
        });
    }
    let wanted = wanted.to_string();
    Err(NoMedium::NotHere { wanted, seen })
}

/// What the user names is used or refused; nothing else takes its place.
fn named(path: &Path, wanted: Option<&Version>) -> Result<Medium, NoMedium> {
    let found = super::version(path)?;
    match wanted {
        Some(wanted) if wanted.number != found.number => Err(NoMedium::OtherVersion {
            path: shown(path),
            found: found.to_string(),
            wanted: wanted.to_string(),
        }),
        _ => Ok(Medium::open(path)?),
    }
}

fn on_shelf(
    reported: Option<&Iso>,
    wanted: &Version,
    shelf: &Shelf,
    seen: &mut Vec<String>,
) -> Option<Medium> {
    let reported = reported.map(|iso| PathBuf::from(&iso.path));
    let mut looked_at: Vec<&PathBuf> = Vec::new();
    for path in reported.iter().chain(&shelf.isos) {
        if looked_at.contains(&path) || !path.is_file() {
            continue;
        }
        looked_at.push(path);
        match super::version(path) {
            Ok(found) if found.number == wanted.number => match Medium::open(path) {
                Ok(medium) => return Some(medium),
                Err(why) => seen.push(why.to_string()),
            },
            Ok(found) => seen.push(format!("{} is of {found}", shown(path))),
            Err(why) => seen.push(why.to_string()),
        }
    }
    shelf.cache.as_ref()?.find(wanted)
}

fn recorded(iso: &Iso, wanted: &Version, seen: &mut Vec<String>) -> Option<Chosen> {
    let path = escape::line(&iso.path, 200);
    let Some(version) = &iso.version else {
        seen.push(format!("{path} does not say its version"));
        return None;
    };
    if version.number != wanted.number {
        seen.push(format!("{path} is of {version}"));
        return None;
    }
    Some(Chosen::Recorded {
        path,
        version: version.clone(),
    })
}

fn shown(path: &Path) -> String {
    escape::line(&path.to_string_lossy(), 200)
}
