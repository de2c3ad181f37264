//! A kernel and its headers as one exact pair.

use super::Spec;
use crate::facts::Facts;

/// A kernel and its headers, of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What `uname -r` says once this kernel runs.
    pub release: String,
    /// The version of all of them as the package manager writes it; with the architecture for RPM.
    pub version: String,
    /// The kernel's packages and those of its headers.
    pub packages: Vec<Spec>,
}

impl Pair {
    /// Whether all of its packages are installed.
    pub fn is_installed(&self, facts: &Facts) -> bool {
        let installed = facts.guest.packages.installed.known();
        let installed = installed.map_or(&[][..], Vec::as_slice);
        self.packages.iter().all(|spec| spec.is_among(installed))
    }
}

/// Whether this can be a version or a name of a package: what else a guest puts out is none. With a
/// dash at its end apt would remove what the word names.
pub fn is_plain(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+~^:".contains(&byte);
    (1..=128).contains(&word.len())
        && word.bytes().all(plain)
        && !word.starts_with(['-', '.'])
        && !word.ends_with('-')
}
