//! Machines with the same trouble.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FindingReport, StatusName, TargetReport};
use crate::check::Severity;

/// Machines with the same root cause.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The slug of the check that fails.
    pub root: String,
    /// The names of the machines, in the order of the report.
    pub targets: Vec<String>,
}

/// For each root cause the machines that have it; nothing where there is only one machine. A note is
/// the root of nothing.
pub fn by_root(targets: &[TargetReport]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    if targets.len() < 2 {
        return groups;
    }
    for target in targets {
        for root in roots(target).filter(|root| counts(root)) {
            let name = target.name.clone();
            match groups.iter_mut().find(|group| group.root == root.check) {
                Some(group) => group.targets.push(name),
                None => groups.push(Group {
                    root: root.check.clone(),
                    targets: vec![name],
                }),
            }
        }
    }
    // What most have comes first.
    groups.sort_by_key(|group| std::cmp::Reverse(group.targets.len()));
    groups
}

fn counts(root: &FindingReport) -> bool {
    root.severity > Severity::Info && root.suppressed.is_none()
}

/// The targets in groups, of each of which one can be told for all: the same roots, the same advice.
pub(super) fn groups<'a>(targets: &[&'a TargetReport]) -> Vec<Vec<&'a TargetReport>> {
    let mut groups: Vec<Vec<&TargetReport>> = Vec::new();
    for &target in targets {
        match groups.iter_mut().find(|group| is_alike(group[0], target)) {
            Some(group) => group.push(target),
            None => groups.push(vec![target]),
        }
    }
    groups
}

fn is_alike(one: &TargetReport, other: &TargetReport) -> bool {
    let failing = |target| with_status(target, StatusName::Fail);
    let advice = |target| failing(target).flat_map(|finding: &FindingReport| &finding.remedies);
    let slugs = |finding: &FindingReport| {
        let suppressed = finding.suppressed.clone();
        (finding.check.clone(), finding.severity, suppressed)
    };
    (&one.kind, &one.state, &one.provider, &one.reason)
        == (&other.kind, &other.state, &other.provider, &other.reason)
        && failing(one).map(slugs).eq(failing(other).map(slugs))
        && advice(one).eq(advice(other))
        && with_status(one, StatusName::Unknown)
            .map(slugs)
            .eq(with_status(other, StatusName::Unknown).map(slugs))
}

pub(super) fn roots(target: &TargetReport) -> impl Iterator<Item = &FindingReport> {
    target.findings.iter().filter(|finding| finding.root)
}

pub(super) fn with_status(
    target: &TargetReport,
    status: StatusName,
) -> impl Iterator<Item = &FindingReport> {
    let findings = target.findings.iter();
    findings.filter(move |finding| finding.status == status)
}
