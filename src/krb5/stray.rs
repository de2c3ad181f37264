//! Stray bytes in a krb5.conf: where they stand, and what they do to Kerberos there.
//!
//! What a stray byte does is not looked up in a table: the line is read as MIT reads it, once with
//! the byte and once without, and the two are compared.

use std::ops::Range;

use super::fault::Code;
use super::invisible;
use super::line::{Line, State, interpret};
use super::lines::{self, leading_space, without_line_end, without_trailing_space};
use super::utf16;
use super::zones::{self, Found};

/// Bytes that stand where they do harm, or could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in bytes.
    pub column: u32,
    /// Offsets in the file, counted from 0.
    pub bytes: Range<usize>,
    /// `None` where they do no harm.
    pub effect: Option<Effect>,
    /// They stand at the edge of a word, where nobody can have meant them.
    pub at_edge: bool,
    /// Kerberos reads the line in another way because of them, be it for harm or not.
    pub changes: bool,
    /// The whole file is in another encoding, and these are its first bytes.
    pub whole_file: bool,
}

/// What the bytes do to Kerberos where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    SectionDropped,
    KeyMisnamed,
    LineLost,
    ImproperFormat,
    ValueChanged,
}

impl Effect {
    pub fn describe(self) -> &'static str {
        match self {
            Effect::SectionDropped => "section dropped",
            Effect::KeyMisnamed => "key misnamed",
            Effect::LineLost => "line lost",
            Effect::ImproperFormat => "improper format",
            Effect::ValueChanged => "value changed",
        }
    }
}

/// How many places of one line are judged each by itself. Where there are more, as only a hostile
/// file has them, the rest is taken to do what the last one did.
const JUDGED: usize = 32;

/// The stray bytes that do harm.
pub fn scan(file: &[u8]) -> Vec<Stray> {
    let mut found = all(file);
    found.retain(|stray| stray.effect.is_some());
    found
}

/// All stray bytes outside of comments, in the order in which they stand. After a line that is
/// wrong it goes on as if that line were mended, because every one is to be found.
pub fn all(file: &[u8]) -> Vec<Stray> {
    if let Some(encoding) = utf16::detect(file) {
        return vec![whole_file(file, encoding)];
    }
    let mut found = Vec::new();
    let mut state = State::BeforeFirstSection;
    let (mut line, mut line_start) = (1, 0);
    for piece in lines::pieces(file) {
        let raw = &file[piece.start..piece.end];
        let text = without_line_end(raw);
        let (zones, clean) = zones_of(text, state);
        // A long line is read in pieces, and one of them can begin in the middle of a character.
        let continues = piece.start > line_start && !file[piece.start - 1].is_ascii();
        let mut last = [None; 2];
        for (count, zone) in zones.iter().enumerate() {
            let last = &mut last[usize::from(zone.at_edge)];
            let (effect, changes) = match *last {
                Some(judged) if count >= JUDGED => judged,
                _ => *last.insert(judge(text, &zones, zone, state)),
            };
            let column = piece.start - line_start + zone.range.start + 1;
            found.push(Stray {
                line,
                column: u32::try_from(column).unwrap_or(u32::MAX),
                bytes: piece.start + zone.range.start..piece.start + zone.range.end,
                effect,
                at_edge: zone.at_edge && !(continues && zone.range.start == 0),
                changes,
                whole_file: false,
            });
        }
        state = after(&clean, state);
        if raw.ends_with(b"\n") {
            line += 1;
            line_start = piece.end;
        }
    }
    found
}

/// Every byte of it is in another encoding; the finding points at the first.
fn whole_file(file: &[u8], encoding: utf16::Encoding) -> Stray {
    let fault = super::read_alone(file, super::Release::default()).fault;
    Stray {
        line: 1,
        column: 1,
        bytes: 0..encoding.mark_length().max(2),
        effect: Some(match fault {
            Some(_) => Effect::ImproperFormat,
            None => Effect::SectionDropped,
        }),
        at_edge: true,
        changes: true,
        whole_file: true,
    }
}

/// The stray bytes of a line, and the line without those at its edges.
fn zones_of(text: &[u8], state: State) -> (Vec<Found>, Vec<u8>) {
    let mut zones = if invisible::may_be_in(text) {
        zones::find(text, state)
    } else {
        Vec::new()
    };
    let clean = without(text, &zones, |zone| zone.at_edge);
    let edge = |range| Found {
        range,
        at_edge: true,
    };
    // White space does no harm but in these two places, where it is as invisible as anything.
    if hides_behind_indent(&clean, state) {
        let indent = zones::leading(text);
        zones.retain(|zone| zone.range.start >= indent);
        zones.insert(0, edge(0..indent));
    }
    if ends_in_space(&clean, state) {
        let end = zones::trailing(text);
        // A NUL can end the path before the line ends, and then the NUL is what is found.
        if end < text.len() {
            zones.retain(|zone| zone.range.end <= end);
            zones.push(edge(end..text.len()));
        }
    }
    let clean = without(text, &zones, |zone| zone.at_edge);
    (zones, clean)
}

/// Whether white space alone keeps a first section or an `include` from being seen.
fn hides_behind_indent(clean: &[u8], state: State) -> bool {
    let indent = leading_space(clean);
    let clean = until_nul(clean);
    let is_seen = || match interpret(clean, state) {
        Ok(Line::Nothing) | Err(_) => false,
        Ok(_) => true,
    };
    let would_be = || match interpret(&clean[indent..], state) {
        Ok(Line::Section { .. }) => true,
        Ok(Line::Include(path) | Line::IncludeFolder(path)) => {
            let path = &clean[indent..][path];
            // With an equals sign it is a relation, or prose.
            !path.is_empty() && !path.contains(&b'=')
        }
        _ => false,
    };
    indent > 0 && !is_seen() && would_be()
}

/// Whether an `include` names a path with white space at its end.
fn ends_in_space(clean: &[u8], state: State) -> bool {
    let clean = until_nul(clean);
    match interpret(clean, state) {
        Ok(Line::Include(path) | Line::IncludeFolder(path)) => {
            without_trailing_space(&clean[path.clone()]).len() < path.len()
        }
        _ => false,
    }
}

/// What these bytes do by themselves: the line with them and without, both without all the others.
fn judge(text: &[u8], zones: &[Found], this: &Found, state: State) -> (Option<Effect>, bool) {
    // Those inside of words stay where one at an edge is judged: they are to stay in any case.
    let others = |zone: &Found| zone != this && (zone.at_edge || !this.at_edge);
    let with = Meaning::of(&without(text, zones, others), state);
    let bare = without(text, zones, |zone| zone == this || others(zone));
    let bare = match Meaning::of(&bare, state) {
        // The one word that needs a space after it, which a stray byte can have replaced.
        Meaning::Failure(_) | Meaning::Nothing if !this.at_edge => {
            let mut spaced = text.to_vec();
            spaced[this.range.clone()].fill(b' ');
            Meaning::of(&spaced, state)
        }
        bare => bare,
    };
    // What would break a line that Kerberos accepts is no repair.
    let breaks = matches!(bare, Meaning::Failure(_)) && !matches!(with, Meaning::Failure(_));
    (effect(&with, &bare), with != bare && !breaks)
}

fn effect(with: &Meaning, bare: &Meaning) -> Option<Effect> {
    use Meaning::{Failure, Include, Nothing, Open, Relation, Section};
    match (with, bare) {
        (with, bare) if with == bare => None,
        // Without them it is no better; or it is a comment that became a name nobody asks for.
        (_, Failure(_)) | (Relation { .. }, Nothing) => None,
        (Failure(_), _) => Some(Effect::ImproperFormat),
        (Section(_), Section(_)) => Some(Effect::KeyMisnamed),
        (Open { name: with, .. }, Open { name: bare, .. }) if with != bare => {
            Some(Effect::KeyMisnamed)
        }
        (_, Section(_)) => Some(Effect::SectionDropped),
        (Include(_), Include(_)) => Some(Effect::ValueChanged),
        (_, Include(_)) | (Nothing, _) => Some(Effect::LineLost),
        (Relation { name: with, .. }, Relation { name: bare, .. }) if with == bare => {
            Some(Effect::ValueChanged)
        }
        (Relation { .. }, Relation { .. }) => Some(Effect::KeyMisnamed),
        // Braces open or close where they should not, and Kerberos trips over it further down.
        _ => Some(Effect::ImproperFormat),
    }
}

/// A line by what it says, wherever it stands.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Nothing,
    Include(Vec<u8>),
    Section(Vec<u8>),
    Open { name: Vec<u8>, brace_follows: bool },
    Brace,
    Close,
    Relation { name: Vec<u8>, value: Vec<u8> },
    Failure(Code),
}

impl Meaning {
    fn of(line: &[u8], state: State) -> Self {
        let text = until_nul(line);
        let said = |range: Range<usize>| text[range].to_vec();
        match interpret(text, state) {
            Ok(Line::Nothing) => Meaning::Nothing,
            Ok(Line::Include(path) | Line::IncludeFolder(path)) => Meaning::Include(said(path)),
            Ok(Line::Section { name, .. }) => Meaning::Section(said(name)),
            Ok(Line::Open {
                name,
                brace_follows,
                ..
            }) => Meaning::Open {
                name: said(name),
                brace_follows,
            },
            Ok(Line::Brace) => Meaning::Brace,
            Ok(Line::Close { .. }) => Meaning::Close,
            Ok(Line::Relation { name, value, .. }) => Meaning::Relation {
                name: said(name),
                value: said(value),
            },
            Err(code) => Meaning::Failure(code),
        }
    }
}

fn until_nul(line: &[u8]) -> &[u8] {
    &line[..memchr::memchr(0, line).unwrap_or(line.len())]
}

/// The state after a line. One that MIT gives up on leads where it was meant to.
fn after(clean: &[u8], state: State) -> State {
    match (interpret(until_nul(clean), state), state) {
        (Ok(line), _) => state.after(&line),
        (Err(Code::SectionNotop | Code::SectionSyntax), _) => State::Within { braces: 0 },
        (Err(_), State::Brace { braces }) => State::Within { braces },
        (Err(_), _) => state,
    }
}

/// `text` without the bytes of those zones that `drops` picks.
fn without(text: &[u8], zones: &[Found], drops: impl Fn(&Found) -> bool) -> Vec<u8> {
    let dropped = zones.iter().filter(|zone| drops(zone));
    lines::without(text, dropped.map(|zone| zone.range.clone()))
}
