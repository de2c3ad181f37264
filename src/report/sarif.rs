//! The report as SARIF 2.1.0, for whoever shows findings beside the files of a repository.

use serde_json::{Value, json};

use super::suppression::SuppressionProblem;
use super::{FindingReport, Report, StatusName, TargetReport};
use crate::check::{CATALOGUE, Check, Location, Severity};

/// The rule of a suppression that does nothing.
const IDLE_SUPPRESSION: &str = "idle-suppression";

/// Writes it down. `place` says where a file of this computer stands in the repository, as the path of
/// a URI; of what is elsewhere nothing.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn write(
    report: &Report,
    place: &dyn Fn(&str) -> Option<String>,
) -> serde_json::Result<String> {
    let failing: Vec<(&TargetReport, &FindingReport)> = report
        .targets
        .iter()
        .flat_map(|target| target.findings.iter().map(move |finding| (target, finding)))
        .filter(|(_, finding)| finding.status == StatusName::Fail)
        .collect();
    let is_told = |check: &&Check| {
        failing
            .iter()
            .any(|(_, finding)| finding.check == check.slug)
    };
    let told: Vec<&Check> = CATALOGUE.iter().filter(is_told).collect();
    let mut rules: Vec<Value> = told.iter().map(|check| rule(check)).collect();
    let results = failing.iter().map(|(target, finding)| {
        let index = told.iter().position(|check| check.slug == finding.check);
        result(target, finding, index, place)
    });
    let mut results: Vec<Value> = results.collect();
    for problem in &report.suppression_problems {
        results.push(idle(problem, told.len(), place));
    }
    if !report.suppression_problems.is_empty() {
        rules.push(json!({
            "id": IDLE_SUPPRESSION,
            "shortDescription": {"text": "A suppression does nothing"},
            "defaultConfiguration": {"level": "warning"},
        }));
    }
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "boxdoctor",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&sarif).map(|text| text + "\n")
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.slug,
        "shortDescription": {"text": check.title()},
        "help": {"text": check.page, "markdown": check.page},
        "defaultConfiguration": {"level": level(check.level)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(
    target: &TargetReport,
    finding: &FindingReport,
    index: Option<usize>,
    place: &dyn Fn(&str) -> Option<String>,
) -> Value {
    let own = finding.location.as_ref().filter(|_| target.is_of_files());
    let own = own.and_then(|own| Some((place(&own.path)?, own)));
    // What is wrong in a guest has no place in the repository: the file that describes it stands for it.
    let stands_for = || Some((place(target.file.as_deref()?)?, None));
    let physical = own
        .map(|(uri, location)| (uri, Some(location)))
        .or_else(stands_for)
        .map(|(uri, location)| physical(uri, location));
    let mut location = json!({"logicalLocations": [{
        "name": target.name,
        "fullyQualifiedName": format!("{}/{}", target.kind, target.name),
        "kind": "resource",
    }]});
    if let Some(physical) = physical {
        location["physicalLocation"] = physical;
    }
    let mut result = json!({
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {"text": message(target, finding)},
        "locations": [location],
        "partialFingerprints": {"checkOfTarget/v1": format!("{}/{}", target.name, finding.check)},
    });
    if let Some(reason) = &finding.suppressed {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn physical(uri: String, location: Option<&Location>) -> Value {
    let mut region = json!({"startLine": location.and_then(|own| own.line).unwrap_or(1).max(1)});
    if let Some(column) = location.and_then(|own| own.column) {
        region["startColumn"] = json!(column.max(1));
    }
    json!({
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": region,
    })
}

fn message(target: &TargetReport, finding: &FindingReport) -> String {
    let summary = finding.summary.as_deref().unwrap_or(&finding.check);
    let mut text = format!("{}: {summary}", target.name);
    for evidence in &finding.evidence {
        text.push_str(&format!("\nseen in {}: {}", evidence.source, evidence.text));
    }
    if !finding.caused_by.is_empty() {
        text.push_str(&format!("\ncaused by {}", finding.caused_by.join(", ")));
    }
    for remedy in &finding.remedies {
        text.push_str(&format!("\nto do: {}", remedy.title));
    }
    text
}

fn idle(
    problem: &SuppressionProblem,
    index: usize,
    place: &dyn Fn(&str) -> Option<String>,
) -> Value {
    let mut result = json!({
        "ruleId": IDLE_SUPPRESSION,
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": problem.summary()},
    });
    if let Some(uri) = place(&problem.location.path) {
        result["locations"] = json!([{"physicalLocation": physical(uri, Some(&problem.location))}]);
    }
    result
}
