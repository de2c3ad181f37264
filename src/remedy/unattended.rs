//! The remedies that boxdoctor carries out by a command of its own, with nobody to answer it.

use super::packages::{
    self, BUILD_TOOLS, PAST_EXCLUDES, PAST_LOCK, PLAIN, Past, Wanted as Package, manager,
};
use super::{archive, find, list, mount};
use crate::facts::{Facts, PackageManager};
use crate::parse::additions::{BuildDirectory, HelperState};
use crate::parse::version::Version;

/// What root runs in the guest, without `sudo`. `None` for a remedy that takes a person, and where
/// too little is known of this guest.
pub fn command(remedy: &str, facts: &Facts) -> Option<String> {
    match remedy {
        "reinstall-headers" => packages::install(facts, PLAIN, Package::HeadersAgain),
        "install-build-tools" => packages::install(facts, PLAIN, Package::BuildTools),
        // Those of a distribution are built by its own means.
        "rebuild-additions" if facts.guest.record.is_absent() => None,
        "rebuild-additions" => Some(format!("{} setup", list::additions_service(facts))),
        "load-modules" => Some("modprobe vboxguest && modprobe vboxsf".to_owned()),
        "reload-modules" => Some(reload(facts)),
        "repair-mount-helper" => list::link_mount_helper(facts),
        _ => None,
    }
}

/// The service holds a device of the old modules open.
pub fn reload(facts: &Facts) -> String {
    let service = list::additions_service(facts);
    format!(
        "{{ {service} stop; modprobe -r vboxsf vboxguest; }} && modprobe vboxguest && modprobe vboxsf && {service} start"
    )
}

/// Whether the remedy installs the headers of the running kernel.
pub fn wants_headers(remedy: &str) -> bool {
    matches!(
        remedy,
        "headers-past-lock" | "headers-past-excludes" | "install-headers"
    )
}

/// Whether the remedy installs another kernel, with its headers.
pub fn wants_pair(remedy: &str) -> bool {
    matches!(
        remedy,
        "kernel-pair-past-lock" | "kernel-pair-past-excludes" | "kernel-pair"
    )
}

/// Whether what the remedy is for has come true. The exit status of its command says too little:
/// yum ends with 0 where one of several packages is missing, and the installer of the Guest
/// Additions where a module was not built.
pub fn is_done(remedy: &str, facts: &Facts) -> bool {
    let guest = &facts.guest;
    match remedy {
        "headers-past-lock" | "headers-past-excludes" | "install-headers" | "reinstall-headers" => {
            matches!(guest.headers.known(), Some(BuildDirectory::Usable { .. }))
        }
        "install-build-tools" => guest.build_tools.known().is_some_and(|there| {
            let is_there = |tool: &&str| there.iter().any(|name| name == tool);
            BUILD_TOOLS.iter().all(is_there)
        }),
        "rebuild-additions" => guest.has_built_modules(),
        "load-modules" => guest.vboxsf_is_ready() == Some(true),
        "reload-modules" | "restart-guest" => guest.runs_installed_modules(),
        "repair-mount-helper" => guest
            .mount_helper
            .known()
            .is_some_and(|helper| helper.state == HelperState::Usable),
        "mount-again" => mount::is_done(facts),
        "wait-for-package-manager" => guest.policy.holders.known().is_some_and(Vec::is_empty),
        _ => false,
    }
}

/// Whether the Guest Additions of this version are installed, with a vboxsf for the running kernel.
pub fn has_additions(facts: &Facts, version: &Version) -> bool {
    let recorded = facts.guest.record.known();
    let recorded = recorded.and_then(|record| record.version.as_ref());
    recorded.is_some_and(|recorded| recorded.number == version.number)
        && facts.guest.has_built_modules()
}

/// The check that a transaction cures, of which half can look like the whole.
pub fn cured_check(remedy: &str) -> Option<&'static str> {
    match remedy {
        "install-build-tools" => Some("build-tools-missing"),
        "reinstall-headers" => Some("kernel-headers-missing"),
        _ if wants_headers(remedy) => Some("kernel-headers-missing"),
        _ => None,
    }
}

/// What the remedy has to get past, where it installs headers or a kernel.
pub fn past(remedy: &str) -> Option<Past> {
    match remedy {
        "headers-past-lock" | "kernel-pair-past-lock" => Some(PAST_LOCK),
        "headers-past-excludes" | "kernel-pair-past-excludes" => Some(PAST_EXCLUDES),
        "install-headers" | "kernel-pair" => Some(PLAIN),
        _ => None,
    }
}

/// There is nothing to take back.
pub const NEEDLESS: &str = "none needed";

/// The kernel from before stays installed.
fn old_kernel(facts: &Facts) -> String {
    let is_rpm = manager(facts).is_some_and(PackageManager::is_rpm);
    match facts.guest.kernel.known() {
        Some(kernel) if is_rpm => format!(
            "grubby --set-default {} and a restart bring the old kernel back",
            super::quoted(&format!("/boot/vmlinuz-{kernel}"))
        ),
        _ => "the boot menu offers the old kernel, which stays installed".to_owned(),
    }
}

/// How it is taken back. Only of files that were replaced can boxdoctor do it itself.
pub fn way_back(remedy: &str, facts: &Facts) -> String {
    let is_package =
        find(remedy).is_some_and(|remedy| remedy.needs.contains(&super::Need::Network));
    let said = match remedy {
        "repin-lock" | archive::REMEDY => "boxdoctor undo",
        "take-snapshot" => "delete the snapshot once it is not wanted any more",
        "mount-again" => "umount",
        "load-modules" => "modprobe -r vboxsf vboxguest",
        "restart-guest" | "restart-into-kernel" | "wait-for-package-manager" => NEEDLESS,
        "reload-modules" => "none needed: a restart would have done the same",
        "install-additions" => "install the version from before with its own ISO",
        "repair-mount-helper" => match facts.guest.mount_helper.known().map(|helper| &helper.state)
        {
            Some(HelperState::Dangling { to }) => {
                let to = super::quoted(to);
                return format!("ln -sfn {to} /sbin/mount.vboxsf");
            }
            _ => "rm /sbin/mount.vboxsf",
        },
        "rebuild-additions" => "none: what was built before is not kept",
        _ if wants_pair(remedy) => return old_kernel(facts),
        _ if is_package => match manager(facts) {
            Some(PackageManager::Apt) => "apt-get remove takes a package away again",
            Some(PackageManager::Zypper) => "zypper remove takes a package away again",
            Some(PackageManager::Pacman) => "pacman -R takes a package away again",
            Some(PackageManager::Apk) => "apk del takes a package away again",
            Some(PackageManager::Yum3) => {
                "yum history lists it, and yum history undo takes it back"
            }
            _ => "dnf history lists it, and dnf history undo takes it back",
        },
        _ => "none",
    };
    said.to_owned()
}
