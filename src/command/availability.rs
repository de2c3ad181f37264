//! Before a plan is shown, the package manager is asked whether what it wants can be had.

use std::time::Duration;

use super::terminal;
use crate::facts::Facts;
use crate::observe::guest;
use crate::observe::way::Way;
use crate::remedy::packages::{Past, Rehearsal, Wanted};
use crate::remedy::plan::{Action, Plan, Refused, Step};
use crate::remedy::{packages, run, unattended};
use crate::report;

/// How long the package manager may think, which fetches what its repositories have.
const LONGEST: Duration = Duration::from_secs(600);

/// Takes out of the plan what cannot be had, and what would build on it, with the reason.
pub fn ask(plan: &mut Plan, way: &Way, facts: &Facts) {
    let question = |step: &Step| {
        let past = unattended::needs_headers(step.remedy)?;
        Some((past, packages::rehearse(facts, past, Wanted::Headers)?))
    };
    let Some((at, (past, command))) = plan
        .steps
        .iter()
        .enumerate()
        .find_map(|(at, step)| Some((at, question(step)?)))
    else {
        return;
    };
    let Some(why) = missing(way, past, &command, facts) else {
        return;
    };
    // Without the headers nothing can be built, and without what is built nothing mounts.
    let (kept, dropped): (Vec<Step>, Vec<Step>) = plan
        .steps
        .drain(..)
        .enumerate()
        .map(|(position, step)| {
            (
                position >= at && matches!(step.action, Action::Run(_)),
                step,
            )
        })
        .fold((Vec::new(), Vec::new()), |mut parts, (drops, step)| {
            if drops { &mut parts.1 } else { &mut parts.0 }.push(step);
            parts
        });
    plan.steps = kept;
    plan.refused.extend(
        dropped
            .into_iter()
            .enumerate()
            .map(|(number, step)| Refused {
                remedy: step.remedy,
                what: report::plan::title(&step),
                why: if number == 0 {
                    why.clone()
                } else {
                    "needs the step before it".to_owned()
                },
            }),
    );
}

/// Why the headers cannot be had, where they cannot.
fn missing(way: &Way, past: Past, command: &str, facts: &Facts) -> Option<String> {
    let progress = terminal::Progress::show("Asking the package manager...");
    let name = match guest::nonce() {
        Ok(nonce) => format!("ask-{nonce}"),
        Err(error) => return Some(error.to_string()),
    };
    let answer = run::run(way, &name, command, LONGEST, &mut |_| {});
    drop(progress);
    let headers = facts.guest.packages.fitting_headers.known()?;
    let spec = crate::escape::line(&headers.spec(), 120);
    let output = match answer {
        Ok(outcome) => outcome.output,
        Err(broken) => return Some(broken.to_string()),
    };
    match packages::rehearsal(facts, past, Wanted::Headers, &output)? {
        Rehearsal::Works(_) | Rehearsal::Needless => None,
        Rehearsal::Refused(why) => Some(format!(
            "{spec} cannot be installed ({why}); what is left is to move kernel and headers as one pair, and to restart"
        )),
    }
}
