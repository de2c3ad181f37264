//! Can the guest be asked at all?

use crate::check::{Outcome, Severity, Verdict, failure};
use crate::facts::{Facts, State};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let connection = &facts.guest.connection;
    match &connection.state {
        State::Known(()) => Ok(Outcome::Pass),
        State::Absent => failure(LEVEL, "the guest has no shell that could answer")
            .cured_by(&["check-connection"])
            .verdict(),
        State::Unknown(why) => failure(
            LEVEL,
            "the machine runs, but its guest cannot be asked over SSH",
        )
        .expected("an SSH login to the guest")
        .observed(crate::observe::escape::line(why, 300))
        .evidence(&connection.source, why)
        .cured_by(&["check-connection"])
        .verdict(),
    }
}
