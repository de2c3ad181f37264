//! What yum and dnf have in common: packages that are named by name, version and architecture.

use std::cmp::Ordering;

use super::pair::is_plain;
use super::{Offer, Pair, Running, Spec};
use crate::parse::package::compare_rpm;

/// The parts that a kernel is made of, behind the name of its flavour.
pub const PARTS: [&str; 5] = ["", "-core", "-modules", "-modules-core", "-modules-extra"];

pub fn word(spec: &Spec) -> String {
    match &spec.version {
        Some(version) => format!("{}-{version}", spec.name),
        None => spec.name.clone(),
    }
}

/// The names of the kernel's parts and of its headers.
pub fn names(running: &Running<'_>) -> Vec<String> {
    let image = &running.headers.image;
    let parts = PARTS.iter().map(|part| format!("{image}{part}"));
    parts.chain([running.headers.name.clone()]).collect()
}

/// `offer NAME VERSION-RELEASE.ARCH` lines.
pub fn offers(said: &str) -> Vec<Offer> {
    said.lines()
        .filter_map(
            |line| match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["offer", name, version] => Some(Offer {
                    name: name.to_owned(),
                    version: version.to_owned(),
                }),
                _ => None,
            },
        )
        .filter(|offer| is_plain(&offer.name) && is_plain(&offer.version))
        .collect()
}

/// The newest version that there is of both the kernel and its headers, and that is not older than
/// the running one. All parts come along that the running kernel has.
pub fn pair(offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
    let headers = running.headers;
    let arch = headers.version.rsplit('.').next()?;
    let installed = |name: &str, version: &str| {
        let mut all = running.installed.iter();
        all.any(|package| package.name == name && package.version_and_arch() == version)
    };
    let can_be_had = |name: &str, version: &str| {
        let offered = |offer: &Offer| offer.name == name && offer.version == version;
        offers.iter().any(offered) || installed(name, version)
    };
    let mut parts: Vec<String> = PARTS
        .iter()
        .map(|part| format!("{}{part}", headers.image))
        .filter(|name| installed(name, &headers.version))
        .collect();
    // The kernel of a small image has no package that only holds its parts together.
    let kernel = match parts.first() {
        Some(first) => first.clone(),
        None => headers.image.clone(),
    };
    if parts.is_empty() {
        parts.push(kernel.clone());
    }
    let of_headers = offers.iter().filter(|offer| offer.name == headers.name);
    let version = of_headers
        .map(|offer| offer.version.as_str())
        .filter(|version| version.rsplit('.').next() == Some(arch))
        .filter(|version| compare_rpm(version, &headers.version) != Ordering::Less)
        .filter(|version| can_be_had(&kernel, version))
        .max_by(|a, b| compare_rpm(a, b))?;
    let spec = |name: String| Spec {
        name,
        version: Some(version.to_owned()),
    };
    parts.retain(|part| can_be_had(part, version));
    parts.push(headers.name.clone());
    let release = headers.release_of(running.release, version);
    is_plain(&release).then(|| Pair {
        release,
        version: version.to_owned(),
        packages: parts.into_iter().map(spec).collect(),
    })
}
