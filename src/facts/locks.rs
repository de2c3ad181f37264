//! What the guest's package manager has been told to keep its hands off. Only the list that the
//! guest's own package manager reads is in force.

use super::packages::{PackageManager, Packages};
use super::{Fact, Reader, State};
use crate::observe::Side::Guest;
use crate::parse::ini::{self, Setting};
use crate::parse::krb5_kdcs::{self, Asked};
use crate::parse::locks::{self, Lock};
use crate::parse::package_locks::{self, Holder};
use crate::parse::repositories::{self, File};
use crate::parse::wildcard;

pub struct PackagePolicy {
    /// The entries of the version lock in force; absent where there is none, or it is switched off.
    pub locks: Fact<Vec<Lock>>,
    pub excludes: Fact<Vec<Exclude>>,
    /// Where packages come from.
    pub repository_files: Fact<Vec<File>>,
    /// Whether their hosts answer, where somebody wanted to know.
    pub repository_hosts: Fact<Vec<Asked>>,
    /// Who is installing something at this moment.
    pub holders: Fact<Vec<Holder>>,
}

/// One line that hides packages from the package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    pub setting: Setting,
    pub patterns: Vec<String>,
}

impl Exclude {
    /// Whether this line hides the package. Patterns are those of the shell, on the name alone or
    /// on name, version and architecture.
    pub fn hides(&self, name: &str, version: &str) -> bool {
        let arch = version.rsplit('.').next().unwrap_or_default();
        let forms = [
            name.to_owned(),
            format!("{name}.{arch}"),
            format!("{name}-{version}"),
        ];
        self.patterns
            .iter()
            .any(|pattern| forms.iter().any(|form| wildcard::matches(pattern, form)))
    }
}

pub(super) fn read(reader: &Reader<'_>, packages: &Packages) -> PackagePolicy {
    let manager = packages.manager.known().copied();
    PackagePolicy {
        locks: manager.map_or_else(
            || unknown(reader, packages),
            |manager| locks_of(reader, manager),
        ),
        excludes: manager.map_or_else(
            || unknown(reader, packages),
            |manager| excludes_of(reader, manager),
        ),
        repository_files: repository_files(reader, packages, manager),
        repository_hosts: reader.read_text("repository-hosts", Guest, |said| {
            Some(krb5_kdcs::parse(said))
        }),
        holders: reader.read_text("package-locks", Guest, |said| {
            Some(package_locks::read(said))
        }),
    }
}

fn repository_files(
    reader: &Reader<'_>,
    packages: &Packages,
    manager: Option<PackageManager>,
) -> Fact<Vec<File>> {
    let id = match manager {
        Some(PackageManager::Apt) => "apt-sources",
        Some(manager) if manager.is_rpm() => "repositories",
        _ => return unknown(reader, packages),
    };
    reader.read(id, Guest, |seen| {
        let mut files = repositories::grepped(&crate::parse::text(&seen.stdout));
        if seen.truncated {
            // Half a file is none.
            files.pop();
        }
        Some(files)
    })
}

fn unknown<T>(reader: &Reader<'_>, packages: &Packages) -> Fact<T> {
    Fact {
        source: reader.source("package-managers", Guest),
        state: match &packages.manager.state {
            State::Unknown(why) => State::Unknown(why.clone()),
            State::Known(_) | State::Absent => State::Absent,
        },
    }
}

/// The settings of the package manager's own file.
fn main_settings(reader: &Reader<'_>, manager: PackageManager) -> Vec<Setting> {
    let (id, file) = match manager {
        PackageManager::Yum3 => ("yum-conf", "/etc/yum.conf"),
        PackageManager::Dnf4 | PackageManager::Dnf5 => ("dnf-conf", "/etc/dnf/dnf.conf"),
        PackageManager::Pacman => ("pacman-conf", "/etc/pacman.conf"),
        PackageManager::Apt | PackageManager::Zypper | PackageManager::Apk => return Vec::new(),
    };
    let mut settings = text_of(reader, id)
        .map(|text| ini::settings(file, &text))
        .unwrap_or_default();
    if manager == PackageManager::Dnf5 {
        settings.extend(
            text_of(reader, "dnf5-drop-ins")
                .map(|text| ini::grepped_settings(&text))
                .unwrap_or_default(),
        );
    }
    settings
}

fn text_of(reader: &Reader<'_>, id: &str) -> Option<String> {
    reader
        .find(id)
        .map(|seen| crate::parse::text(&seen.stdout).into_owned())
}

fn locks_of(reader: &Reader<'_>, manager: PackageManager) -> Fact<Vec<Lock>> {
    let (conf, list) = match manager {
        PackageManager::Yum3 => ("yum-lock-conf", "yum-lock-list"),
        PackageManager::Dnf4 => ("dnf-lock-conf", "dnf-lock-list"),
        // Part of dnf 5 itself, not a plug-in that can be switched off.
        PackageManager::Dnf5 => {
            return reader.read_text("dnf5-lock-list", Guest, |text| {
                locks::toml_list("/etc/dnf/versionlock.toml", text)
            });
        }
        PackageManager::Apt => {
            return reader.read_text("apt-holds", Guest, |text| Some(locks::holds(text)));
        }
        PackageManager::Zypper => {
            return reader.read_text("zypper-locks", Guest, |text| Some(locks::zypper_list(text)));
        }
        PackageManager::Apk => {
            return reader.read_text("apk-world", Guest, |text| Some(locks::apk_world(text)));
        }
        // What pacman is told to leave alone is not upgraded, and can be installed all the same.
        PackageManager::Pacman => {
            return Fact {
                source: reader.source("package-managers", Guest),
                state: State::Absent,
            };
        }
    };
    let mut fact = reader.read_text(list, Guest, |text| Some(locks::pattern_list(text)));
    // The source is what a person would open: the list, wherever the configuration puts it.
    if let Some(lock) = fact.known().and_then(|locks| locks.first()) {
        fact.source.command = format!("cat {}", lock.file);
    }
    let switched_off = |settings: &[Setting], key: &str, default: bool| {
        !ini::find(settings, "main", key).map_or(default, |setting| ini::is_yes(&setting.value))
    };
    // yum 3 loads plug-ins only where its configuration says so; dnf loads them by itself.
    let plugins_by_default = manager == PackageManager::Dnf4;
    if switched_off(
        &main_settings(reader, manager),
        "plugins",
        plugins_by_default,
    ) {
        fact.state = State::Absent;
    }
    match reader.find(conf).filter(|seen| seen.status == Some(0)) {
        Some(seen) => {
            let settings = ini::settings("", &crate::parse::text(&seen.stdout));
            if switched_off(&settings, "enabled", plugins_by_default) {
                fact.state = State::Absent;
            }
        }
        // Without its configuration yum 3 does not load the plug-in, and that of dnf 4 has no list.
        None => fact.state = State::Absent,
    }
    fact
}

fn excludes_of(reader: &Reader<'_>, manager: PackageManager) -> Fact<Vec<Exclude>> {
    let id = match manager {
        PackageManager::Yum3 => "yum-conf",
        PackageManager::Dnf4 | PackageManager::Dnf5 => "dnf-conf",
        PackageManager::Pacman => "pacman-conf",
        PackageManager::Apt | PackageManager::Zypper | PackageManager::Apk => {
            return Fact {
                source: reader.source("package-managers", Guest),
                state: State::Absent,
            };
        }
    };
    let mut fact = reader.read_text(id, Guest, |_| Some(Vec::new()));
    let mut settings: Vec<Setting> = main_settings(reader, manager)
        .into_iter()
        .filter(|setting| matches!(setting.section.as_str(), "main" | "options"))
        .collect();
    let repositories = text_of(reader, "repositories")
        .map(|text| ini::grepped_settings(&text))
        .unwrap_or_default();
    settings.extend(
        repositories
            .iter()
            .filter(|setting| in_force(setting, &repositories))
            .cloned(),
    );
    let found: Vec<Exclude> = settings
        .into_iter()
        .filter(|setting| {
            matches!(
                setting.key.as_str(),
                "exclude" | "excludepkgs" | "IgnorePkg"
            )
        })
        .map(|setting| Exclude {
            patterns: ini::words(&setting.value).map(str::to_owned).collect(),
            setting,
        })
        .collect();
    if !found.is_empty() {
        fact.state = State::Known(found);
    }
    fact
}

/// An exclude in a repository file counts where the repository is enabled and carries the
/// distribution's kernels: one in EPEL hides nothing that is needed.
fn in_force(setting: &Setting, all: &[Setting]) -> bool {
    const CARRIES_KERNELS: [&str; 12] = [
        "base",
        "updates",
        "baseos",
        "appstream",
        "fedora",
        "centosplus",
        "kernel",
        "uek",
        "latest",
        "rhel",
        "os",
        "amzn",
    ];
    let repository = setting.section.to_ascii_lowercase();
    let enabled = all
        .iter()
        .filter(|other| other.file == setting.file && other.section == setting.section)
        .rfind(|other| other.key == "enabled")
        .is_none_or(|enabled| ini::is_yes(&enabled.value));
    enabled
        && repository
            .split(['-', '_', '.', ' '])
            .any(|word| CARRIES_KERNELS.iter().any(|known| word.starts_with(known)))
}
