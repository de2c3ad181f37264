//! The remedies that boxdoctor carries out by a command of its own, with nobody to answer it.

use super::packages::{self, BUILD_TOOLS, PAST_EXCLUDES, PAST_LOCK, PLAIN, Past, Wanted, manager};
use super::{find, list};
use crate::facts::{Facts, PackageManager};
use crate::parse::additions::BuildDirectory;

/// What root runs in the guest, without `sudo`. `None` for a remedy that takes a person, and where
/// too little is known of this guest.
pub fn command(remedy: &str, facts: &Facts) -> Option<String> {
    match remedy {
        "headers-past-lock" => packages::install(facts, PAST_LOCK, Wanted::Headers),
        "headers-past-excludes" => packages::install(facts, PAST_EXCLUDES, Wanted::Headers),
        "install-headers" => packages::install(facts, PLAIN, Wanted::Headers),
        "reinstall-headers" => packages::install(facts, PLAIN, Wanted::HeadersAgain),
        "install-build-tools" => packages::install(facts, PLAIN, Wanted::BuildTools),
        "rebuild-additions" => Some(format!("{} setup", list::additions_service(facts))),
        "load-modules" => Some("modprobe vboxguest && modprobe vboxsf".to_owned()),
        "mount-again" => mount(facts),
        _ => None,
    }
}

/// Mounts every missing share as Vagrant does: for the user who logs in. One whose place in the
/// guest nobody has said stays as it is.
fn mount(facts: &Facts) -> Option<String> {
    let missing = facts.missing_shares()?;
    let word = |text: &str| {
        shlex::try_quote(text)
            .map(std::borrow::Cow::into_owned)
            .ok()
    };
    let commands: Vec<String> = missing
        .iter()
        .filter_map(|share| {
            let path = share
                .guest_path
                .as_ref()
                .filter(|path| path.starts_with('/'))?;
            let (name, path) = (word(&share.name)?, word(path)?);
            let options = "uid=${SUDO_UID:-0},gid=${SUDO_GID:-0}";
            Some(format!(
                "mkdir -p -- {path} && mount -t vboxsf -o \"{options}\" -- {name} {path}"
            ))
        })
        .collect();
    (!commands.is_empty()).then(|| commands.join(" && "))
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
        "mount-again" => facts
            .missing_shares()
            .is_some_and(|missing| missing.is_empty()),
        _ => false,
    }
}

/// Whether the remedy is a transaction that the package manager should be asked about first.
pub fn needs_headers(remedy: &str) -> Option<Past> {
    match remedy {
        "headers-past-lock" => Some(PAST_LOCK),
        "headers-past-excludes" => Some(PAST_EXCLUDES),
        "install-headers" => Some(PLAIN),
        _ => None,
    }
}

/// How a person takes it back, because boxdoctor cannot.
pub fn way_back(remedy: &str, facts: &Facts) -> &'static str {
    let is_package =
        find(remedy).is_some_and(|remedy| remedy.needs.contains(&super::Need::Network));
    match (is_package, manager(facts)) {
        (true, Some(PackageManager::Apt)) => "apt-get remove takes a package away again",
        (true, Some(PackageManager::Zypper)) => "zypper remove takes a package away again",
        (true, Some(PackageManager::Pacman)) => "pacman -R takes a package away again",
        (true, Some(PackageManager::Apk)) => "apk del takes a package away again",
        (true, Some(PackageManager::Yum3)) => "yum history undo last takes it back",
        (true, _) => "dnf history undo last takes it back",
        (false, _) if remedy == "mount-again" => "umount takes a mount away again",
        (false, _) => "what was built before is not kept",
    }
}
