//! What a plug-in of Vagrant's would do to a repair of the Guest Additions at the next `vagrant up`.

use super::{Action, Note, Step};
use crate::facts::{Facts, Vbguest};
use crate::parse::version::Version;

/// One line for the step whose Additions the plug-in would replace. It leaves alone those that have
/// exactly the version of the host's VirtualBox.
pub(super) fn note(facts: &Facts, steps: &[Step]) -> Option<Note> {
    if facts.host.vbguest.known() != Some(&Vbguest::Installs) {
        return None;
    }
    let step = steps
        .iter()
        .find(|step| matches!(step.remedy, "install-additions" | "rebuild-additions"))?;
    let ours = after(facts, step);
    let wanted = facts.host.virtualbox.known();
    let numbers = (
        ours.map(|ours| &ours.number),
        wanted.map(|wanted| &wanted.number),
    );
    if let (Some(ours), Some(wanted)) = numbers
        && ours == wanted
    {
        return None;
    }
    let its = wanted.map_or("the host's".to_owned(), |version| {
        version.number.to_string()
    });
    let ours = ours.map_or(String::new(), |version| format!(", {}", version.number));
    Some(Note {
        remedy: step.remedy,
        text: format!(
            "at the next vagrant up the plug-in vagrant-vbguest would put the Guest Additions {its} in place of these{ours}; config.vbguest.auto_update = false in the Vagrantfile keeps it from that"
        ),
    })
}

/// The version of the Additions after the step.
fn after<'a>(facts: &'a Facts, step: &'a Step) -> Option<&'a Version> {
    match &step.action {
        Action::InstallAdditions(chosen) => chosen.as_ref().map(|chosen| chosen.version()),
        _ => facts.guest.record.known()?.version.as_ref(),
    }
}
