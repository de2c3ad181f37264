//! What MIT's own library has answered, asked of boxdoctor on every computer.
//!
//! `UPDATE_RECORDED=1 cargo test --features system --test krb5_library` asks the library anew.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/krb5_answer.rs"]
mod krb5_answer;
#[path = "support/krb5_case.rs"]
mod krb5_case;
#[path = "support/krb5_recorded.rs"]
mod krb5_recorded;

use std::collections::BTreeSet;

use boxdoctor::krb5::Release;

/// Every verdict that a file can come to, but those of a disk that fails.
const VERDICTS: [&str; 10] = [
    "ENOENT",
    "OK",
    "PROF_EXTRA_CBRACE",
    "PROF_FAIL_INCLUDE_DIR",
    "PROF_FAIL_INCLUDE_FILE",
    "PROF_MISSING_OBRACE",
    "PROF_MODULE",
    "PROF_RELATION_SYNTAX",
    "PROF_SECTION_NOTOP",
    "PROF_SECTION_SYNTAX",
];

#[test]
fn boxdoctor_answers_what_the_library_has_answered() {
    let recorded = krb5_recorded::read();
    assert!(recorded.len() >= 300, "only {} cases", recorded.len());
    for kept in &recorded {
        let answer = kept.case.answer(Release::default());
        assert_eq!(answer, kept.answer, "{}", kept.name);
    }
    let verdicts: BTreeSet<&str> = recorded
        .iter()
        .map(|kept| kept.answer.verdict.as_str())
        .collect();
    assert_eq!(verdicts.into_iter().collect::<Vec<_>>(), VERDICTS);
    let names: BTreeSet<&str> = recorded.iter().map(|kept| kept.name.as_str()).collect();
    assert_eq!(names.len(), recorded.len(), "a name is there twice");
}
