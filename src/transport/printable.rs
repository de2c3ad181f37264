//! Foreign text inside our own messages: one line, bounded, without anything a terminal would obey.

/// The most characters of foreign text in one message.
const LONGEST: usize = 300;

/// `text` on one line, with control characters and invisible direction marks escaped, cut after 300 characters.
pub(super) fn one_line(text: &[u8]) -> String {
    // The cut in bytes comes first, so that a huge text is never decoded as a whole.
    let decoded = String::from_utf8_lossy(&text[..text.len().min(LONGEST * 4)]);
    let mut line = String::new();
    for character in decoded.trim().chars().take(LONGEST) {
        if character.is_control() || redirects(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// Whether the character is invisible or turns the reading direction around.
fn redirects(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
