//! What must hold right before a step: the guest is not what it was when the plan was made.

use super::plan::{Action, Step};
use super::unattended;
use crate::facts::Facts;
use crate::parse::additions::BuildDirectory;

/// Why the step must not be done now, where that is so. `kernel` ran when the plan was made, or is
/// the one into which it has restarted the guest.
pub fn obstacle(step: &Step, kernel: Option<&str>, facts: &Facts) -> Option<String> {
    let guest = &facts.guest;
    let running = guest.kernel.known().map(String::as_str);
    let needs_kernel = !matches!(step.action, Action::Replace(_) | Action::Snapshot(_));
    if needs_kernel && running != kernel {
        return Some(format!(
            "the guest runs the kernel {} by now, and the plan was made for {}",
            running.unwrap_or("?"),
            kernel.unwrap_or("?")
        ));
    }
    match step.remedy {
        "rebuild-additions" | "install-additions" if !guest.uses_in_kernel_modules() => {
            if let Some(seen) = guest.headers.known()
                && !matches!(seen, BuildDirectory::Usable { .. })
            {
                return Some("the headers of the running kernel are not there".to_owned());
            }
            (!unattended::is_done("install-build-tools", facts)
                && guest.build_tools.known().is_some())
            .then(|| "gcc, make or perl is not there".to_owned())
        }
        _ => None,
    }
}
