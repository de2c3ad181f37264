//! A change of one file, on the host or in a guest.

use crate::krb5::repair::Repair;

/// What a file is to hold, and what it must hold before.
#[derive(Clone, Debug)]
pub struct Change {
    pub path: Vec<u8>,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    /// A configuration without its stray bytes.
    Mended(Repair),
    /// A version lock that holds another kernel.
    Repinned { before: Vec<u8>, after: Vec<u8> },
    /// Repositories that lead to the archive of their release.
    Archived { before: Vec<u8>, after: Vec<u8> },
}

impl Change {
    pub fn before(&self) -> &[u8] {
        match &self.content {
            Content::Mended(repair) => &repair.before,
            Content::Repinned { before, .. } | Content::Archived { before, .. } => before,
        }
    }

    pub fn after(&self) -> &[u8] {
        match &self.content {
            Content::Mended(repair) => &repair.after,
            Content::Repinned { after, .. } | Content::Archived { after, .. } => after,
        }
    }
}

/// The name of the copy beside a file. No release of Kerberos takes it for one to include.
pub fn backup_name(path: &[u8], run: &str) -> Vec<u8> {
    [path, b".boxdoctor-", run.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krb5::Release;

    #[test]
    fn kerberos_does_not_include_a_backup() {
        for name in [&b"site.conf"[..], b"realm"] {
            let backup = backup_name(name, "20261123-011503-a1b2");
            for minor in 10..=22 {
                assert!(!Release::of(1, minor).includes(&backup));
            }
        }
    }
}
