//! The machine that a run has worked on, as its journal names it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::observe::way::{Route, Way};
use crate::transport::ssh::Login;

/// Where the changes were made, in the words in which the user named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Machine {
    /// This computer.
    File,
    Vagrant {
        folder: PathBuf,
        name: String,
        /// VirtualBox's identifier: one name can mean several machines over time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    VirtualBox {
        name: String,
        identity: Option<PathBuf>,
    },
    Ssh {
        address: String,
        identity: Option<PathBuf>,
        /// For the `ssh` program: a proxy.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
}

impl Machine {
    /// Whether it is the same machine: whichever key leads to it.
    pub fn is_same(&self, other: &Machine) -> bool {
        self.key() == other.key()
    }

    pub(super) fn key(&self) -> String {
        match self {
            Machine::File => "file".to_owned(),
            Machine::Vagrant { folder, name, id } => {
                let id = id.as_deref().unwrap_or_default();
                format!("vagrant {} {name} {id}", folder.display())
            }
            Machine::VirtualBox { name, .. } => format!("virtualbox {name}"),
            Machine::Ssh { address, .. } => format!("ssh {address}"),
        }
    }

    /// # Errors
    /// Where a path cannot be made absolute.
    pub fn of(way: &Way) -> Result<Self> {
        let absolute = |path: &PathBuf| {
            std::path::absolute(path).context("there is no current folder; go to one that is there")
        };
        let identity = |login: &Login| login.identities.first().map(absolute).transpose();
        Ok(match &way.route {
            Route::Address {
                address,
                login,
                options,
            } => Machine::Ssh {
                address: address.to_string(),
                identity: identity(login)?,
                options: options.clone(),
            },
            Route::Vagrant {
                machine,
                surroundings,
                ..
            } => Machine::Vagrant {
                folder: absolute(&surroundings.folder)?,
                name: machine.name.clone(),
                id: machine.id.clone(),
            },
            Route::VirtualBox { name, login } => Machine::VirtualBox {
                name: name.clone(),
                identity: identity(login)?,
            },
        })
    }
}
