//! Files that are wrong as a whole, or in a way that a person overlooks.
#![allow(dead_code)] // each test binary uses its own part of this

use super::byte_table::{BOTH, Becomes};

/// Such a file.
pub struct Trap {
    pub name: &'static str,
    pub file: Vec<u8>,
    pub becomes: Becomes,
}

fn wide(to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = BOTH.encode_utf16();
    units.flat_map(to_bytes).collect()
}

pub fn traps() -> Vec<Trap> {
    use Becomes::{Like, Refused};
    let trap = |name, file: &[u8], becomes| Trap {
        name,
        file: file.to_vec(),
        becomes,
    };
    let section_syntax = Refused("PROF_SECTION_SYNTAX");
    let relation_syntax = Refused("PROF_RELATION_SYNTAX");
    let little = wide(u16::to_le_bytes);
    let big = wide(u16::to_be_bytes);
    vec![
        trap(
            "UTF-16LE with a mark is an empty tree",
            &[b"\xFF\xFE", &little[..]].concat(),
            Like(""),
        ),
        trap(
            "UTF-16BE with a mark is an empty tree",
            &[b"\xFE\xFF", &big[..]].concat(),
            Like(""),
        ),
        trap("UTF-16LE without a mark", &little, section_syntax),
        trap("UTF-16BE without a mark is an empty tree", &big, Like("")),
        trap(
            "lines that end in CR alone",
            BOTH.replace('\n', "\r").as_bytes(),
            section_syntax,
        ),
        trap(
            "lines that end in CR LF",
            BOTH.replace('\n', "\r\n").as_bytes(),
            Like(BOTH),
        ),
        trap(
            "a DOS end mark",
            format!("{BOTH}\x1A").as_bytes(),
            relation_syntax,
        ),
        trap(
            "NULs at the end",
            format!("{BOTH}\0\0\0").as_bytes(),
            Like(BOTH),
        ),
        trap(
            "spaces within brackets make another section",
            b"[ libdefaults ]\ndefault_realm = A\n[libdefaults]\n",
            Like("[libdefaults]\n[ libdefaults ]\ndefault_realm = A\n"),
        ),
        trap(
            "capitals make another section",
            b"[LibDefaults]\ndefault_realm = A\n[libdefaults]\n",
            Like("[libdefaults]\n[LibDefaults]\ndefault_realm = A\n"),
        ),
        trap(
            "braces around one line are a string",
            b"[realms]\nA = { kdc = x }\n",
            Like("[realms]\nA = \"{ kdc = x }\"\n"),
        ),
        trap(
            "a comment after a value is part of it",
            b"[a]\nb = c # d\n",
            Like("[a]\nb = \"c # d\"\n"),
        ),
        trap(
            "a missing brace swallows the next realm",
            b"[realms]\nA = {\nkdc = a\nB = {\nkdc = b\n}\n",
            Like("[realms]\nA = {\nB = {\nkdc = b\n}\nkdc = a\n}\n"),
        ),
        trap("a comment after a section", b"[a] # b\n", section_syntax),
        trap(
            "a comment after an opening brace",
            b"[a]\nb = { # c\nd = e\n}\n",
            Refused("PROF_EXTRA_CBRACE"),
        ),
        trap(
            "a name without a value",
            b"[libdefaults]\ndefault_realm =\nrdns = false\n",
            Refused("PROF_MISSING_OBRACE"),
        ),
        trap(
            "a name without a value in the last line",
            b"[libdefaults]\ndefault_realm =\n",
            Like("[libdefaults]\ndefault_realm = {\n"),
        ),
    ]
}
