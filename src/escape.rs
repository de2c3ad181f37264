//! Bytes as text that a person can read and that loses nothing.
//!
//! Plain text stays as it is. A backslash is doubled, and every byte that is not plain text (a
//! control byte, an invisible character, anything that is not UTF-8) becomes `\xNN`. The same form
//! serves bundles, reports and terminals: what a guest sends can neither hide nor command.

/// Whether `character` shows itself on a screen. Line feed and tab count: they are layout.
pub fn is_plain(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        // Letters by their class, and yet nothing to be seen: the Hangul fillers.
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => false,
        _ if character.is_ascii() => !character.is_ascii_control(),
        // Letters and digits of every script, and the punctuation and symbols that are visible:
        // what is left out are the spaces, format, control and private characters.
        _ => {
            character.is_alphanumeric()
                || matches!(character,
                    '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{FF}' | '\u{2010}'..='\u{2027}'
                    | '\u{2030}'..='\u{205E}' | '\u{20A0}'..='\u{20BF}' | '\u{2100}'..='\u{27BF}'
                    | '\u{3001}'..='\u{303F}' | '\u{FF01}'..='\u{FF60}')
        }
    }
}

/// The bytes as reversible text.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str(r"\\"),
                plain if is_plain(plain) => text.push(plain),
                hidden => push_bytes(&mut text, hidden.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        push_bytes(&mut text, chunk.invalid());
    }
    text
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("\\x{byte:02X}"));
    }
}

/// The bytes that `text` stands for.
///
/// # Errors
/// Says which escape is not one of ours.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('\\') {
            bytes.push(b'\\');
            rest = after;
        } else {
            let byte = rest
                .strip_prefix('x')
                .and_then(|digits| digits.get(..2))
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            match byte {
                Some(byte) => bytes.push(byte),
                None => {
                    let shown: String = rest.chars().take(3).collect();
                    return Err(format!(
                        "'\\{shown}' is not an escape: write \\\\ for a backslash and \\xNN for a byte"
                    ));
                }
            }
            rest = &rest[3..];
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// One line for a terminal or a report: everything that is not plain is made visible, line breaks
/// become spaces, and a text beyond `longest` characters ends in "…".
pub fn line(text: &str, longest: usize) -> String {
    let words = text.split_whitespace().enumerate();
    let characters = words.flat_map(|(number, word)| {
        let space = (number > 0).then_some(' ');
        space.into_iter().chain(word.chars())
    });
    let mut shown = String::new();
    for (count, character) in characters.enumerate() {
        if count == longest {
            shown.push('…');
            break;
        }
        if is_plain(character) {
            shown.push(character);
        } else {
            push_bytes(&mut shown, character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    shown
}

/// A word for a shell, safe to show and safe to paste. One that begins with a dash is made a path,
/// which no program takes for an option.
pub fn word(text: &str) -> String {
    let mut shown = line(text, 120);
    if shown.starts_with('-') {
        shown.insert_str(0, "./");
    }
    shlex::try_quote(&shown).map_or_else(|_| "?".to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_word_is_an_option() {
        for (text, expected) in [
            ("-c!id", "'./-c!id'"),
            ("--", "./--"),
            ("/etc/-x", "/etc/-x"),
            ("a-b", "a-b"),
        ] {
            let said = word(text);
            assert_eq!(shlex::split(&said), shlex::split(expected), "{said}");
            assert!(!said.starts_with('-') && !said.starts_with("'-"), "{said}");
        }
    }

    #[test]
    fn invisible_bytes_are_seen_and_letters_stay() {
        let bytes = b"\xEF\xBB\xBF[a]\t\\ \xE4\xB8\xAD\xE2\x80\x8B\x1B[0m\xFF\r\n";
        assert_eq!(
            escape(bytes),
            "\\xEF\\xBB\\xBF[a]\t\\\\ 中\\xE2\\x80\\x8B\\x1B[0m\\xFF\\x0D\n"
        );
    }

    #[test]
    fn an_unknown_escape_is_refused() {
        for text in ["\\", "\\q", "\\x4", "\\x+1", "\\xé"] {
            assert!(unescape(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_cannot_command_the_terminal() {
        assert_eq!(line("a\x1b]0;x\x07\r\nb", 100), "a\\x1B]0;x\\x07 b");
        assert_eq!(line("abcdef", 3), "abc…");
    }

    #[test]
    fn a_hostile_word_stays_one_word() {
        assert_eq!(word("kernel; rm -rf /"), "'kernel; rm -rf /'");
        assert_eq!(word("a\x1b[2Jb"), r#""a\\x1B[2Jb""#);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(bytes: Vec<u8>) {
            prop_assert_eq!(unescape(&escape(&bytes)), Ok(bytes));
        }

        #[test]
        fn only_plain_text_comes_out(bytes: Vec<u8>) {
            prop_assert!(escape(&bytes).chars().all(is_plain));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = unescape(&text);
            let _ = line(&text, 20);
        }
    }
}
