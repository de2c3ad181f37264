//! What logs prove of a check, where the machine itself cannot be looked at.

use super::{Check, Failure, Group, failure, find};
use crate::facts::{Log, Said};
use crate::parse::log::Effect;

/// How many lines are shown as evidence of one thing.
const SHOWN: usize = 3;

/// The failure of this check that logs tell of.
pub fn of_log(check: &Check, log: &Log) -> Option<Failure> {
    let all = what_counts(log);
    let mut said = all.iter().filter(|said| slug(said) == Some(check.slug));
    let first = said.next()?;
    let Effect::Fails { summary, cures, .. } = first.rule.effect else {
        return None;
    };
    let place = |said: &Said| format!("{}:{}", said.file, said.line);
    let mut found = failure(check.level, summary)
        .observed(&first.text)
        .evidence(place(first), &first.text)
        .location(&first.file, first.line)
        .cured_by(cures);
    for more in said.take(SHOWN - 1) {
        found = found.evidence(place(more), &more.text);
    }
    Some(found)
}

fn slug(said: &Said) -> Option<&'static str> {
    match said.rule.effect {
        Effect::Fails { check, .. } => Some(check),
        Effect::Ends(_) | Effect::Excludes(_) | Effect::Mounts | Effect::Noise => None,
    }
}

/// Without what came to nothing, and without what means something only beside a failure that is not
/// there.
fn what_counts(log: &Log) -> Vec<&Said> {
    // Up to where a check's lines say nothing, because of what is said there.
    let mut until: Vec<(&str, usize)> = Vec::new();
    for (at, said) in log.iter().enumerate() {
        let (checks, end) = match said.rule.effect {
            Effect::Ends(checks) => (checks, at),
            Effect::Excludes(checks) => (checks, log.len()),
            _ => continue,
        };
        for check in checks {
            match until.iter_mut().find(|(known, _)| known == check) {
                Some((_, known)) => *known = end.max(*known),
                None => until.push((check, end)),
            }
        }
    }
    let mut counts: Vec<&Said> = (0..log.len())
        .filter(|at| {
            let slug = slug(&log[*at]);
            let mut until = until.iter();
            !until.any(|(check, end)| Some(*check) == slug && at < end)
        })
        .map(|at| &log[at])
        .collect();
    let mounts = |said: &&Said| said.rule.effect == Effect::Mounts;
    if let Some(at) = log.iter().rposition(|said| mounts(&said)) {
        let mut after = log[at..].iter().filter_map(slug).filter_map(find);
        if !after.any(|check| is_about_mounts(check.group)) {
            counts.retain(|said| {
                slug(said)
                    .and_then(find)
                    .is_some_and(|check| !is_about_mounts(check.group))
            });
        }
    }
    let stands = |said: &&Said, others: &[&Said]| match said.rule.effect {
        Effect::Fails { with, .. } => {
            let mut others = others.iter().filter_map(|other| slug(other));
            with.is_empty() || others.any(|other| with.contains(&other))
        }
        _ => false,
    };
    let all = counts.clone();
    counts.retain(|said| stands(said, &all));
    counts
}

/// Whether it is of no matter where the shared folders were mounted all the same.
fn is_about_mounts(group: Group) -> bool {
    !matches!(group, Group::Krb5 | Group::Guest)
}
