//! What every byte that nobody sees does at every place where it happens to stand.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/byte_table.rs"]
mod byte_table;
#[path = "support/krb5_answer.rs"]
mod krb5_answer;
#[path = "support/krb5_case.rs"]
mod krb5_case;
#[path = "support/krb5_traps.rs"]
mod krb5_traps;
#[path = "support/mutate.rs"]
mod mutate;

use boxdoctor::escape::escape;
use boxdoctor::krb5::{Code, Configuration, Release};
use byte_table::{BYTE, Becomes, Expected, Kinit, rows};
use krb5_answer::Answer;
use krb5_case::Case;
use krb5_traps::traps;

#[test]
fn every_byte_does_at_every_place_what_the_table_says() {
    let mut fields = 0;
    for row in rows() {
        for field in row.fields() {
            let Expected { becomes, kinit } = field.expected;
            assert_eq!(
                field.case.answer(Release::default()),
                expected(becomes, &field.clean, field.bytes),
                "{}",
                field.name
            );
            assert_eq!(kinit_says(&field.case), kinit, "{}", field.name);
            assert_eq!(kinit_says(&field.clean), Kinit::Works, "{}", field.name);
            fields += 1;
        }
    }
    assert_eq!(fields, 22 * (20 + 1 + 5));
}

#[test]
fn files_that_are_wrong_in_ways_that_nobody_sees() {
    for trap in traps() {
        let case = Case::alone(trap.file);
        assert_eq!(
            case.answer(Release::default()),
            expected(trap.becomes, &case, b""),
            "{}",
            trap.name
        );
    }
}

#[test]
fn files_that_include_one_another_end() {
    let others: [(&str, &[u8]); 2] = [
        ("other.inc", b"include main.krb5\n"),
        ("drop/plain", b"includedir drop\n"),
    ];
    for (main, code) in [
        ("include main.krb5\n", "PROF_FAIL_INCLUDE_FILE"),
        ("include other.inc\n", "PROF_FAIL_INCLUDE_FILE"),
        (
            "[a]\nb = {\ninclude ./main.krb5\n",
            "PROF_FAIL_INCLUDE_FILE",
        ),
        ("includedir drop\n", "PROF_FAIL_INCLUDE_DIR"),
    ] {
        let answer = Case::of(main, &others).answer(Release::default());
        assert_eq!(answer, Answer::refusal(code), "{main}");
    }
}

fn expected(becomes: Becomes, clean: &Case, bytes: &[u8]) -> Answer {
    let clean = clean.answer(Release::default());
    match becomes {
        Becomes::Same => clean,
        Becomes::Like(file) => Case::alone(file).answer(Release::default()),
        Becomes::Refused(code) => Answer::refusal(code),
        Becomes::Replaced { from, to } => {
            assert_eq!(clean.tree.matches(from).count(), 1, "{from} in {clean:?}");
            let to = to.replace(BYTE, &escape(bytes));
            Answer {
                tree: clean.tree.replace(from, &to),
                ..clean
            }
        }
    }
}

/// What `kinit` would say, by what it asks of the configuration.
fn kinit_says(case: &Case) -> Kinit {
    let asked = case.asked.as_bytes();
    let configuration = Configuration::read(&[asked], case, Release::default());
    if let Some((_, fault)) = configuration.fault() {
        return match fault.code {
            Code::FailIncludeFile | Code::FailIncludeDir => Kinit::IncludeUnreadable,
            code => {
                assert!(code.is_improper_format(), "{code:?}");
                Kinit::ImproperFormat
            }
        };
    }
    let Some(realm) = configuration.first(&["libdefaults", "default_realm"]) else {
        return Kinit::NoDefaultRealm;
    };
    let kdc = configuration.all_named(&[b"realms", &realm.text, b"kdc"]);
    if kdc.is_empty() {
        Kinit::NoKdc
    } else {
        Kinit::Works
    }
}
