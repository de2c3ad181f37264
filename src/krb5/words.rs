//! Plain values as MIT's profile library reads them.

/// Whether this is a number to `profile_get_integer`: digits with a sign at most, in 32 bits.
pub fn is_integer(value: &[u8]) -> bool {
    let text = std::str::from_utf8(value).unwrap_or_default();
    text.trim_ascii_start().parse::<i32>().is_ok()
}

/// What this says to `profile_get_boolean`. `None` where it says nothing to it.
pub fn boolean(value: &[u8]) -> Option<bool> {
    let is_one_of = |words: [&str; 6]| {
        words
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
    };
    if is_one_of(["y", "yes", "true", "t", "1", "on"]) {
        return Some(true);
    }
    is_one_of(["n", "no", "false", "nil", "0", "off"]).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_are_numbers() {
        for (value, expected) in [
            (&b"300"[..], true),
            (b"-1", true),
            (b"+5", true),
            (b"2147483648", false),
            (b"5m", false),
            (b"300 # five minutes", false),
            (b"", false),
            (b"\xFF", false),
        ] {
            assert_eq!(is_integer(value), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn only_these_words_say_yes_or_no() {
        for (value, expected) in [
            (&b"TRUE"[..], Some(true)),
            (b"on", Some(true)),
            (b"nil", Some(false)),
            (b"Off", Some(false)),
            (b"true # yes", None),
            (b"enabled", None),
            (b"", None),
        ] {
            assert_eq!(boolean(value), expected, "{}", value.escape_ascii());
        }
    }
}
