//! What becomes of a machine whose shared folders Vagrant is about to mount.

use crate::check::{Group, Severity};
use crate::diagnosis::{Finding, Status, unexamined};
use crate::facts::{Facts, State};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Another provider, a guest that is no Linux, or nothing to mount: there is nothing to say.
    NoneOfOurs,
    CanMount,
    /// The findings say why.
    CannotMount,
    Unknown(String),
}

/// Only what keeps the folders from being mounted counts: a disk that is nearly full, say, does not.
pub fn outlook(facts: &Facts, findings: &[Finding]) -> Outlook {
    let connection = &facts.guest.connection;
    let answers = matches!(connection.state, State::Known(()));
    let is_linux = facts.guest.kernel.known().is_some();
    if unexamined(&facts.target).is_some() || (answers && !is_linux) || facts.wants_no_share() {
        return Outlook::NoneOfOurs;
    }
    if !answers {
        // Vagrant itself was let in, perhaps with a password.
        let why = connection.unknown();
        let why = why.unwrap_or_else(|| "nobody answers".to_owned());
        return Outlook::Unknown(format!("boxdoctor was not let in ({why})"));
    }
    let fails = |finding: &&Finding| {
        let failure = finding.failure();
        failure.is_some_and(|failure| failure.severity == Severity::Error)
    };
    let mut failing = findings.iter().filter(fails);
    if facts.shares_work() {
        return match failing.any(|finding| finding.check.group == Group::Shares) {
            true => Outlook::CannotMount,
            false => Outlook::CanMount,
        };
    }
    if failing.next().is_some() {
        return Outlook::CannotMount;
    }
    let unknown = findings.iter().find_map(|finding| match &finding.status {
        Status::Unknown { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    Outlook::Unknown(unknown.unwrap_or_else(|| "too little could be learned".to_owned()))
}
