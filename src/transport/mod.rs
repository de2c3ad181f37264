//! The only way to the machines under examination: a local program, or a script over SSH. And to
//! what is fetched for them from the web.
//!
//! What answers is not trusted. Everything here ends at a [`Deadline`], keeps no more than [`Limits`] in memory, and
//! never puts bytes of the other side on a command line or, unescaped, into an error.

mod capture;
mod code_page;
mod deadline;
pub mod home;
pub mod http;
pub mod local;
pub mod platform;
mod printable;
pub mod ssh;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use deadline::Deadline;
use home::home;

/// How a program or a remote command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It came to an end of its own; [`Output::status`] says how, where that is known.
    Exit,
    /// The deadline passed first.
    Timeout,
    /// It was not allowed: no permission, a refused login, an untrusted host key.
    Denied,
    /// There was nothing to run or nobody to ask.
    NotFound,
}

/// What came back.
///
/// The streams are cut at [`Limits`]; that something lay beyond is said by `truncated`.
#[derive(Clone, Debug)]
pub struct Output {
    /// How it ended.
    pub ended: Ended,
    /// The exit status; `None` when a signal killed it, when the time was up, or when it never told.
    pub status: Option<i32>,
    /// The first bytes of the standard output.
    pub stdout: Vec<u8>,
    /// The first bytes of the standard error.
    pub stderr: Vec<u8>,
    /// Whether a stream went over its limit.
    pub truncated: bool,
    /// How long the call took, connecting and logging in included.
    pub elapsed: Duration,
}

/// How many bytes of each stream are kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the standard output.
    pub stdout: usize,
    /// Bytes of the standard error.
    pub stderr: usize,
}
