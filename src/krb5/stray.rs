//! Bytes that no editor shows, in the leading zone of a line: before its first visible byte.
//!
//! MIT skips only the six white-space bytes of C. Everything else is part of the line, so a
//! byte-order mark before `[libdefaults]` makes the section vanish and a zero-width space before
//! `default_realm` makes it another key. What each position does was tried on the real library.

/// The white space that MIT skips at the start of a line. The line feed ends the line.
const SKIPPED: [u8; 5] = [b'\t', 0x0B, 0x0C, b'\r', b' '];

/// Characters that take no ink, or are taken for a space.
const INVISIBLE: [char; 23] = [
    '\u{85}', '\u{A0}', '\u{AD}', '\u{61C}', '\u{115F}', '\u{1160}', '\u{1680}', '\u{180E}',
    '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{2028}', '\u{2029}', '\u{202F}',
    '\u{205F}', '\u{2060}', '\u{2800}', '\u{3000}', '\u{3164}', '\u{FEFF}', '\u{FFA0}',
];

/// The invisible bytes at the start of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in bytes.
    pub column: u32,
    /// Counted from 0, from the start of the file.
    pub byte: u64,
    /// The bytes themselves, without white space between them.
    pub bytes: Vec<u8>,
    pub effect: Effect,
}

/// What the bytes do to Kerberos where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    SectionDropped,
    KeyMisnamed,
    LineLost,
    DirectiveIgnored,
    ImproperFormat,
}

impl Effect {
    pub fn describe(self) -> &'static str {
        match self {
            Effect::SectionDropped => "Kerberos ignores the whole section",
            Effect::KeyMisnamed => "Kerberos does not recognize the name",
            Effect::LineLost => "Kerberos loses the line",
            Effect::DirectiveIgnored => "Kerberos ignores the include",
            Effect::ImproperFormat => "Kerberos says \"Improper format\"",
        }
    }
}

/// Every line that begins with invisible bytes which do something.
pub fn scan(file: &[u8]) -> Vec<Stray> {
    let mut found = Vec::new();
    // Until the first section that MIT accepts, it ignores whatever it does not know.
    let mut in_section = false;
    let mut start = 0;
    for (number, line) in (1..).zip(file.split_inclusive(|byte| *byte == b'\n')) {
        let zone = leading_zone(line);
        if zone.strays.is_empty() {
            // Only a bracket in the first column opens the first section.
            in_section = in_section || line.first() == Some(&b'[');
        } else if let Some(effect) = effect(&zone, &line[zone.length..], in_section) {
            let first = zone.strays[0].0;
            found.push(Stray {
                line: number,
                column: u32::try_from(first + 1).unwrap_or(u32::MAX),
                byte: (start + first) as u64,
                bytes: zone
                    .strays
                    .iter()
                    .flat_map(|(_, bytes)| bytes.clone())
                    .collect(),
                effect,
            });
        }
        start += line.len();
    }
    found
}

struct Zone {
    length: usize,
    /// Offset in the line, and the bytes of one invisible character.
    strays: Vec<(usize, Vec<u8>)>,
    /// White space that follows the last stray byte parts it from the word.
    touches: bool,
    begins_with_stray: bool,
}

fn leading_zone(line: &[u8]) -> Zone {
    let mut zone = Zone {
        length: 0,
        strays: Vec::new(),
        touches: false,
        begins_with_stray: false,
    };
    while zone.length < line.len() {
        let rest = &line[zone.length..];
        if SKIPPED.contains(&rest[0]) {
            zone.length += 1;
            zone.touches = false;
        } else if let Some(count) = invisible(rest) {
            zone.begins_with_stray |= zone.length == 0;
            zone.strays.push((zone.length, rest[..count].to_vec()));
            zone.length += count;
            zone.touches = true;
        } else {
            break;
        }
    }
    zone
}

/// How many bytes the invisible character at the start of `bytes` has.
fn invisible(bytes: &[u8]) -> Option<usize> {
    let chunk = bytes[..bytes.len().min(4)].utf8_chunks().next()?;
    match chunk.valid().chars().next() {
        Some('\n') => None,
        Some(control) if control.is_ascii_control() => Some(1),
        Some(hidden) if INVISIBLE.contains(&hidden) => Some(hidden.len_utf8()),
        Some(_) => None,
        // Not UTF-8: a byte-order mark of UTF-16, or a no-break space or line end of Latin-1.
        None => match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(2),
            [0x85 | 0xA0, ..] => Some(1),
            _ => None,
        },
    }
}

fn effect(zone: &Zone, visible: &[u8], in_section: bool) -> Option<Effect> {
    let has_nul = zone.strays.iter().any(|(_, bytes)| bytes == &[0]);
    let directive = visible.starts_with(b"include");
    let nothing = matches!(visible.first(), None | Some(b'\n' | b'#' | b';'));
    match (visible.first(), in_section) {
        // Nothing before the first section is looked at but sections and directives.
        (Some(b'['), false) => Some(Effect::SectionDropped),
        (_, false) if directive => Some(Effect::DirectiveIgnored),
        (_, false) => None,
        // A NUL ends the line where it stands: what follows is not read.
        (_, true) if has_nul && nothing => None,
        (Some(b'['), true) if has_nul => Some(Effect::SectionDropped),
        (_, true) if has_nul => Some(Effect::LineLost),
        (_, true) if nothing => Some(Effect::ImproperFormat),
        (Some(b'[' | b'}'), true) => Some(Effect::ImproperFormat),
        (_, true) if directive => Some(Effect::ImproperFormat),
        // Two words before the equals sign are a fault; one word with a stray byte is another name.
        (_, true) if zone.touches => Some(Effect::KeyMisnamed),
        (_, true) => Some(Effect::ImproperFormat),
    }
}

impl Stray {
    /// What the first of the bytes is called.
    pub fn name(&self) -> String {
        let bytes = self.bytes.as_slice();
        let character = bytes
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next());
        let named = match character {
            Some('\0') => "a NUL",
            Some('\u{1A}') => "a Ctrl-Z",
            Some('\u{1B}') => "an escape character",
            Some('\u{A0}') => "a no-break space",
            Some('\u{AD}') => "a soft hyphen",
            Some('\u{200B}') => "a zero-width space",
            Some('\u{2060}') => "a word joiner",
            Some('\u{3000}') => "an ideographic space",
            Some('\u{FEFF}') => "a byte-order mark",
            Some(other) if other.is_ascii_control() => "a control character",
            Some(other) => return format!("U+{:04X}", other as u32),
            None if bytes.starts_with(&[0xA0]) => "a Latin-1 no-break space",
            None if bytes.starts_with(&[0x85]) => "a Latin-1 line end",
            None => "a UTF-16 byte-order mark",
        };
        named.to_owned()
    }

    /// The bytes as `EF BB BF`.
    pub fn hex(&self) -> String {
        let bytes: Vec<String> = self
            .bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        bytes.join(" ")
    }

    /// The line with its invisible bytes made visible.
    pub fn excerpt(&self, file: &[u8]) -> String {
        let start = (self.byte as usize + 1).saturating_sub(self.column as usize);
        let line = file
            .get(start..)
            .and_then(|rest| rest.split(|byte| *byte == b'\n').next())
            .unwrap_or_default();
        let mut shown = String::new();
        for byte in &line[..line.len().min(120)] {
            if byte.is_ascii_graphic() || *byte == b' ' {
                shown.push(char::from(*byte));
            } else if *byte != b'\r' {
                shown.push_str(&format!("<{byte:02X}>"));
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

    fn effects(file: &[u8]) -> Vec<(u32, Effect)> {
        scan(file)
            .into_iter()
            .map(|stray| (stray.line, stray.effect))
            .collect()
    }

    fn with(mark: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        parts.join(mark)
    }

    #[test]
    fn every_position_has_its_effect() {
        let rest: &[u8] = b"\n[realms]\n";
        for (before, after, expected) in [
            (
                &b""[..],
                &b"[libdefaults]\n"[..],
                Some(Effect::SectionDropped),
            ),
            (b"", b"# comment\n", None),
            (b"", b"\n[libdefaults]\n", None),
            (
                b"",
                b"includedir /etc/krb5.conf.d/\n",
                Some(Effect::DirectiveIgnored),
            ),
            (
                b"[libdefaults]\n",
                b"default_realm = A\n",
                Some(Effect::KeyMisnamed),
            ),
            (
                b"[libdefaults]\n",
                b"  default_realm = A\n",
                Some(Effect::ImproperFormat),
            ),
            (
                b"[libdefaults]\n  ",
                b"default_realm = A\n",
                Some(Effect::KeyMisnamed),
            ),
            (
                b"[libdefaults]\n",
                b"[realms]\n",
                Some(Effect::ImproperFormat),
            ),
            (b"[realms]\nA = {\n", b"}\n", Some(Effect::ImproperFormat)),
            (
                b"[libdefaults]\n",
                b"# comment\n",
                Some(Effect::ImproperFormat),
            ),
            (b"[libdefaults]\n", b"\n", Some(Effect::ImproperFormat)),
            (
                b"[libdefaults]\n",
                b"include /x\n",
                Some(Effect::ImproperFormat),
            ),
        ] {
            let file = with(BYTE_ORDER_MARK, &[before, &[after, rest].concat()]);
            let found: Vec<Effect> = effects(&file)
                .into_iter()
                .map(|(_, effect)| effect)
                .collect();
            assert_eq!(
                found,
                Vec::from_iter(expected),
                "{}",
                String::from_utf8_lossy(&file)
            );
        }
    }

    #[test]
    fn a_nul_ends_the_line_where_it_stands() {
        assert_eq!(
            effects(b"[libdefaults]\n\0default_realm = A\n"),
            [(2, Effect::LineLost)]
        );
        assert_eq!(effects(b"[libdefaults]\n\0# comment\n\0\n"), []);
        assert_eq!(effects(b"[a]\n\0[b]\n"), [(2, Effect::SectionDropped)]);
    }

    #[test]
    fn every_invisible_character_is_found_and_no_visible_one() {
        let marks: [&[u8]; 18] = [
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
            b"\x7F",
            b"\x85",
            b"\xA0",
            b"\xC2\x85",
            b"\xFF\xFE",
            b"\xFE\xFF",
            b"\0",
        ];
        for mark in marks {
            let file = [mark, b"[libdefaults]\n"].concat();
            let found = scan(&file);
            assert_eq!(found.len(), 1, "{mark:02X?}");
            assert_eq!(found[0].bytes, mark);
            assert_eq!((found[0].line, found[0].column, found[0].byte), (1, 1, 0));
        }
        let visible = "[libdefaults]\nключ = 中\n é = ü\n";
        assert_eq!(effects(visible.as_bytes()), []);
    }

    #[test]
    fn the_place_is_exact() {
        let file = b"[libdefaults]\r\n \xE2\x80\x8Bdefault_realm = A\r\n";
        let found = scan(file);
        assert_eq!((found[0].line, found[0].column, found[0].byte), (2, 2, 16));
        assert_eq!(found[0].hex(), "E2 80 8B");
        assert_eq!(found[0].name(), "a zero-width space");
        assert_eq!(found[0].excerpt(file), " <E2><80><8B>default_realm = A");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(file: Vec<u8>) {
            for stray in scan(&file) {
                let _ = (stray.name(), stray.hex(), stray.excerpt(&file));
            }
        }

        #[test]
        fn the_bytes_stand_where_it_says(lines in "([\u{feff}\u{200b} a=\\[\\]\0#]{0,6}\n){0,6}") {
            let file = lines.as_bytes();
            for stray in scan(file) {
                let at = stray.byte as usize;
                prop_assert_eq!(file[at], stray.bytes[0]);
                let line = 1 + file[..at].iter().filter(|byte| **byte == b'\n').count() as u32;
                prop_assert_eq!(line, stray.line);
            }
        }
    }
}
