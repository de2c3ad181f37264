//! A share that the virtual machine does not have cannot be mounted, whatever the guest does.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    if !facts.target.has_host() {
        return Err(Undecided::skipped("the host's VirtualBox was not asked"));
    }
    let Some(machine) = facts.host.machine.need()? else {
        return Err(Undecided::skipped("the virtual machine was not found"));
    };
    let wanted = facts.wanted.need()?.map_or(&[][..], Vec::as_slice);
    if wanted.is_empty() {
        return Err(Undecided::skipped("no shared folder is wanted"));
    }
    let undefined: Vec<_> = wanted
        .iter()
        .filter(|share| share.defined == Some(false))
        .collect();
    if undefined.is_empty() {
        return Ok(Outcome::Pass);
    }
    let names: Vec<&str> = undefined.iter().map(|share| share.name.as_str()).collect();
    let names = escape::line(&names.join(", "), 200);
    let defined: Vec<&str> = machine
        .shares
        .iter()
        .map(|share| share.name.as_str())
        .collect();
    let defined = match escape::line(&defined.join(", "), 200) {
        none if none.is_empty() => "no shared folder at all".to_owned(),
        some => some,
    };
    let mut found = failure(
        LEVEL,
        format!("the virtual machine has no shared folder of the name {names}"),
    )
    .expected(format!("defined on the machine: {names}"))
    .observed(format!("defined on the machine: {defined}"));
    for share in undefined.iter().take(5) {
        found = found.evidence(&share.source, &share.name);
    }
    found
        .evidence(&facts.host.machine.source, defined)
        .cured_by(&["define-share"])
        .verdict()
}
