//! What is missing to build the Guest Additions' modules: the question behind every check of
//! kernels, headers and package policy, answered once.

use super::{Severity, Undecided};
use crate::escape;
use crate::facts::{Exclude, Facts};
use crate::parse::additions::BuildDirectory;
use crate::parse::kernel_package::HeaderPackage;
use crate::parse::locks::{self, Lock};
use crate::parse::package::Package;
use crate::remedy::packages::BUILD_TOOLS;

/// The headers that are needed and not there.
pub struct NeededHeaders {
    /// `uname -r`.
    pub kernel: String,
    pub package: HeaderPackage,
    /// The versions of the header packages of the same name that are installed.
    pub installed: Vec<String>,
}

/// Says why no module has to be built, where that is so.
///
/// # Errors
/// Skipped, with the reason.
pub fn a_build(facts: &Facts) -> Result<(), Undecided> {
    let guest = &facts.guest;
    if guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "the kernel brings its own vboxsf: nothing has to be built",
        ));
    }
    if facts.wants_no_share() {
        return Err(Undecided::skipped("no shared folder is wanted"));
    }
    let running = guest.module_is_loaded("vboxguest") == Some(true)
        && guest.vboxsf_is_ready() == Some(true)
        && !guest.kernel_stands_in_for_additions();
    // Loaded modules of another release series have to be replaced when the shares do not work.
    let fits = match (facts.additions_version(), facts.host.virtualbox.known()) {
        (Some(additions), Some(host)) => additions.same_series(host),
        _ => true,
    };
    if facts.shares_work() || (running && fits) {
        return Err(Undecided::skipped(
            "vboxguest and vboxsf are loaded: nothing has to be built",
        ));
    }
    Ok(())
}

/// The headers that a build needs and the guest lacks. `None` where they are there.
///
/// # Errors
/// Skipped where nothing has to be built, unknown where it could not be read.
pub fn headers(facts: &Facts) -> Result<Option<NeededHeaders>, Undecided> {
    a_build(facts)?;
    let guest = &facts.guest;
    if let Some(BuildDirectory::Usable { .. }) = guest.headers.need()? {
        return Ok(None);
    }
    let Some(kernel) = guest.kernel.need()? else {
        return Err(Undecided::skipped("the guest is not Linux"));
    };
    let Some(package) = guest.packages.fitting_headers.need()? else {
        return Err(Undecided::skipped(
            "the guest has no package manager that boxdoctor knows",
        ));
    };
    Ok(Some(NeededHeaders {
        kernel: kernel.clone(),
        package: package.clone(),
        installed: guest
            .packages
            .headers()
            .into_iter()
            .filter(|installed| installed.name == package.name)
            .map(Package::version_and_arch)
            .collect(),
    }))
}

impl NeededHeaders {
    /// The locks that keep the headers from fitting: they hold the header package itself back, or
    /// they hold the kernel at versions for which no headers are installed.
    pub fn held_by<'a>(&self, all: &'a [Lock]) -> Vec<&'a Lock> {
        let HeaderPackage {
            name,
            image,
            version,
        } = &self.package;
        let mut holding = locks::holding(all, name, version);
        if image.is_empty() {
            // The shared package that Ubuntu's headers need.
            let shared = name
                .rsplit_once('-')
                .map_or(name.as_str(), |(shared, _)| shared);
            holding.extend(locks::holding(all, shared, version));
            return holding;
        }
        for image in [image.clone(), format!("{image}-core")] {
            let is_free = |version: &String| locks::holding(all, &image, version).is_empty();
            if !self.installed.iter().any(is_free) {
                holding.extend(all.iter().filter(|lock| lock.concerns(&image)));
            }
        }
        holding.sort_by_key(|lock| (lock.file.clone(), lock.line));
        holding.dedup();
        holding
    }

    /// Whether this line hides the headers, or the kernel that could be upgraded to fit.
    pub fn is_hidden_by(&self, exclude: &Exclude) -> bool {
        let HeaderPackage {
            name,
            image,
            version,
        } = &self.package;
        exclude.hides(name, version)
            || exclude.hides(image, version)
            || exclude.hides(&format!("{image}-core"), version)
    }

    /// What is installed instead, for people.
    pub fn instead(&self, facts: &Facts) -> Vec<String> {
        facts
            .guest
            .packages
            .headers()
            .iter()
            .map(|package| escape::line(&package.shown(), 100))
            .collect()
    }
}

/// What has to be installed before a module can be built, for people. `None` where all is there.
///
/// # Errors
/// As of [`headers`].
pub fn a_package(facts: &Facts) -> Result<Option<String>, Undecided> {
    if let Some(needed) = headers(facts)? {
        return Ok(Some(needed.package.spec()));
    }
    let there = facts.guest.build_tools.need()?;
    let is_there = |tool: &str| there.is_some_and(|there| there.iter().any(|name| name == tool));
    let missing = BUILD_TOOLS.into_iter().find(|tool| !is_there(tool));
    Ok(missing.map(str::to_owned))
}

/// How bad it is that a build is impossible. Where nobody has tried yet, it is what stands in the
/// way of the cure, not what is wrong.
pub fn headers_severity(facts: &Facts) -> Severity {
    let guest = &facts.guest;
    let tried = guest
        .build_log
        .known()
        .is_some_and(|log| log.failure.is_some());
    if guest.shows_traces_of_additions() || tried {
        Severity::Error
    } else {
        Severity::Warning
    }
}
