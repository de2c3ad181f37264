//! The box never arrives, or takes hours. Only what Vagrant prints meanwhile tells of it.

use crate::check::{Severity, Undecided, Verdict};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(_: &Facts) -> Verdict {
    Err(Undecided::skipped(
        "only the output of vagrant up tells of a download: boxdoctor check --log",
    ))
}
