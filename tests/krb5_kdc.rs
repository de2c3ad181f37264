//! A user whose krb5.conf hides bytes, with a real KDC: `kinit` fails, boxdoctor finds the byte and
//! mends the file, `kinit` succeeds, and `undo` brings the file back as it was.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(unix)]

#[path = "support/kdc.rs"]
mod kdc;
#[path = "support/program.rs"]
mod program;

use kdc::{Client, Kdc};
use program::{Desk, finding, roots};
use serde_json::{Value, json};

const IMPROPER: &str =
    "kinit: Improper format of Kerberos configuration file while initializing Kerberos 5 library";
const NO_DEFAULT: &str =
    "kinit: Configuration file does not specify default realm when parsing name alice";
const BAD_PORT: &str = "kinit: Invalid argument while getting initial credentials";
const NO_KDC: &str =
    "kinit: Cannot find KDC for realm \"KITCHEN.TEST\" while getting initial credentials";

const NONE: [&str; 0] = [];

/// A file that hides something.
struct Hiding {
    what: &'static str,
    bytes: Vec<u8>,
    /// Where the first byte of it is.
    at: usize,
    kinit: &'static str,
}

impl Hiding {
    fn location(&self) -> Value {
        let above = &self.bytes[..self.at];
        let line = 1 + above.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + above
            .iter()
            .rev()
            .take_while(|byte| **byte != b'\n')
            .count();
        json!({"path": "krb5.conf", "line": line, "column": column, "byte": self.at})
    }
}

/// These bytes put before the first place where the text says this.
fn before(
    text: &str,
    place: &str,
    stray: &[u8],
    what: &'static str,
    kinit: &'static str,
) -> Hiding {
    let at = text.find(place).expect("the place is there");
    hidden(text, at, stray, what, kinit)
}

fn after(text: &str, place: &str, stray: &[u8], what: &'static str, kinit: &'static str) -> Hiding {
    let at = text.find(place).expect("the place is there") + place.len();
    hidden(text, at, stray, what, kinit)
}

fn hidden(text: &str, at: usize, stray: &[u8], what: &'static str, kinit: &'static str) -> Hiding {
    let bytes = [&text.as_bytes()[..at], stray, &text.as_bytes()[at..]].concat();
    Hiding {
        what,
        bytes,
        at,
        kinit,
    }
}

fn utf16(text: &str, mark: bool, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(order)
        .collect()
}

fn whole(bytes: Vec<u8>, what: &'static str, kinit: &'static str) -> Hiding {
    Hiding {
        what,
        bytes,
        at: 0,
        kinit,
    }
}

/// The rows of the table of stray bytes, each with what is met in practice.
fn hidings(kdc: &Kdc) -> Vec<Hiding> {
    let text = &kdc.configuration();
    let port = format!("127.0.0.1:{}", kdc.port);
    let (bom, zero_width, no_break): (&[u8], &[u8], &[u8]) =
        (b"\xef\xbb\xbf", b"\xe2\x80\x8b", b"\xc2\xa0");
    vec![
        before(text, "[libdefaults]", bom, "a mark before all", NO_DEFAULT),
        before(
            text,
            "[libdefaults]",
            b" ",
            "a space before all",
            NO_DEFAULT,
        ),
        before(text, "default_realm", zero_width, "at a key", NO_DEFAULT),
        before(text, "default_realm", b"\0", "a NUL at a key", NO_DEFAULT),
        before(text, "    default_realm", bom, "before an indent", IMPROPER),
        before(text, "kdc = 127", no_break, "at the kdc", NO_KDC),
        before(text, "KITCHEN.TEST = {", b"\xc2\xad", "at a realm", NO_KDC),
        before(text, "[realms]", b"\x1b[0m", "at a section", IMPROPER),
        before(text, "[realms]", b"\xff\xfe", "at a section", IMPROPER),
        before(text, "}", b"\x7f", "at a brace", IMPROPER),
        before(text, "}", b"\0", "a NUL at a brace", IMPROPER),
        after(text, "}\n", b"\x1a", "alone on a line", IMPROPER),
        after(
            text,
            "TEST = {",
            b"\xe3\x80\x80",
            "behind a brace",
            IMPROPER,
        ),
        after(text, &port, no_break, "behind the port", BAD_PORT),
        after(text, &port, zero_width, "behind the port", BAD_PORT),
        after(
            text,
            "= KITCHEN.TEST",
            no_break,
            "behind the default realm",
            "kinit: Cannot find KDC for realm \"KITCHEN.TEST\u{a0}\" while getting initial credentials",
        ),
        whole(utf16(text, true, u16::to_le_bytes), "UTF-16", NO_DEFAULT),
        whole(utf16(text, true, u16::to_be_bytes), "UTF-16", NO_DEFAULT),
        whole(utf16(text, false, u16::to_le_bytes), "UTF-16", IMPROPER),
    ]
}

#[test]
fn kinit_fails_on_each_hidden_byte_and_boxdoctor_names_it() {
    let (kdc, desk) = (Kdc::start(), Desk::new());
    for hiding in hidings(&kdc) {
        let what = hiding.what;
        let client = Client::new(desk.file("krb5.conf", &hiding.bytes));
        assert_eq!(client.kinit().expect_err(what), hiding.kinit, "{what}");
        assert!(!client.has_ticket(), "{what}");

        let report = check(&desk, 1);
        let target = &report["targets"][0];
        assert_eq!(roots(target).first(), Some(&"krb5-stray-bytes"), "{what}");
        let location = &finding(target, "krb5-stray-bytes")["location"];
        assert_eq!(location, &hiding.location(), "{what}");

        desk.file("krb5.conf", kdc.configuration());
        client.kinit().expect(what);
        assert!(client.has_ticket(), "{what}");
        let report = check(&desk, 0);
        assert_eq!(roots(&report["targets"][0]), NONE, "{what}");
    }
}

#[test]
fn a_repair_makes_kinit_succeed_and_undo_brings_each_byte_back() {
    let (kdc, desk) = (Kdc::start(), Desk::new());
    for hiding in hidings(&kdc) {
        let what = hiding.what;
        let path = desk.file("krb5.conf", &hiding.bytes);
        let bytes = || std::fs::read(&path).expect("the file is there");
        let client = Client::new(path.clone());
        client.kinit().expect_err(what);

        let ran = desk.run(&["fix", "--yes", "--krb5-conf", "krb5.conf"]);
        assert_eq!(ran.status, Some(0), "{what}: {ran:?}");
        assert_eq!(bytes(), kdc.configuration().as_bytes(), "{what}");
        client.kinit().expect(what);
        assert!(client.has_ticket(), "{what}");

        let ran = desk.run(&["undo"]);
        assert_eq!(ran.status, Some(0), "{what}: {ran:?}");
        assert_eq!(bytes(), hiding.bytes, "{what}");
        assert_eq!(client.kinit().expect_err(what), hiding.kinit, "{what}");
    }
}

fn check(desk: &Desk, status: i32) -> Value {
    let arguments = ["check", "--krb5-conf", "krb5.conf", "--format", "json"];
    desk.run(&arguments).ended(status).json()
}
