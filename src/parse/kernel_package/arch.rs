//! Kernels of Arch Linux and what is made of it. There is one version at a time, and a newer one takes
//! its place.

use super::super::package::Package;
use super::HeaderPackage;

/// How a release ends, and the package of that kernel.
const ENDINGS: [(&str, &str); 7] = [
    ("-rt-lts", "linux-rt-lts"),
    ("-lts", "linux-lts"),
    ("-zen", "linux-zen"),
    ("-hardened", "linux-hardened"),
    ("-rt", "linux-rt"),
    ("-aarch64-ARCH", "linux-aarch64"),
    ("-ARCH", "linux"),
];

/// The header package that fits the running kernel.
pub fn pacman_header_package(uname_r: &str, installed: &[Package]) -> HeaderPackage {
    let (base, image) = parts(uname_r);
    let running = installed
        .iter()
        .find(|package| package.name == image && release(&package.version) == base);
    let version = running.map_or_else(|| version(base), |package| package.version.clone());
    HeaderPackage {
        name: format!("{image}-headers"),
        image,
        version,
    }
}

/// The installed kernel that is to run after a restart, where that is not the running one.
pub fn newer_kernel(uname_r: &str, installed: &[Package]) -> Option<String> {
    let (base, image) = parts(uname_r);
    let package = installed.iter().find(|package| package.name == image)?;
    let release = release(&package.version);
    let ending = &uname_r[base.len()..];
    (release != base).then(|| format!("{release}{ending}"))
}

/// `6.6.3-arch1-1` and `linux` of `6.6.3-arch1-1`, `6.1.64-1` and `linux-lts` of `6.1.64-1-lts`.
fn parts(uname_r: &str) -> (&str, String) {
    if let Some(base) = uname_r.strip_suffix("-MANJARO") {
        let series: String = base.split('.').take(2).collect();
        return (base, format!("linux{series}"));
    }
    ENDINGS
        .into_iter()
        .find_map(|(ending, image)| Some((uname_r.strip_suffix(ending)?, image.to_owned())))
        .unwrap_or((uname_r, "linux".to_owned()))
}

/// `6.6.3-arch1-1` of the package's version 6.6.3.arch1-1, and `6.7.0-arch3-1` of 6.7.arch3-1.
fn release(version: &str) -> String {
    let mut numbers = Vec::new();
    let mut rest = version;
    while let Some((number, behind)) = rest.split_once('.') {
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        numbers.push(number);
        rest = behind;
    }
    let named = rest.starts_with(|first: char| first.is_ascii_alphabetic());
    if named && numbers.len() == 2 {
        numbers.push("0");
    }
    format!(
        "{}{}{rest}",
        numbers.join("."),
        if named { '-' } else { '.' }
    )
}

/// The other way round, as far as the release tells.
fn version(base: &str) -> String {
    let dashes = base.matches('-').count();
    let version = if dashes > 1 {
        base.replacen('-', ".", 1)
    } else {
        base.to_owned()
    };
    version.replacen(".0.arch", ".arch", 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::package::name_version_list;
    use super::*;

    #[test]
    fn the_package_follows_the_release() {
        for (uname_r, expected) in [
            ("6.6.3-arch1-1", "linux-headers-6.6.3.arch1-1"),
            ("6.7.0-arch3-1", "linux-headers-6.7.arch3-1"),
            ("6.1.64-1-lts", "linux-lts-headers-6.1.64-1"),
            ("6.6.3-zen1-1-zen", "linux-zen-headers-6.6.3.zen1-1"),
            (
                "6.5.13-hardened1-1-hardened",
                "linux-hardened-headers-6.5.13.hardened1-1",
            ),
            ("4.14.5-1-ARCH", "linux-headers-4.14.5-1"),
            ("4.20.1-arch1-1-ARCH", "linux-headers-4.20.1.arch1-1"),
            ("6.6.8-2-MANJARO", "linux66-headers-6.6.8-2"),
        ] {
            assert_eq!(pacman_header_package(uname_r, &[]).spec(), expected);
        }
    }

    #[test]
    fn what_is_installed_tells_the_version_and_what_comes_next() {
        let installed = name_version_list("linux 6.6.7.arch1-1\nlinux-lts 6.1.68-1\n");
        let running = pacman_header_package("6.6.7-arch1-1", &installed);
        assert_eq!(running.version, "6.6.7.arch1-1");
        assert_eq!(newer_kernel("6.6.7-arch1-1", &installed), None);
        assert_eq!(
            newer_kernel("6.6.3-arch1-1", &installed).as_deref(),
            Some("6.6.7-arch1-1")
        );
        assert_eq!(
            newer_kernel("6.1.64-1-lts", &installed).as_deref(),
            Some("6.1.68-1-lts")
        );
    }
}
