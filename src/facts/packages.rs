//! The guest's kernels and headers as packages.

use super::{Fact, Reader, State};
use crate::observe::Side::Guest;
use crate::parse::kernel_package::{self, HeaderPackage};
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
    Apt,
}

impl PackageManager {
    /// What a person types.
    pub fn program(self) -> &'static str {
        match self {
            PackageManager::Yum3 => "yum",
            PackageManager::Dnf4 | PackageManager::Dnf5 => "dnf",
            PackageManager::Apt => "apt-get",
        }
    }

    pub fn is_rpm(self) -> bool {
        self != PackageManager::Apt
    }
}

impl Packages {
    pub(super) fn read(reader: &Reader<'_>, kernel: &Fact<String>, machine: &str) -> Self {
        let manager = manager(reader);
        let installed = match manager.known() {
            Some(PackageManager::Apt) => {
                reader.read_text("deb-kernels", Guest, |said| Some(package::deb_list(said)))
            }
            _ => reader.read_text("rpm-kernels", Guest, |said| Some(package::rpm_list(said))),
        };
        let list = installed.known().map_or(&[][..], Vec::as_slice);
        let fitting_headers = Fact {
            source: kernel.source.clone(),
            state: match (kernel.known(), manager.known()) {
                (Some(release), Some(PackageManager::Apt)) => {
                    State::Known(kernel_package::deb_header_package(release))
                }
                (Some(release), Some(_)) => {
                    State::Known(kernel_package::rpm_header_package(release, machine, list))
                }
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

/// Decided by the programs that are there, and by what their names really are: `yum` and `dnf` are
/// links to whichever generation the distribution has.
fn manager(reader: &Reader<'_>) -> Fact<PackageManager> {
    let fact = reader.read_text("package-managers", Guest, |said| Some(manager_among(said)));
    Fact {
        source: fact.source,
        state: match fact.state {
            State::Known(Some(manager)) => State::Known(manager),
            State::Known(None) | State::Absent => State::Absent,
            State::Unknown(why) => State::Unknown(why),
        },
    }
}

/// `None` where there is none that boxdoctor knows, such as zypper, pacman or apk.
fn manager_among(said: &str) -> Option<PackageManager> {
    let real = |name: &str| {
        said.lines().find_map(|line| {
            let (tool, path) = line.split_once(' ')?;
            (tool == name).then(|| path.rsplit('/').next().unwrap_or(path).to_owned())
        })
    };
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
