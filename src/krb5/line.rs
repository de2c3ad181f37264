//! What MIT takes one line for, whatever stands around it.

use std::ops::Range;

use super::fault::Code;
use super::lines::{is_space, leading_space, without_line_end, without_trailing_space};

/// What the lines before it have led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything is ignored but a bracket in the first column, and directives.
    BeforeFirstSection,
    /// Within a section, with so many braces open.
    Within { braces: usize },
    /// `name =` was read: this line must begin with a brace. That one is counted already.
    Brace { braces: usize },
}

/// A line, with offsets from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A comment, an empty line, or one that is ignored.
    Nothing,
    Include(Range<usize>),
    IncludeFolder(Range<usize>),
    Section {
        name: Range<usize>,
        is_final: bool,
    },
    Open {
        name: Range<usize>,
        is_final: bool,
        /// The brace is still to come.
        brace_follows: bool,
    },
    /// The brace that `name =` waits for.
    Brace,
    Close {
        is_final: bool,
    },
    Relation {
        name: Range<usize>,
        value: Range<usize>,
        quoted: bool,
        is_final: bool,
    },
}

impl State {
    /// The state after `line`.
    pub fn after(self, line: &Line) -> Self {
        match (self, line) {
            (_, Line::Section { .. }) => State::Within { braces: 0 },
            (State::Within { braces }, Line::Open { brace_follows, .. }) => {
                let braces = braces + 1;
                if *brace_follows {
                    State::Brace { braces }
                } else {
                    State::Within { braces }
                }
            }
            (State::Within { braces }, Line::Close { .. }) => State::Within {
                braces: braces.saturating_sub(1),
            },
            (State::Brace { braces }, Line::Brace) => State::Within { braces },
            _ => self,
        }
    }
}

/// Reads one line, which ends at its first NUL at the latest.
///
/// # Errors
/// The code with which MIT gives up.
pub fn interpret(text: &[u8], state: State) -> Result<Line, Code> {
    if let Some(line) = directive(text) {
        return Ok(line);
    }
    match state {
        State::BeforeFirstSection if argument(text, b"module").is_some() => Err(Code::Module),
        State::BeforeFirstSection if text.first() != Some(&b'[') => Ok(Line::Nothing),
        State::BeforeFirstSection => standard(text, 0),
        State::Within { braces } => standard(text, braces),
        State::Brace { .. } if text.get(leading_space(text)) == Some(&b'{') => Ok(Line::Brace),
        State::Brace { .. } => Err(Code::MissingObrace),
    }
}

/// A directive stands in the first column, whatever was before it.
fn directive(text: &[u8]) -> Option<Line> {
    if let Some(path) = argument(text, b"include") {
        return Some(Line::Include(path));
    }
    argument(text, b"includedir").map(Line::IncludeFolder)
}

/// What follows `word` and white space. Only the line's end is taken off: a space before it is part
/// of the path.
fn argument(text: &[u8], word: &[u8]) -> Option<Range<usize>> {
    let rest = text.strip_prefix(word)?;
    if !is_space(*rest.first()?) {
        return None;
    }
    let start = word.len() + leading_space(rest);
    Some(start..start + without_line_end(&text[start..]).len())
}

fn standard(text: &[u8], braces: usize) -> Result<Line, Code> {
    let start = leading_space(text);
    let line = without_line_end(&text[start..]);
    match line.first() {
        None | Some(b'#' | b';') => Ok(Line::Nothing),
        Some(b'[') => section(line, start, braces),
        Some(b'}') if braces == 0 => Err(Code::ExtraCbrace),
        Some(b'}') => Ok(Line::Close {
            is_final: line.get(1) == Some(&b'*'),
        }),
        Some(_) => relation(line, start),
    }
}

fn section(line: &[u8], start: usize, braces: usize) -> Result<Line, Code> {
    if braces > 0 {
        return Err(Code::SectionNotop);
    }
    let close = memchr::memchr(b']', line).ok_or(Code::SectionSyntax)?;
    let rest = &line[close + 1..];
    let after = rest.strip_prefix(b"*");
    let is_final = after.is_some();
    let rest = after.unwrap_or(rest);
    if leading_space(rest) < rest.len() {
        return Err(Code::SectionSyntax);
    }
    Ok(Line::Section {
        name: start + 1..start + close,
        is_final,
    })
}

fn relation(line: &[u8], start: usize) -> Result<Line, Code> {
    let equals = memchr::memchr(b'=', line).ok_or(Code::RelationSyntax)?;
    let name = without_trailing_space(&line[..equals]);
    if name.is_empty() || name.iter().any(|byte| is_space(*byte)) {
        return Err(Code::RelationSyntax);
    }
    let star = memchr::memchr(b'*', name);
    let is_final = star.is_some();
    let name = start..start + star.unwrap_or(name.len());
    let from = equals + 1 + leading_space(&line[equals + 1..]);
    let value = &line[from..];
    let from = start + from;
    let (value, quoted) = match value.first() {
        None => {
            return Ok(Line::Open {
                name,
                is_final,
                brace_follows: true,
            });
        }
        Some(b'{') if leading_space(&value[1..]) + 1 == value.len() => {
            return Ok(Line::Open {
                name,
                is_final,
                brace_follows: false,
            });
        }
        Some(b'"') => (from + 1..from + 1 + quoted_length(&value[1..]), true),
        Some(_) => (from..from + without_trailing_space(value).len(), false),
    };
    Ok(Line::Relation {
        name,
        value,
        quoted,
        is_final,
    })
}

/// How long the text before the closing quote is. A quote that is never closed ends with the line.
pub(super) fn quoted_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}
