//! What the guest says of itself.

use super::packages::Packages;
use super::shares::Account;
use super::{Fact, PackagePolicy, Reader, State, host, locks};
use crate::observe::Side::Guest;
use crate::parse::additions::{self, BuildDirectory, HelperState, MountHelper, Record};
use crate::parse::build_log::{self, Failure};
use crate::parse::df::{self, Usage};
use crate::parse::modules::{self, Dated, ModuleFile};
use crate::parse::mounts::{self, Mount};
use crate::parse::os_release::{self, Distribution};
use crate::parse::signing::{self, Signing};
use crate::parse::version::Version;

pub struct GuestFacts {
    /// Known when the guest could be asked.
    pub connection: Fact<()>,
    pub product: Fact<String>,
    pub distribution: Fact<Distribution>,
    /// `uname -r`.
    pub kernel: Fact<String>,
    /// `uname -m`.
    pub processor: Fact<String>,
    pub packages: Packages,
    pub policy: PackagePolicy,
    pub loaded_modules: Fact<Vec<String>>,
    pub loaded_versions: LoadedVersions,
    pub vboxsf_registered: Fact<bool>,
    pub vboxguest_file: Fact<ModuleFile>,
    pub vboxsf_file: Fact<ModuleFile>,
    pub module_files: Fact<Vec<Dated>>,
    pub signing: Fact<Signing>,
    pub record: Fact<Record>,
    pub trees: Fact<Vec<String>>,
    pub service: Service,
    pub mount_helper: Fact<MountHelper>,
    pub headers: Fact<BuildDirectory>,
    /// The build tools that are there, of `gcc`, `make` and `perl`.
    pub build_tools: Fact<Vec<String>>,
    pub build_log: Fact<BuildLog>,
    pub mounted: Fact<Vec<Mount>>,
    /// Those of whom Vagrant was told, and the guest knows nothing.
    pub missing_accounts: Fact<Vec<Account>>,
    pub disks: Fact<Vec<Usage>>,
    pub inodes: Fact<Vec<Usage>>,
    pub krb5_conf: Fact<Vec<u8>>,
}

/// The versions of the modules in memory; modules of the kernel's own tree have none.
pub struct LoadedVersions {
    pub vboxguest: Fact<Version>,
    pub vboxsf: Fact<Version>,
}

/// The version that VBoxService says it is.
pub type Service = Fact<Version>;

/// The newest log of a build, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildLog {
    pub path: String,
    /// Seconds since 1970.
    pub changed: i64,
    pub failure: Option<Failure>,
}

impl GuestFacts {
    pub(super) fn read(reader: &Reader<'_>) -> Self {
        let kernel = reader.read_text("uname", Guest, |said| {
            let mut words = said.split_whitespace();
            (words.next()? == "Linux").then_some(())?;
            words.next().map(str::to_owned)
        });
        let processor = reader.read_text("uname", Guest, |said| {
            said.split_whitespace().nth(2).map(str::to_owned)
        });
        let machine = processor.known().map_or("", String::as_str);
        let distribution = distribution(reader);
        let family = distribution.known().map(|known| known.family);
        let packages = Packages::read(reader, &kernel, machine, family);
        let policy = locks::read(reader, &packages);
        GuestFacts {
            connection: host::connection(reader),
            product: reader.read_text("product", Guest, |said| Some(said.trim().to_owned())),
            distribution,
            loaded_modules: reader.read_text("modules", Guest, |said| Some(modules::loaded(said))),
            loaded_versions: LoadedVersions {
                vboxguest: loaded_version(reader, "vboxguest"),
                vboxsf: loaded_version(reader, "vboxsf"),
            },
            vboxsf_registered: reader.read_text("filesystems", Guest, |said| {
                Some(modules::has_file_system(said, "vboxsf"))
            }),
            vboxguest_file: module_file(reader, "modinfo-vboxguest"),
            vboxsf_file: module_file(reader, "modinfo-vboxsf"),
            module_files: reader
                .read_text("module-files", Guest, |said| Some(modules::dated(said))),
            signing: reader.read_text("module-signing", Guest, |said| Some(signing::parse(said))),
            record: reader.read_text("additions-record", Guest, |said| {
                Some(additions::record(said))
            }),
            trees: empty_is_absent(reader.read_text("additions-trees", Guest, |said| {
                Some(said.lines().map(str::to_owned).collect())
            })),
            service: reader.read_text("additions-service", Guest, additions::service_version),
            mount_helper: reader.read_text("mount-helper", Guest, additions::mount_helper),
            headers: reader.read_text("headers", Guest, additions::build_directory),
            build_tools: reader.read_text("build-tools", Guest, |said| Some(modules::loaded(said))),
            build_log: build_log(reader),
            mounted: reader.read_text("mounts", Guest, |said| Some(mounts::shared_folders(said))),
            missing_accounts: reader
                .read_text("share-owners", Guest, |said| Some(Account::missing(said))),
            disks: usage(reader, "disks"),
            inodes: usage(reader, "inodes"),
            krb5_conf: reader.read("krb5-conf", Guest, |seen| Some(seen.stdout.clone())),
            kernel,
            processor,
            packages,
            policy,
        }
    }

    /// Whether a module of this name is in memory.
    pub fn module_is_loaded(&self, name: &str) -> Option<bool> {
        let loaded = self.loaded_modules.known()?;
        Some(loaded.iter().any(|module| module == name))
    }

    /// Whether the kernel can mount a shared folder right now.
    pub fn vboxsf_is_ready(&self) -> Option<bool> {
        match (
            self.module_is_loaded("vboxsf"),
            self.vboxsf_registered.known(),
        ) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), _) | (None, Some(false)) => Some(false),
            (None, None) => None,
        }
    }

    /// Whether mounting a shared folder would work: with modules that are loaded, or that the kernel
    /// loads for it, and go together, and with the helper that they want.
    pub fn can_mount(&self) -> bool {
        let by_itself = self
            .vboxsf_file
            .known()
            .is_some_and(|file| file.mounts.as_deref() == Some("vboxsf"));
        let helper = self.mount_helper.known();
        let helper = helper.is_some_and(|helper| helper.state == HelperState::Usable);
        let on_disk = self
            .vboxsf_file
            .known()
            .and_then(|file| file.version.as_deref());
        let on_disk = on_disk.and_then(Version::parse);
        let LoadedVersions { vboxguest, vboxsf } = &self.loaded_versions;
        let differ = match (vboxguest.known(), vboxsf.known().or(on_disk.as_ref())) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        };
        self.module_is_loaded("vboxguest") == Some(true)
            && (by_itself || self.vboxsf_is_ready() == Some(true))
            && (helper || self.uses_in_kernel_modules())
            && !self.kernel_stands_in_for_additions()
            && !differ
    }

    /// Whether the modules in use are those of the kernel's own tree, which need no headers, no
    /// build and no mount helper.
    pub fn uses_in_kernel_modules(&self) -> bool {
        self.vboxsf_file
            .known()
            .is_some_and(ModuleFile::is_in_kernel)
            && self.record.known().is_none()
    }

    /// Whether both modules are in memory, in the version that lies on disk.
    pub fn runs_installed_modules(&self) -> bool {
        let on_disk = self
            .vboxguest_file
            .known()
            .and_then(|file| file.version.as_deref());
        self.module_is_loaded("vboxguest") == Some(true)
            && self.vboxsf_is_ready() == Some(true)
            && self
                .loaded_versions
                .vboxguest
                .known()
                .is_some_and(|loaded| {
                    on_disk
                        .and_then(Version::parse)
                        .is_some_and(|on_disk| on_disk == *loaded)
                })
    }

    /// Whether the kernel's own modules have taken the place of those that the installed Guest
    /// Additions should have built.
    pub fn kernel_stands_in_for_additions(&self) -> bool {
        self.record.known().is_some()
            && self
                .vboxsf_file
                .known()
                .is_some_and(ModuleFile::is_in_kernel)
    }

    /// The distribution's packages that bring Guest Additions of its own.
    pub fn distribution_additions(&self) -> impl Iterator<Item = &str> {
        let packages = self.packages.installed.known();
        let names = packages.into_iter().flatten();
        let names = names.map(|package| package.name.as_str());
        names.filter(|name| {
            let is_one = ["virtualbox-guest-", "virtualbox-kmp"];
            // Sources alone, and the ISO for a host, are in nobody's way.
            let is_unused = ["-source", "-iso"];
            is_one.iter().any(|start| name.starts_with(start))
                && !is_unused.iter().any(|end| name.ends_with(end))
        })
    }

    /// Whether anything of the Guest Additions is to be seen in the guest.
    pub fn shows_traces_of_additions(&self) -> bool {
        self.record.known().is_some()
            || self.trees.known().is_some()
            || self.service.known().is_some()
            || self.mount_helper.known().is_some()
            || self.vboxsf_is_ready() == Some(true)
            || (self.module_is_loaded("vboxguest") == Some(true)
                && !self
                    .vboxguest_file
                    .known()
                    .is_some_and(ModuleFile::is_in_kernel))
            || self
                .mounted
                .known()
                .is_some_and(|mounted| !mounted.is_empty())
    }

    /// Whether there are Guest Additions, or modules of the kernel that do without.
    pub fn has_additions(&self) -> bool {
        self.shows_traces_of_additions()
            || self.vboxsf_file.known().is_some()
            // The kernel's own vboxguest alone mounts nothing.
            || self.vboxguest_file.known().is_some_and(|file| !file.is_in_kernel())
    }

    /// Whether the modules are all that is there of the Guest Additions.
    pub fn has_only_modules(&self) -> bool {
        self.record.is_absent() && self.service.is_absent() && self.trees.is_absent()
    }

    /// Whether the last build went well, and its vboxsf for the running kernel lies on disk.
    pub fn has_built_modules(&self) -> bool {
        let failed = self
            .build_log
            .known()
            .is_some_and(|log| log.failure.is_some());
        let kernel = self
            .kernel
            .known()
            .map(|kernel| format!("/lib/modules/{kernel}/"));
        let files = self.module_files.known().map_or(&[][..], Vec::as_slice);
        let is_built = |below: &String| {
            files.iter().any(|file| {
                file.path.starts_with(below)
                    && file.path.contains("vboxsf")
                    && !file.path.contains("/kernel/")
            })
        };
        !failed && kernel.as_ref().is_some_and(is_built)
    }

    /// Whether a module was built for the running kernel after `moment` (seconds since 1970).
    pub fn has_module_newer_than(&self, moment: i64) -> Option<bool> {
        let kernel = self.kernel.known()?;
        let below = format!("/lib/modules/{kernel}/");
        let files = self.module_files.known()?;
        Some(files.iter().any(|file| {
            file.path.starts_with(&below) && file.path.contains("vboxsf") && file.changed >= moment
        }))
    }
}

fn distribution(reader: &Reader<'_>) -> Fact<Distribution> {
    let said = |id: &str| {
        reader
            .find(id)
            .filter(|seen| seen.status == Some(0))
            .map(|seen| crate::parse::text(&seen.stdout).into_owned())
    };
    let read = os_release::distribution(
        said("os-release").as_deref(),
        said("redhat-release").as_deref(),
        said("debian-version").as_deref(),
    );
    Fact {
        source: reader.source("os-release", Guest),
        state: read.map_or_else(
            || State::Unknown("no release file was understood".to_owned()),
            State::Known,
        ),
    }
}

/// `grep` ends with status 1 or 2 where a module is not loaded or has no version: absent.
fn loaded_version(reader: &Reader<'_>, module: &str) -> Fact<Version> {
    let mut fact = reader.read_text("loaded-versions", Guest, |said| {
        Some(modules::loaded_version(said, module))
    });
    let state = match std::mem::replace(&mut fact.state, State::Absent) {
        State::Known(Some(version)) => Version::parse(&version).map_or_else(
            || State::Unknown("it is no version of VirtualBox".to_owned()),
            State::Known,
        ),
        State::Known(None) | State::Absent => State::Absent,
        State::Unknown(why) => State::Unknown(why),
    };
    Fact {
        source: fact.source,
        state,
    }
}

/// `modinfo` ends with status 1 where there is no such module: absent. So does it, after the name
/// alone, where the file that depmod has listed is gone, or holds no module.
fn module_file(reader: &Reader<'_>, id: &str) -> Fact<ModuleFile> {
    let mut fact = reader.read_text(id, Guest, modules::modinfo);
    let no_module = reader.find(id).is_some_and(|seen| {
        seen.ended == crate::transport::Ended::Exit
            && seen.status != Some(0)
            && memchr::memchr_iter(b'\n', &seen.stdout).count() < 2
    });
    if no_module {
        fact.state = State::Absent;
    }
    fact
}

fn empty_is_absent(mut fact: Fact<Vec<String>>) -> Fact<Vec<String>> {
    if fact.known().is_some_and(Vec::is_empty) {
        fact.state = State::Absent;
    }
    fact
}

/// How full the file systems are that can be written to.
fn usage(reader: &Reader<'_>, id: &str) -> Fact<Vec<Usage>> {
    let mounts = reader.read_text("mounts", Guest, |said| Some(mounts::read_only(said)));
    let is_image = |usage: &Usage| {
        let images = mounts.known().map_or(&[][..], Vec::as_slice);
        images.contains(&usage.mount_point)
    };
    reader.read_text(id, Guest, |said| {
        let mut usage = df::parse(said);
        (!usage.is_empty()).then(|| {
            usage.retain(|usage| !is_image(usage));
            usage
        })
    })
}

/// The installers have written to several logs over the years; the newest tells of the last build.
/// Where two changed in the same run, the one that names a failure does.
fn build_log(reader: &Reader<'_>) -> Fact<BuildLog> {
    let mut fact = reader.read_text("build-log", Guest, |said| {
        let logs = build_log::logs(said);
        let newest = logs.iter().map(|log| log.changed).max()?;
        // One installer run writes its logs within minutes of each other.
        const ONE_RUN: i64 = 600;
        logs.iter()
            .filter(|log| log.changed >= newest - ONE_RUN)
            .map(|log| BuildLog {
                path: log.path.clone(),
                changed: log.changed,
                failure: build_log::failure(&log.text),
            })
            .min_by_key(|log| {
                let reason = log.failure.as_ref().map(|failure| failure.reason);
                (reason.is_none(), reason)
            })
    });
    if let Some(log) = fact.known() {
        fact.source.command = format!("cat {}", log.path);
    }
    fact
}
