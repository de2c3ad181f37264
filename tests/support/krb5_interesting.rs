//! Cases that are worth being kept with the library's answers, each for a reason of its own.
#![allow(dead_code)] // each test binary uses its own part of this

use super::byte_table::rows;
use super::krb5_case::Case;
use super::krb5_includes;
use super::krb5_traps::traps;
use super::mutate::WHOLE;

/// Lines of a section, each of which is a case.
const LINES: [&str; 58] = [
    "a=b",
    "a =b",
    "a= b",
    "\ta\t=\tb\t",
    "a = b = c",
    "a == b",
    "=b",
    " = b",
    "a",
    "a b",
    "a b = c",
    "a\tb = c",
    "a\x0B= b",
    "a = ",
    "a=",
    "a = {",
    "a = {}",
    "a = { ",
    "a = {\t\r",
    "a = {b",
    "a = {}}",
    "a = }",
    "}",
    "}*",
    "} junk",
    "a = {\n}*",
    "a = {\n} *",
    "a = {\n}junk",
    "a =\n{",
    "a =\n  { rest",
    "a =\n\n{",
    "a =\n# c\n{",
    "a =\nb = c",
    "a =\n}",
    "a = \"\"",
    "a = \"b",
    "a = \"b\"c",
    "a = \"b\\",
    "a = \"\\n\\t\\b\\x\\\"\\\\\"",
    "a = \" b \"",
    "a = b\"c\"",
    "a = \"b\\\"",
    "a = 'b'",
    "a* = b",
    "a* = {\n}",
    "a*b = c",
    "* = b",
    "*a = b",
    "a** = b",
    "a * = b",
    "a = *",
    "[b",
    "[b]]",
    "[b]*",
    "[b]**",
    "[b] *",
    "[b]\t\x0C\r",
    "[]",
];

/// Whole files.
const FILES: [(&str, &str); 16] = [
    ("nothing", ""),
    ("nothing but comments", "# a\n\n\n; b\n"),
    (
        "sections of one name are one",
        "[a]\nb = 1\n[c]\n[a]\nb = 2\n",
    ),
    (
        "subsections of one name are one",
        "[a]\nb = {\nc = 1\n}\nb = {\nc = 2\n}\n",
    ),
    (
        "a relation and a subsection of one name",
        "[a]\nb = 1\nb = {\nc = 2\n}\nb = 3\n",
    ),
    (
        "a subsection and a relation of one name",
        "[a]\nb = {\nc = 2\n}\nb = 3\nb = {\nd = 4\n}\n",
    ),
    (
        "names are sorted as bytes",
        "[a]\nb = 1\nB = 2\n\u{e9} = 3\n_ = 4\n1 = 5\nbb = 6\n",
    ),
    ("a module", "module lib:rest\n[a]\n"),
    ("a module after a section", "[a]\nmodule lib:rest\n"),
    ("a module without white space", "module:lib\n[a]\nb = c\n"),
    ("nothing before a section counts", "a = b\n}\n[ \n"),
    ("a bracket that is indented", " [a]\nb = c\n[d]\ne = f\n"),
    ("a section within braces", "[a]\nb = {\n[c]\n"),
    ("braces that are never closed", "[a]\nb = {\nc = {\nd = e\n"),
    ("no line feed at the end", "[a]\nb = c"),
    (
        "a star in every place",
        "[a]*\nb* = {\nc* = d\n}*\n[e]\nf = {\n}*\n",
    ),
];

/// Bytes of the table that stand for all.
const SOME: [&[u8]; 5] = [b"\xEF\xBB\xBF", b"\xA0", b"^[", b"\0", b"\r"];

pub fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for line in LINES {
        let file = format!("[a]\n{line}\nlast = 1\n");
        cases.push((
            format!("the line {}", line.escape_debug()),
            Case::alone(file),
        ));
    }
    for (name, file) in FILES {
        cases.push((name.to_owned(), Case::alone(file)));
    }
    for (number, file) in WHOLE.into_iter().enumerate() {
        cases.push((format!("a whole file, number {number}"), Case::alone(file)));
    }
    for row in rows() {
        let fields = row.fields().filter(|field| SOME.contains(&field.bytes));
        cases.extend(fields.map(|field| (field.name, field.case)));
    }
    for trap in traps() {
        cases.push((trap.name.to_owned(), Case::alone(trap.file)));
    }
    let many: String = (0..40).map(|number| format!("b = {number}\n")).collect();
    let name = "many relations of one name stay in their order".to_owned();
    cases.push((name, Case::alone(format!("[a]\n{many}"))));
    cases.extend(long_lines());
    cases.push((
        "every name in a folder".to_owned(),
        krb5_includes::every_name(),
    ));
    cases.extend(krb5_includes::asked());
    // Elsewhere they do the same.
    cases.extend(krb5_includes::lines().filter(|(name, _)| name.ends_with("within braces")));
    cases
}

/// Lines about as long as the library's buffer.
fn long_lines() -> impl Iterator<Item = (String, Case)> {
    let of_length = |length: usize| {
        let value = format!("a = {}", "x".repeat(length - 4));
        let comment = format!("#{}", "b = c".repeat(length / 5 + 1));
        [("value", value), ("comment", comment)].map(|(what, line)| {
            let file = format!("[s]\n{}\nd = e\n", &line[..length]);
            (format!("a {what} of {length} bytes"), Case::alone(file))
        })
    };
    (2046..2050).flat_map(of_length)
}
