//! The byte table: every position, every kind of byte, what it does there, and how it is mended.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/mutate.rs"]
mod mutate;

use std::sync::Arc;

use boxdoctor::krb5::repair::{Refusal, Repair, mend};
use boxdoctor::krb5::stray::Effect::{
    self, ImproperFormat, KeyMisnamed, LineLost, SectionDropped, ValueChanged,
};
use boxdoctor::krb5::stray::scan;
use boxdoctor::krb5::{Files, Release, Unreadable, read_alone};
use mutate::{SPACE, STRAY};
use proptest::prelude::*;

/// One more that behaves as those which accidents bring: it turns the direction of the text.
const DIRECTION: &[u8] = b"\xE2\x80\x8E";

/// Where the bytes go (`@`), and what they do there: an invisible one, a NUL, white space.
type Row = (&'static str, Option<Effect>, Option<Effect>, Option<Effect>);

#[rustfmt::skip]
const TABLE: [Row; 27] = [
    ("@[libdefaults]\n a = b\n", Some(SectionDropped), Some(SectionDropped), Some(SectionDropped)),
    ("@# comment\n[libdefaults]\n", None, None, None),
    ("@\n[libdefaults]\n", None, None, None),
    ("@include /x\n[libdefaults]\n", Some(LineLost), Some(LineLost), Some(LineLost)),
    ("@includedir /x\n[libdefaults]\n", Some(LineLost), Some(LineLost), Some(LineLost)),
    ("[a]\n@include /x\n", Some(ImproperFormat), Some(LineLost), Some(ImproperFormat)),
    ("[a]\n@includedir /x\n", Some(ImproperFormat), Some(LineLost), Some(ImproperFormat)),
    ("[libdefaults]\n@default_realm = A\n", Some(KeyMisnamed), Some(LineLost), None),
    ("[libdefaults]\n default_realm@ = A\n", Some(KeyMisnamed), Some(ImproperFormat), None),
    ("[libdefaults]\n default_realm =@A\n", Some(ValueChanged), Some(ImproperFormat), None),
    ("[realms]\n A = {\n  @kdc = k\n }\n", Some(KeyMisnamed), Some(LineLost), None),
    ("[realms]\n @EXAMPLE.COM = {\n }\n", Some(KeyMisnamed), Some(LineLost), None),
    ("[libdefaults]\n@  default_realm = A\n", Some(ImproperFormat), Some(LineLost), None),
    ("[a]\n@[realms]\n", Some(ImproperFormat), Some(SectionDropped), None),
    ("[a]\nb = {\n@}\n", Some(ImproperFormat), Some(LineLost), None),
    ("[a]\n@# comment\n", Some(ImproperFormat), None, None),
    ("[a]\n@#a=b\n", None, None, None),
    ("[a]\n@\n", Some(ImproperFormat), None, None),
    ("[a]\nb = {@\n}\n", Some(ImproperFormat), None, None),
    ("[realms]\n A =@ {\n }\n", Some(ImproperFormat), Some(ImproperFormat), None),
    ("[a]@\n", Some(ImproperFormat), None, None),
    ("[@a]\n", Some(KeyMisnamed), Some(ImproperFormat), None),
    ("[a]\nkdc = k:88@\n", Some(ValueChanged), None, None),
    ("[a]\ndefault_realm = A@\n", Some(ValueChanged), None, None),
    ("[a]\nincludedir /x@\n", Some(ValueChanged), None, None),
    ("# @ comment\n[a]\n# @ c\n", None, None, None),
    ("[a]\nb = \"c\" @\n", None, None, None),
];

fn file(row: &str, bytes: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = row.split('@').map(str::as_bytes).collect();
    parts.join(bytes)
}

fn effects(file: &[u8]) -> Vec<Effect> {
    scan(file).iter().filter_map(|stray| stray.effect).collect()
}

/// The file alone; whatever it includes is there, and empty.
struct Alone(Vec<u8>);

impl Files for Alone {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        let is_it = path == b"krb5.conf";
        Ok(if is_it {
            self.0.as_slice().into()
        } else {
            Arc::default()
        })
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        if path == b"krb5.conf" {
            return Err(Unreadable::Other);
        }
        Ok(Vec::new())
    }
}

fn mended(file: &[u8]) -> Result<Repair, Refusal> {
    let files = Alone(file.to_vec());
    mend(b"krb5.conf", file, &files, Release::default())
}

/// White space in these two rows changes what the line says, but nobody would call it stray: a
/// space within brackets is to be seen. And a carriage return is a part of the line end.
fn is_meant(row: &str, space: &[u8]) -> bool {
    row.starts_with("[@") || (space == b"\r" && row.ends_with("@\n"))
}

#[test]
fn every_byte_has_its_effect_in_every_position_and_is_taken_out_again() {
    for (row, invisible, nul, space) in TABLE {
        let clean = file(row, b"");
        assert_eq!(effects(&clean), [], "{row:?}");
        let kinds = STRAY
            .into_iter()
            .chain([DIRECTION])
            .map(|bytes| (bytes, invisible));
        let kinds = kinds.chain([(&b"\0"[..], nul)]);
        let spaces = SPACE.iter().filter(|bytes| !is_meant(row, bytes));
        for (bytes, expected) in kinds.chain(spaces.map(|bytes| (*bytes, space))) {
            // The row of a path's end is about the space; other white space is the same to MIT.
            let expected = if row.contains("/x@") && SPACE.contains(&bytes) {
                Some(ValueChanged)
            } else if (row.contains("=@A") || row.contains("[@a")) && bytes == b"^[" {
                // It could be a part of a pattern.
                None
            } else {
                expected
            };
            let file = file(row, bytes);
            let found = effects(&file);
            assert_eq!(found, Vec::from_iter(expected), "{row:?} with {bytes:02X?}");
            match expected {
                Some(_) => {
                    let repair = mended(&file);
                    let repair =
                        repair.unwrap_or_else(|why| panic!("{row:?} {bytes:02X?}: {why:?}"));
                    assert_eq!(repair.after, clean, "{row:?} with {bytes:02X?}");
                }
                None => assert_eq!(mended(&file), Err(Refusal::NothingToMend), "{row:?}"),
            }
        }
    }
}

#[test]
fn the_place_of_a_stray_byte_is_exact() {
    let file = b"[libdefaults]\r\n \xE2\x80\x8Bdefault_realm = A\r\n";
    let found = scan(file);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, found[0].column), (2, 2));
    assert_eq!(found[0].bytes, 16..19);
}

#[test]
fn every_one_is_found_not_only_the_first() {
    let file = "\u{feff}[libdefaults]\n\u{a0}default_realm\u{a0}=\u{a0}A\u{200b}\n\u{feff}[realms]\n\u{a0}\u{a0}A = {\n\u{feff}kdc = k\n }\n";
    let found: Vec<_> = scan(file.as_bytes())
        .iter()
        .map(|stray| (stray.line, stray.effect))
        .collect();
    assert_eq!(
        found,
        [
            (1, Some(SectionDropped)),
            (2, Some(KeyMisnamed)),
            (2, Some(KeyMisnamed)),
            (2, Some(ValueChanged)),
            (2, Some(ValueChanged)),
            (3, Some(ImproperFormat)),
            (4, Some(KeyMisnamed)),
            (5, Some(KeyMisnamed)),
        ]
    );
    let repair = mended(file.as_bytes()).expect("it can be mended");
    assert_eq!(
        repair.after,
        b"[libdefaults]\ndefault_realm=A\n[realms]\nA = {\nkdc = k\n }\n"
    );
}

#[test]
fn comments_and_harmless_bytes_stay_as_they_are() {
    let file =
        "\u{feff}# a\u{a0}comment\u{200b}\n[libdefaults]\n\u{feff}default_realm = A\n# b\u{200b}\n";
    let repair = mended(file.as_bytes()).expect("it can be mended");
    assert_eq!(
        String::from_utf8_lossy(&repair.after),
        "\u{feff}# a\u{a0}comment\u{200b}\n[libdefaults]\ndefault_realm = A\n# b\u{200b}\n"
    );
}

#[test]
fn nobody_guesses_what_was_meant_inside_a_word() {
    for file in [
        "[libdefaults]\ndefault\u{200b}_realm = A\n",
        "[libdefaults]\ndefault_realm = EXAMPLE\u{200b}.COM\n",
        "[libdefaults]\ninclude\u{a0}/x\n",
        "[lib\0defaults]\n",
    ] {
        assert_eq!(scan(file.as_bytes()).len(), 1, "{file:?}");
        let refused = mended(file.as_bytes());
        assert!(
            matches!(refused, Err(Refusal::InsideWord(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn a_pattern_in_a_value_is_no_stray_byte() {
    let rule = "[realms]\n A = {\n  auth_to_local = RULE:[1:$1@$0](^[a-z]+@A\\.B$)s/@.*//\n  x = ^[a-z]\n }\n";
    assert_eq!(effects(rule.as_bytes()), []);
}

#[test]
fn what_a_terminal_obeys_is_taken_out_whole() {
    for before in [
        "\u{1b}[01;31m\u{1b}[K",
        "^[[m",
        "\u{1b}[?25h",
        "^[[200~",
        "\u{1b}(B\u{1b}[m",
        "\u{1b}]0;t\u{7}",
    ] {
        let file = format!("{before}[libdefaults]\u{1b}[m\u{1b}[K\n default_realm = A\n");
        let repair = mended(file.as_bytes()).expect("it can be mended");
        assert_eq!(
            repair.after, b"[libdefaults]\n default_realm = A\n",
            "{before:?}"
        );
    }
}

#[test]
fn what_joins_letters_is_no_stray_byte() {
    let file = "[a]\nb = \u{645}\u{6cc}\u{200c}\u{62e}\u{648}\n c = \u{2764}\u{fe0f}\n";
    assert_eq!(effects(file.as_bytes()), []);
    assert_eq!(effects("[a]\n\u{200c}b = c\n".as_bytes()), [KeyMisnamed]);
}

#[test]
fn a_file_that_is_wrong_besides_is_left_alone() {
    let refused = mended(b"\xEF\xBB\xBF[libdefaults]\nno relation\n");
    let Err(Refusal::StillFaulty(fault, _)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(fault.place.map(|place| place.line), Some(2));
}

#[test]
fn utf16_becomes_utf8_as_a_whole() {
    let text = "[libdefaults]\r\n default_realm = \u{c9}\r\n";
    for mark in ["\u{feff}", ""] {
        for big_endian in [false, true] {
            let units = format!("{mark}{text}");
            let units = units.encode_utf16();
            let file: Vec<u8> = units
                .flat_map(|unit| {
                    if big_endian {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect();
            assert_eq!(scan(&file).len(), 1, "{mark:?} {big_endian}");
            let repair = mended(&file).expect("it can be mended");
            assert_eq!(repair.source(), text.as_bytes());
            assert_eq!(repair.after, text.as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(file: Vec<u8>) {
        let _ = (scan(&file), mended(&file));
    }

    /// What is taken out is stray, what stays is the rest, and Kerberos reads what comes out.
    #[test]
    fn nothing_but_stray_bytes_is_taken_out(
        file in "(\\[a\\]\n)?([\u{feff}\u{200b}\u{a0} a=\\[\\]{}\0#\"\u{1b}\r]{0,8}\n){0,6}"
    ) {
        let file = file.as_bytes();
        if let Ok(repair) = mended(file) {
            prop_assert!(read_alone(&repair.after, Release::default()).fault.is_none());
            prop_assert_eq!(effects(&repair.after), []);
            let mut rebuilt = repair.after.clone();
            for stray in &repair.removed {
                let bytes = file[stray.bytes.clone()].iter().copied();
                rebuilt.splice(stray.bytes.start..stray.bytes.start, bytes);
            }
            prop_assert_eq!(rebuilt, file);
        }
    }
}
