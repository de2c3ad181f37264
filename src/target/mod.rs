//! What is examined, and how it is found.

pub mod address;
pub mod asked;
pub mod environment;
pub mod gems;
pub mod index;
pub mod told;
pub mod vagrant;
mod vagrant_home;
pub mod virtualbox;

use serde::{Deserialize, Serialize};

/// The state of a machine that can be asked.
pub const RUNNING: &str = "running";
/// The state of a machine that Vagrant knows and that has no virtual machine yet.
pub const NOT_CREATED: &str = "not_created";
/// The state of what a log tells of.
pub const RECORDED: &str = "recorded";
/// The state of a machine of which nothing could be learned.
pub const UNKNOWN: &str = "unknown";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Vagrant,
    VirtualBox,
    Ssh,
    File,
    Log,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Vagrant => "vagrant",
            Kind::VirtualBox => "virtualbox",
            Kind::Ssh => "ssh",
            Kind::File => "file",
            Kind::Log => "log",
        }
    }
}

/// Names one machine or file, and says in which state it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub name: String,
    pub kind: Kind,
    /// VirtualBox's own word (`running`, `poweroff`, `saved`, …), or one of the words above.
    pub state: String,
    /// Vagrant's provider, where it is not VirtualBox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

impl Target {
    pub fn running(name: &str, kind: Kind) -> Self {
        Target {
            name: name.to_owned(),
            kind,
            state: RUNNING.to_owned(),
            provider: None,
        }
    }

    pub fn in_state(mut self, state: &str) -> Self {
        self.state = state.to_owned();
        self
    }

    /// Whether the VirtualBox host that runs it can be asked.
    pub fn has_host(&self) -> bool {
        matches!(self.kind, Kind::Vagrant | Kind::VirtualBox)
    }
}
