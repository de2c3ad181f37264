//! All findings of a target, each folded under what caused it.
//!
//! The catalogue says which check can cause which; everything else about causes, order, and about
//! what a machine that works is not accused of, is decided here and nowhere else.

use crate::check::{self, CATALOGUE, Check, Failure, Group, Outcome, Severity, Undecided};
use crate::escape::line;
use crate::facts::{Facts, State};
use crate::target::{Kind, NOT_CREATED, RECORDED, RUNNING, Target, UNKNOWN};

/// What one check came to, and its place among the others.
#[derive(Clone)]
pub struct Finding {
    pub check: &'static Check,
    pub status: Status,
    /// The checks that cause it and fail too, in the order of the catalogue.
    pub caused_by: Vec<&'static str>,
    /// How many causes stand above it: 0 for a root, and for what did not fail.
    pub depth: usize,
}

#[derive(Clone)]
pub enum Status {
    Pass,
    Fail(Box<Failure>),
    Unknown { reason: String, decide_with: String },
    Skipped { reason: String },
}

impl Finding {
    pub fn failure(&self) -> Option<&Failure> {
        match &self.status {
            Status::Fail(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether it fails and nothing else explains it.
    pub fn is_root(&self) -> bool {
        self.failure().is_some() && self.caused_by.is_empty()
    }
}

/// Runs the chosen checks and orders what they found: roots by severity, then by how much they
/// explain, then as in the catalogue; each followed by its consequences; then all the rest.
pub fn diagnose(facts: &Facts, chosen: impl Fn(&Check) -> bool) -> Vec<Finding> {
    let works = facts.shares_work() || facts.wants_no_share();
    let mut findings: Vec<Finding> = CATALOGUE
        .iter()
        .filter(|check| chosen(check))
        .map(|check| Finding {
            check,
            status: examine(check, facts, works),
            caused_by: Vec::new(),
            depth: 0,
        })
        .collect();
    if facts.target.kind == Kind::Log {
        ask_for_causes(&mut findings);
    }
    hide_behind_causes(&mut findings);
    link(&mut findings, facts);
    order(findings)
}

fn examine(check: &'static Check, facts: &Facts, works: bool) -> Status {
    if facts.target.kind == Kind::Log {
        return of_log(check, facts);
    }
    if let Some(reason) = not_applicable(check, facts) {
        return Status::Skipped { reason };
    }
    // A machine that works is not accused.
    let softened = works
        && matches!(
            check.group,
            Group::Additions | Group::Kernel | Group::Packages | Group::Host
        );
    match (check.examine)(facts) {
        Ok(Outcome::Pass) => Status::Pass,
        Ok(Outcome::Fail(mut failure)) => {
            if softened {
                failure.severity = Severity::Info;
            }
            Status::Fail(failure)
        }
        Err(Undecided::Unknown { reason, .. }) if softened => Status::Skipped {
            reason: format!("no shared folder is missing; not read: {reason}"),
        },
        Err(Undecided::Unknown {
            reason,
            decide_with,
        }) => Status::Unknown {
            reason,
            decide_with,
        },
        Err(Undecided::Skipped { reason }) => Status::Skipped { reason },
    }
}

/// What logs prove of a check. Of what they do not mention they prove nothing.
fn of_log(check: &'static Check, facts: &Facts) -> Status {
    match check::of_log(check, &facts.log) {
        Some(failure) => Status::Fail(Box::new(failure)),
        None => Status::Skipped {
            reason: "the log does not say".to_owned(),
        },
    }
}

/// What could be behind a failure, and a log does not show, is not known.
fn ask_for_causes(findings: &mut [Finding]) {
    let failing = failing(findings);
    let is_root = |finding: &&Finding| {
        let causes = finding.check.causes;
        finding.failure().is_some() && !causes.iter().any(|cause| failing.contains(cause))
    };
    let roots = findings.iter().filter(is_root);
    let behind: Vec<&str> = roots.flat_map(|root| root.check.causes).copied().collect();
    for finding in findings.iter_mut() {
        if behind.contains(&finding.check.slug) && finding.failure().is_none() {
            finding.status = Status::Unknown {
                reason: "the log does not say".to_owned(),
                decide_with: check::decide_with(finding.check).to_owned(),
            };
        }
    }
}

/// Which checks a target of this kind and state can have at all.
fn not_applicable(check: &Check, facts: &Facts) -> Option<String> {
    let target = &facts.target;
    if target.kind == Kind::File {
        return (check.group != Group::Krb5)
            .then(|| "a file has neither host nor guest".to_owned());
    }
    let exists = target.provider.is_none() && target.state != NOT_CREATED;
    if check.group == Group::Host && exists {
        return (!target.has_host()).then(|| "the host's VirtualBox was not asked".to_owned());
    }
    if let Some(reason) = unexamined(target) {
        return Some(reason);
    }
    let needs_virtualbox = matches!(
        check.group,
        Group::Additions | Group::Kernel | Group::Packages | Group::Shares
    );
    let answers = matches!(facts.guest.connection.state, State::Known(()));
    if needs_virtualbox && answers {
        return facts.no_virtualbox_guest();
    }
    None
}

/// Why there is no guest that could be examined, where there is none.
pub fn unexamined(target: &Target) -> Option<String> {
    if let Some(provider) = &target.provider {
        let provider = line(provider, 40);
        return Some(format!("its provider is {provider}, not VirtualBox"));
    }
    let is_vagrant = target.kind == Kind::Vagrant;
    match target.state.as_str() {
        RUNNING | RECORDED | UNKNOWN => None,
        NOT_CREATED if is_vagrant => Some("it is not created yet: run vagrant up".to_owned()),
        NOT_CREATED => {
            Some("VirtualBox has no machine of this name; see VBoxManage list vms".to_owned())
        }
        state => {
            let start = if is_vagrant {
                "vagrant up"
            } else {
                "VBoxManage startvm"
            };
            let state = line(state, 40);
            Some(format!("it does not run ({state}): start it with {start}"))
        }
    }
}

/// What could not be read because a cause already failed is not unknown: the cause is the finding.
/// A guest that cannot be asked hides all that is asked of it.
fn hide_behind_causes(findings: &mut [Finding]) {
    let failing: Vec<&'static str> = failing(findings);
    for finding in findings {
        let asks_guest = finding.check.group != Group::Host && finding.check.slug != UNREACHABLE;
        let hidden_by = finding
            .check
            .causes
            .iter()
            .chain(asks_guest.then_some(&UNREACHABLE))
            .find(|cause| failing.contains(cause));
        if let (Status::Unknown { .. }, Some(cause)) = (&finding.status, hidden_by) {
            finding.status = Status::Skipped {
                reason: format!("hidden by {cause}"),
            };
        }
    }
}

const UNREACHABLE: &str = "guest-unreachable";
const STRAY_BYTES: &str = "krb5-stray-bytes";

fn failing(findings: &[Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .filter(|finding| finding.failure().is_some())
        .map(|finding| finding.check.slug)
        .collect()
}

fn link(findings: &mut [Finding], facts: &Facts) {
    let failing: Vec<(&'static str, Severity)> = findings
        .iter()
        .filter_map(|finding| Some((finding.check.slug, finding.failure()?.severity)))
        .collect();
    for finding in findings.iter_mut() {
        if let Some(severity) = finding.failure().map(|failure| failure.severity) {
            // A note explains nothing that is worse.
            let may_cause = |cause: &str| {
                let mut failing = failing.iter();
                failing
                    .any(|(slug, of)| *slug == cause && (*of > Severity::Info || severity == *of))
            };
            let causes = match facts.target.kind {
                Kind::Log => behind(finding.check, &failing),
                _ => finding.check.causes.to_vec(),
            };
            finding.caused_by = causes
                .into_iter()
                .filter(|cause| may_cause(cause) && explains_it(cause, finding, facts))
                .collect();
            // What would pass without the stray bytes needs no cure of its own.
            if finding.caused_by.contains(&STRAY_BYTES)
                && let Status::Fail(failure) = &mut finding.status
            {
                failure.remedies.clear();
            }
        }
    }
}

/// The failing checks that can cause this one, and, where a log leaves out what lies in between, those
/// that can cause that; in the order of the catalogue.
fn behind(check: &Check, failing: &[(&'static str, Severity)]) -> Vec<&'static str> {
    let mut behind = vec![check.slug];
    // A cause stands before what it causes.
    for cause in CATALOGUE.iter().rev() {
        let fails = |slug: &str| failing.iter().any(|(other, _)| *other == slug);
        let leads_on = |slug: &&&str| **slug == check.slug || !fails(slug);
        let mut reached = behind
            .iter()
            .filter(leads_on)
            .filter_map(|slug| check::find(slug));
        if reached.any(|reached| reached.causes.contains(&cause.slug)) {
            behind.push(cause.slug);
        }
    }
    let behind = CATALOGUE
        .iter()
        .map(|check| check.slug)
        .filter(|slug| behind[1..].contains(slug));
    behind.collect()
}

/// Stray bytes explain only what would pass without them; that can be tried.
fn explains_it(cause: &str, finding: &Finding, facts: &Facts) -> bool {
    match &facts.without_stray_bytes {
        Some(cleaned) if cause == STRAY_BYTES => {
            !matches!((finding.check.examine)(cleaned), Ok(Outcome::Fail(_)))
        }
        _ => true,
    }
}

/// A finding stands under the cause with the most causes above it, so that the chain from the root
/// to the symptom can be read from top to bottom.
fn order(findings: Vec<Finding>) -> Vec<Finding> {
    let position = |slug: &str| {
        findings
            .iter()
            .position(|finding| finding.check.slug == slug)
    };
    let parents: Vec<Option<usize>> = findings
        .iter()
        .map(|finding| {
            let causes = finding.caused_by.iter().filter_map(|slug| position(slug));
            // Of equally deep causes the first of the catalogue.
            causes.min_by_key(|cause| (usize::MAX - depth(&findings, *cause), *cause))
        })
        .collect();
    let mut roots: Vec<usize> = (0..findings.len())
        .filter(|index| findings[*index].is_root())
        .collect();
    roots.sort_by_key(|root| {
        let severity = findings[*root].failure().map(|failure| failure.severity);
        (
            std::cmp::Reverse(severity),
            usize::MAX - explains(&findings, *root),
            *root,
        )
    });
    let mut sequence = Vec::new();
    for root in roots {
        place(root, 0, &parents, &mut sequence);
    }
    let rest = (0..findings.len()).filter(|index| findings[*index].failure().is_none());
    sequence.extend(rest.map(|index| (index, 0)));
    let mut waiting: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    sequence
        .into_iter()
        .filter_map(|(index, depth)| {
            let mut finding = waiting[index].take()?;
            finding.depth = depth;
            Some(finding)
        })
        .collect()
}

/// Consequences that lead nowhere come first, so that the one which leads on to the symptom ends
/// the chain.
fn place(
    index: usize,
    depth: usize,
    parents: &[Option<usize>],
    sequence: &mut Vec<(usize, usize)>,
) {
    sequence.push((index, depth));
    let mut below = children(index, parents);
    below.sort_by_key(|child| family(*child, parents));
    for child in below {
        place(child, depth + 1, parents, sequence);
    }
}

fn children(index: usize, parents: &[Option<usize>]) -> Vec<usize> {
    (0..parents.len())
        .filter(|child| parents[*child] == Some(index))
        .collect()
}

fn family(index: usize, parents: &[Option<usize>]) -> usize {
    let below = children(index, parents);
    1 + below
        .into_iter()
        .map(|child| family(child, parents))
        .sum::<usize>()
}

/// The length of the longest chain of causes above a finding. The catalogue has no cycle, and a
/// test holds that.
fn depth(findings: &[Finding], index: usize) -> usize {
    findings[index]
        .caused_by
        .iter()
        .filter_map(|slug| {
            findings
                .iter()
                .position(|finding| finding.check.slug == *slug)
        })
        .map(|cause| 1 + depth(findings, cause))
        .max()
        .unwrap_or(0)
}

/// How many findings have this one somewhere above them.
fn explains(findings: &[Finding], root: usize) -> usize {
    let has_above = |index: usize| {
        let mut above = vec![index];
        while let Some(index) = above.pop() {
            for slug in &findings[index].caused_by {
                if *slug == findings[root].check.slug {
                    return true;
                }
                above.extend(
                    findings
                        .iter()
                        .position(|finding| finding.check.slug == *slug),
                );
            }
        }
        false
    };
    (0..findings.len())
        .filter(|index| has_above(*index))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_a_check_that_stands_before_its_consequences() {
        // Which also holds that the graph has no cycle.
        for (index, check) in CATALOGUE.iter().enumerate() {
            for cause in check.causes {
                let at = CATALOGUE.iter().position(|other| other.slug == *cause);
                assert!(at.is_some_and(|at| at < index), "{cause} of {}", check.slug);
            }
        }
    }
}
