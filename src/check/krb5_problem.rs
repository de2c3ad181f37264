//! What is wrong in a Kerberos configuration, with the line where it stands: how the checks that
//! read the configuration alone point at it.

use super::{Failure, Location, Severity, failure};
use crate::escape;
use crate::facts::Facts;
use crate::krb5::excerpt::excerpt;
use crate::krb5::{NodeId, Part, Place, Value};

/// More lines than these are not shown.
const SHOWN: usize = 5;

/// More problems of one kind than these are not looked for: to tell its line, the file is read.
pub const MOST: usize = 20;

/// The longest piece of a file that stands within a sentence, in characters.
const LONGEST: usize = 60;

pub struct Problem<'a> {
    pub severity: Severity,
    pub summary: String,
    pub expected: String,
    pub observed: String,
    /// The line that is to be changed first; then those that explain it.
    pub spots: Vec<Spot<'a>>,
}

/// A place in one of the files.
#[derive(Clone)]
pub struct Spot<'a> {
    pub part: &'a Part,
    pub place: Place,
}

impl<'a> Spot<'a> {
    pub fn of_value(value: &Value<'a>) -> Self {
        Spot {
            part: value.part,
            place: value.place(),
        }
    }

    /// Where a name stands.
    pub fn of_name(part: &'a Part, node: NodeId) -> Self {
        Spot {
            part,
            place: part.reading.profile.place(node),
        }
    }

    pub fn path(&self) -> String {
        String::from_utf8_lossy(self.part.path_of(&self.place)).into_owned()
    }

    /// The bytes of the place itself.
    pub fn bytes(&self) -> &'a [u8] {
        let file = self.part.reading.profile.files.get(self.place.file);
        let bytes = file.and_then(|file| file.bytes.get(self.place.bytes.clone()));
        bytes.unwrap_or_default()
    }

    /// The line, with what is not plain made visible.
    pub fn text(&self) -> String {
        let file = self.part.reading.profile.files.get(self.place.file);
        // Nothing is marked: the line itself is what is to be seen.
        let start = self.place.bytes.start;
        file.map_or_else(String::new, |file| excerpt(&file.bytes, &(start..start)))
    }

    fn location(&self) -> Location {
        Location {
            path: self.path(),
            line: Some(self.place.line),
            column: Some(self.place.column),
            byte: Some(self.place.bytes.start as u64),
        }
    }
}

impl std::fmt::Display for Spot<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {} of {}", self.place.line, self.path())
    }
}

/// Bytes of a file as a part of a sentence.
pub fn quoted(bytes: &[u8]) -> String {
    format!("'{}'", shown(bytes))
}

/// As [`quoted`], without quotes.
pub fn shown(bytes: &[u8]) -> String {
    let text = escape::escape(bytes);
    escape::line(&text, LONGEST)
}

/// The worst of them as the finding, with the others as its evidence. `None` where there is none.
pub fn worst(facts: &Facts, mut problems: Vec<Problem<'_>>) -> Option<Failure> {
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let (first, others) = problems.split_first()?;
    let side = facts.krb5.configuration.source.side;
    let mut finding = failure(first.severity, &first.summary)
        .expected(&first.expected)
        .observed(&first.observed);
    finding.location = first.spots.first().map(Spot::location);
    for spot in &first.spots {
        let source = format!("{side}: {}:{}", spot.path(), spot.place.line);
        finding = finding.evidence(source, spot.text());
    }
    for problem in others.iter().take(SHOWN) {
        let text = problem.spots.first().map(Spot::text).unwrap_or_default();
        finding = finding.evidence(format!("{side}, also: {}", problem.summary), text);
    }
    if others.len() > SHOWN {
        finding = finding.evidence(side, "and more of the kind");
    }
    Some(finding)
}
