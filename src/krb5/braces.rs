//! The braces of one file: which of them are still open at a place.

use std::ops::Range;

use super::line::{self, Line, State};
use super::lines::{self, without_line_end};

/// What stands before a place in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Braces {
    /// The lines that open what is still open, outermost first.
    pub open: Vec<Range<usize>>,
    /// The last line whose value only begins with a brace: `A = { kdc = x }`, or `A = { # ours`.
    pub value: Option<Range<usize>>,
    /// The last line whose value ends in a brace, which closes nothing: `kdc = host}`.
    pub glued: Option<Range<usize>>,
    /// The last `}` with something behind it, which Kerberos drops: `} B = {`.
    pub dropped: Option<Range<usize>>,
}

/// Reads the lines of `file` that end before `place`, as far as MIT accepts them.
pub fn before(file: &[u8], place: usize) -> Braces {
    let mut braces = Braces::default();
    let mut state = State::BeforeFirstSection;
    let mut at = 0;
    while let Some(piece) = lines::piece(file, at).filter(|piece| piece.end <= place) {
        at = piece.end;
        let text = &file[piece.start..piece.text_end];
        let Ok(line) = line::interpret(text, state) else {
            break;
        };
        let whole = piece.start..piece.start + without_line_end(text).len();
        match &line {
            Line::Open { .. } => braces.open.push(whole),
            Line::Close { .. } => {
                braces.open.pop();
                let behind = text.trim_ascii_start().strip_prefix(b"}");
                if behind.is_some_and(|behind| memchr::memchr(b'{', behind).is_some()) {
                    braces.dropped = Some(whole);
                }
            }
            Line::Relation { value, quoted, .. } if !quoted && text[value.start] == b'{' => {
                braces.value = Some(whole);
            }
            Line::Relation { value, quoted, .. }
                if !quoted && text[..value.end].ends_with(b"}") =>
            {
                braces.glued = Some(whole);
            }
            _ => {}
        }
        state = state.after(&line);
    }
    braces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opened(file: &str) -> Vec<&str> {
        let braces = before(file.as_bytes(), file.len());
        braces.open.into_iter().map(|range| &file[range]).collect()
    }

    #[test]
    fn what_is_not_closed_is_open() {
        for (file, expected) in [
            ("[a]\nA = {\n}\n", vec![]),
            ("[a]\nA = {\n B = {\n }\n", vec!["A = {"]),
            ("[a]\nA =\n{\n B = { \n", vec!["A =", " B = {"]),
            ("A = {\n[a]\n", vec![]),
            ("[a]\n# A = {\nA = { # c\n", vec![]),
        ] {
            let expected: Vec<&str> = expected;
            let said: Vec<&str> = opened(file).into_iter().map(str::trim_end).collect();
            assert_eq!(said, expected, "{file}");
        }
    }

    #[test]
    fn a_value_that_begins_with_a_brace_opens_nothing() {
        let file = b"[a]\nA = { b = c }\nD = \"{\"\n";
        let value = before(file, file.len()).value.expect("one is there");
        assert_eq!(&file[value], b"A = { b = c }");
    }

    #[test]
    fn a_brace_that_closes_nothing_or_opens_nothing_is_seen() {
        let file = b"[a]\nA = {\n k = x}\n} B = {\n}\n";
        let seen = before(file, file.len());
        let line = |range: Option<Range<usize>>| range.map(|range| &file[range]);
        assert_eq!(line(seen.glued), Some(&b" k = x}"[..]));
        assert_eq!(line(seen.dropped), Some(&b"} B = {"[..]));
        assert_eq!(line(seen.value), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(file: Vec<u8>, place: usize) {
            let _ = before(&file, place);
        }
    }
}
