//! What Oracle publishes for one version, as far as a download needs it, and a folder to put it in.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use boxdoctor::medium::Medium;
use boxdoctor::medium::cache::Cache;
use boxdoctor::medium::download::{NotDownloaded, download};
use boxdoctor::parse::version::Version;
use boxdoctor::transport::http::{Address, Client};
use sha2::{Digest, Sha256};

use crate::iso_image::{Names, image};
use crate::web_server::{self, Request, WebServer};

pub const NAME: &str = "VBoxGuestAdditions_7.0.10.iso";
pub const SUMS: &str = "/virtualbox/7.0.10/SHA256SUMS";
pub const ISO: &str = "/virtualbox/7.0.10/VBoxGuestAdditions_7.0.10.iso";

/// No test waits longer than this for a server that keeps silent.
pub const PATIENCE: Duration = Duration::from_secs(1);

pub fn version() -> Version {
    Version::parse("7.0.10_Ubuntur158379").expect("a version")
}

/// An ISO long enough to be cut in pieces.
pub fn iso() -> Vec<u8> {
    let installer: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let files = [("VBoxLinuxAdditions.run", installer.as_slice())];
    image("VBox_GAs_7.0.10", &files, Names::Joliet)
}

pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The checksums of everything that is published for a version.
pub fn sums(iso: &[u8]) -> String {
    let other = sha256(b"something else");
    format!(
        "{other} *UserManual.pdf\n{} *{NAME}\n{other} *VirtualBox-7.0.10.tar.bz2\n",
        sha256(iso)
    )
}

/// Answers as the real server does.
pub fn publish(request: &Request, stream: &mut dyn Write, iso: &[u8]) -> io::Result<()> {
    match request.path.as_str() {
        SUMS => web_server::file(request, stream, sums(iso).as_bytes()),
        ISO => web_server::file(request, stream, iso),
        _ => web_server::not_found(stream),
    }
}

/// A cache in a folder of its own.
pub struct Shop {
    folder: tempfile::TempDir,
    pub cache: Cache,
}

impl Shop {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::at(folder.path().join("cache"));
        Shop { folder, cache }
    }

    pub fn download(&self, server: &WebServer) -> Result<Medium, NotDownloaded> {
        self.download_from(&server.base)
    }

    pub fn download_from(&self, base: &str) -> Result<Medium, NotDownloaded> {
        let base = Address::parse(base).expect("an address");
        let client = Client::patient(PATIENCE);
        download(&version(), &base, &client, &self.cache, &mut |_, _| {})
    }

    /// What lies in the cache, but the lock.
    pub fn kept(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("cache")).expect("the cache");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names
            .map(|name| name.into_string().expect("a name"))
            .filter(|name| !name.ends_with(".lock"))
            .collect();
        names.sort();
        names
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("cache").join(name)
    }

    /// Lays out what an interrupted download has left.
    pub fn interrupted_after(&self, iso: &[u8], bytes: &[u8]) {
        let name = format!("{NAME}.{}.part", &sha256(iso)[..16]);
        std::fs::create_dir_all(self.file("")).expect("a folder");
        std::fs::write(self.file(&name), bytes).expect("it is written");
    }
}
