//! A place in a file, shown so that bytes which nobody sees are seen.

use std::ops::Range;

use crate::escape::is_plain;

/// How many bytes of a line are shown before and after a place.
const BEFORE: usize = 40;
const AFTER: usize = 60;

/// How many bytes are shown in hexadecimal around a place, and of it.
const AROUND: usize = 6;
const WITHIN: usize = 12;

/// The line around these bytes, with all that is not plain as `<EF BB BF>`.
pub fn excerpt(file: &[u8], bytes: &Range<usize>) -> String {
    let line_start = memchr::memrchr(b'\n', &file[..bytes.start]).map_or(0, |at| at + 1);
    let line_end = memchr::memchr(b'\n', &file[bytes.start..])
        .map_or(file.len(), |at| bytes.start + at)
        .max(bytes.end);
    let start = line_start.max(bytes.start.saturating_sub(BEFORE));
    let end = line_end.min(bytes.end + AFTER);
    let mut shown = String::new();
    if start > line_start {
        shown.push_str("...");
    }
    let mut hidden: Vec<String> = Vec::new();
    let body = without_line_end(&file[start..end], bytes.end.saturating_sub(start));
    let mut at = 0;
    for chunk in body.utf8_chunks() {
        for character in chunk.valid().chars() {
            let here = start + at;
            if here == bytes.start || here == bytes.end {
                flush(&mut shown, &mut hidden);
            }
            let width = character.len_utf8();
            let is_seen = is_plain(character) && !matches!(character, '\t' | '\n');
            if is_seen && !bytes.contains(&here) {
                flush(&mut shown, &mut hidden);
                shown.push(character);
            } else {
                let hex = body[at..at + width]
                    .iter()
                    .map(|byte| format!("{byte:02X}"));
                hidden.extend(hex);
            }
            at += width;
        }
        hidden.extend(chunk.invalid().iter().map(|byte| format!("{byte:02X}")));
        at += chunk.invalid().len();
    }
    flush(&mut shown, &mut hidden);
    if end < line_end {
        shown.push_str("...");
    }
    shown
}

/// A line end is no news, unless it is a part of what is to be shown.
fn without_line_end(line: &[u8], keep: usize) -> &[u8] {
    let mut end = line.len();
    while end > keep && matches!(line[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    &line[..end]
}

fn flush(shown: &mut String, hidden: &mut Vec<String>) {
    if !hidden.is_empty() {
        shown.push_str(&format!("<{}>", hidden.join(" ")));
        hidden.clear();
    }
}

/// These bytes in hexadecimal, in brackets, with some around them, and the same as text.
pub fn hex_view(file: &[u8], bytes: &Range<usize>) -> String {
    let end = bytes.end.min(bytes.start + WITHIN);
    let parts = [
        bytes.start.saturating_sub(AROUND)..bytes.start,
        bytes.start..end,
        end..file.len().min(end + AROUND),
    ];
    let [before, within, after] = parts.map(|range| {
        let bytes = &file[range];
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let text: String = bytes
            .iter()
            .map(|byte| {
                if byte.is_ascii_graphic() {
                    char::from(*byte)
                } else {
                    '.'
                }
            })
            .collect();
        (hex.join(" "), text)
    });
    let spaced = |hex: String| {
        if hex.is_empty() {
            hex
        } else {
            format!("{hex} ")
        }
    };
    // A long run is shown by its beginning.
    let more = match bytes.end - end {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let after = if more.is_empty() {
        after
    } else {
        <_>::default()
    };
    format!(
        "{}[{}{more}] {}|{}[{}]{}|",
        spaced(before.0),
        within.0,
        spaced(after.0),
        before.1,
        within.1,
        after.1
    )
}

/// Where the view of [`hex_view`] starts.
pub fn hex_start(bytes: &Range<usize>) -> usize {
    bytes.start.saturating_sub(AROUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_seen() {
        let file = b"[libdefaults]\r\n \xE2\x80\x8Bdefault_realm = A\r\n";
        assert_eq!(excerpt(file, &(16..19)), " <E2 80 8B>default_realm = A");
        assert_eq!(
            hex_view(file, &(16..19)),
            "74 73 5D 0D 0A 20 [E2 80 8B] 64 65 66 61 75 6C |ts]...[...]defaul|"
        );
    }

    #[test]
    fn letters_are_letters() {
        let file = "n = \u{4e2d}\u{a0}\u{e9}\n".as_bytes();
        assert_eq!(excerpt(file, &(7..9)), "n = \u{4e2d}<C2 A0>\u{e9}");
    }

    #[test]
    fn a_space_is_seen_where_it_is_meant() {
        assert_eq!(excerpt(b" [a]\n", &(0..1)), "<20>[a]");
        assert_eq!(hex_view(b" ", &(0..1)), "[20] |[.]|");
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let file = [vec![b'a'; 100], vec![0], vec![b'b'; 100]].concat();
        let shown = excerpt(&file, &(100..101));
        let expected = format!("...{}<00>{}...", "a".repeat(40), "b".repeat(60));
        assert_eq!(shown, expected);
    }
}
