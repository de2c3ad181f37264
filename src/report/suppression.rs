//! What a project has decided to live with, and says so in `.boxdoctor.toml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{FindingReport, StatusName, TargetReport};
use crate::check::{self, Location};
use crate::escape;

/// The longest reason that is shown, in characters.
const LONGEST_REASON: usize = 300;

/// All that a project suppresses.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    path: String,
    entries: Vec<Suppression>,
}

#[derive(Clone, Debug)]
struct Suppression {
    check: String,
    machine: Option<String>,
    reason: String,
    line: u32,
}

/// A suppression that does nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionProblem {
    /// What it names.
    pub check: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    pub problem: Problem,
    pub location: Location,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// There is no such check.
    UnknownCheck,
    /// The check passes.
    NoLongerApplies,
}

impl SuppressionProblem {
    pub fn summary(&self) -> String {
        let check = escape::line(&self.check, 60);
        match self.problem {
            Problem::UnknownCheck => {
                format!(
                    "there is no check '{check}' to suppress; `boxdoctor explain` lists them all"
                )
            }
            Problem::NoLongerApplies => {
                format!("the suppression of {check} no longer applies: take it out")
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    suppress: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: Spanned<String>,
    reason: String,
    machine: Option<String>,
}

impl Suppressions {
    /// Reads the file of this path.
    ///
    /// # Errors
    /// Says in which line it is not what it should be.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let line_of = |at: usize| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            1 + u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX - 1)
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            let message = escape::line(error.message(), 200);
            format!("line {line}: {message}; write each entry as [[suppress]] with check = \"SLUG\", reason = \"WHY\" and, where it is about one machine, machine = \"NAME\"")
        })?;
        let mut entries = Vec::new();
        for entry in file.suppress {
            let line = line_of(entry.check.span().start);
            let reason = escape::line(entry.reason.trim(), LONGEST_REASON);
            if reason.is_empty() {
                return Err(format!(
                    "line {line}: a suppression without a reason; say why"
                ));
            }
            entries.push(Suppression {
                check: entry.check.into_inner(),
                machine: entry.machine,
                reason,
                line,
            });
        }
        Ok(Suppressions {
            path: path.to_owned(),
            entries,
        })
    }

    /// Why this check of this machine is suppressed, where it is.
    pub fn reason(&self, check: &str, machine: &str) -> Option<&str> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.check == check && entry.is_about(machine))?;
        Some(&entry.reason)
    }

    /// Marks the failures that are suppressed.
    pub fn apply(&self, target: &mut TargetReport) {
        for finding in &mut target.findings {
            if finding.status == StatusName::Fail {
                let reason = self.reason(&finding.check, &target.name);
                finding.suppressed = reason.map(str::to_owned);
            }
        }
    }

    /// The suppressions that do nothing, as far as these targets can tell.
    pub fn problems(&self, targets: &[TargetReport]) -> Vec<SuppressionProblem> {
        let problem = |entry: &Suppression| {
            let problem = entry.problem(targets)?;
            Some(SuppressionProblem {
                check: escape::line(&entry.check, 60),
                machine: entry.machine.as_ref().map(|name| escape::line(name, 200)),
                problem,
                location: Location {
                    path: self.path.clone(),
                    line: Some(entry.line),
                    column: None,
                    byte: None,
                },
            })
        };
        self.entries.iter().filter_map(problem).collect()
    }
}

impl Suppression {
    fn is_about(&self, machine: &str) -> bool {
        self.machine.as_ref().is_none_or(|name| name == machine)
    }

    fn problem(&self, targets: &[TargetReport]) -> Option<Problem> {
        if check::find(&self.check).is_none() {
            return Some(Problem::UnknownCheck);
        }
        let about = targets.iter().filter(|target| self.is_about(&target.name));
        let findings = about.flat_map(|target| &target.findings);
        let seen: Vec<&FindingReport> = findings
            .filter(|finding| finding.check == self.check)
            .collect();
        let any = |status| seen.iter().any(|finding| finding.status == status);
        // What is skipped or unknown may fail another time.
        let passes = any(StatusName::Pass) && !any(StatusName::Fail) && !any(StatusName::Unknown);
        passes.then_some(Problem::NoLongerApplies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "# kept\n[[suppress]]\ncheck = \"disk-full\"\nreason = \" known \"\n\n\
        [[suppress]]\nreason = \"pinned\"\nmachine = \"web\"\ncheck = \"kernel-versionlock\"\n";

    #[test]
    fn an_entry_is_about_one_machine_or_all() {
        let all = Suppressions::parse(".boxdoctor.toml", TEXT).unwrap();
        assert_eq!(all.reason("disk-full", "any"), Some("known"));
        assert_eq!(all.reason("kernel-versionlock", "web"), Some("pinned"));
        assert_eq!(all.reason("kernel-versionlock", "db"), None);
        assert_eq!(all.entries[1].line, 9);
        assert!(Suppressions::parse("", "").unwrap().entries.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        let said = |text: &str| Suppressions::parse("x", text).unwrap_err();
        assert!(said("[[suppress]]\ncheck = \"a\"\nreason = \"\"\n").starts_with("line 2: "));
        assert!(said("\n[[suppress]]\nchekc = \"a\"\n").contains("line 3: unknown field `chekc`"));
        assert!(said("[[suppress]]\ncheck = \"a\"\n").contains("missing field `reason`"));
        assert!(said("suppress = 1").starts_with("line 1: "));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = Suppressions::parse("x", &text);
        }
    }
}
