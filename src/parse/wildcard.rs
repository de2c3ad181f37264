//! Shell wildcards, as package managers and SSH use them.

use regex::Regex;

/// Whether the whole text is what the pattern means.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut expression = String::from("^");
    for character in pattern.replace("[!", "[^").chars() {
        match character {
            '*' => expression.push_str(".*"),
            '?' => expression.push('.'),
            '[' | ']' | '^' => expression.push(character),
            other => expression.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    Regex::new(&expression).is_ok_and(|expression| expression.is_match(text))
}
