//! The Guest Additions are installed, and the kernel does not run their modules.

use super::additions_missing;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    additions_missing::need(facts)?;
    let guest = &facts.guest;
    guest.loaded_modules.need()?;
    let mut missing = Vec::new();
    if guest.module_is_loaded("vboxguest") == Some(false) {
        missing.push("vboxguest");
    }
    // Without a share to mount, vboxsf may stay unloaded for good.
    // The kernel loads a vboxsf of its own when it is asked to mount.
    let needs_vboxsf = !guest.uses_in_kernel_modules()
        && facts.wanted.known().is_none_or(|wanted| !wanted.is_empty());
    if needs_vboxsf && guest.vboxsf_is_ready() == Some(false) {
        missing.push("vboxsf");
    }
    if missing.is_empty() {
        if guest.kernel_stands_in_for_additions() && !facts.shares_work() {
            return stand_in(facts);
        }
        return Ok(Outcome::Pass);
    }
    let missing = missing.join(", ");
    let kernel = guest.kernel.known().map_or("?", String::as_str);
    let kernel_shown = escape::line(kernel, 80);
    let others = built_for_other_kernels(facts, kernel);
    let has_file = guest.vboxguest_file.known().is_some() && guest.vboxsf_file.known().is_some();
    let summary = if has_file {
        format!("the Guest Additions are installed, but not loaded: {missing}")
    } else if others.is_empty() {
        format!(
            "the Guest Additions' modules were never built for the running kernel {kernel_shown}, so they are not loaded"
        )
    } else {
        format!(
            "the Guest Additions' modules were built for {}, not for the running kernel {kernel_shown}",
            escape::line(&others.join(", "), 120)
        )
    };
    let mut found = failure(LEVEL, summary)
        .expected("vboxguest and vboxsf are loaded")
        .observed(format!("not loaded: {missing}"))
        .evidence(&guest.loaded_modules.source, format!("no {missing}"));
    found = match guest.vboxsf_file.known() {
        Some(file) => found.evidence(&guest.vboxsf_file.source, &file.path),
        None => found.evidence(&guest.vboxsf_file.source, "module not found"),
    };
    found
        .cured_by(match (guest.uses_in_kernel_modules(), has_file) {
            (true, _) => &["load-modules"],
            // Modules that were left behind come with nothing that builds or mounts.
            _ if guest.has_only_modules() => &["install-additions"],
            (false, true) => &["load-modules", "rebuild-additions"],
            (false, false) => &["rebuild-additions"],
        })
        .verdict()
}

/// The kernel loads modules of its own by itself when those of the Guest Additions are not there.
fn stand_in(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    let path = guest
        .vboxsf_file
        .known()
        .map_or("?", |file| file.path.as_str());
    failure(
        LEVEL,
        "Guest Additions are installed, but the kernel runs modules of its own in their place",
    )
    .expected("the vboxsf of the installed Guest Additions")
    .observed(escape::line(path, 160))
    .evidence(&guest.record.source, "Guest Additions are recorded")
    .evidence(&guest.vboxsf_file.source, path)
    .cured_by(&["rebuild-additions"])
    .verdict()
}

/// The kernels for which there is a vboxsf, other than the running one.
fn built_for_other_kernels(facts: &Facts, running: &str) -> Vec<String> {
    let files = facts
        .guest
        .module_files
        .known()
        .map_or(&[][..], Vec::as_slice);
    let mut kernels: Vec<String> = files
        .iter()
        .filter(|file| file.path.contains("/vboxsf.ko"))
        .filter_map(|file| file.path.strip_prefix("/lib/modules/")?.split('/').next())
        .filter(|kernel| *kernel != running)
        .map(str::to_owned)
        .collect();
    kernels.dedup();
    kernels
}
