//! The module in memory is older than the one on disk: it was rebuilt, and never loaded.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::facts::{Fact, Facts};
use crate::parse::modules::ModuleFile;
use crate::parse::version::Version;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    guest.loaded_modules.need()?;
    let pairs = [
        (
            "vboxguest",
            &guest.loaded_versions.vboxguest,
            &guest.vboxguest_file,
        ),
        ("vboxsf", &guest.loaded_versions.vboxsf, &guest.vboxsf_file),
    ];
    let mut compared = false;
    for (module, loaded, file) in pairs {
        if guest.module_is_loaded(module) != Some(true) {
            continue;
        }
        let (Some(loaded_version), Some(on_disk)) = (loaded.need()?, version_on_disk(file)?) else {
            continue;
        };
        compared = true;
        if *loaded_version != on_disk {
            return stale(module, loaded, loaded_version, file, &on_disk);
        }
    }
    if compared {
        return Ok(Outcome::Pass);
    }
    Err(Undecided::skipped(
        "no module with a version is both loaded and on disk",
    ))
}

fn version_on_disk(file: &Fact<ModuleFile>) -> Result<Option<Version>, Undecided> {
    let version = file.need()?.and_then(|file| file.version.as_deref());
    Ok(version.and_then(Version::parse))
}

fn stale(
    module: &str,
    loaded: &Fact<Version>,
    in_memory: &Version,
    file: &Fact<ModuleFile>,
    on_disk: &Version,
) -> Verdict {
    let revision = |version: &Version| match version.revision {
        Some(revision) => format!("{version} r{revision}"),
        None => version.to_string(),
    };
    let (in_memory, on_disk) = (revision(in_memory), revision(on_disk));
    failure(
        LEVEL,
        format!("{module} {in_memory} is still loaded, although {on_disk} is installed: the guest was not restarted since"),
    )
    .expected(format!("{module} {on_disk} in memory"))
    .observed(format!("{module} {in_memory} in memory"))
    .evidence(&loaded.source, in_memory)
    .evidence(&file.source, on_disk)
    .cured_by(&["reload-modules", "restart-guest"])
    .verdict()
}
