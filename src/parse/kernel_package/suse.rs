//! Kernels of SUSE and openSUSE. `uname -r` ends with the flavour, and leaves out how often the same
//! source was built: 5.14.21-150500.55.39-default is of kernel-default-5.14.21-150500.55.39.1.

use super::super::package::Package;
use super::HeaderPackage;

const FLAVOURS: [&str; 13] = [
    "default", "preempt", "azure", "pae", "desktop", "vanilla", "kvmsmall", "longterm", "rt",
    "64kb", "ec2", "trace", "debug",
];

/// `5.14.21-150500.55.39` and `default`.
pub fn parts(uname_r: &str) -> Option<(&str, &str)> {
    let (version, flavour) = uname_r.rsplit_once('-')?;
    (FLAVOURS.contains(&flavour) && version.contains('-')).then_some((version, flavour))
}

/// The installed kernel whose release runs tells the whole version of the headers.
pub fn header_package(
    uname_r: &str,
    machine: &str,
    installed: &[Package],
) -> Option<HeaderPackage> {
    let (release, flavour) = parts(uname_r)?;
    let image = format!("kernel-{flavour}");
    // The smaller image has numbers of its own behind those of the kernel.
    let base = format!("{image}-base");
    let counter = |package: &&Package| {
        let behind = package.version.strip_prefix(release)?.strip_prefix('.')?;
        let counter = behind.split('.').next()?;
        Some(format!("{release}.{counter}.{}", package.arch))
    };
    let named = |name: &str| {
        let mut all = installed.iter().filter(|package| package.name == name);
        all.find_map(|package| counter(&package))
    };
    Some(HeaderPackage {
        name: format!("{image}-devel"),
        version: named(&image)
            .or_else(|| named(&base))
            .unwrap_or_else(|| format!("{release}.{machine}")),
        image,
    })
}

/// What `uname -r` says of another version of the same flavour.
pub fn release_of(uname_r: &str, version_and_arch: &str) -> Option<String> {
    let (_, flavour) = parts(uname_r)?;
    let (version, _) = version_and_arch.rsplit_once('.')?;
    let (release, _) = version.rsplit_once('.')?;
    Some(format!("{release}-{flavour}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::package::rpm_list;
    use super::*;

    #[test]
    fn the_installed_kernel_tells_the_whole_version() {
        let leap = rpm_list("kernel-default (none) 5.14.21 150500.55.39.1 x86_64");
        let release = "5.14.21-150500.55.39-default";
        let found = header_package(release, "x86_64", &leap).unwrap();
        let spec = "kernel-default-devel-5.14.21-150500.55.39.1.x86_64";
        assert_eq!(found.spec(), spec);
        let small =
            rpm_list("kernel-default-base (none) 5.14.21 150500.55.39.1.150500.6.17.3 x86_64");
        let found = header_package(release, "x86_64", &small).unwrap();
        assert_eq!(found.spec(), spec);
        let tumbleweed = rpm_list("kernel-default (none) 6.6.3 1.1 x86_64");
        let found = header_package("6.6.3-1-default", "x86_64", &tumbleweed).unwrap();
        assert_eq!(found.spec(), "kernel-default-devel-6.6.3-1.1.x86_64");
        assert_eq!(
            header_package("6.1.0-18-amd64", "x86_64", &[]),
            None,
            "Debian's"
        );
    }

    #[test]
    fn another_build_is_called_by_its_release() {
        let other = "5.14.21-150500.55.44.1.x86_64";
        assert_eq!(
            release_of("5.14.21-150500.55.39-default", other).as_deref(),
            Some("5.14.21-150500.55.44-default")
        );
    }
}
