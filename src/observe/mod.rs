//! What was asked and what came back: raw evidence, before anybody judges it.
//!
//! An [`Examination`] is all that is known of one target. It comes from a live look ([`host`],
//! [`guest`]) or from a file ([`bundle`]); everything after it cannot tell the difference.

mod accounts;
pub mod activity;
pub mod bundle;
pub mod further;
pub mod guest;
pub mod host;
mod krb5_request;
pub mod local_krb5;
pub mod log;
pub mod look;
pub mod questions;
pub mod redact;
pub mod root;
pub mod root_check;
mod sections;
pub mod vagrant;
pub mod vbguest;
pub mod way;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::target::Target;
use crate::transport::{Ended, Output};

/// Which machine was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Host,
    Guest,
}

impl std::fmt::Display for Side {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Side::Host => "host",
            Side::Guest => "guest",
        })
    }
}

/// One question and its answer, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Names the question; unique within an examination.
    pub id: String,
    pub side: Side,
    /// What a person would type to ask the same.
    pub command: String,
    pub ended: Ended,
    /// `None` when the command was ended by a signal, or never ran.
    pub status: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// The answer was longer than what is kept.
    pub truncated: bool,
    /// How long the answer took, in milliseconds.
    pub ms: u64,
}

impl Observation {
    pub fn from_output(id: &str, side: Side, command: String, output: Output) -> Self {
        Observation {
            id: id.to_owned(),
            side,
            command,
            ended: output.ended,
            status: output.status,
            stdout: output.stdout,
            stderr: output.stderr,
            truncated: output.truncated,
            ms: output.elapsed.as_millis().try_into().unwrap_or(u64::MAX),
        }
    }

    /// An answer that we found out ourselves, without running a program.
    pub fn answered(id: &str, side: Side, command: String, stdout: Vec<u8>) -> Self {
        Observation {
            id: id.to_owned(),
            side,
            command,
            ended: Ended::Exit,
            status: Some(0),
            stdout,
            stderr: Vec::new(),
            truncated: false,
            ms: 0,
        }
    }

    /// A question that could not be answered, with the reason as the error text.
    pub fn unanswered(id: &str, side: Side, command: String, ended: Ended, why: &str) -> Self {
        Observation {
            ended,
            status: None,
            stderr: why.as_bytes().to_vec(),
            ..Observation::answered(id, side, command, Vec::new())
        }
    }
}

/// All observations of one target, and when they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// RFC 3339, UTC. Checks that need "today" take it from here.
    pub captured_at: String,
    pub target: Target,
    pub observations: Vec<Observation>,
}

impl Examination {
    /// An examination of `target` that starts now and has seen nothing yet.
    pub fn begin(target: Target) -> Self {
        Examination {
            captured_at: humantime::format_rfc3339_seconds(std::time::SystemTime::now())
                .to_string(),
            target,
            observations: Vec::new(),
        }
    }

    pub fn find(&self, id: &str) -> Option<&Observation> {
        self.observations.iter().find(|seen| seen.id == id)
    }
}
