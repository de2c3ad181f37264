//! Kernels of Debian, Ubuntu and what is made of them: the kernel's name is part of its packages' names.

use super::HeaderPackage;

/// The header package that fits the running Debian kernel.
pub fn deb_header_package(uname_r: &str) -> HeaderPackage {
    HeaderPackage {
        name: format!("linux-headers-{uname_r}"),
        image: String::new(),
        version: String::new(),
    }
}

/// The flavour of a Debian or Ubuntu kernel for which the distribution has metapackages
/// (`linux-image-FLAVOUR` and `linux-headers-FLAVOUR`).
pub fn debian_flavour(release: &str) -> Option<&str> {
    const FLAVOURS: [&str; 22] = [
        "amd64",
        "cloud-amd64",
        "rt-amd64",
        "arm64",
        "cloud-arm64",
        "rt-arm64",
        "686",
        "686-pae",
        "generic",
        "virtual",
        "lowlatency",
        "kvm",
        "aws",
        "azure",
        "gcp",
        "oracle",
        "generic-hwe",
        "generic-64k",
        "armmp",
        "raspi",
        "ibm",
        "oem",
    ];
    // Two of them begin with a digit, so the longest ending that is known counts.
    FLAVOURS
        .into_iter()
        .filter(|flavour| release.ends_with(&format!("-{flavour}")))
        .max_by_key(|flavour| flavour.len())
}

/// `6.1.0-18` and `amd64` of `6.1.0-18-amd64`.
pub fn release(release: &str) -> Option<(&str, &str)> {
    let variant_at = release
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| release[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()))?;
    release
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| (&release[..variant_at], &release[variant_at + 1..]))
}
