//! The pieces in which MIT reads a file: `fgets` into a buffer of 2048 bytes.

use std::ops::Range;

/// The longest piece. What is left of a longer line is read as a line of its own.
pub const LONGEST: usize = 2047;

/// One piece of a file, by its byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub start: usize,
    /// Where the text ends for a C program: at the first NUL, or at the end of the piece.
    pub text_end: usize,
    /// Where the next piece starts.
    pub end: usize,
}

/// The piece that starts at `start`; `None` at the end of the file.
pub fn piece(file: &[u8], start: usize) -> Option<Piece> {
    let window = file.get(start..file.len().min(start + LONGEST))?;
    if window.is_empty() {
        return None;
    }
    let length = memchr::memchr(b'\n', window).map_or(window.len(), |at| at + 1);
    let text = memchr::memchr(0, &window[..length]).unwrap_or(length);
    Some(Piece {
        start,
        text_end: start + text,
        end: start + length,
    })
}

/// Every piece of a file, in order.
pub fn pieces(file: &[u8]) -> impl Iterator<Item = Piece> {
    std::iter::successors(piece(file, 0), |before| piece(file, before.end))
}

/// The white space of C's `isspace`. Nothing above 0x7F is white space to it.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// How many bytes of white space `text` begins with.
pub fn leading_space(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_space(**byte)).count()
}

/// `text` without the carriage returns and line feeds at its end.
pub fn without_line_end(text: &[u8]) -> &[u8] {
    let ends = text.iter().rev();
    let count = ends
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    &text[..text.len() - count]
}

/// `text` without the white space at its end.
pub fn without_trailing_space(text: &[u8]) -> &[u8] {
    let count = text
        .iter()
        .rev()
        .take_while(|byte| is_space(**byte))
        .count();
    &text[..text.len() - count]
}

/// The bytes that are left when these ranges are taken out, which stand in order.
pub fn without(bytes: &[u8], ranges: impl Iterator<Item = Range<usize>>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for range in ranges {
        kept.extend_from_slice(&bytes[at..range.start]);
        at = range.end;
    }
    kept.extend_from_slice(&bytes[at..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_is_several_pieces_and_a_nul_ends_the_text() {
        let file = [vec![b'a'; 2047], vec![b'b'; 3], b"\nc\0d\ne".to_vec()].concat();
        let found: Vec<_> = pieces(&file)
            .map(|piece| (piece.start, piece.text_end, piece.end))
            .collect();
        assert_eq!(
            found,
            [
                (0, 2047, 2047),
                (2047, 2051, 2051),
                (2051, 2052, 2055),
                (2055, 2056, 2056)
            ]
        );
        assert_eq!(pieces(b"").count(), 0);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_whole_file(file in "[a\0\r\n]{0,40}|a{2040,2060}\n?b?") {
            let file = file.as_bytes();
            let mut end = 0;
            for piece in pieces(file) {
                prop_assert_eq!(piece.start, end);
                prop_assert!(piece.text_end >= piece.start && piece.text_end <= piece.end);
                prop_assert!(piece.end > piece.start && piece.end - piece.start <= LONGEST);
                end = piece.end;
            }
            prop_assert_eq!(end, file.len());
        }
    }
}
