//! Guest Additions come from Oracle, from the distribution, or from the kernel: parts of two of them
//! do not work together.

use super::additions_missing;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::{Facts, State};
use crate::parse::modules::ModuleFile;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    additions_missing::need(facts)?;
    let guest = &facts.guest;
    let line = guest
        .signing
        .known()
        .and_then(|seen| seen.misunderstanding());
    if let Some(line) = line.map(str::trim) {
        let in_kernel = guest.uses_in_kernel_modules();
        return failure(
            LEVEL,
            if in_kernel {
                "the helper that mounts shared folders is that of other Guest Additions than the kernel's own vboxsf"
            } else {
                "vboxsf and vboxguest are of different Guest Additions, and do not understand each other"
            },
        )
        .expected("modules and helper of one provider")
        .observed(line)
        .evidence(&guest.signing.source, line)
        .cured_by(if in_kernel {
            &["move-stale-helper"]
        } else {
            &["remove-distribution-additions", "remove-oracle-additions"]
        })
        .verdict();
    }
    if let (Some(base), Some(folders)) = (guest.vboxguest_file.known(), guest.vboxsf_file.known())
        && base.is_in_kernel() != folders.is_in_kernel()
    {
        return failure(
            LEVEL,
            "one of vboxguest and vboxsf is the kernel's own, the other one is Oracle's",
        )
        .expected("both of one provider")
        .observed(shown(base) + ", " + &shown(folders))
        .evidence(&guest.vboxguest_file.source, &base.path)
        .evidence(&guest.vboxsf_file.source, &folders.path)
        .cured_by(&["rebuild-additions", "remove-oracle-additions"])
        .verdict();
    }
    if loads_the_kernels_own(facts) {
        return failure(
            LEVEL,
            "the kernel's own vboxguest is in memory, and Oracle's lies on disk",
        )
        .expected("the vboxguest of the installed Guest Additions in memory")
        .observed("a vboxguest without a version")
        .evidence(&guest.loaded_versions.vboxguest.source, "no version")
        .evidence(&guest.vboxguest_file.source, shown_path(facts))
        .cured_by(&["restart-guest"])
        .verdict();
    }
    let packages: Vec<&str> = guest.distribution_additions().collect();
    if guest.record.known().is_some() && !packages.is_empty() {
        let packages = escape::line(&packages.join(", "), 160);
        // It can go well for years, and explains nothing by itself.
        return failure(
            Severity::Info,
            "Guest Additions of Oracle and of the distribution are installed beside each other, and each update of one breaks the other",
        )
        .expected("one of them")
        .observed(format!("Oracle's installer, and {packages}"))
        .evidence(&guest.record.source, "Oracle's Guest Additions are recorded")
        .evidence(&guest.packages.installed.source, packages)
        .cured_by(&["remove-distribution-additions", "remove-oracle-additions"])
        .verdict();
    }
    Ok(Outcome::Pass)
}

/// Oracle's modules say their version, those of the kernel do not.
fn loads_the_kernels_own(facts: &Facts) -> bool {
    let guest = &facts.guest;
    let on_disk = guest.vboxguest_file.known();
    guest.module_is_loaded("vboxguest") == Some(true)
        && matches!(guest.loaded_versions.vboxguest.state, State::Absent)
        && on_disk.is_some_and(|file| file.version.is_some() && !file.is_in_kernel())
}

fn shown(file: &ModuleFile) -> String {
    escape::line(&file.path, 80)
}

fn shown_path(facts: &Facts) -> String {
    facts
        .guest
        .vboxguest_file
        .known()
        .map_or_else(String::new, shown)
}
