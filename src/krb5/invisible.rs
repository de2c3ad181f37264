//! Which bytes of a krb5.conf nobody sees, or nobody typed.
//!
//! All of them are alike to MIT: part of a word. What it skips is the white space of C and nothing
//! else. A NUL is another matter: it ends the line where it stands.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::lines::is_space;

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// White space to MIT.
    Space,
    /// A NUL.
    Nul,
    /// What does not belong there: an invisible character, a control byte, what a terminal would
    /// obey.
    Stray,
    /// The two characters `^[`: an escape character as a program shows it that makes such
    /// characters visible, or a part of a pattern.
    Caret,
    /// An invisible character that joins or varies the letter before it.
    Joiner,
    Visible,
}

/// The unit at the start of `rest`, and its length. `before` is the byte in front of it.
pub fn unit(rest: &[u8], before: Option<u8>) -> (Unit, usize) {
    match rest {
        [] => (Unit::Visible, 0),
        [0, ..] => (Unit::Nul, 1),
        [0x1B, after @ ..] => (Unit::Stray, 1 + sequence_length(after)),
        [b'^', b'[', after @ ..] => match sequence_length(after) {
            0 => (Unit::Caret, 2),
            length => (Unit::Stray, 2 + length),
        },
        [byte, ..] if is_space(*byte) => (Unit::Space, 1),
        [byte, ..] if byte.is_ascii_control() => (Unit::Stray, 1),
        [byte, ..] if byte.is_ascii() => (Unit::Visible, 1),
        _ => beyond_ascii(rest, before),
    }
}

/// How long the rest of a sequence is that a terminal obeys: `[0m`, `[K`, `(B`, `]0;title` and a
/// bell. What could as well be a section in brackets is one.
fn sequence_length(after_escape: &[u8]) -> usize {
    match after_escape {
        [b'[', rest @ ..] => {
            let is_parameter = |byte: &&u8| matches!(**byte, b' '..=b'?');
            let parameters = rest.iter().take_while(is_parameter).count();
            let is_end = |byte: &u8| (b'@'..=b'~').contains(byte) && *byte != b']';
            if !rest.get(parameters).is_some_and(is_end) {
                return 0;
            }
            let follows = &rest[parameters + 1..];
            let is_sequence = parameters > 0
                || matches!(follows, [] | [b'[' | 0x1B, ..] | [b'^', b'[', ..])
                || !rest.contains(&b']');
            if is_sequence { parameters + 2 } else { 0 }
        }
        [b'(' | b')', b'0' | b'A' | b'B', ..] => 2,
        [b']', rest @ ..] => {
            let bell = rest.iter().position(|byte| *byte == 7);
            bell.map_or(0, |bell| bell + 2)
        }
        _ => 0,
    }
}

fn beyond_ascii(rest: &[u8], before: Option<u8>) -> (Unit, usize) {
    // A byte-order mark that was taken for Latin-1 and saved as UTF-8: nobody types that.
    if rest.starts_with("\u{EF}\u{BB}\u{BF}".as_bytes()) {
        return (Unit::Stray, 6);
    }
    let Some(chunk) = rest[..rest.len().min(4)].utf8_chunks().next() else {
        return (Unit::Visible, 1);
    };
    if let Some(character) = chunk.valid().chars().next() {
        return (of_character(character), character.len_utf8());
    }
    // Between bytes of some other encoding it may be half of a letter.
    let stands_alone = before.is_none_or(|byte| byte.is_ascii());
    match rest {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => (Unit::Stray, 2),
        // A line end and a no-break space of Latin-1.
        [0x85 | 0xA0, ..] if stands_alone => (Unit::Stray, 1),
        _ => (Unit::Visible, 1),
    }
}

fn of_character(character: char) -> Unit {
    match character {
        '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {
            Unit::Joiner
        }
        // Letters and marks by their class, and yet nothing to be seen.
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FFA0}' => Unit::Stray,
        // The quotation marks into which word processors turn the straight ones.
        '\u{201C}' | '\u{201D}' => Unit::Stray,
        _ => match get_general_category(character) {
            GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::SpaceSeparator
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator => Unit::Stray,
            _ if matches!(character as u32 & 0xFFFF, 0xFFFE | 0xFFFF) => Unit::Stray,
            _ => Unit::Visible,
        },
    }
}

/// Whether a line is worth a closer look: all bytes of most lines are plain.
pub fn may_be_in(line: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() || is_space(*byte);
    !line.iter().all(is_plain) || line.windows(2).any(|pair| pair == b"^[")
}

/// The first position of `text` at which a stray byte or a NUL stands.
pub fn position(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let before = at.checked_sub(1).map(|before| text[before]);
        let (unit, length) = unit(&text[at..], before);
        if matches!(unit, Unit::Stray | Unit::Nul | Unit::Caret) {
            return Some(at);
        }
        at += length;
    }
    None
}

/// What the first of these bytes is called.
pub fn name(bytes: &[u8]) -> String {
    let chunk = bytes[..bytes.len().min(4)].utf8_chunks().next();
    if bytes.starts_with("\u{EF}\u{BB}\u{BF}".as_bytes()) {
        return "a byte-order mark that was saved as text".to_owned();
    }
    let named = match chunk.and_then(|chunk| chunk.valid().chars().next()) {
        Some('\0') => "a NUL",
        Some(' ') => "a space",
        Some('\t') => "a tab",
        Some('\u{1A}') => "a Ctrl-Z",
        Some('\u{1B}') if sequence_length(&bytes[1..]) > 0 => "a color code of a terminal",
        Some('\u{1B}') => "an escape character",
        Some('^') => "a color code of a terminal, as text",
        Some('\u{A0}') => "a no-break space",
        Some('\u{AD}') => "a soft hyphen",
        Some('\u{200B}') => "a zero-width space",
        Some('\u{2028}') => "a line separator",
        Some('\u{2060}') => "a word joiner",
        Some('\u{201C}' | '\u{201D}') => "a curly quotation mark",
        Some('\u{3000}') => "an ideographic space",
        Some('\u{FEFF}') => "a byte-order mark",
        Some(space) if space.is_ascii() && is_space(space as u8) => "white space",
        Some(other) if other.is_ascii_control() => "a control character",
        Some(other) => return format!("U+{:04X}", other as u32),
        None => match bytes {
            [0xA0, ..] => "a no-break space of Latin-1",
            [0x85, ..] => "a line end of Latin-1",
            _ => "a byte-order mark of UTF-16",
        },
    };
    named.to_owned()
}

/// The bytes as `EF BB BF`, or the first of them.
pub fn hex(bytes: &[u8]) -> String {
    const SHOWN: usize = 16;
    let shown: Vec<String> = bytes
        .iter()
        .take(SHOWN)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let rest = if bytes.len() > SHOWN { " ..." } else { "" };
    shown.join(" ") + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_stray_and_letters_are_not() {
        let stray: [&[u8]; 24] = [
            b"\xEF\xBB\xBF",
            b"\xE2\x80\x8B",
            b"\xC2\xA0",
            b"\xE3\x80\x80",
            b"\xE2\x80\xA8",
            b"\xE2\x81\xA0",
            b"\xC2\xAD",
            b"\x01",
            b"\x08",
            b"\x1A",
            b"\x1B",
            b"\x1B[0m",
            b"\x1B[1;31m",
            b"\x7F",
            b"\x85",
            b"\xA0",
            b"\xC2\x85",
            b"\xFF\xFE",
            b"\xFE\xFF",
            b"^[",
            b"^[[0m",
            b"\xE2\x80\x9C",
            b"\xE3\x85\xA4",
            b"\xF3\xA0\x80\xA0",
        ];
        for bytes in stray {
            let kind = if bytes == b"^[" {
                Unit::Caret
            } else {
                Unit::Stray
            };
            assert_eq!(unit(bytes, None), (kind, bytes.len()), "{bytes:02X?}");
            let before_section = [bytes, b"[libdefaults]"].concat();
            assert_eq!(unit(&before_section, None).1, bytes.len(), "{bytes:02X?}");
        }
        for visible in ["a", "é", "中", "к", "=", "^", "[", "-", "€", "ß"] {
            let kind = unit(visible.as_bytes(), None);
            assert_eq!(kind, (Unit::Visible, visible.len()), "{visible}");
        }
        for space in *b" \t\r\n\x0B\x0C" {
            assert_eq!(unit(&[space], None), (Unit::Space, 1));
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_one_piece() {
        for sequence in [
            &b"\x1B[01;31m"[..],
            b"\x1B[K",
            b"\x1B[m",
            b"^[[m",
            b"\x1B[?25h",
            b"^[[200~",
            b"\x1B(B",
            b"\x1B]0;title\x07",
        ] {
            let line = [sequence, b"[libdefaults]"].concat();
            let found = unit(&line, None);
            assert_eq!(found, (Unit::Stray, sequence.len()), "{line:02X?}");
        }
        // A section with its bracket is no sequence.
        assert_eq!(unit(b"\x1B[libdefaults]", None).1, 1);
    }

    #[test]
    fn half_a_letter_of_another_encoding_is_no_stray_byte() {
        // A word in GBK, of which one byte is A0.
        assert_eq!(position(b"\xCD\xA0\xB0"), None);
        assert_eq!(position(b"kdc\xA0"), Some(3));
    }
}
