//! What a check can come to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::escape;
use crate::facts::{Fact, Source, State};
use crate::observe::Side;

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// `Err` is not a fault: it is a check that came to no judgement, and says why.
pub type Verdict = Result<Outcome, Undecided>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail(Box<Failure>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// The check applies, and a fact that could change its verdict could not be read.
    Unknown { reason: String, decide_with: String },
    /// The check does not apply, or what was read settles it.
    Skipped { reason: String },
}

/// What is wrong, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub severity: Severity,
    pub summary: String,
    pub expected: String,
    pub observed: String,
    pub evidence: Vec<Evidence>,
    pub location: Option<Location>,
    /// What cures it, by the names of the list of remedies; the least change first.
    pub remedies: Vec<&'static str>,
}

/// A piece of what was seen, word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The side, and the command or file: `guest: uname -r`.
    pub source: String,
    pub text: String,
}

/// A place in a file of the target. Line, column and byte are there as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    pub path: String,
    /// Counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Counted from 1, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Counted from 0, from the start of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
}

/// The longest piece of evidence that is shown, in characters.
const LONGEST: usize = 400;

impl Evidence {
    pub fn new(source: impl ToString, text: impl AsRef<str>) -> Self {
        Evidence {
            source: escape::line(&source.to_string(), LONGEST),
            text: escape::line(text.as_ref(), LONGEST),
        }
    }
}

/// A failure in the making.
pub fn failure(severity: Severity, summary: impl Into<String>) -> Failure {
    Failure {
        severity,
        summary: summary.into(),
        expected: String::new(),
        observed: String::new(),
        evidence: Vec::new(),
        location: None,
        remedies: Vec::new(),
    }
}

impl Failure {
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = text.into();
        self
    }

    pub fn observed(mut self, text: impl Into<String>) -> Self {
        self.observed = text.into();
        self
    }

    pub fn evidence(mut self, source: impl ToString, text: impl AsRef<str>) -> Self {
        self.evidence.push(Evidence::new(source, text));
        self
    }

    pub fn location(mut self, path: &str, line: u32) -> Self {
        self.location = Some(Location {
            path: path.to_owned(),
            line: (line > 0).then_some(line),
            column: None,
            byte: None,
        });
        self
    }

    pub fn cured_by(mut self, remedies: &[&'static str]) -> Self {
        self.remedies.extend(remedies);
        self
    }

    /// Whatever foreign text got into the sentences is made harmless here, for all checks at once.
    pub fn verdict(mut self) -> Verdict {
        for text in [&mut self.summary, &mut self.expected, &mut self.observed] {
            *text = escape::line(text, LONGEST);
        }
        Ok(Outcome::Fail(Box::new(self)))
    }
}

impl Undecided {
    pub fn skipped(reason: impl Into<String>) -> Self {
        Undecided::Skipped {
            reason: reason.into(),
        }
    }
}

impl<T> Fact<T> {
    /// The value, or `None` where it is known to be absent.
    ///
    /// # Errors
    /// An unknown verdict that names this fact, where it could not be read.
    pub fn need(&self) -> Result<Option<&T>, Undecided> {
        match &self.state {
            State::Known(value) => Ok(Some(value)),
            State::Absent => Ok(None),
            State::Unknown(why) => Err(Undecided::Unknown {
                reason: escape::line(&format!("{}: {why}", self.source), LONGEST),
                decide_with: asked(&self.source),
            }),
        }
    }
}

/// Where a person would look for the same fact.
pub fn asked(source: &Source) -> String {
    let command = escape::line(&source.command, LONGEST);
    match source.side {
        Side::Host => format!("on the host: {command}"),
        Side::Guest => format!("in the guest, as root: {command}"),
    }
}
