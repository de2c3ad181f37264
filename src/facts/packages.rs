//! The guest's kernels and headers as packages.

use super::{Fact, Reader, State};
use crate::observe::Side::Guest;
use crate::parse::kernel_package::{self, HeaderPackage};
use crate::parse::os_release::Family;
use crate::parse::package::{self, Package};

pub struct Packages {
    pub manager: Fact<PackageManager>,
    /// Kernel images, headers and their like.
    pub installed: Fact<Vec<Package>>,
    /// The header package that fits the running kernel, installed or not.
    pub fitting_headers: Fact<HeaderPackage>,
    /// An installed kernel that is newer than the running one.
    pub newer_kernel: Fact<Option<String>>,
}

/// The program that installs packages in the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageManager {
    Yum3,
    Dnf4,
    Dnf5,
    Zypper,
    Apt,
    Pacman,
    Apk,
}

impl PackageManager {
    /// What a person types.
    pub fn program(self) -> &'static str {
        match self {
            PackageManager::Yum3 => "yum",
            PackageManager::Dnf4 | PackageManager::Dnf5 => "dnf",
            PackageManager::Zypper => "zypper",
            PackageManager::Apt => "apt-get",
            PackageManager::Pacman => "pacman",
            PackageManager::Apk => "apk",
        }
    }

    pub fn is_rpm(self) -> bool {
        matches!(
            self,
            PackageManager::Yum3
                | PackageManager::Dnf4
                | PackageManager::Dnf5
                | PackageManager::Zypper
        )
    }
}

impl Packages {
    pub(super) fn read(
        reader: &Reader<'_>,
        kernel: &Fact<String>,
        machine: &str,
        family: Option<Family>,
    ) -> Self {
        let manager = manager(reader, family);
        let (id, list): (_, fn(&str) -> Vec<Package>) = match manager.known() {
            Some(PackageManager::Apt) => ("deb-kernels", package::deb_list),
            Some(PackageManager::Pacman) => ("pacman-kernels", package::name_version_list),
            Some(PackageManager::Apk) => ("apk-kernels", package::apk_list),
            _ => ("rpm-kernels", package::rpm_list),
        };
        let installed = reader.read_text(id, Guest, |said| Some(list(said)));
        let list = installed.known().map_or(&[][..], Vec::as_slice);
        let fitting_headers = Fact {
            source: kernel.source.clone(),
            state: match (kernel.known(), manager.known()) {
                (Some(release), Some(manager)) => fitting_headers(*manager, release, machine, list),
                (None, _) => State::Unknown("the running kernel is not known".to_owned()),
                (_, None) if manager.is_absent() => State::Absent,
                (_, None) => State::Unknown("the package manager is not known".to_owned()),
            },
        };
        let newer_kernel = Fact {
            source: installed.source.clone(),
            state: match (&installed.state, kernel.known()) {
                (State::Known(list), Some(release)) => {
                    State::Known(kernel_package::newer_kernel(release, machine, list))
                }
                (State::Unknown(why), _) => State::Unknown(why.clone()),
                (State::Absent, _) => State::Absent,
                _ => State::Unknown("the running kernel is not known".to_owned()),
            },
        };
        Packages {
            manager,
            installed,
            fitting_headers,
            newer_kernel,
        }
    }

    /// The installed packages that a module could be built with.
    pub fn headers(&self) -> Vec<&Package> {
        self.installed
            .known()
            .map(|list| kernel_package::header_packages(list))
            .unwrap_or_default()
    }
}

pub(super) fn fitting_headers(
    manager: PackageManager,
    release: &str,
    machine: &str,
    installed: &[Package],
) -> State<HeaderPackage> {
    match manager {
        PackageManager::Apt => State::Known(kernel_package::deb_header_package(release)),
        PackageManager::Pacman => {
            State::Known(kernel_package::pacman_header_package(release, installed))
        }
        // A kernel that is not Alpine's has no headers there.
        PackageManager::Apk => {
            kernel_package::apk_header_package(release).map_or_else(|| State::Absent, State::Known)
        }
        _ => State::Known(kernel_package::rpm_header_package(
            release, machine, installed,
        )),
    }
}

/// Decided by the programs that are there, and by what their names really are: `yum` and `dnf` are
/// links to whichever generation the distribution has.
fn manager(reader: &Reader<'_>, family: Option<Family>) -> Fact<PackageManager> {
    let fact = reader.read_text("package-managers", Guest, |said| {
        Some(manager_among(said, family))
    });
    Fact {
        source: fact.source,
        state: match fact.state {
            State::Known(Some(manager)) => State::Known(manager),
            State::Known(None) | State::Absent => State::Absent,
            State::Unknown(why) => State::Unknown(why),
        },
    }
}

/// `None` where there is none that boxdoctor knows. A distribution may carry the package manager of
/// another one, too; its own name then decides.
fn manager_among(said: &str, family: Option<Family>) -> Option<PackageManager> {
    let real = |name: &str| {
        said.lines().find_map(|line| {
            let (tool, path) = line.split_once(' ')?;
            (tool == name).then(|| path.rsplit('/').next().unwrap_or(path).to_owned())
        })
    };
    let own = match family {
        Some(Family::Suse) => real("zypper").map(|_| PackageManager::Zypper),
        Some(Family::Arch) => real("pacman").map(|_| PackageManager::Pacman),
        Some(Family::Alpine) => real("apk").map(|_| PackageManager::Apk),
        _ => None,
    };
    if own.is_some() {
        return own;
    }
    let (yum, dnf) = (real("yum"), real("dnf"));
    let is_dnf5 = |name: &Option<String>| name.as_deref() == Some("dnf5");
    if real("rpm").is_some()
        && (is_dnf5(&dnf) || is_dnf5(&yum) || (dnf.is_none() && real("dnf5").is_some()))
    {
        Some(PackageManager::Dnf5)
    } else if real("rpm").is_some() && dnf.is_some() {
        Some(PackageManager::Dnf4)
    } else if let Some(yum) = yum {
        Some(if yum.starts_with("dnf") {
            PackageManager::Dnf4
        } else {
            PackageManager::Yum3
        })
    } else if real("dpkg-query").is_some() {
        Some(PackageManager::Apt)
    } else {
        None
    }
}
