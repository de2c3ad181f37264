//! Kernels of Red Hat's family: Enterprise Linux, Fedora, Oracle's UEK, Amazon Linux.

use std::sync::LazyLock;

use regex::Regex;

use super::super::package::Package;
use super::{HeaderPackage, suse};

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

/// `kernel`, `kernel-uek`, `kernel6.12`, and SUSE's, which are named alike.
const FLAVOUR: &str = "kernel(?:\\d+\\.\\d+)?(?:-(?:PAE|debug|xen|uek|uek64k|ml|lt|rt|plus|64k|default|preempt|azure|pae|desktop|vanilla|kvmsmall|longterm|64kb|ec2|trace))?";

static IMAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!("^(?<flavour>{FLAVOUR})(?:-core)?$")).expect("a constant expression")
});

static DEVEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("^{FLAVOUR}-devel$")).expect("a constant expression"));

/// Whether a package of this name holds headers that a module can be built with.
pub fn is_devel(name: &str) -> bool {
    DEVEL.is_match(name)
}

/// The header package that fits the running RPM kernel. The flavour is that of the installed image
/// whose version runs; where none fits, the release's own words decide.
pub fn rpm_header_package(uname_r: &str, machine: &str, installed: &[Package]) -> HeaderPackage {
    if let Some(found) = suse::header_package(uname_r, machine, installed) {
        return found;
    }
    let running = release(uname_r, machine);
    let flavour = match running.variant {
        Some("64k") if uname_r.contains("uek") => "kernel-uek64k".to_owned(),
        Some(variant) if uname_r.contains("uek") => format!("kernel-uek-{variant}"),
        Some(variant) => format!("kernel-{variant}"),
        None => installed
            .iter()
            .filter(|package| package.version_and_arch() == running.version_and_arch)
            .filter_map(|package| flavour(&package.name))
            // A debug kernel of the same version is installed beside the plain one.
            .find(|flavour| !["kernel-debug", "kernel-PAE", "kernel-xen"].contains(flavour))
            .map_or_else(|| flavour_by_release(uname_r), str::to_owned),
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

fn flavour_by_release(uname_r: &str) -> String {
    let flavour = if uname_r.contains("uek.") || uname_r.ends_with("uek") {
        "kernel-uek"
    } else if uname_r.contains(".elrepo.") {
        "kernel-ml"
    } else if uname_r.contains(".centos.plus.") && !uname_r.contains(".el6.") {
        "kernel-plus"
    } else if uname_r.contains(".rt") {
        "kernel-rt"
    } else if let (true, Some(series)) = (uname_r.contains(".amzn2023."), later_series(uname_r)) {
        return format!("kernel{series}");
    } else {
        "kernel"
    };
    flavour.to_owned()
}

/// `6.12` of `6.12.20-…`. Amazon Linux 2023 began with 6.1 and names each later series.
fn later_series(uname_r: &str) -> Option<String> {
    let mut numbers = uname_r.split('.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    let is_later = (major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?) > (6, 1);
    is_later.then(|| format!("{major}.{minor}"))
}
