//! Oracle's vboxsf is mounted through a helper of its own; without it `mount` gives up.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::Facts;
use crate::parse::additions::HelperState;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    if guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "the kernel's own vboxsf needs no helper",
        ));
    }
    if guest.record.need()?.is_none() && guest.vboxsf_file.need()?.is_none() {
        return Err(Undecided::skipped("no Guest Additions are installed"));
    }
    let helper = &guest.mount_helper;
    let (path, seen) = match helper.need()? {
        None => (
            "/sbin/mount.vboxsf".to_owned(),
            "it is not there".to_owned(),
        ),
        Some(found) => {
            let seen = match &found.state {
                HelperState::Usable => return Ok(Outcome::Pass),
                HelperState::NotExecutable => "it may not be executed".to_owned(),
                HelperState::Dangling { to } => {
                    format!("it points to {}, which is not there", escape::line(to, 120))
                }
            };
            (found.path.clone(), seen)
        }
    };
    failure(LEVEL, format!("{path} cannot be used: {seen}"))
        .expected(format!("{path} is a program"))
        .observed(&seen)
        .evidence(&helper.source, &seen)
        .location(&path, 0)
        .cured_by(if guest.has_only_modules() {
            &["install-additions"]
        } else {
            &["repair-mount-helper"]
        })
        .verdict()
}
