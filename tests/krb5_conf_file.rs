//! A krb5.conf of this computer, looked at with `--krb5-conf`.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/krb5_faults.rs"]
mod krb5_faults;
#[path = "support/program.rs"]
mod program;

use krb5_faults::FAULTS;
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
fn a_default_realm_without_a_value_is_one_finding() {
    let desk = Desk::new();
    desk.file(
        "open",
        "[libdefaults]\n dns_lookup_kdc = true\n default_realm =\n",
    );
    let ran = desk.run(&["check", "--krb5-conf", "open", "--format", "json"]);
    let report = ran.ended(1).json();
    assert_eq!(roots(&report["targets"][0]), ["krb5-default-realm"]);
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
