//! The hosts of the repositories are not found, or do not answer.

use crate::check::needs;
use crate::check::{Outcome, Severity, Undecided, Verdict, asked, failure};
use crate::escape;
use crate::facts::{Facts, NOT_ASKED, State};
use crate::parse::krb5_kdcs::{self as answers, Asked};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.guest.policy.repository_hosts;
    if matches!(&fact.state, State::Unknown(why) if why == NOT_ASKED) {
        return Err(Undecided::skipped("it was not asked: --deep asks this"));
    }
    let hosts = fact.need();
    // What could not be read matters only where something has to be installed.
    let hosts = hosts.or_else(|unknown| needs::a_build(facts).and(Err(unknown)))?;
    let hosts = hosts.map_or(&[][..], Vec::as_slice);
    let is_open = |asked: &&Asked| {
        let open = [answers::Outcome::Unasked, answers::Outcome::Untried];
        open.contains(&asked.outcome)
    };
    let silent: Vec<&Asked> = hosts
        .iter()
        .filter(|asked| asked.outcome != answers::Outcome::Answered && !is_open(asked))
        .collect();
    let Some(first) = silent.first() else {
        return match hosts.iter().find(is_open) {
            None => Ok(Outcome::Pass),
            Some(_) if needs::a_package(facts)?.is_none() => Ok(Outcome::Pass),
            Some(open) => Err(Undecided::Unknown {
                reason: match open.host.as_str() {
                    "proxy" => "packages come through a proxy, which only the package manager asks"
                        .to_owned(),
                    _ => escape::line(&open.shown(), 200),
                },
                decide_with: asked(&fact.source),
            }),
        };
    };
    let Some(needed) = needs::a_package(facts)? else {
        return Ok(Outcome::Pass);
    };
    let needed = escape::line(&needed, 80);
    let why = match first.outcome {
        answers::Outcome::NameUnknown if silent.len() == hosts.len() => {
            "the guest finds no address for any host of its repositories"
        }
        answers::Outcome::NameUnknown => "a host of the guest's repositories has no address",
        _ if silent.len() == hosts.len() => "no host of the guest's repositories answers",
        _ => "a host of the guest's repositories does not answer",
    };
    let mut found = failure(LEVEL, format!("{why}, so {needed} cannot be installed"))
        .expected("an answer from every host of an enabled repository")
        .observed(first.shown());
    for asked in silent.iter().take(5) {
        found = found.evidence(&fact.source, asked.shown());
    }
    found.cured_by(&["reach-repositories"]).verdict()
}
