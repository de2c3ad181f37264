//! What a person types to install packages, by family.

use super::quoted;
use crate::facts::{Facts, PackageManager};
use crate::parse::kernel_package::debian_flavour;

/// What is to be installed.
pub enum Wanted {
    Headers,
    Again,
    Pair,
}

/// The options that let one transaction past a lock or an exclude line, and change no file.
pub struct Past {
    yum: &'static str,
    dnf: &'static str,
    dnf5: &'static str,
    apt: &'static str,
}

pub const PLAIN: Past = Past {
    yum: "",
    dnf: "",
    dnf5: "",
    apt: "",
};
pub const PAST_LOCK: Past = Past {
    yum: " --disableplugin=versionlock",
    dnf: " --disableplugin=versionlock",
    // The lock is part of dnf 5 itself; this lifts it together with the excludes.
    dnf5: " --setopt='disable_excludes=*'",
    apt: " --allow-change-held-packages",
};
pub const PAST_EXCLUDES: Past = Past {
    yum: " --disableexcludes=all",
    dnf: " --disableexcludes=all",
    dnf5: " --setopt='disable_excludes=*'",
    apt: "",
};

/// The command that installs the headers of the running kernel, or kernel and headers as a pair.
pub fn install(facts: &Facts, past: Past, wanted: Wanted) -> Vec<String> {
    let Some(package) = facts.guest.packages.fitting_headers.known() else {
        return vec!["install the package with the headers of the running kernel".to_owned()];
    };
    let options = match manager(facts) {
        Some(PackageManager::Yum3) => past.yum,
        Some(PackageManager::Dnf4) => past.dnf,
        Some(PackageManager::Dnf5) => past.dnf5,
        Some(PackageManager::Apt) | None => past.apt,
    };
    let is_rpm = manager(facts).is_some_and(PackageManager::is_rpm);
    let (verb, what) = match wanted {
        Wanted::Headers => ("install", quoted(&package.spec())),
        Wanted::Again if is_rpm => ("reinstall", quoted(&package.spec())),
        Wanted::Again => ("install --reinstall", quoted(&package.spec())),
        Wanted::Pair if is_rpm => (
            "install",
            format!("{} {}", quoted(&package.image), quoted(&package.name)),
        ),
        Wanted::Pair => {
            let flavour = facts
                .guest
                .kernel
                .known()
                .and_then(|kernel| debian_flavour(kernel));
            // A kernel of somebody's own making has no metapackage.
            let Some(flavour) = flavour else {
                return Vec::new();
            };
            let pair = format!("linux-image-{flavour} linux-headers-{flavour}");
            ("install", pair)
        }
    };
    vec![format!("sudo {}{options} {verb} {what}", program(facts))]
}

/// The same for nobody to answer, and without `sudo`. `None` where the package manager or the
/// package is not known.
pub fn unattended(facts: &Facts, past: Past, wanted: Wanted) -> Option<String> {
    let program = manager(facts)?;
    let spec = quoted(&facts.guest.packages.fitting_headers.known()?.spec());
    let verb = match (wanted, program) {
        (Wanted::Headers, _) => "install",
        (Wanted::Again, PackageManager::Apt) => "install --reinstall",
        (Wanted::Again, _) => "reinstall",
        (Wanted::Pair, _) => return None,
    };
    Some(match program {
        PackageManager::Apt => apt(format!("{} {verb} {spec}", past.apt).trim_start()),
        PackageManager::Yum3 => format!("yum -y{} {verb} {spec}", past.yum),
        PackageManager::Dnf4 => format!("dnf -y{} {verb} {spec}", past.dnf),
        PackageManager::Dnf5 => format!("dnf -y{} {verb} {spec}", past.dnf5),
    })
}

/// apt-get with nobody to answer, which keeps the settings that somebody has changed. Boxes come
/// without the lists of packages, and one repository that is gone does not matter for the others.
pub fn apt(arguments: &str) -> String {
    format!(
        "apt-get -q update; DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::=--force-confold {arguments}"
    )
}

/// What asks the package manager whether the headers can be had: it puts something out if so. apt
/// need not be asked: where it does not know a package, it changes nothing.
pub fn availability(facts: &Facts, past: &Past) -> Option<String> {
    let spec = quoted(&facts.guest.packages.fitting_headers.known()?.spec());
    Some(match manager(facts)? {
        PackageManager::Apt => return None,
        PackageManager::Yum3 => format!("yum -q{} list available {spec}", past.yum),
        PackageManager::Dnf4 => format!("dnf -q{} repoquery --available {spec}", past.dnf),
        PackageManager::Dnf5 => format!("dnf -q{} repoquery --available {spec}", past.dnf5),
    })
}

pub fn manager(facts: &Facts) -> Option<PackageManager> {
    facts.guest.packages.manager.known().copied()
}

pub fn program(facts: &Facts) -> &'static str {
    manager(facts).map_or("yum", PackageManager::program)
}
