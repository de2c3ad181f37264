//! The modules are built, and the kernel does not trust them.

use crate::check::{Failure, Outcome, Severity, Undecided, Verdict, asked, failure};
use crate::facts::Facts;
use crate::parse::modules::ModuleFile;
use crate::parse::signing::Signing;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    guest.loaded_modules.need()?;
    let waiting: Vec<(&str, &ModuleFile)> = [
        ("vboxguest", &guest.vboxguest_file),
        ("vboxsf", &guest.vboxsf_file),
    ]
    .into_iter()
    .filter(|(name, _)| guest.module_is_loaded(name) == Some(false))
    .filter_map(|(name, file)| Some((name, file.known()?)))
    // The kernel trusts its own.
    .filter(|(_, file)| !file.is_in_kernel())
    .collect();
    let is_loaded = guest.module_is_loaded("vboxguest") == Some(true);
    let Some((name, file)) = waiting.first() else {
        return if is_loaded {
            Ok(Outcome::Pass)
        } else {
            Err(Undecided::skipped(
                "no module of the Guest Additions waits to be loaded",
            ))
        };
    };
    // Without a share to mount, vboxsf may stay unloaded for good.
    if is_loaded && (facts.wants_no_share() || facts.shares_work()) {
        return Ok(Outcome::Pass);
    }
    let Some(signing) = guest.signing.need()? else {
        return Ok(Outcome::Pass);
    };
    let source = &guest.signing.source;
    if let Some(line) = signing.rejection() {
        let found = failure(
            LEVEL,
            format!(
                "the guest's kernel refuses to load {name}: it is not signed by a key that the kernel knows"
            ),
        );
        let found = found.observed(line.trim()).evidence(source, line.trim());
        return cured(found, signing);
    }
    if let Some(line) = signing
        .supported_only
        .as_ref()
        .filter(|_| !file.is_supported)
    {
        return failure(
            LEVEL,
            format!("SUSE's modprobe refuses to load {name}: SUSE does not support it"),
        )
        .expected("allow_unsupported_modules 1")
        .observed(line)
        .evidence(source, line)
        .cured_by(&["allow-unsupported-modules"])
        .verdict();
    }
    let Some(enforced) = signing.enforced.as_ref().filter(|_| !is_loaded) else {
        return Ok(Outcome::Pass);
    };
    if file.is_signed {
        // Signed by whom it trusts, or by somebody else: its log says.
        return if signing.has_log {
            Ok(Outcome::Pass)
        } else {
            Err(Undecided::Unknown {
                reason: "the kernel loads only what is signed, and its log could not be read"
                    .to_owned(),
                decide_with: asked(source),
            })
        };
    }
    let found = failure(
        LEVEL,
        format!("the guest's kernel loads only modules that are signed, and {name} is not"),
    );
    let found = found
        .observed(format!("{}: no signature", file.path))
        .evidence(source, enforced)
        .evidence(&guest.vboxguest_file.source, &file.path);
    cured(found, signing)
}

fn cured(found: Failure, signing: &Signing) -> Verdict {
    found
        .expected("a signature that the kernel trusts, or a kernel that asks for none")
        .cured_by(if signing.secure_boot == Some(true) {
            &["switch-off-secure-boot", "sign-modules"]
        } else {
            &["stop-enforcing-signatures"]
        })
        .verdict()
}
