//! Kernels of Alpine Linux. A branch has one version at a time, and a newer one takes its place.

use super::super::package::Package;
use super::HeaderPackage;

/// The header package that fits the running kernel; `None` where the kernel is not Alpine's.
pub fn apk_header_package(uname_r: &str) -> Option<HeaderPackage> {
    let (version, flavour) = parts(uname_r)?;
    Some(HeaderPackage {
        name: format!("linux-{flavour}-dev"),
        image: format!("linux-{flavour}"),
        version,
    })
}

/// The installed kernel that is to run after a restart, where that is not the running one.
pub fn newer_kernel(uname_r: &str, installed: &[Package]) -> Option<String> {
    let (version, flavour) = parts(uname_r)?;
    let image = format!("linux-{flavour}");
    let package = installed.iter().find(|package| package.name == image)?;
    (package.version != version).then(|| release_of(uname_r, &package.version))?
}

/// `6.6.8-0-virt` of the version 6.6.8-r0 of the same flavour.
pub fn release_of(uname_r: &str, version: &str) -> Option<String> {
    let (_, flavour) = parts(uname_r)?;
    let (version, build) = version.rsplit_once("-r")?;
    Some(format!("{version}-{build}-{flavour}"))
}

/// `6.6.7-r0` and `virt` of `6.6.7-0-virt`.
fn parts(uname_r: &str) -> Option<(String, &str)> {
    let (rest, flavour) = uname_r.rsplit_once('-')?;
    let (version, build) = rest.rsplit_once('-')?;
    let is_number = !build.is_empty() && build.bytes().all(|byte| byte.is_ascii_digit());
    let is_flavour = flavour.starts_with(|first: char| first.is_ascii_lowercase());
    (is_number && is_flavour).then(|| (format!("{version}-r{build}"), flavour))
}

#[cfg(test)]
mod tests {
    use super::super::super::package::apk_list;
    use super::*;

    #[test]
    fn the_package_follows_the_release() {
        for (uname_r, expected) in [
            ("6.6.7-0-lts", Some("linux-lts-dev-6.6.7-r0")),
            ("5.4.12-1-virt", Some("linux-virt-dev-5.4.12-r1")),
            (
                "4.14.8-0-virthardened",
                Some("linux-virthardened-dev-4.14.8-r0"),
            ),
            ("6.6.3-arch1-1", None),
            ("6.6.7", None),
        ] {
            let found = apk_header_package(uname_r).map(|package| package.spec());
            assert_eq!(found.as_deref(), expected);
        }
    }

    #[test]
    fn what_is_installed_comes_next() {
        let installed = apk_list("linux-virt-6.6.8-r0\nlinux-virt-dev-6.6.8-r0\n");
        let next = newer_kernel("6.6.7-0-virt", &installed);
        assert_eq!(next.as_deref(), Some("6.6.8-0-virt"));
        assert_eq!(newer_kernel("6.6.8-0-virt", &installed), None);
    }
}
