//! A krb5.conf that an editor has saved as UTF-16, of which MIT sees every other byte as a NUL.

/// How a file is written in UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    little_endian: bool,
    has_mark: bool,
}

impl Encoding {
    /// How many bytes the byte-order mark takes.
    pub fn mark_length(self) -> usize {
        if self.has_mark { 2 } else { 0 }
    }

    /// The file as text, without a byte-order mark. `None` where it is not wholly UTF-16.
    pub fn decode(self, file: &[u8]) -> Option<String> {
        // A line feed that somebody has added to the end in plain text.
        let (file, added) = match file {
            [whole @ .., b'\n'] if file.len() % 2 == 1 => (whole, "\n"),
            whole => (whole, ""),
        };
        let units = file[self.mark_length()..].chunks(2).map(|pair| {
            let pair: [u8; 2] = pair.try_into().ok()?;
            Some(if self.little_endian {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            })
        });
        let units: Option<Vec<u16>> = units.collect();
        Some(String::from_utf16(&units?).ok()? + added)
    }
}

/// Whether the file is UTF-16, with a byte-order mark or without. The two bytes of a mark in front
/// of plain text do not make it so: there has to be a section that can be read.
pub fn detect(file: &[u8]) -> Option<Encoding> {
    let (has_mark, orders) = match file {
        [0xFF, 0xFE, ..] => (true, &[true][..]),
        [0xFE, 0xFF, ..] => (true, &[false][..]),
        _ => (false, &[true, false][..]),
    };
    let nuls = memchr::memchr_iter(0, file).count();
    // Without a mark only what is for the most part plain text is taken for it.
    if nuls == 0 || (!has_mark && nuls < file.len() / 3) {
        return None;
    }
    let encodings = orders.iter().map(|little_endian| Encoding {
        little_endian: *little_endian,
        has_mark,
    });
    encodings.into_iter().find(|encoding| {
        let text = encoding.decode(file);
        text.is_some_and(|text| {
            let is_section = |line: &str| line.trim().starts_with('[') && line.contains(']');
            let has_section = text.lines().any(is_section);
            has_section && !text.contains('\0')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little_endian: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if little_endian {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn a_file_is_found_out_with_its_mark_and_without() {
        let text = "[libdefaults]\r\n default_realm = É\r\n";
        for little_endian in [true, false] {
            for mark in ["", "\u{feff}"] {
                let file = utf16(&format!("{mark}{text}"), little_endian);
                let encoding = detect(&file).expect("it is UTF-16");
                assert_eq!(encoding.decode(&file).as_deref(), Some(text));
                assert_eq!(encoding.mark_length(), mark.len().min(2));
            }
        }
    }

    #[test]
    fn a_mark_before_plain_text_is_a_mark_and_no_more() {
        for file in [
            &b"\xFF\xFE[libdefaults]\n"[..],
            b"\xFE\xFF[libdefaults]\n\0",
            b"[a]\nb = \0c\n",
            b"[\0a]\n",
            b"\0\0\0\0\0\0",
            b"\xFF\xFE",
            b"",
        ] {
            assert_eq!(detect(file), None, "{file:02X?}");
        }
    }
}
