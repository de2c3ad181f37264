//! A krb5.conf of this computer, looked at with `--krb5-conf`.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use program::{Desk, finding, roots};

#[test]
fn the_place_of_a_stray_byte_in_a_krb5_conf_is_exact() {
    let desk = Desk::new();
    desk.file(
        "clean",
        "[libdefaults]\n    default_realm = EXAMPLE.COM\n\tdns_lookup_kdc = true\n",
    );
    let ran = desk.run(&["check", "--krb5-conf", "clean", "--format", "json"]);
    let report = ran.ended(0).json();
    assert_eq!(
        finding(&report["targets"][0], "krb5-stray-bytes")["status"],
        "pass"
    );

    for (content, line, column, byte) in [
        ("\u{feff}[libdefaults]\n default_realm = A\n", 1, 1, 0),
        ("[libdefaults]\n\u{feff}default_realm = A\n", 2, 1, 14),
        (
            "[libdefaults]\r\n  \u{feff} default_realm = A\r\n",
            2,
            3,
            17,
        ),
    ] {
        desk.file("stray", content);
        let ran = desk.run(&["check", "--krb5-conf", "stray", "--format", "json"]);
        let report = ran.ended(1).json();
        let target = &report["targets"][0];
        assert_eq!(roots(target), ["krb5-stray-bytes"]);
        assert_eq!(
            finding(target, "krb5-stray-bytes")["location"],
            serde_json::json!({"path": "stray", "line": line, "column": column, "byte": byte})
        );
    }
    let line = desk.run(&["check", "--krb5-conf", "missing"]);
    assert!(
        line.refused().contains("missing cannot be read"),
        "{line:?}"
    );
    desk.run(&["check", "--krb5-conf", "."]).refused();
}

#[test]
fn the_bytes_of_a_krb5_conf_cannot_command_the_terminal() {
    let desk = Desk::new();
    desk.file(
        "odd",
        b"[libdefaults]\n\x1b]0;x\x07default_realm = \x1b[2J\xff\x9b31m\n",
    );
    for format in ["human", "json"] {
        let ran = desk.run(&["check", "--krb5-conf", "odd", "--format", format]);
        ran.ended(1).is_harmless();
    }
}

/// Windows knows no such names.
#[cfg(unix)]
#[test]
fn the_name_of_a_krb5_conf_cannot_command_the_terminal() {
    let desk = Desk::new();
    let name = "a\u{1b}]0;x\u{7}\n\u{9b}31m";
    for (content, status) in [("[libdefaults]\n", 0), ("\u{feff}[libdefaults]\n", 1)] {
        desk.file(name, content);
        for format in ["human", "json"] {
            let ran = desk.run(&["check", "-v", "--krb5-conf", name, "--format", format]);
            ran.ended(status).is_harmless();
        }
    }
}
