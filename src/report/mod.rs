//! The report: what a diagnosis says, in the form that users and programs see.
//!
//! There is one report and one path to it; each format only writes it down.

mod alike;
pub mod human;
pub mod json;
pub mod junit;
pub mod plan;
pub mod sarif;
mod style;
mod suppression;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use alike::Group;
pub use style::Style;
pub use suppression::{SuppressionProblem, Suppressions};

use crate::check::{self, Evidence, Location, Severity};
use crate::diagnosis::{Finding, Status, unexamined};
use crate::escape;
use crate::facts::Facts;
use crate::observe::Side;
use crate::remedy::plan::Plan;
use crate::remedy::{self, Need, Risk, unattended};
use crate::target::{Kind, Target};

/// The form of the report.
pub const SCHEMA: &str = "boxdoctor.report/1";

/// What was found, of all targets.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// `boxdoctor.report/1`.
    pub schema: String,
    /// The version of boxdoctor.
    pub version: String,
    pub targets: Vec<TargetReport>,
    /// Of several machines: which have the same root cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The suppressions of the project that do nothing; each counts as a warning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppression_problems: Vec<SuppressionProblem>,
    pub summary: Summary,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TargetReport {
    pub name: String,
    /// `vagrant`, `virtualbox`, `ssh`, `file` or `log`.
    pub kind: String,
    /// `running`, `poweroff`, `not_created`, `unknown`, …
    pub state: String,
    /// Vagrant's provider, where it is not VirtualBox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Why there was nothing to examine: it is off, not created, or of another provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The file of this computer that stands for it: a Vagrantfile, a bundle.
    #[serde(skip)]
    #[schemars(skip)]
    pub file: Option<String>,
    /// Roots first, each followed by its consequences; then what did not fail.
    pub findings: Vec<FindingReport>,
    /// Lines of a log that look like trouble and are never the cause of any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<Evidence>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport {
    /// The check's slug.
    pub check: String,
    pub status: StatusName,
    /// Of a failure: how bad it is. Otherwise how bad it could be.
    pub severity: Severity,
    /// It fails, and nothing else explains it. The first such finding is what is wrong.
    pub root: bool,
    /// The checks that explain this failure and fail too.
    pub caused_by: Vec<String>,
    /// How many causes stand above it in the report.
    #[serde(skip)]
    #[schemars(skip)]
    pub depth: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// Why it is unknown or skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What would settle an unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decide_with: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What cures it, the least change first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<RemedyReport>,
    /// Only after a repair: what it did to this finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why the project lives with this failure, which then counts for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// What a repair did to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Cured,
    Unchanged,
    New,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatusName {
    Pass,
    Fail,
    Unknown,
    Skipped,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemedyReport {
    pub id: String,
    pub title: String,
    /// Where it is done.
    pub side: Side,
    pub risk: Risk,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What a person types or does.
    pub how: Vec<String>,
}

/// Failures by severity, and everything else by status.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    pub error: u32,
    pub warning: u32,
    pub info: u32,
    pub unknown: u32,
    pub pass: u32,
    pub skipped: u32,
    /// Failures with which the project lives.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub suppressed: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Report {
    pub fn new(targets: Vec<TargetReport>) -> Self {
        let mut summary = Summary::default();
        for finding in targets.iter().flat_map(|target| &target.findings) {
            if finding.suppressed.is_some() {
                summary.suppressed += 1;
                continue;
            }
            *match (finding.status, finding.severity) {
                (StatusName::Pass, _) => &mut summary.pass,
                (StatusName::Unknown, _) => &mut summary.unknown,
                (StatusName::Skipped, _) => &mut summary.skipped,
                (StatusName::Fail, Severity::Error) => &mut summary.error,
                (StatusName::Fail, Severity::Warning) => &mut summary.warning,
                (StatusName::Fail, Severity::Info) => &mut summary.info,
            } += 1;
        }
        Report {
            schema: SCHEMA.to_owned(),
            version: crate::version::VERSION.to_owned(),
            groups: alike::by_root(&targets),
            suppression_problems: Vec::new(),
            targets,
            summary,
        }
    }

    /// The same, with what is wrong with the suppressions themselves.
    pub fn with_problems_of(mut self, suppressions: &Suppressions) -> Self {
        self.suppression_problems = suppressions.problems(&self.targets);
        let count = self.suppression_problems.len();
        self.summary.warning += u32::try_from(count).unwrap_or(u32::MAX);
        self
    }

    fn has(&self, status: StatusName, at_least: Severity) -> bool {
        let mut findings = self.targets.iter().flat_map(|target| &target.findings);
        findings.any(|finding| {
            finding.status == status && finding.severity >= at_least && finding.suppressed.is_none()
        })
    }

    /// Whether a check of this level or above fails.
    pub fn fails_at(&self, level: Severity) -> bool {
        let idle = !self.suppression_problems.is_empty() && level <= Severity::Warning;
        idle || self.has(StatusName::Fail, level)
    }

    /// Whether a check of this level or above could not be decided.
    pub fn is_unknown_at(&self, level: Severity) -> bool {
        self.has(StatusName::Unknown, level)
    }
}

impl TargetReport {
    pub fn new(target: &Target, facts: &Facts, findings: Vec<Finding>) -> Self {
        TargetReport {
            name: escape::line(&target.name, 200),
            kind: target.kind.name().to_owned(),
            state: escape::line(&target.state, 60),
            provider: target
                .provider
                .as_ref()
                .map(|provider| escape::line(provider, 60)),
            reason: unexamined(target),
            file: None,
            findings: findings
                .into_iter()
                .map(|finding| FindingReport::new(finding, facts))
                .collect(),
            noise: check::noise(&facts.log),
        }
    }

    /// Whether what is wrong is wrong in a file of this computer.
    pub fn is_of_files(&self) -> bool {
        self.kind == Kind::File.name() || self.kind == Kind::Log.name()
    }

    /// Whether anything is wrong with it.
    pub fn fails(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.status == StatusName::Fail)
    }

    /// Notes what became of every finding since the report `before`.
    pub fn compare_with(&mut self, before: &TargetReport) {
        let failed = |check: &str| {
            let mut failing = before
                .findings
                .iter()
                .filter(|then| then.status == StatusName::Fail);
            failing.any(|then| then.check == check)
        };
        // Of a guest that was not reached nobody knows what is cured.
        let is_unreachable = |finding: &FindingReport| {
            finding.check == "guest-unreachable" && finding.status == StatusName::Fail
        };
        if !self.was_examined() || self.findings.iter().any(is_unreachable) {
            return;
        }
        for finding in &mut self.findings {
            finding.outcome = match (failed(&finding.check), finding.status) {
                (true, StatusName::Fail) => Some(Outcome::Unchanged),
                (true, StatusName::Pass | StatusName::Skipped) => Some(Outcome::Cured),
                (false, StatusName::Fail) => Some(Outcome::New),
                (true, StatusName::Unknown) | (false, _) => None,
            };
        }
    }

    /// Leaves out what a plan says in its own words.
    pub fn leave_to(&mut self, plan: &Plan) {
        let is_refused = |remedy: &str| plan.refused.iter().any(|left| left.remedy == remedy);
        let is_planned = |remedy: &str| {
            plan.steps.iter().any(|step| {
                let covers = remedy::find(step.remedy).map_or(&[][..], |planned| planned.covers);
                step.remedy == remedy
                    || covers.contains(&remedy)
                    // What cannot be had is no advice.
                    || (unattended::wants_pair(step.remedy) && unattended::wants_headers(remedy))
            })
        };
        for finding in &mut self.findings {
            finding
                .remedies
                .retain(|remedy| !is_planned(&remedy.id) && !is_refused(&remedy.id));
            if plan.steps.iter().any(|step| step.check == finding.check) {
                finding.evidence.clear();
                (finding.expected, finding.observed) = (None, None);
            }
        }
    }

    /// Whether there is something that could be examined.
    pub fn was_examined(&self) -> bool {
        self.reason.is_none()
    }
}

impl FindingReport {
    fn new(finding: Finding, facts: &Facts) -> Self {
        let mut report = FindingReport {
            check: finding.check.slug.to_owned(),
            status: StatusName::Pass,
            severity: finding.check.level,
            root: finding.is_root(),
            caused_by: finding
                .caused_by
                .iter()
                .map(|slug| (*slug).to_owned())
                .collect(),
            depth: finding.depth,
            summary: None,
            expected: None,
            observed: None,
            reason: None,
            decide_with: None,
            evidence: Vec::new(),
            location: None,
            remedies: Vec::new(),
            outcome: None,
            suppressed: None,
        };
        match finding.status {
            Status::Pass => {}
            Status::Unknown {
                reason,
                decide_with,
            } => {
                report.status = StatusName::Unknown;
                report.reason = Some(reason);
                report.decide_with = Some(decide_with);
            }
            Status::Skipped { reason } => {
                report.status = StatusName::Skipped;
                report.reason = Some(reason);
            }
            Status::Fail(failure) => {
                report.status = StatusName::Fail;
                report.severity = failure.severity;
                report.summary = Some(failure.summary);
                report.expected = Some(failure.expected).filter(|text| !text.is_empty());
                report.observed = Some(failure.observed).filter(|text| !text.is_empty());
                report.evidence = failure.evidence;
                report.location = failure.location.map(|location| Location {
                    path: escape::line(&location.path, 300),
                    ..location
                });
                report.remedies = failure
                    .remedies
                    .iter()
                    .filter_map(|id| remedy::find(id))
                    .map(|remedy| RemedyReport {
                        id: remedy.id.to_owned(),
                        title: remedy.title.to_owned(),
                        side: remedy.side(&facts.target),
                        risk: remedy.risk,
                        needs: remedy.needs.to_vec(),
                        how: (remedy.how)(facts),
                    })
                    // A remedy that this guest leaves no words for is none.
                    .filter(|remedy| !remedy.how.is_empty())
                    .collect();
            }
        }
        report
    }
}
