//! Settings that work and settings that do not: what boxdoctor reads out of a krb5.conf, beside what
//! `kinit` makes of the same file with a real KDC.
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
use program::{Desk, roots};

const NO_DEFAULT: &str = "does not specify default realm";
const NO_KDC: &str = "Cannot find KDC for realm";
const BAD_SERVER: &str = "Invalid argument";
const IMPROPER: &str = "Improper format of Kerberos configuration file";
const BAD_LIFETIME: &str = "Invalid format of Kerberos lifetime";
const NO_TYPES: &str = "No supported encryption types";
const NO_FOLDER: &str = "Included profile directory could not be read";
/// What `kinit` says where it gets a ticket, and the check that finds nothing.
const NOTHING: &str = "";

/// What is put in the place of what, in a file in order; what `kinit` then says; and the root cause.
const CHANGES: [(&str, &str, &str, &str); 52] = [
    ("", "", NOTHING, NOTHING),
    // The default realm.
    ("realm = K", "realm = k", NO_KDC, "krb5-realm-kdc"),
    (
        "realm = KITCHEN.TEST",
        "realm = KITCHEN.TEST # us",
        NO_KDC,
        "krb5-default-realm",
    ),
    (
        "realm = KITCHEN.TEST",
        "realm = KITCHEN.TEST;",
        NO_KDC,
        "krb5-default-realm",
    ),
    (
        "realm = KITCHEN.TEST",
        "realm = \"KITCHEN.TEST\"",
        NOTHING,
        NOTHING,
    ),
    (
        "realm = KITCHEN.TEST",
        "realm = KITCHEN.TEST\t ",
        NOTHING,
        NOTHING,
    ),
    ("realm = KITCHEN.TEST", "realm =", IMPROPER, "krb5-syntax"),
    (
        "    default_realm",
        "    default_realm = OTHER\n    default_realm",
        NO_KDC,
        "krb5-default-realm",
    ),
    (
        "    dns_lookup_kdc",
        "    default_realm = OTHER\n    dns_lookup_kdc",
        NOTHING,
        NOTHING,
    ),
    ("default_realm =", "default_realm* =", NOTHING, NOTHING),
    // Sections and braces.
    (
        "[libdefaults]",
        "[ libdefaults ]",
        NO_DEFAULT,
        "krb5-syntax",
    ),
    ("[realms]", "[Realms]", NO_KDC, "krb5-syntax"),
    ("[realms]", "[realms]*", NOTHING, NOTHING),
    ("[realms]", "[realms] # here", IMPROPER, "krb5-syntax"),
    ("TEST = {", "TEST = { # here", IMPROPER, "krb5-syntax"),
    ("TEST = {", "TEST =\n    {", NOTHING, NOTHING),
    ("    }\n", "    } # end\n", NOTHING, NOTHING),
    ("    }\n", "", IMPROPER, "krb5-syntax"),
    (
        "[realms]",
        "[realms]\n    OTHER = {",
        IMPROPER,
        "krb5-syntax",
    ),
    ("\n", "\r\n", NOTHING, NOTHING),
    ("\n", "\r", IMPROPER, "krb5-syntax"),
    (
        "[libdefaults]",
        "[libdefaults]\n    forwardable",
        IMPROPER,
        "krb5-syntax",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    forwardable = maybe # perhaps",
        NOTHING,
        NOTHING,
    ),
    // Servers.
    ("127.0.0.1", "localhost", NOTHING, NOTHING),
    ("127.0.0.1", "[127.0.0.1]", NOTHING, NOTHING),
    ("127.0.0.1", "tcp:127.0.0.1", BAD_SERVER, "krb5-realm-kdc"),
    ("127.0.0.1:", "127.0.0.1:9", BAD_SERVER, "krb5-realm-kdc"),
    ("127.0.0.1:", "127.0.0.1:x", BAD_SERVER, "krb5-realm-kdc"),
    (
        " kdc =",
        " kdc = 127.0.0.1:1\n        kdc =",
        NOTHING,
        NOTHING,
    ),
    (
        " kdc =",
        " kdc = 127.0.0.1:x\n        kdc =",
        BAD_SERVER,
        "krb5-realm-kdc",
    ),
    (" kdc =", " admin_server =", NO_KDC, "krb5-realm-kdc"),
    // A password is also checked by this one, but no service gets a ticket from it.
    (" kdc =", " master_kdc =", NOTHING, "krb5-realm-kdc"),
    (
        "[realms]",
        "[realms]\n    OTHER = {\n    kdc = 127.0.0.1:1\n    }",
        NOTHING,
        NOTHING,
    ),
    (
        "[realms]",
        "[realms]\n    KITCHEN.TEST = {\n    admin_server = x\n    }",
        NOTHING,
        NOTHING,
    ),
    (".kitchen.test =", ".KITCHEN.TEST =", NOTHING, NOTHING),
    // Lifetimes; what `kinit` takes without a word is not always what was meant.
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 1d",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 24h 0m",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 10:00",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 24H",
        NOTHING,
        "krb5-lifetime",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 1w",
        NOTHING,
        "krb5-lifetime",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    ticket_lifetime = 24 h",
        BAD_LIFETIME,
        "krb5-lifetime",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    renew_lifetime = 7 days",
        BAD_LIFETIME,
        "krb5-lifetime",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    renew_lifetime = 7d",
        NOTHING,
        NOTHING,
    ),
    // Encryption types.
    (
        "[libdefaults]",
        "[libdefaults]\n    permitted_enctypes = aes256-cts,aes128-cts",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    permitted_enctypes = DEFAULT -rc4",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    permitted_enctypes = foo aes256-cts",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    permitted_enctypes = foo",
        NO_TYPES,
        "krb5-enctypes",
    ),
    (
        "[libdefaults]",
        "[libdefaults]\n    default_tkt_enctypes = des-cbc-crc",
        NO_TYPES,
        "krb5-enctypes",
    ),
    // Includes.
    (
        "[libdefaults]",
        "includedir FOLDER\n[libdefaults]",
        NOTHING,
        NOTHING,
    ),
    (
        "[libdefaults]",
        "includedir FOLDER/none\n[libdefaults]",
        NO_FOLDER,
        "krb5-include",
    ),
    (
        "[libdefaults]",
        "includedir FOLDER \n[libdefaults]",
        NO_FOLDER,
        "krb5-stray-bytes",
    ),
    (
        "[realms]",
        "  includedir FOLDER\n[realms]",
        IMPROPER,
        "krb5-stray-bytes",
    ),
];

#[test]
fn boxdoctor_and_kinit_are_of_one_mind_about_a_setting() {
    let (kdc, desk) = (Kdc::start(), Desk::new());
    let included = desk.file("included/more.conf", "[appdefaults]\n    a = b\n");
    let folder = included.parent().expect("a folder").display().to_string();
    for (old, new, says, check) in CHANGES {
        let new = new.replace("FOLDER", &folder);
        let sound = kdc.configuration();
        assert!(sound.contains(old), "{old}");
        let client = Client::new(desk.file("krb5.conf", sound.replace(old, &new)));
        match client.kinit() {
            Ok(()) => assert_eq!(says, NOTHING, "{old} -> {new}"),
            Err(said) => assert!(
                says != NOTHING && said.contains(says),
                "{old} -> {new}: {said}"
            ),
        }

        let ran = desk.run(&["check", "--krb5-conf", "krb5.conf", "--format", "json"]);
        assert_eq!(
            ran.status,
            Some(i32::from(check != NOTHING)),
            "{old} -> {new}: {ran:?}"
        );
        let report = ran.json();
        let found = roots(&report["targets"][0]).first().copied();
        if check != NOTHING {
            assert_eq!(found, Some(check), "{old} -> {new}: {report:#}");
        }
    }
}
