//! What Vagrant itself does not do any more once a `vagrant up` has failed.

use super::{Note, Step};
use crate::facts::Facts;
use crate::target::Kind;

/// One line for the step that mounts in Vagrant's place.
pub(super) fn note(facts: &Facts, steps: &[Step]) -> Option<Note> {
    const MOUNT: &str = "mount-again";
    let mounts = steps.iter().any(|step| step.remedy == MOUNT);
    (facts.target.kind == Kind::Vagrant && mounts).then(|| Note {
        remedy: MOUNT,
        text:
            "Vagrant itself would mount only at the next vagrant reload; the provisioners that a \
               failed vagrant up has left out are run by vagrant provision"
                .to_owned(),
    })
}
