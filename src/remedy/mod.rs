//! What cures a finding. Checks name remedies; what each does, risks and needs is said here once.

pub mod account;
pub mod archive;
pub mod change;
pub mod hands;
pub mod hold;
pub mod installer;
pub mod job;
pub mod journal;
mod kerberos;
mod list;
mod machine;
pub mod mount;
pub mod packages;
pub mod plan;
pub mod precondition;
pub mod replace_file;
pub mod restart;
pub mod run;
pub mod unattended;
pub mod upload;
pub mod wait;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::escape::word as quoted;
use crate::facts::Facts;
use crate::observe::Side;
use crate::target::{Kind, Target};

pub use list::all;

/// One entry of the list.
pub struct Remedy {
    pub id: &'static str,
    /// Where it is done for a Vagrant machine.
    pub vagrant_side: Side,
    pub risk: Risk,
    pub needs: &'static [Need],
    /// The remedies that are needless once this one is on the plan.
    pub covers: &'static [&'static str],
    pub title: &'static str,
    /// What a person types, most often one line; where commands do not help, what to do.
    pub how: fn(&Facts) -> Vec<String>,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Adds something, or can be repeated freely.
    Low,
    /// Replaces something that works for others, or stops the guest for a while.
    Medium,
    /// Changes what the guest boots.
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    Sudo,
    Network,
    Reboot,
    KernelChange,
}

impl Need {
    /// What a person is told that it needs.
    pub fn describe(self) -> &'static str {
        match self {
            Need::Sudo => "sudo",
            Need::Network => "network",
            Need::Reboot => "a restart",
            Need::KernelChange => "another kernel",
        }
    }
}

impl Remedy {
    /// Where it is done.
    pub fn side(&self, target: &Target) -> Side {
        match (target.kind, self.id) {
            (Kind::File, _) => Side::Host,
            // Without Vagrant a guest is restarted and mounts from within.
            (Kind::Ssh | Kind::VirtualBox, "restart-guest" | "mount-again") => Side::Guest,
            _ => self.vagrant_side,
        }
    }
}

/// The place of a remedy in the list, which is the order in which remedies are applied.
pub fn position(id: &str) -> Option<usize> {
    all().position(|remedy| remedy.id == id)
}

/// The remedy of this id.
pub fn find(id: &str) -> Option<&'static Remedy> {
    all().find(|remedy| remedy.id == id)
}
