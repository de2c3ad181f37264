//! What a stray byte does to a configuration, by where it stands.
#![allow(dead_code)] // each test binary uses its own part of this

use super::krb5_case::Case;
use super::mutate::{SPACE, STRAY};

/// A place for the byte: between `before` and `after`.
pub struct Row {
    pub position: &'static str,
    before: &'static str,
    after: &'static str,
    stray: Expected,
    nul: Expected,
    space: Expected,
    /// A carriage return, where it is no space like the others.
    carriage_return: Option<Expected>,
}

/// What becomes of the file.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub becomes: Becomes,
    pub kinit: Kinit,
}

#[derive(Clone, Copy, Debug)]
pub enum Becomes {
    /// As if the byte were not there.
    Same,
    /// As if this were the file.
    Like(&'static str),
    /// As if `from` were `to`, which may hold [`BYTE`].
    Replaced {
        from: &'static str,
        to: &'static str,
    },
    Refused(&'static str),
}

/// Stands for the byte in a tree.
pub const BYTE: &str = "<byte>";

/// What `kinit` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinit {
    /// It has a realm and a KDC.
    Works,
    NoDefaultRealm,
    NoKdc,
    ImproperFormat,
    IncludeUnreadable,
}

/// One field of the table: a byte at a place.
pub struct Field {
    pub name: String,
    pub bytes: &'static [u8],
    pub case: Case,
    /// The file without the byte.
    pub clean: Case,
    pub expected: Expected,
}

const fn expected(becomes: Becomes, kinit: Kinit) -> Expected {
    Expected { becomes, kinit }
}

const FINE: Expected = expected(Becomes::Same, Kinit::Works);

const fn improper(code: &'static str) -> Expected {
    expected(Becomes::Refused(code), Kinit::ImproperFormat)
}

const REALMS: &str = "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n";
const DEFAULTS: &str = "[libdefaults]\n default_realm = EXAMPLE.COM\n";
pub const BOTH: &str = "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n";
const WITH_ANOTHER: &str = "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[other]\n";
const BOTH_TURNED: &str = "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n default_realm = EXAMPLE.COM\n";

/// What the directives of the rows name.
const INCLUDED: [(&str, &[u8]); 2] = [
    ("realm.inc", b"[realms]\n OTHER = {\n  kdc = other\n }\n"),
    ("drop/realm", b"[realms]\n THIRD = {\n  kdc = third\n }\n"),
];

pub fn rows() -> Vec<Row> {
    use Becomes::{Like, Refused, Replaced};
    use Kinit::{IncludeUnreadable, NoDefaultRealm, NoKdc, Works};
    let row = |position, before, after, stray, nul, space| Row {
        position,
        before,
        after,
        stray,
        nul,
        space,
        carriage_return: None,
    };
    let relation_syntax = improper("PROF_RELATION_SYNTAX");
    let extra_brace = improper("PROF_EXTRA_CBRACE");
    let both = expected(Like(BOTH), Works);
    let no_defaults = expected(Like(REALMS), NoDefaultRealm);
    let no_realms = expected(Like(DEFAULTS), NoKdc);
    let misnamed = |from, to, kinit| expected(Replaced { from, to }, kinit);
    let folder_unreadable = expected(Refused("PROF_FAIL_INCLUDE_DIR"), IncludeUnreadable);
    vec![
        row(
            "before the first section, libdefaults",
            "",
            BOTH,
            no_defaults,
            no_defaults,
            no_defaults,
        ),
        row(
            "before the first section, realms",
            "",
            BOTH_TURNED,
            no_realms,
            no_realms,
            no_realms,
        ),
        row(
            "before a comment in the first line",
            "",
            "# c\n[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = k\n }\n",
            FINE,
            FINE,
            FINE,
        ),
        row(
            "before a blank first line",
            "",
            "\n[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = k\n }\n",
            FINE,
            FINE,
            FINE,
        ),
        row(
            "before an include above all sections",
            "",
            "include realm.inc\n[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n",
            both,
            both,
            both,
        ),
        row(
            "before an includedir above all sections",
            "",
            "includedir drop\n[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n",
            both,
            both,
            both,
        ),
        row(
            "before an include after a section",
            BOTH,
            "include realm.inc\n",
            relation_syntax,
            both,
            relation_syntax,
        ),
        row(
            "before an includedir after a section",
            BOTH,
            "includedir drop\n",
            relation_syntax,
            both,
            relation_syntax,
        ),
        row(
            "touching the key default_realm",
            "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n ",
            "default_realm = EXAMPLE.COM\n",
            misnamed(
                "  default_realm =",
                "  <byte>default_realm =",
                NoDefaultRealm,
            ),
            expected(
                Like("[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n"),
                NoDefaultRealm,
            ),
            FINE,
        ),
        row(
            "touching the key kdc",
            "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  ",
            "kdc = kdc.example.com\n }\n",
            misnamed("    kdc =", "    <byte>kdc =", NoKdc),
            expected(
                Like(
                    "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n }\n",
                ),
                NoKdc,
            ),
            FINE,
        ),
        row(
            "touching a realm",
            "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n ",
            "EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n",
            misnamed("  [EXAMPLE.COM]", "  [<byte>EXAMPLE.COM]", NoKdc),
            extra_brace,
            FINE,
        ),
        row(
            "in the first column before the indent of a key",
            "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n",
            " default_realm = EXAMPLE.COM\n",
            relation_syntax,
            expected(
                Like("[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n"),
                NoDefaultRealm,
            ),
            FINE,
        ),
        row(
            "before a later section",
            DEFAULTS,
            REALMS,
            relation_syntax,
            expected(
                Like(
                    "[libdefaults]\n default_realm = EXAMPLE.COM\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n",
                ),
                NoKdc,
            ),
            FINE,
        ),
        row(
            "before a closing brace",
            "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n ",
            "}\n[libdefaults]\n default_realm = EXAMPLE.COM\n",
            relation_syntax,
            improper("PROF_SECTION_NOTOP"),
            FINE,
        ),
        row(
            "before a comment after a section",
            BOTH,
            "# comment\n",
            relation_syntax,
            FINE,
            FINE,
        ),
        row(
            "before a comment with an = after a section",
            WITH_ANOTHER,
            "#a=b\n",
            misnamed("[other]\n", "[other]\n  <byte>#a = \"b\"\n", Works),
            FINE,
            FINE,
        ),
        row("alone on a line", BOTH, "\n", relation_syntax, FINE, FINE),
        row(
            "after an opening brace",
            "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {",
            "\n  kdc = kdc.example.com\n }\n",
            extra_brace,
            FINE,
            FINE,
        ),
        row(
            "after a closing bracket",
            "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]",
            "\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n",
            improper("PROF_SECTION_SYNTAX"),
            FINE,
            FINE,
        ),
        row(
            "at the end of a kdc",
            "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com:88",
            "\n }\n",
            misnamed(":88\"", ":88<byte>\"", Works),
            FINE,
            FINE,
        ),
        row(
            "at the end of default_realm",
            "[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\n[libdefaults]\n default_realm = EXAMPLE.COM",
            "\n",
            misnamed("\"EXAMPLE.COM\"", "\"EXAMPLE.COM<byte>\"", NoKdc),
            FINE,
            FINE,
        ),
        Row {
            carriage_return: Some(FINE),
            ..row(
                "at the end of the path of an includedir",
                "[libdefaults]\n default_realm = EXAMPLE.COM\n[realms]\n EXAMPLE.COM = {\n  kdc = kdc.example.com\n }\nincludedir drop",
                "\n",
                folder_unreadable,
                FINE,
                folder_unreadable,
            )
        },
    ]
}

impl Row {
    /// Every byte of the table at this place.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let stray = STRAY.iter().map(|bytes| (*bytes, self.stray));
        let spaces = SPACE
            .iter()
            .map(|bytes| match (*bytes, self.carriage_return) {
                (b"\r", Some(other)) => (*bytes, other),
                _ => (*bytes, self.space),
            });
        let nul: (&[u8], Expected) = (b"\0", self.nul);
        stray
            .chain(std::iter::once(nul))
            .chain(spaces)
            .map(|(bytes, expected)| Field {
                name: format!("{} {}", bytes.escape_ascii(), self.position),
                bytes,
                case: self.with(bytes),
                clean: self.with(b""),
                expected,
            })
    }

    fn with(&self, bytes: &[u8]) -> Case {
        let main = [self.before.as_bytes(), bytes, self.after.as_bytes()].concat();
        Case::of(main, &INCLUDED)
    }
}
