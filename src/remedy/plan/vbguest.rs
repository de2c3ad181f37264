//! What a plug-in of Vagrant's would do to a repair of the Guest Additions at the next `vagrant up`.

use super::{Action, Note, Step};
use crate::facts::{Facts, Vbguest};
use crate::parse::version::Version;

/// One line for the step whose Additions the plug-in would replace: it does where they have not
/// exactly the version of the host's VirtualBox, and knows nothing of kernels that are locked.
pub(super) fn note(facts: &Facts, steps: &[Step]) -> Option<Note> {
    if facts.host.vbguest.known() != Some(&Vbguest::Installs) {
        return None;
    }
    let step = steps
        .iter()
        .find(|step| matches!(step.remedy, "install-additions" | "rebuild-additions"))?;
    let wanted = facts.host.virtualbox.known().map(|version| &version.number);
    let ours = after(facts, step).map(|version| &version.number);
    let does = match (ours, wanted) {
        (Some(ours), Some(wanted)) if ours == wanted => format!(
            "leaves these Guest Additions alone while the host's VirtualBox is {wanted}, and with another one puts others in their place"
        ),
        (Some(ours), Some(wanted)) => format!(
            "puts the Guest Additions {wanted} in place of {ours} at the next vagrant up"
        ),
        _ => "puts others in place of these Guest Additions at the next vagrant up, unless they have the version of the host's VirtualBox".to_owned(),
    };
    Some(Note {
        remedy: step.remedy,
        text: format!(
            "the plug-in vagrant-vbguest {does}; config.vbguest.auto_update = false in the Vagrantfile keeps it from that"
        ),
    })
}

/// The version of the Additions after the step.
fn after<'a>(facts: &'a Facts, step: &'a Step) -> Option<&'a Version> {
    match &step.action {
        Action::InstallAdditions(Some(chosen)) => Some(chosen.version()),
        Action::InstallAdditions(None) => facts.host.virtualbox.known(),
        _ => facts.guest.record.known()?.version.as_ref(),
    }
}
