//! The report as JUnit XML, for build servers: a suite a target, a case a check.

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::{FindingReport, Report, StatusName, TargetReport};
use crate::check::Severity;

/// # Errors
/// Where it cannot be written as XML.
pub fn write(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut junit = JUnit::new("boxdoctor");
    junit.add_test_suites(report.targets.iter().map(suite));
    if !report.suppression_problems.is_empty() {
        let mut suite = TestSuite::new("suppressions");
        for problem in &report.suppression_problems {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(problem.summary()).set_type("warning");
            let mut case = TestCase::new(problem.check.as_str(), status);
            case.set_classname(problem.location.path.as_str());
            suite.add_test_case(case);
        }
        junit.add_test_suite(suite);
    }
    junit.to_string()
}

fn suite(target: &TargetReport) -> TestSuite {
    let mut suite = TestSuite::new(target.name.as_str());
    for finding in &target.findings {
        let mut case = TestCase::new(finding.check.as_str(), status(finding));
        case.set_classname(format!("boxdoctor.{}.{}", target.kind, target.name));
        suite.add_test_case(case);
    }
    suite
}

fn status(finding: &FindingReport) -> TestCaseStatus {
    let skipped = |why: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(why);
        status
    };
    let summary = finding.summary.as_deref().unwrap_or_default();
    let reason = finding.reason.as_deref().unwrap_or_default();
    match (finding.status, &finding.suppressed) {
        (StatusName::Pass, _) => TestCaseStatus::success(),
        (StatusName::Skipped, _) => skipped(reason.to_owned()),
        (StatusName::Fail, Some(why)) => skipped(format!("suppressed: {why}")),
        // A note is no failure.
        (StatusName::Fail, None) if finding.severity == Severity::Info => {
            skipped(format!("note: {summary}"))
        }
        (StatusName::Fail, None) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(summary)
                .set_type(finding.severity.name())
                .set_description(details(finding));
            status
        }
        (StatusName::Unknown, _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let with = finding.decide_with.as_deref().unwrap_or_default();
            status
                .set_message(reason)
                .set_type("unknown")
                .set_description(format!("decide by: {with}"));
            status
        }
    }
}

fn details(finding: &FindingReport) -> String {
    let mut lines = Vec::new();
    if !finding.caused_by.is_empty() {
        lines.push(format!("caused by {}", finding.caused_by.join(", ")));
    }
    let evidence = finding.evidence.iter();
    lines.extend(evidence.map(|seen| format!("seen in {}: {}", seen.source, seen.text)));
    for remedy in &finding.remedies {
        lines.push(format!("to do: {}", remedy.title));
        lines.extend(remedy.how.iter().map(|how| format!("    {how}")));
    }
    lines.join("\n")
}
