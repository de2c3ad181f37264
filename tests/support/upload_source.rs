//! A file to be brought into a guest, and what is to be seen of it there.
#![allow(dead_code)] // each test binary uses its own part of this

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

use boxdoctor::remedy::upload::{Arrived, Content, Failed, send};
use sha2::{Digest, Sha256};

use crate::relay::Relay;
use crate::roomy_guest::{Guest, WITH_SFTP};

pub const MIB: usize = 1024 * 1024;
/// What a connection costs beside what is sent.
pub const AROUND: u64 = 150_000;

/// The users and servers: SFTP or not, sudo or not.
pub const KINDS: [(&str, &str); 4] = [
    ("vagrant", WITH_SFTP),
    ("vagrant", ""),
    ("root", WITH_SFTP),
    ("root", ""),
];

/// A file of this computer with random bytes, of which the content is the middle.
pub struct Source {
    _folder: tempfile::TempDir,
    pub content: Content,
    pub bytes: Vec<u8>,
}

impl Source {
    pub fn new(length: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("VBoxGuestAdditions.iso");
        let mut bytes = vec![0; length + 2000];
        getrandom::fill(&mut bytes).expect("random numbers");
        fs::write(&path, &bytes).expect("a file");
        let bytes = bytes[1500..1500 + length].to_vec();
        let content = Content {
            path,
            offset: 1500,
            length: length as u64,
            sha256: digest(&bytes),
        };
        Source {
            _folder: folder,
            content,
            bytes,
        }
    }

    pub fn part(&self, guest: &Guest) -> String {
        format!("{}/{}.part", upload_folder(guest), self.content.sha256)
    }

    /// Sends it, and looks whether what has arrived is the same and nobody's but root's.
    pub fn arrives(&self, guest: &Guest, port: u16) -> Arrived {
        let mut last = 0;
        let mut news = |done: u64| last = done;
        let arrived = send(&guest.way(port), &self.content, &mut news)
            .unwrap_or_else(|failed| panic!("{failed}"));
        assert_eq!(last, self.content.length);
        let file = guest.file(&arrived.path);
        assert!(fs::read(&file).expect("it is there") == self.bytes);
        let metadata = fs::metadata(&file).expect("it is there");
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (0, 0o600));
        arrived
    }

    pub fn refused(&self, guest: &Guest) -> Failed {
        let relay = Relay::start(guest.sshd.port, Vec::new());
        let failed = send(&guest.way(relay.port), &self.content, &mut |_| {})
            .expect_err("it must be refused");
        assert!(relay.sent() < AROUND, "{} for {failed}", relay.sent());
        failed
    }
}

pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn upload_folder(guest: &Guest) -> String {
    format!("/var/lib/boxdoctor/upload-{}", guest.user())
}

/// Makes the user's folder, with this in the place of the file.
pub fn begun(guest: &Guest, part: &str, bytes: &[u8]) {
    let base = guest.file("/var/lib/boxdoctor");
    let folder = guest.file(&upload_folder(guest));
    fs::create_dir_all(&folder).expect("a folder");
    fs::set_permissions(&base, fs::Permissions::from_mode(0o711)).expect("ours");
    fs::write(guest.file(part), bytes).expect("a file");
    for path in [&folder, &guest.file(part)] {
        chown(path, Some(guest.user()), Some(guest.user())).expect("root may");
    }
}
