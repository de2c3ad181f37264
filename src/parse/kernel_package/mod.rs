//! Kernels and their headers as packages: which package fits which running kernel.

mod alpine;
mod arch;
mod debian;
mod redhat;
mod suse;

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use super::package::{Package, compare_deb, compare_rpm};

pub use alpine::apk_header_package;
pub use arch::pacman_header_package;
pub use debian::{deb_header_package, debian_flavour};
pub use redhat::{flavour, rpm_header_package};

/// The package of the running kernel's headers, as its package manager names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPackage {
    /// `kernel-devel`, `kernel-uek-devel`, `linux-headers-6.1.0-18-amd64`, …
    pub name: String,
    /// The flavour's image package: `kernel`, `kernel-uek`, …; empty for Debian.
    pub image: String,
    /// `version-release.arch` for RPM, the whole version for Arch and Alpine; empty for Debian, whose
    /// version is in the name.
    pub version: String,
}

impl HeaderPackage {
    /// What a person asks the package manager for.
    pub fn spec(&self) -> String {
        if self.version.is_empty() {
            self.name.clone()
        } else {
            format!("{}-{}", self.name, self.version)
        }
    }

    /// What `uname -r` will say of a kernel of another version, where it says `uname_r` of the
    /// running one: with or without the architecture, and with the same variant.
    pub fn release_of(&self, uname_r: &str, version_and_arch: &str) -> String {
        let other = suse::release_of(uname_r, version_and_arch);
        if let Some(release) = other.or_else(|| alpine::release_of(uname_r, version_and_arch)) {
            return release;
        }
        if uname_r.contains(&self.version) {
            return uname_r.replacen(&self.version, version_and_arch, 1);
        }
        let bare = |version: &str| {
            let end = version.rfind('.').unwrap_or(version.len());
            version[..end].to_owned()
        };
        uname_r.replacen(&bare(&self.version), &bare(version_and_arch), 1)
    }
}

static HEADERS: LazyLock<Regex> = LazyLock::new(|| {
    // Debian's and Ubuntu's, Arch's, Alpine's.
    Regex::new(r"^linux-headers-\d.*$|^linux\d*(-lts|-zen|-hardened|-rt|-rt-lts|-aarch64)?-headers$|^linux-[a-z]+-dev$")
        .expect("a constant expression")
});

/// The installed packages a module can be built with. `kernel-headers` (for C programs) and
/// Debian's shared and empty packages are none of them.
pub fn header_packages(installed: &[Package]) -> Vec<&Package> {
    let is_one = |package: &&Package| {
        redhat::is_devel(&package.name)
            || (HEADERS.is_match(&package.name)
                && !package.name.ends_with("-common")
                && package.arch != "all")
    };
    installed.iter().filter(is_one).collect()
}

/// The newest installed kernel image of the running flavour that is newer than the running one, as
/// `uname -r` would say it.
pub fn newer_kernel(uname_r: &str, machine: &str, installed: &[Package]) -> Option<String> {
    let running = rpm_header_package(uname_r, machine, installed);
    let newer_rpm = installed
        .iter()
        .filter(|package| flavour(&package.name) == Some(running.image.as_str()))
        .map(Package::version_and_arch)
        .filter(|version| compare_rpm(version, &running.version) == Ordering::Greater)
        .max_by(|a, b| compare_rpm(a, b))
        .map(|version| running.release_of(uname_r, &version));
    let newer_deb = || {
        let (_, variant) = debian::release(uname_r)?;
        installed
            .iter()
            .filter_map(|package| package.name.strip_prefix("linux-image-"))
            .filter(|release| debian::release(release).is_some_and(|(_, found)| found == variant))
            .filter(|release| compare_deb(release, uname_r) == Ordering::Greater)
            .max_by(|a, b| compare_deb(a, b))
            .map(str::to_owned)
    };
    newer_rpm
        .or_else(newer_deb)
        .or_else(|| alpine::newer_kernel(uname_r, installed))
        .or_else(|| arch::newer_kernel(uname_r, installed))
}

#[cfg(test)]
mod tests {
    use super::super::package::{deb_list, rpm_list};
    use super::*;
    use proptest::prelude::*;

    fn rpm(lines: &[&str]) -> Vec<Package> {
        rpm_list(&lines.join("\n"))
    }

    #[test]
    fn the_header_package_follows_the_flavour() {
        let none: [Package; 0] = [];
        for (uname_r, machine, expected) in [
            (
                "2.6.32-358.10.2.el6.x86_64",
                "x86_64",
                "kernel-devel-2.6.32-358.10.2.el6.x86_64",
            ),
            (
                "2.6.32-358.el6.i686",
                "i686",
                "kernel-devel-2.6.32-358.el6.i686",
            ),
            (
                "2.6.18-348.el5PAE",
                "i686",
                "kernel-PAE-devel-2.6.18-348.el5.i686",
            ),
            (
                "2.6.18-348.el5",
                "x86_64",
                "kernel-devel-2.6.18-348.el5.x86_64",
            ),
            (
                "2.6.32-358.el6.x86_64.debug",
                "x86_64",
                "kernel-debug-devel-2.6.32-358.el6.x86_64",
            ),
            (
                "4.18.0-193.el8.x86_64+debug",
                "x86_64",
                "kernel-debug-devel-4.18.0-193.el8.x86_64",
            ),
            (
                "5.4.17-2136.300.7.el8uek.x86_64",
                "x86_64",
                "kernel-uek-devel-5.4.17-2136.300.7.el8uek.x86_64",
            ),
            (
                "6.8.9-1.el9.elrepo.x86_64",
                "x86_64",
                "kernel-ml-devel-6.8.9-1.el9.elrepo.x86_64",
            ),
            (
                "5.14.0-362.8.1.el9_3.aarch64+64k",
                "aarch64",
                "kernel-64k-devel-5.14.0-362.8.1.el9_3.aarch64",
            ),
            (
                "3.10.0-1160.el7.centos.plus.x86_64",
                "x86_64",
                "kernel-plus-devel-3.10.0-1160.el7.centos.plus.x86_64",
            ),
            (
                "6.12.20-23.97.amzn2023.x86_64",
                "x86_64",
                "kernel6.12-devel-6.12.20-23.97.amzn2023.x86_64",
            ),
            (
                "6.1.132-147.221.amzn2023.x86_64",
                "x86_64",
                "kernel-devel-6.1.132-147.221.amzn2023.x86_64",
            ),
            (
                "5.15.0-205.149.5.1.el9uek.aarch64+64k",
                "aarch64",
                "kernel-uek64k-devel-5.15.0-205.149.5.1.el9uek.aarch64",
            ),
            (
                "2.6.32-358.el6.centos.plus.x86_64",
                "x86_64",
                "kernel-devel-2.6.32-358.el6.centos.plus.x86_64",
            ),
        ] {
            assert_eq!(rpm_header_package(uname_r, machine, &none).spec(), expected);
        }
    }

    #[test]
    fn another_version_is_called_as_the_running_one_is() {
        for (uname_r, machine, version, expected) in [
            (
                "2.6.18-348.el5PAE",
                "i686",
                "2.6.18-419.el5.i686",
                "2.6.18-419.el5PAE",
            ),
            (
                "2.6.32-358.el6.x86_64.debug",
                "x86_64",
                "2.6.32-754.el6.x86_64",
                "2.6.32-754.el6.x86_64.debug",
            ),
            (
                "5.14.0-362.8.1.el9_3.aarch64+64k",
                "aarch64",
                "5.14.0-427.el9.aarch64",
                "5.14.0-427.el9.aarch64+64k",
            ),
            (
                "5.4.17-2136.300.7.el8uek.x86_64",
                "x86_64",
                "5.4.17-2136.340.4.el8uek.x86_64",
                "5.4.17-2136.340.4.el8uek.x86_64",
            ),
        ] {
            let running = rpm_header_package(uname_r, machine, &[]);
            assert_eq!(running.release_of(uname_r, version), expected);
        }
    }

    #[test]
    fn what_is_installed_decides_between_lt_and_ml() {
        let installed = rpm(&["kernel-lt-core (none) 6.1.90 1.el9.elrepo x86_64"]);
        let found = rpm_header_package("6.1.90-1.el9.elrepo.x86_64", "x86_64", &installed);
        assert_eq!(
            (found.name.as_str(), found.image.as_str()),
            ("kernel-lt-devel", "kernel-lt")
        );
    }

    #[test]
    fn headers_for_c_programs_are_no_kernel_headers() {
        let installed = rpm(&[
            "kernel-headers (none) 2.6.32 696.10.2.el6 x86_64",
            "kernel-devel (none) 2.6.32 696.10.2.el6 x86_64",
        ]);
        let found: Vec<_> = header_packages(&installed)
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        assert_eq!(found, ["kernel-devel"]);
        let debian = deb_list(concat!(
            "linux-headers-6.1.0-18-amd64 6.1.76-1 amd64 install ok installed\n",
            "linux-headers-6.1.0-18-common 6.1.76-1 all install ok installed\n",
            "linux-headers-amd64 6.1.76-1 amd64 install ok installed\n",
            "linux-headers-6.1.0-17-amd64 6.1.69-1 amd64 deinstall ok config-files\n",
            "linux-headers-5.15.0-91 5.15.0-91.101 all install ok installed\n",
        ));
        let found: Vec<_> = header_packages(&debian)
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        assert_eq!(found, ["linux-headers-6.1.0-18-amd64"]);
    }

    #[test]
    fn newer_means_newer_as_the_package_manager_counts() {
        let installed = rpm(&[
            "kernel (none) 2.6.32 358.23.2.el6 x86_64",
            "kernel (none) 2.6.32 358.10.2.el6 x86_64",
            "kernel (none) 2.6.32 358.9.1.el6 x86_64",
            "kernel-debug (none) 2.6.32 696.el6 x86_64",
            "kernel-firmware (none) 2.6.32 696.el6 noarch",
        ]);
        assert_eq!(
            newer_kernel("2.6.32-358.10.2.el6.x86_64", "x86_64", &installed).as_deref(),
            Some("2.6.32-358.23.2.el6.x86_64")
        );
        assert_eq!(
            newer_kernel("2.6.32-358.23.2.el6.x86_64", "x86_64", &installed),
            None
        );
        let debian = deb_list(concat!(
            "linux-image-6.1.0-9-amd64 6.1.27-1 amd64 install ok installed\n",
            "linux-image-6.1.0-18-amd64 6.1.76-1 amd64 install ok installed\n",
            "linux-image-6.1.0-20-cloud-amd64 6.1.85-1 amd64 install ok installed\n",
            "linux-image-amd64 6.1.76-1 amd64 install ok installed\n",
        ));
        assert_eq!(
            newer_kernel("6.1.0-9-amd64", "x86_64", &debian).as_deref(),
            Some("6.1.0-18-amd64")
        );
        assert_eq!(newer_kernel("6.1.0-18-amd64", "x86_64", &debian), None);
    }

    #[test]
    fn a_flavour_is_one_that_the_distribution_has() {
        assert_eq!(debian_flavour("6.1.0-28-cloud-amd64"), Some("cloud-amd64"));
        assert_eq!(debian_flavour("5.10.0-8-686-pae"), Some("686-pae"));
        assert_eq!(debian_flavour("5.15.0-91-generic"), Some("generic"));
        assert_eq!(debian_flavour("6.18.44-fc-v595"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(uname_r: String, list: String, version in "[-.:~^+0-9a-zé]{0,30}") {
            let packages: Vec<_> = [rpm_list(&list), deb_list(&list)].concat();
            for release in [&uname_r, &version] {
                let headers = rpm_header_package(release, "x86_64", &packages);
                let _ = headers.release_of(release, &version);
                let _ = pacman_header_package(release, &packages);
                let _ = apk_header_package(release);
                let _ = newer_kernel(release, "x86_64", &packages);
            }
        }
    }
}
