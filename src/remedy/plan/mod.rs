//! What boxdoctor would change, and what it leaves to a person: from findings to ordered steps.

mod guest;
mod kerberos;
mod permission;
mod vagrant;
mod vbguest;

use super::change::Change;
use super::mount::Mounts;
use super::packages::Pair;
use super::{Need, archive, replace_file};
use crate::diagnosis::Finding;
use crate::facts::Facts;
use crate::krb5::Files;
use crate::medium::choose::Chosen;
use crate::observe::Side;

pub use guest::past;
pub use permission::{Permission, keep_to};

/// All that is to be done to one target, in order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// What could be repaired by its kind, and is left as it is; with the reason.
    pub refused: Vec<Refused>,
    /// What the user should know beside its steps.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Takes one step out, and all that builds on it.
    pub fn leave_out(&mut self, remedy: &str, findings: &[Finding]) {
        self.steps.retain(|step| step.remedy != remedy);
        guest::drop_what_is_blocked(&mut self.steps, &mut Vec::new(), findings);
    }

    /// Whether anything is run in the guest. A file that is replaced is guarded by what it held.
    pub fn runs_in_guest(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| step.side == Side::Guest && step.changes().is_empty())
    }
}

/// One line beside the step of this remedy, as long as that is on the plan.
#[derive(Clone, Debug)]
pub struct Note {
    pub remedy: &'static str,
    pub text: String,
}

/// The remedies that no finding names: they go with the installation of another kernel.
pub const PARTS: [&str; 3] = ["take-snapshot", "restart-into-kernel", "repin-lock"];

/// One repair: done as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Step {
    /// The check that it cures.
    pub check: &'static str,
    pub remedy: &'static str,
    pub side: Side,
    pub needs: Vec<Need>,
    pub action: Action,
    /// Why no smaller step does, where there is one.
    pub reason: Option<String>,
    /// It was begun before and cut off, and is done even where it seems to be done.
    pub again: bool,
    /// How it is taken back, or that it cannot be.
    pub way_back: String,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Replaces these files, all or none.
    Replace(Vec<Change>),
    /// Runs this command as root in the guest.
    Run(String),
    /// Runs this in the guest until somebody else there is done.
    Wait {
        command: String,
        /// For whom, and for how long.
        shown: String,
    },
    /// Mounts shares in the guest.
    Mount(Mounts),
    /// Installs kernel and headers as one pair, and makes that kernel the next to start.
    InstallPair {
        pair: Pair,
        command: String,
        /// The part of it that a person would type.
        typed: Vec<String>,
    },
    /// Restarts the guest, which is to come back with this kernel where one is named.
    Restart { kernel: Option<String> },
    /// Sends the Guest Additions into the guest and runs their installer. What a recording would
    /// take them from, nobody knows.
    InstallAdditions(Option<Chosen>),
    /// Takes a snapshot of the virtual machine of this name.
    Snapshot(String),
}

impl Step {
    /// Whether it makes sense only around the installation of another kernel.
    pub fn is_part_of_kernel_change(&self) -> bool {
        PARTS.contains(&self.remedy)
    }

    /// The condition of the guest's shell under which it takes no root after all; `None` where
    /// nothing is done that takes root.
    pub fn needs_no_root(&self) -> Option<String> {
        if self.side == Side::Host || !self.needs.contains(&Need::Sudo) {
            return None;
        }
        Some(match &self.action {
            Action::Replace(changes) => {
                let writable = |change: &Change| {
                    format!("{{ {}; }}", replace_file::needs_no_root(&change.path))
                };
                let all: Vec<String> = changes.iter().map(writable).collect();
                all.join(" && ")
            }
            _ => "false".to_owned(),
        })
    }

    /// Whether the package manager can answer only after it.
    pub fn opens_the_way(&self) -> bool {
        matches!(self.remedy, "wait-for-package-manager" | archive::REMEDY)
    }

    /// The files that it replaces.
    pub fn changes(&self) -> &[Change] {
        match &self.action {
            Action::Replace(changes) => changes,
            _ => &[],
        }
    }

    pub fn changes_mut(&mut self) -> &mut [Change] {
        match &mut self.action {
            Action::Replace(changes) => changes,
            _ => &mut [],
        }
    }
}

/// Something that is left as it is.
#[derive(Clone, Debug)]
pub struct Refused {
    pub remedy: &'static str,
    /// The file, or what was to be done.
    pub what: String,
    pub why: String,
}

impl Refused {
    fn remedy(remedy: &'static str, why: impl Into<String>) -> Self {
        Refused {
            remedy,
            what: super::find(remedy)
                .map_or("", |remedy| remedy.title)
                .to_owned(),
            why: why.into(),
        }
    }
}

/// What was learned beside the findings before a plan is made.
#[derive(Debug, Default)]
pub struct Circumstances {
    /// Whether the headers of the running kernel can be had: what the package manager said, where
    /// it was asked.
    pub headers: Option<Result<(), String>>,
    /// Which kernel can be had together with its headers, where that was asked.
    pub pair: Option<Result<Pair, String>>,
    /// Where the Guest Additions come from, where anybody looked for them.
    pub additions: Option<Result<Chosen, String>>,
    /// What the version lock is to hold after a new kernel, where the user wants that.
    pub repinned: Option<Change>,
    /// The virtual machine of which a snapshot is wanted before the kernel changes.
    pub snapshot: Option<String>,
    /// The files of the repositories, byte for byte, where they were read anew.
    pub repository_files: Option<Vec<(String, Vec<u8>)>>,
    /// Where packages are kept that have left the mirrors, where the user wants a certain place.
    pub archive: Option<String>,
    /// What is to be installed is asked of the package manager as soon as it can answer, and is no
    /// part of the plan before that.
    pub asks_later: bool,
    /// The remedies that were tried, and did not help.
    pub tried: Vec<&'static str>,
    /// The remedies that an earlier repair was cut off in: what they leave can look whole.
    pub unfinished: Vec<&'static str>,
}

/// The plan for these findings. What the configuration includes comes from `files`.
pub fn plan(
    facts: &Facts,
    findings: &[Finding],
    files: &dyn Files,
    circumstances: &Circumstances,
) -> Plan {
    let mut plan = Plan::default();
    kerberos::plan(&mut plan, facts, findings, files);
    // Nothing builds on a file that is mended, and what is run in the guest can fail.
    guest::plan(&mut plan, facts, findings, circumstances);
    plan.notes.extend(vbguest::note(facts, &plan.steps));
    plan.notes.extend(vagrant::note(facts, &plan.steps));
    plan
}
