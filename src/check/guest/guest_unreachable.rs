//! Can the guest be asked at all?

use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::{Facts, State};
use crate::target::RUNNING;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let connection = &facts.guest.connection;
    let why = match &connection.state {
        State::Known(()) => return Ok(Outcome::Pass),
        State::Absent => "the guest has no shell that could answer",
        State::Unknown(why) => why,
    };
    let summary = if facts.target.state == RUNNING {
        "the guest cannot be asked over SSH"
    } else {
        "whether the machine runs is not known, and its guest cannot be asked over SSH"
    };
    failure(LEVEL, summary)
        .expected("an SSH login to the guest, and a shell that answers")
        .observed(why)
        .evidence(&connection.source, why)
        .cured_by(&["check-connection"])
        .verdict()
}
