//! Where in a line stray bytes stand: at the edge of a word, where nobody can have meant them, or
//! inside of one.

use std::ops::Range;

use super::invisible::{self, Unit};
use super::line::{State, quoted_length};
use super::lines::is_space;

/// Stray bytes side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Offsets in the line.
    pub range: Range<usize>,
    pub at_edge: bool,
}

type Piece = (Unit, Range<usize>);

/// All stray bytes of a line, but those in comments and in what MIT does not read.
pub fn find(line: &[u8], state: State) -> Vec<Found> {
    let pieces = pieces(line);
    let mut found = Vec::new();
    let indent = pieces.iter().take_while(|piece| !is_visible(piece)).count();
    let (indent, rest) = pieces.split_at(indent);
    add(indent, true, &mut found);
    let Some((_, first)) = rest.first() else {
        return found;
    };
    let text = &line[first.start..];
    let argument = argument(text).map(|at| first.start + at);
    if let Some(start) = argument {
        let path = rest.partition_point(|(_, range)| range.start < start);
        both_edges(&rest[path..], &mut found);
    } else if matches!(text[0], b'#' | b';' | b'}') || matches!(state, State::Brace { .. }) {
        // The rest of the line is not read.
    } else if text[0] == b'[' {
        section(line, rest, &mut found);
    } else {
        relation(line, rest, &mut found);
    }
    found.sort_by_key(|found| found.range.start);
    found
}

/// The length of the zone before the first visible byte.
pub fn leading(line: &[u8]) -> usize {
    let pieces = pieces(line);
    let visible = pieces.iter().find(|piece| is_visible(piece));
    visible.map_or(line.len(), |(_, range)| range.start)
}

/// Where the zone after the last visible byte starts.
pub fn trailing(line: &[u8]) -> usize {
    let pieces = pieces(line);
    let visible = pieces.iter().rfind(|piece| is_visible(piece));
    visible.map_or(0, |(_, range)| range.end)
}

fn pieces(line: &[u8]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let before = at.checked_sub(1).map(|before| line[before]);
        let (unit, length) = invisible::unit(&line[at..], before);
        let unit = match unit {
            // It belongs to the letter before it, where there is one that can be joined.
            Unit::Joiner if before.is_some_and(|byte| !byte.is_ascii()) => {
                pieces.last().map_or(Unit::Stray, |(unit, _)| *unit)
            }
            Unit::Joiner => Unit::Stray,
            // Between visible bytes it is a pattern.
            Unit::Caret if is_within_word(&pieces, &line[at + length..]) => Unit::Visible,
            Unit::Caret => Unit::Stray,
            other => other,
        };
        pieces.push((unit, at..at + length));
        at += length;
    }
    pieces
}

/// Whether something visible stands before and right after.
fn is_within_word(before: &[Piece], after: &[u8]) -> bool {
    let follows = invisible::unit(after, Some(b'['));
    before.iter().any(is_visible) && matches!(follows, (Unit::Visible, 1..)) && after[0] != b'='
}

fn is_visible((unit, _): &Piece) -> bool {
    *unit == Unit::Visible
}

/// Where the path of an `include` begins.
fn argument(text: &[u8]) -> Option<usize> {
    [&b"include"[..], b"includedir"].iter().find_map(|word| {
        let rest = text.strip_prefix(*word)?;
        is_space(*rest.first()?).then_some(word.len())
    })
}

fn section(line: &[u8], pieces: &[Piece], found: &mut Vec<Found>) {
    let Some(close) = pieces.iter().position(|piece| line[piece.1.start] == b']') else {
        return both_edges(&pieces[1..], found);
    };
    both_edges(&pieces[1..close], found);
    let star = pieces
        .get(close + 1)
        .is_some_and(|piece| line[piece.1.start] == b'*');
    both_edges(&pieces[close + 1 + usize::from(star)..], found);
}

fn relation(line: &[u8], pieces: &[Piece], found: &mut Vec<Found>) {
    let Some(equals) = pieces.iter().position(|piece| line[piece.1.start] == b'=') else {
        return both_edges(pieces, found);
    };
    both_edges(&pieces[..equals], found);
    let value = &pieces[equals + 1..];
    let before = value.iter().take_while(|piece| !is_visible(piece)).count();
    let (before, value) = value.split_at(before);
    match value.first() {
        Some((_, quote)) if line[quote.start] == b'"' => {
            add(before, true, found);
            let end = quote.end + quoted_length(&line[quote.end..]);
            let inside = value.partition_point(|(_, range)| range.start < end);
            add(&value[..inside], false, found);
        }
        _ => {
            add(before, true, found);
            both_edges(value, found);
        }
    }
}

fn both_edges(pieces: &[Piece], found: &mut Vec<Found>) {
    let first = pieces.iter().position(is_visible).unwrap_or(pieces.len());
    let last = pieces
        .iter()
        .rposition(is_visible)
        .map_or(first, |at| at + 1);
    add(&pieces[..first], true, found);
    add(&pieces[first..last], false, found);
    add(&pieces[last..], true, found);
}

/// Adds what is stray, each run of it as one.
fn add(pieces: &[Piece], at_edge: bool, found: &mut Vec<Found>) {
    let stray = pieces
        .iter()
        .filter(|(unit, _)| matches!(unit, Unit::Stray | Unit::Nul));
    for (_, range) in stray {
        match found.last_mut() {
            Some(last) if last.range.end == range.start && last.at_edge == at_edge => {
                last.range.end = range.end;
            }
            _ => found.push(Found {
                range: range.clone(),
                at_edge,
            }),
        }
    }
}
