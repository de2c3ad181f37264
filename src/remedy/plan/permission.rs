//! What the user allows beyond a repair of files and packages.

use super::guest::drop_what_is_blocked;
use super::{Plan, Refused, Step};
use crate::diagnosis::Finding;
use crate::remedy::Need;

/// What was allowed by an option. A person who is asked may allow more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Permission {
    pub kernel_change: bool,
    pub reboot: bool,
}

impl Permission {
    /// The options that are missing for this need.
    fn missing(self, need: Need) -> Option<&'static str> {
        match need {
            Need::KernelChange if !self.kernel_change => Some("--allow-kernel-change"),
            Need::Reboot if !self.reboot => Some("--allow-reboot"),
            _ => None,
        }
    }
}

/// Takes out of the plan what is not allowed, as a whole and with all that builds on it, and names
/// the options that would allow it.
pub fn keep_to(plan: &mut Plan, permission: Permission, findings: &[Finding]) {
    let mut missing: Vec<&'static str> = Vec::new();
    for step in &plan.steps {
        missing.extend(
            step.needs
                .iter()
                .filter_map(|need| permission.missing(*need)),
        );
    }
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return;
    }
    let why = format!("not without {}", missing.join(" and "));
    let changes_kernel = plan
        .steps
        .iter()
        .any(|step| step.needs.contains(&Need::KernelChange));
    let (kept, forbidden) = std::mem::take(&mut plan.steps)
        .into_iter()
        .partition(|step| {
            let is_part = changes_kernel && step.is_part_of_kernel_change();
            !is_part
                && step
                    .needs
                    .iter()
                    .all(|need| permission.missing(*need).is_none())
        });
    plan.steps = kept;
    let forbidden: Vec<Step> = forbidden;
    let is_whole = |step: &&Step| !changes_kernel || !step.is_part_of_kernel_change();
    for step in forbidden.iter().filter(is_whole) {
        plan.refused.push(Refused::remedy(step.remedy, why.clone()));
    }
    drop_what_is_blocked(&mut plan.steps, &mut plan.refused, findings);
}
