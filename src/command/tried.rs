//! What was done to a target before the plan that is made now.

use crate::remedy;
use crate::remedy::journal::{Journal, State};

/// Remedies, by their ids.
#[derive(Default)]
pub struct Tried {
    /// Those that did not help.
    pub in_vain: Vec<&'static str>,
    /// Those that were begun, and of which nobody knows how they ended.
    pub unfinished: Vec<&'static str>,
}

impl Tried {
    /// What the repairs were at that were cut off.
    pub fn after(cut_off: &[Journal]) -> Self {
        let commands = cut_off.iter().flat_map(|journal| &journal.commands);
        let begun = commands
            .filter(|command| command.state == State::Begun)
            .filter_map(|command| remedy::find(&command.remedy));
        Tried {
            in_vain: Vec::new(),
            unfinished: begun.map(|remedy| remedy.id).collect(),
        }
    }
}
