//! Kernels and their headers as packages: which package fits which running kernel.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use super::package::{Package, compare_deb, compare_rpm};

/// What `uname -r` says of an RPM kernel, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Release<'a> {
    /// `version-release.arch`, as the package has it.
    version_and_arch: String,
    /// `debug`, `PAE`, `xen`, `rt`, `64k`: what was built differently from the same version.
    variant: Option<&'a str>,
}

static VARIANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?<main>.*?)(?:[+.](?<marked>debug|rt|64k|PAE|PAEdebug|zfcpdump|rt-debug|64k-debug|lpae)|(?<bare>PAE|xen|debug))$")
        .expect("a constant expression")
});

fn release<'a>(uname_r: &'a str, machine: &str) -> Release<'a> {
    let (main, variant) = match VARIANT.captures(uname_r) {
        Some(parts) => {
            let variant = parts.name("marked").or_else(|| parts.name("bare"));
            (parts.name("main"), variant.map(|found| found.as_str()))
        }
        None => (None, None),
    };
    let main = main.map_or(uname_r, |found| found.as_str());
    // EL5 leaves the architecture out.
    let has_arch = [
        "x86_64", "i386", "i586", "i686", "aarch64", "ppc64le", "s390x",
    ]
    .iter()
    .any(|arch| main.ends_with(&format!(".{arch}")));
    Release {
        version_and_arch: if has_arch {
            main.to_owned()
        } else {
            format!("{main}.{machine}")
        },
        variant,
    }
}

static IMAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?<flavour>kernel(?:-(?:PAE|debug|xen|uek|uek64k|ml|lt|rt|plus|64k))?)(?:-core)?$",
    )
    .expect("a constant expression")
});

static DEVEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^kernel(?:-(?:PAE|debug|xen|uek|uek64k|ml|lt|rt|plus|64k))?-devel$")
        .expect("a constant expression")
});

/// The package of the running kernel's headers, as its package manager names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPackage {
    /// `kernel-devel`, `kernel-uek-devel`, `linux-headers-6.1.0-18-amd64`, …
    pub name: String,
    /// The flavour's image package: `kernel`, `kernel-uek`, …; empty for Debian.
    pub image: String,
    /// `version-release.arch` for RPM; empty for Debian, whose version is in the name.
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

    /// What `uname -r` will say of an RPM kernel of another version, where it says `uname_r` of the
    /// running one: with or without the architecture, and with the same variant.
    pub fn release_of(&self, uname_r: &str, version_and_arch: &str) -> String {
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

/// The header package that fits the running RPM kernel. The flavour is that of the installed image
/// whose version runs; where none fits, the release's own words decide.
pub fn rpm_header_package(uname_r: &str, machine: &str, installed: &[Package]) -> HeaderPackage {
    let running = release(uname_r, machine);
    let flavour = match running.variant {
        Some(variant) => format!("kernel-{variant}"),
        None => installed
            .iter()
            .filter(|package| package.version_and_arch() == running.version_and_arch)
            .filter_map(|package| flavour(&package.name))
            // A debug kernel of the same version is installed beside the plain one.
            .find(|flavour| !["kernel-debug", "kernel-PAE", "kernel-xen"].contains(flavour))
            .map_or_else(|| flavour_by_release(uname_r).to_owned(), str::to_owned),
    };
    HeaderPackage {
        name: format!("{flavour}-devel"),
        image: flavour,
        version: running.version_and_arch,
    }
}

/// The flavour whose image package this is: `kernel-uek` for `kernel-uek-core`.
pub fn flavour(name: &str) -> Option<&str> {
    IMAGE
        .captures(name)
        .and_then(|parts| parts.name("flavour"))
        .map(|found| found.as_str())
}

fn flavour_by_release(uname_r: &str) -> &'static str {
    if uname_r.contains("uek.") || uname_r.ends_with("uek") {
        "kernel-uek"
    } else if uname_r.contains(".elrepo.") {
        "kernel-ml"
    } else if uname_r.contains(".centos.plus.") && !uname_r.contains(".el6.") {
        "kernel-plus"
    } else if uname_r.contains(".rt") {
        "kernel-rt"
    } else {
        "kernel"
    }
}

/// The header package that fits the running Debian kernel.
pub fn deb_header_package(uname_r: &str) -> HeaderPackage {
    HeaderPackage {
        name: format!("linux-headers-{uname_r}"),
        image: String::new(),
        version: String::new(),
    }
}

/// The installed packages a module can be built with. `kernel-headers` (for C programs) and
/// Debian's shared and empty packages are none of them.
pub fn header_packages(installed: &[Package]) -> Vec<&Package> {
    installed
        .iter()
        .filter(|package| {
            DEVEL.is_match(&package.name)
                || package
                    .name
                    .strip_prefix("linux-headers-")
                    .is_some_and(|rest| {
                        rest.starts_with(|first: char| first.is_ascii_digit())
                            && !rest.ends_with("-common")
                            && package.arch != "all"
                    })
        })
        .collect()
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
        .max_by(|a, b| compare_rpm(a, b));
    newer_rpm.or_else(|| {
        let (_, variant) = debian_release(uname_r)?;
        installed
            .iter()
            .filter_map(|package| package.name.strip_prefix("linux-image-"))
            .filter(|release| debian_release(release).is_some_and(|(_, found)| found == variant))
            .filter(|release| compare_deb(release, uname_r) == Ordering::Greater)
            .max_by(|a, b| compare_deb(a, b))
            .map(str::to_owned)
    })
}

/// The flavour of a Debian or Ubuntu kernel for which the distribution has metapackages
/// (`linux-image-FLAVOUR` and `linux-headers-FLAVOUR`).
pub fn debian_flavour(release: &str) -> Option<&str> {
    const FLAVOURS: [&str; 17] = [
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
    ];
    // Two of them begin with a digit, so the longest ending that is known counts.
    FLAVOURS
        .into_iter()
        .filter(|flavour| release.ends_with(&format!("-{flavour}")))
        .max_by_key(|flavour| flavour.len())
}

/// `6.1.0-18` and `amd64` of `6.1.0-18-amd64`.
fn debian_release(release: &str) -> Option<(&str, &str)> {
    let variant_at = release
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| release[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()))?;
    release
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| (&release[..variant_at], &release[variant_at + 1..]))
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
                let _ = newer_kernel(release, "x86_64", &packages);
            }
        }
    }
}
