//! SHA256SUMS, as coreutils writes it and as it is published beside what it vouches for.

/// The SHA-256 of the file of this name, in small hexadecimal letters. `None` where no line has it,
/// and where two lines contradict each other.
pub fn sha256_of(text: &str, name: &str) -> Option<String> {
    let mut sums = text.lines().filter_map(|line| {
        let (sum, rest) = line.trim_end().split_once(' ')?;
        // A blank or an asterisk says how the file was read, which makes no difference any more.
        let found = rest.strip_prefix([' ', '*'])?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit());
        (found == name && is_sum).then(|| sum.to_ascii_lowercase())
    });
    let first = sums.next()?;
    sums.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_line_of_this_very_file_decides() {
        let (one, two) = ("1a".repeat(32), "2B".repeat(32));
        let text = format!(
            "{two} *VBoxGuestAdditions_7.0.10.iso.asc\r\n{one} *VBoxGuestAdditions_7.0.10.iso\r\n{two}  other\n"
        );
        assert_eq!(
            sha256_of(&text, "VBoxGuestAdditions_7.0.10.iso"),
            Some(one.clone())
        );
        assert_eq!(sha256_of(&text, "other"), Some(two.to_ascii_lowercase()));
        assert_eq!(sha256_of(&text, "VBoxGuestAdditions_7.0.1.iso"), None);
        for refused in [
            format!("{one} *x\n{two} *x\n"),
            format!("{one}0 *x\n"),
            format!("{} *x\n", &one[1..]),
            format!("{one}\n"),
            "<html>404</html>".to_owned(),
        ] {
            assert_eq!(sha256_of(&refused, "x"), None, "{refused}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, name: String) {
            let _ = sha256_of(&text, &name);
        }
    }
}
