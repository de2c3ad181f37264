//! What programs of a Windows computer write: text in the computer's code page.

use encoding_rs::{Encoding, UTF_8};

/// What is UTF-8 already stays as it is, byte for byte; so does what is in a code page that nobody
/// knows.
pub fn to_utf8(bytes: Vec<u8>, page: u16) -> Vec<u8> {
    if is_utf8(&bytes) {
        return bytes;
    }
    let known = codepage::to_encoding(page).filter(|encoding| *encoding != UTF_8);
    match known {
        Some(encoding) => decoded(&bytes, encoding),
        None => bytes,
    }
}

/// A character at the end may have been cut by a limit.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_of_each_code_page_is_read() {
        let cases: [(u16, &[u8], &str); 5] = [
            (
                936,
                b"\xC3\xFB=\"\xD0\xE9\xC4\xE2\xBB\xFA\"",
                "名=\"虚拟机\"",
            ),
            (932, b"\x89\xBC\x91z", "仮想"),
            (1251, b"\xCC\xE0\xF8\xE8\xED\xE0", "Машина"),
            (1252, b"B\xFCro", "Büro"),
            (950, b"\xB5\xEA\xC0\xC0", "虛擬"),
        ];
        for (page, bytes, text) in cases {
            assert_eq!(
                String::from_utf8(to_utf8(bytes.into(), page)).unwrap(),
                text
            );
        }
    }

    #[test]
    fn what_is_utf_8_stays() {
        for text in ["", "plain", "名", "Büro"] {
            assert_eq!(to_utf8(text.into(), 936), text.as_bytes());
        }
        // Cut in the middle of a character.
        assert_eq!(to_utf8(b"B\xC3".into(), 1252), b"B\xC3");
    }

    #[test]
    fn an_unknown_code_page_changes_nothing() {
        for page in [0, 437, 65001] {
            assert_eq!(to_utf8(b"\xFF\xFE".into(), page), b"\xFF\xFE");
        }
    }

    proptest! {
        #[test]
        fn lines_stay_lines(bytes: Vec<u8>, page in prop::sample::select(vec![874u16, 932, 936, 949, 950, 1250, 1251, 1252])) {
            let lines = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == b'\n').count();
            let before = lines(&bytes);
            let after = to_utf8(bytes, page);
            prop_assert_eq!(lines(&after), before);
            prop_assert!(is_utf8(&after));
        }
    }
}
