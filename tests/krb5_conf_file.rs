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

const HEALTHY: &str = "[libdefaults]
 default_realm = CORP.EXAMPLE.COM
 dns_lookup_kdc = false
[realms]
 CORP.EXAMPLE.COM = {
  kdc = dc1.corp.example.com
 }
";

/// A file, the check that must name its fault, how bad that is, the line, and a part of the summary.
const FAULTS: &[(&str, &str, &str, u32, &str)] = &[
    (
        "[libdefaults]\n default_realm CORP.EXAMPLE.COM\n",
        "krb5-syntax",
        "error",
        2,
        "no `name = value`",
    ),
    (
        "[libdefaults] # ours\n default_realm = A\n",
        "krb5-syntax",
        "error",
        1,
        "something after it",
    ),
    (
        "[realms]\n A = {\n  kdc = a.example.com\n[domain_realm]\n a = A\n",
        "krb5-syntax",
        "error",
        4,
        "the one of line 2",
    ),
    (
        "[realms]\n A = { # ours\n  kdc = a.example.com\n }\n",
        "krb5-syntax",
        "error",
        4,
        "the { of line 2 opens nothing",
    ),
    (
        "[libdefaults]\n default_realm =\n rdns = false\n",
        "krb5-syntax",
        "error",
        3,
        "see line 2",
    ),
    (
        "[ libdefaults ]\n default_realm = A\n",
        "krb5-syntax",
        "error",
        1,
        "the spaces in the brackets count",
    ),
    (
        "[libdefaults]\n default_realm = A\n[Domain_Realm]\n a = A\n",
        "krb5-syntax",
        "warning",
        3,
        "capitals count",
    ),
    (
        "[libdefaults]\n default_realm = A\n allow_weak_crypto = true # old\n",
        "krb5-syntax",
        "error",
        3,
        "neither yes nor no",
    ),
    (
        "[libdefaults]\n default_realm = A\n udp_preference_limit = 1 # tcp\n",
        "krb5-syntax",
        "error",
        3,
        "is no number, and so nobody gets a ticket",
    ),
    (
        "[libdefaults]\n default_realm = A\n noaddresses = true # NAT\n",
        "krb5-syntax",
        "warning",
        3,
        "is taken for no, without a word",
    ),
    (
        "[libdefaults]\n default_realm = A\n rdns = false # NAT\n",
        "krb5-syntax",
        "warning",
        3,
        "is taken for yes, without a word",
    ),
    (
        "[realms]\n A = {\n  kdc = a.example.com\n[libdefaults\n",
        "krb5-syntax",
        "error",
        4,
        "a { is still open",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = a.example.com\n",
        "krb5-syntax",
        "info",
        4,
        "never closed",
    ),
    (
        "[libdefaults]\n Default_Realm = A\n",
        "krb5-default-realm",
        "error",
        2,
        "not what Kerberos takes for a default realm",
    ),
    (
        "[libdefaults]\n default_realm = A # ours\n",
        "krb5-default-realm",
        "error",
        2,
        "a comment behind the realm",
    ),
    (
        "[libdefaults]\n default_realm = corp.example.com\n",
        "krb5-default-realm",
        "info",
        2,
        "not in capitals",
    ),
    (
        "[libdefaults]\n default_realm = A\n dns_lookup_kdc = false\n",
        "krb5-realm-kdc",
        "error",
        2,
        "DNS is not to be asked",
    ),
    (
        "[libdefaults]\n default_realm = A\n dns_lookup_kdc = true # yes\n",
        "krb5-realm-kdc",
        "error",
        3,
        "since 'true # yes' is not yes",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = { kdc = a.example.com }\n",
        "krb5-realm-kdc",
        "warning",
        4,
        "may not stand on one line",
    ),
    (
        "[libdefaults]\n default_realm = A\n dns_lookup_kdc = no\n[realms]\n a = {\n  kdc = k\n }\n",
        "krb5-realm-kdc",
        "error",
        5,
        "capitals count",
    ),
    (
        "[libdefaults]\n default_realm = A\n dns_lookup_kdc = no\n[realms]\n B = {\n  kdc = b\n A = {\n  kdc = a\n }\n }\n",
        "krb5-realm-kdc",
        "error",
        7,
        "within the block of 'B'",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = a.example.com:88 # ours\n }\n",
        "krb5-realm-kdc",
        "error",
        5,
        "Kerberos refuses it",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = good\n  kdc = a;b\n }\n",
        "krb5-realm-kdc",
        "warning",
        6,
        "no host can have this name",
    ),
    (
        "[libdefaults]\n default_realm = A\n[domain_realm]\n *.example.com = A\n",
        "krb5-realm-kdc",
        "warning",
        4,
        "Kerberos knows no *",
    ),
    (
        "[libdefaults]\n default_realm = A\n[domain_realm]\n .Example.com = A\n",
        "krb5-realm-kdc",
        "warning",
        4,
        "small letters",
    ),
    (
        "include gone.conf\n[libdefaults]\n default_realm = A\n",
        "krb5-include",
        "error",
        1,
        "there is no such file",
    ),
    (
        "[libdefaults]\n default_realm = A\nincludedir folder/ \n",
        "krb5-include",
        "error",
        3,
        "the space at its end",
    ),
    (
        "include faulty\n",
        "krb5-include",
        "error",
        1,
        "included by itself",
    ),
    (
        "[libdefaults]\n default_realm = A\n default_tkt_enctypes = des-cbc-crc\n",
        "krb5-enctypes",
        "error",
        3,
        "leaves no encryption type",
    ),
    (
        "[libdefaults]\n default_realm = A\n permitted_enctypes = rc4-hmac\n",
        "krb5-enctypes",
        "warning",
        3,
        "leaves only arcfour-hmac",
    ),
    (
        "[libdefaults]\n default_realm = A\n permitted_enctypes = aes256-cts aes-128\n",
        "krb5-enctypes",
        "info",
        3,
        "knows 'aes-128'",
    ),
    (
        "[libdefaults]\n default_realm = A\n ticket_lifetime = 24H\n",
        "krb5-lifetime",
        "error",
        3,
        "for 24 seconds",
    ),
    (
        "[libdefaults]\n default_realm = A\n renew_lifetime = 1w\n",
        "krb5-lifetime",
        "warning",
        3,
        "for 1 second,",
    ),
    (
        "[libdefaults]\n default_realm = A\n ticket_lifetime = 1 day\n",
        "krb5-lifetime",
        "error",
        3,
        "Kerberos refuses ticket_lifetime",
    ),
    (
        "[libdefaults]\n default_realm = A\n clockskew = 10m\n",
        "krb5-lifetime",
        "warning",
        3,
        "Kerberos ignores it",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = k1 k2\n }\n",
        "krb5-realm-kdc",
        "warning",
        5,
        "is read in part",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = k1 :89\n }\n",
        "krb5-realm-kdc",
        "error",
        5,
        "at the usual port",
    ),
    (
        "[libdefaults]\n default_realm = A\ndns_lookup_kdc = no\n[realms]\n A = {\n  admin_server = k\n }\n",
        "krb5-realm-kdc",
        "error",
        5,
        "no kdc is written down",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realm]\n A = {\n  kdc = k\n }\n",
        "krb5-realm-kdc",
        "warning",
        4,
        "stands in [realm], not in [realms]",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  KDC = k\n }\n",
        "krb5-realm-kdc",
        "warning",
        5,
        "is no line kdc",
    ),
    (
        "[libdefaults]\n default_realm = A\n A = {\n  kdc = k\n }\n",
        "krb5-realm-kdc",
        "warning",
        3,
        "stands in [libdefaults]",
    ),
    (
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = k\n }\n[domain_realm]\n .a = a\n",
        "krb5-realm-kdc",
        "warning",
        8,
        "in other capitals",
    ),
    (
        "[libdefaults]\n default_realm = A\n[domain_realm]\n .a = A.\n",
        "krb5-realm-kdc",
        "warning",
        4,
        "no realm ends in a dot",
    ),
    (
        "[libdefaults]\n default_realm = 'A'\n",
        "krb5-default-realm",
        "error",
        2,
        "has a mark",
    ),
    (
        "[libdefaults]\n default_realm = A.\n",
        "krb5-default-realm",
        "error",
        2,
        "has a mark",
    ),
    (
        "[libdefaults]\n default_realm = A\\\\B\n",
        "krb5-default-realm",
        "error",
        2,
        "has a mark",
    ),
    (
        "[libdefaults]\n default_realm = A\n default_realm = B\n",
        "krb5-default-realm",
        "warning",
        3,
        "does not count, since 'A' stands above it",
    ),
    (
        "[libdefaults]\n[realms]\n A = {\n  kdc = k\n }\n",
        "krb5-default-realm",
        "warning",
        1,
        "names none",
    ),
    (
        "libdefaults:\n  default_realm: A\n",
        "krb5-syntax",
        "warning",
        1,
        "no [section] begins a line",
    ),
    (
        "[realms]\n A = {\n  kdc = a\n } B = {\n  kdc = b\n }\n",
        "krb5-syntax",
        "error",
        6,
        "behind the } of line 4 is dropped",
    ),
    (
        "[realms]\n A = {\n  kdc = a\n  kdc = b}\n[domain_realm]\n",
        "krb5-syntax",
        "error",
        5,
        "the } of line 4 is a part of the value",
    ),
    (
        "[libdefaults]\n default_realm = A\n B = {\n  ticket_lifetime = 1 day\n }\n",
        "krb5-lifetime",
        "warning",
        4,
        "nobody of 'B' gets a ticket",
    ),
    (
        "[libdefaults]\n default_realm = A\n permitted_enctypes = aes256-cts # only\n",
        "krb5-enctypes",
        "info",
        3,
        "behind the # counts as types",
    ),
    (
        "include /x/y # ours\n",
        "krb5-include",
        "error",
        1,
        "the comment is a part of the name",
    ),
    (
        "includedir 'folder'\n",
        "krb5-include",
        "error",
        1,
        "the quotes are a part of the name",
    ),
    (
        "includedir folder/empty.conf\n",
        "krb5-include",
        "error",
        1,
        "it is no folder",
    ),
];

#[test]
fn every_fault_of_a_configuration_is_named_with_its_line() {
    let desk = Desk::new();
    desk.file("folder/empty.conf", "");
    let mut wrong = Vec::new();
    for (content, slug, severity, line, words) in FAULTS {
        desk.file("faulty", content);
        let ran = desk.run(&["check", "--krb5-conf", "faulty", "--format", "json"]);
        let report = ran.ended(i32::from(*severity == "error")).json();
        let found = finding(&report["targets"][0], slug);
        let summary = found["summary"].as_str().unwrap_or_default();
        let is_named = found["status"] == "fail"
            && found["severity"] == *severity
            && found["location"]["line"] == *line
            && summary.contains(words);
        if !is_named {
            wrong.push(format!(
                "{content}\nshould be {severity} of {slug}, line {line}: {words}\n{found:#}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the packages of the distributions bring, and what people write for a domain.
const STOCK: &[(&str, &str)] = &[
    (
        "el6",
        "[logging]
 default = FILE:/var/log/krb5libs.log
 kdc = FILE:/var/log/krb5kdc.log
 admin_server = FILE:/var/log/kadmind.log

[libdefaults]
 default_realm = EXAMPLE.COM
 dns_lookup_realm = false
 dns_lookup_kdc = false
 ticket_lifetime = 24h
 renew_lifetime = 7d
 forwardable = true

[realms]
 EXAMPLE.COM = {
  kdc = kerberos.example.com
  admin_server = kerberos.example.com
 }

[domain_realm]
 .example.com = EXAMPLE.COM
 example.com = EXAMPLE.COM
",
    ),
    (
        "el7",
        "# Configuration snippets may be placed in this directory as well
includedir krb5.conf.d/

[logging]
 default = FILE:/var/log/krb5libs.log

[libdefaults]
 dns_lookup_realm = false
 ticket_lifetime = 24h
 renew_lifetime = 7d
 forwardable = true
 rdns = false
 pkinit_anchors = /etc/pki/tls/certs/ca-bundle.crt
# default_realm = EXAMPLE.COM
 default_ccache_name = KEYRING:persistent:%{uid}

[realms]
# EXAMPLE.COM = {
#  kdc = kerberos.example.com
#  admin_server = kerberos.example.com
# }

[domain_realm]
# .example.com = EXAMPLE.COM
# example.com = EXAMPLE.COM
",
    ),
    (
        "el9",
        "includedir krb5.conf.d/

[logging]
    default = FILE:/var/log/krb5libs.log

[libdefaults]
    dns_lookup_realm = false
    ticket_lifetime = 24h
    renew_lifetime = 7d
    forwardable = true
    rdns = false
    pkinit_anchors = FILE:/etc/pki/tls/certs/ca-bundle.crt
    spake_preauth_groups = edwards25519
    dns_canonicalize_hostname = fallback
    qualify_shortname = \"\"
#    default_realm = EXAMPLE.COM
    default_ccache_name = KEYRING:persistent:%{uid}

[realms]
# EXAMPLE.COM = {
#     kdc = kerberos.example.com
# }
",
    ),
    (
        "debian",
        "[libdefaults]
\tdefault_realm = ATHENA.MIT.EDU

# The following krb5.conf variables are only for MIT Kerberos.
\tkdc_timesync = 1
\tccache_type = 4
\tforwardable = true
\tproxiable = true
        rdns = false

# The following libdefaults parameters are only for Heimdal Kerberos.
\tfcc-mit-ticketflags = true

[realms]
\tATHENA.MIT.EDU = {
\t\tkdc = kerberos.mit.edu
\t\tkdc = kerberos-2.mit.edu:88
\t\tadmin_server = kerberos.mit.edu
\t\tdefault_domain = mit.edu
\t}
\tCSAIL.MIT.EDU = {
\t\tadmin_server = kerberos.csail.mit.edu
\t}
\tstanford.edu = {
\t\tkdc = krb5auth1.stanford.edu
\t}

[domain_realm]
\t.mit.edu = ATHENA.MIT.EDU
\t.stanford.edu = stanford.edu
",
    ),
    (
        "active-directory",
        "[libdefaults]
 default_realm = CORP.EXAMPLE.COM
 dns_lookup_realm = false
 dns_lookup_kdc = true
 ticket_lifetime = 10h # as the domain has it
 renew_lifetime = 7d
 clockskew = 5m
 default_tkt_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 rc4-hmac des-cbc-md5
 udp_preference_limit = 0

[realms]
 CORP.EXAMPLE.COM = {
  kdc = dc1.corp.example.com
  kdc = [2001:db8::1]:88
  auth_to_local = RULE:[1:$1@$0](.*@CORP\\.EXAMPLE\\.COM)s/@.*//
  auth_to_local_names = {
   admin = root
  }
 }

[domain_realm]
 .corp.example.com = CORP.EXAMPLE.COM
 .CORP.EXAMPLE.COM = CORP.EXAMPLE.COM

[appdefaults]
 pam = {
  ticket_lifetime = 36000
 }
",
    ),
    (
        "dns-only",
        "[libdefaults]\ndefault_realm = CORP.EXAMPLE.COM\n",
    ),
    ("plain", HEALTHY),
];

#[test]
fn nothing_is_wrong_with_the_files_of_the_distributions() {
    let desk = Desk::new();
    desk.file(
        "krb5.conf.d/crypto-policies",
        "[libdefaults]\npermitted_enctypes = aes256-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192\n",
    );
    for (name, content) in STOCK {
        desk.file(name, content);
        let ran = desk.run(&["check", "-v", "--krb5-conf", name, "--fail-on", "info"]);
        ran.ended(0);
    }
}

#[test]
fn a_file_that_is_passed_over_because_of_its_name_is_told() {
    let desk = Desk::new();
    desk.file("conf.d/site.CONF", "[libdefaults]\n default_realm = A\n");
    desk.file("conf.d/site.conf.rpmsave", "");
    desk.file("file", format!("includedir conf.d\n{HEALTHY}"));
    let ran = desk.run(&["check", "--krb5-conf", "file", "--format", "json"]);
    let report = ran.ended(0).json();
    let found = finding(&report["targets"][0], "krb5-include");
    assert_eq!(found["severity"], "warning");
    assert_eq!(
        found["remedies"][0]["how"],
        serde_json::json!(["sudo mv -n conf.d/site.CONF conf.d/site.conf"])
    );
    assert_eq!(found["location"]["line"], 1);
    assert_eq!(found["evidence"][0]["text"], "includedir conf.d");
}

#[test]
fn many_odd_names_cost_no_more_than_their_bytes() {
    let desk = Desk::new();
    let domains = "Ex.com = A\n".repeat(5000) + &"ex.com = A\n".repeat(5000);
    desk.file("domains", format!("[domain_realm]\n{domains}"));
    let realms = |at| {
        format!(
            "[{} realms]\n",
            format!("{at:014b}").replace('0', " ").replace('1', "\t")
        )
    };
    let sections: String = (0..16_000).map(realms).collect();
    desk.file("sections", sections);
    for (file, status) in [("domains", 0), ("sections", 1)] {
        let ran = desk.run(&["check", "--krb5-conf", file]);
        let seconds = ran.ended(status).took.as_secs();
        assert!(seconds < 5, "{file}: {seconds} seconds");
    }
}

#[test]
fn a_missing_brace_is_one_finding() {
    let desk = Desk::new();
    for content in [
        "[libdefaults]\n default_realm = A\n[realms]\n B = {\n  kdc = b\n A = {\n  kdc = a\n }\n",
        "[libdefaults]\n default_realm = A\n[realms]\n A = {\n  kdc = a.example.com }\n",
    ] {
        desk.file("open", content);
        let ran = desk.run(&["check", "--krb5-conf", "open", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a report");
        assert_eq!(
            roots(&report["targets"][0]),
            ["krb5-realm-kdc"],
            "{content}"
        );
    }
}

#[test]
fn what_looks_odd_and_works_is_not_accused() {
    let desk = Desk::new();
    for kdc in ["kdc.a.org ; main", "[fe80::1%eth0]:88", "kdc.a.org # main"] {
        let content = format!("{HEALTHY} A = {{\n  kdc = {kdc}\n }}\n");
        desk.file("odd", content);
        let ran = desk.run(&["check", "-v", "--krb5-conf", "odd", "--fail-on", "info"]);
        ran.ended(0);
    }
}
