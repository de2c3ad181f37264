//! What must not leave the computer with a bundle: private keys, passwords, and the names of users
//! and computers.
//!
//! A name becomes a made-up one of the same length in bytes, always the same one, with its capitals
//! where they were. So findings and their byte positions stay, and two bundles of one machine can
//! be compared. Words that the checks read are never names, whoever is called so.

mod kerberos;
mod names;
mod secrets;

use std::collections::BTreeSet;

use super::Examination;
use crate::parse::text;
use crate::target::Kind;
use names::{Names, add_name, collect};
use secrets::{without_secrets, without_secrets_of_kerberos};

/// The names of this computer and its user, as far as the environment tells.
pub fn names_of_this_computer() -> Vec<String> {
    let mut names: Vec<String> = [
        "USER",
        "LOGNAME",
        "USERNAME",
        "HOSTNAME",
        "COMPUTERNAME",
        "USERDOMAIN",
    ]
    .iter()
    .filter_map(|name| std::env::var(name).ok())
    .collect();
    let hostname = crate::files::read(std::path::Path::new("/etc/hostname"), 1024);
    names.extend(hostname.ok().map(|bytes| text(&bytes).trim().to_owned()));
    names
}

/// The examination without secrets, and with other names.
pub fn redact(examination: &Examination, own_names: &[String]) -> Examination {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for name in own_names {
        add_name(&mut names, name);
    }
    for seen in &examination.observations {
        collect(&mut names, seen);
    }
    if examination.target.kind == Kind::Ssh {
        let (user, place) = examination
            .target
            .name
            .split_once('@')
            .unwrap_or(("", &examination.target.name));
        add_name(&mut names, user);
        add_name(&mut names, place.split(':').next().unwrap_or(place));
    }
    let names = Names::new(names);
    let clean = |bytes: &[u8]| names.replace(&without_secrets(bytes));
    let clean_text = |text: &str| String::from_utf8_lossy(&clean(text.as_bytes())).into_owned();
    let mut redacted = examination.clone();
    redacted.target.name = clean_text(&examination.target.name);
    for seen in &mut redacted.observations {
        seen.command = clean_text(&seen.command);
        if kerberos::is_about_kerberos(&seen.id) {
            // What is replaced in one of them is in all, and never twice.
            let hide = |bytes: &[u8]| kerberos::hide(&without_secrets_of_kerberos(bytes));
            seen.stdout = hide(&seen.stdout);
            seen.stderr = hide(&seen.stderr);
        } else {
            seen.stdout = clean(&seen.stdout);
            seen.stderr = clean(&seen.stderr);
        }
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Observation, Side};
    use crate::target::Target;
    use proptest::prelude::*;

    fn examination(observations: &[(&str, &str)]) -> Examination {
        Examination {
            captured_at: "2026-01-31T12:00:00Z".into(),
            target: Target::running("default", Kind::Vagrant),
            observations: observations
                .iter()
                .map(|(id, stdout)| {
                    Observation::answered(
                        id,
                        Side::Guest,
                        (*id).to_owned(),
                        stdout.as_bytes().to_vec(),
                    )
                })
                .collect(),
        }
    }

    fn redacted(observations: &[(&str, &str)], own: &[&str]) -> Vec<String> {
        let own: Vec<String> = own.iter().map(|name| (*name).to_owned()).collect();
        redact(&examination(observations), &own)
            .observations
            .iter()
            .map(|seen| text(&seen.stdout).into_owned())
            .collect()
    }

    #[test]
    fn names_go_and_everything_keeps_its_place() {
        let before = [
            ("hostname", "build42.acme.com\n"),
            ("user", "jsmith\n"),
            (
                "machine",
                "CfgFile=\"C:\\\\Users\\\\JSmith\\\\VirtualBox VMs\\\\x\"\nname=\"build42\"\n",
            ),
            ("modules", "vboxsf 1 0 - Live\n"),
        ];
        let after = redacted(&before, &["maria"]);
        for ((id, before), after) in before.iter().zip(&after) {
            assert_eq!(before.len(), after.len(), "{id}");
            for name in ["build42", "acme", "smith", "Smith"] {
                assert!(!after.contains(name), "{id}: {after}");
            }
        }
        assert!(after[0].ends_with(".com\n"));
        assert!(after[2].contains("VirtualBox VMs"));
        assert_eq!(after[3], "vboxsf 1 0 - Live\n");
        // The same name is the same everywhere, whatever its capitals.
        let user = after[1].trim();
        assert!(after[2].to_lowercase().contains(user));
    }

    #[test]
    fn a_realm_and_its_domain_stay_one_name() {
        let conf = "[libdefaults]\ndefault_realm = ACME.COM\n[realms]\nACME.COM = {\n kdc = kdc01.acme.com:88\n}\n[domain_realm]\n.acme.com = ACME.COM\n";
        let after = redacted(&[("krb5-conf", conf)], &[]).remove(0);
        assert_eq!(after.len(), conf.len());
        assert!(!after.to_lowercase().contains("acme"));
        let realm = after.lines().nth(1).unwrap().rsplit(' ').next().unwrap();
        assert!(after.contains(&format!("{realm} = {{")));
        assert!(after.contains(&format!(".{} = {realm}", realm.to_lowercase())));
    }

    #[test]
    fn the_counts_of_included_files_stay_true() {
        use crate::parse::krb5_files::{Record, parse, write};
        let records = [
            Record::Setting(b"/home/jsmith/krb5.conf".to_vec()),
            Record::File {
                path: b"/home/jsmith/krb5.conf".to_vec(),
                bytes: b"includedir /etc/acme.d\n[libdefaults]\ndefault_realm = ACME.COM\n"
                    .to_vec(),
            },
            Record::Folder {
                path: b"/etc/acme.d".to_vec(),
                names: vec![b"acme.conf".to_vec(), b"jsmith".to_vec()],
            },
            Record::File {
                path: b"/etc/acme.d/acme.conf".to_vec(),
                bytes: b"# password = hunter2\n".to_vec(),
            },
        ];
        let before = String::from_utf8(write(&records)).unwrap();
        let after = redacted(&[("krb5-files", &before), ("user", "jsmith")], &[]).remove(0);
        for name in ["acme", "smith", "hunter2"] {
            assert!(!after.to_lowercase().contains(name), "{after}");
        }
        let read = parse(after.as_bytes());
        assert_eq!(read.len(), records.len(), "{after}");
        // Names are the same wherever they stand, so what is included is still found.
        let [
            Record::Setting(set),
            Record::File { path, bytes },
            Record::Folder {
                path: folder,
                names,
            },
            Record::File { path: file, .. },
        ] = &read[..]
        else {
            panic!("{read:?}");
        };
        assert_eq!(set, path);
        assert!(bytes.starts_with(&[b"includedir ", &folder[..], b"\n"].concat()));
        assert_eq!(*file, [&folder[..], b"/", &names[0]].concat());
    }

    #[test]
    fn the_file_of_a_package_stays_what_it_is() {
        let stock = "default_realm = ATHENA.MIT.EDU\nCS.CMU.EDU = {\n kdc = kerberos-1.srv.cs.cmu.edu\n.stanford.edu = stanford.edu\n";
        assert_eq!(redacted(&[("krb5-conf", stock)], &[])[0], stock);
        let own = "default_realm = SUBMIT.EDU\n kdc = kdc7.submit.edu\n";
        assert!(!redacted(&[("krb5-conf", own)], &[])[0].contains("submit"));
    }

    #[test]
    fn principals_and_kdcs_have_other_names_everywhere() {
        let before = [
            ("krb5-conf", "default_realm = ACME.COM\n"),
            (
                "krb5-tickets",
                "Default principal: jsmith/admin@ACME.COM\n krbtgt/ACME.COM@ACME.COM\n",
            ),
            (
                "krb5-keytab",
                "2 host/build42.acme.com@ACME.COM (aes256-cts)\n2 BUILD42$@ACME.COM (aes256-cts)\n",
            ),
            ("krb5-kdcs", "tcp dc7.hidden.org 88 ok\n"),
        ];
        let after = redacted(&before, &[]).join("");
        for name in ["smith", "build42", "acme", "hidden"] {
            assert!(!after.to_lowercase().contains(name), "{after}");
        }
        for word in ["/admin@", "krbtgt/", "host/", "$@", "(aes256-cts)", "tcp "] {
            assert!(after.contains(word), "{word}: {after}");
        }
    }

    #[test]
    fn secrets_are_covered() {
        let before = "proxy_password = hunter2\nbaseurl=https://me:pw@repo.example.com/x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\n";
        let after = redacted(&[("yum-conf", before)], &[]).remove(0);
        assert_eq!(
            after,
            "proxy_password = *******\nbaseurl=https://*****@repo.example.com/x\n-----BEGIN RSA PRIVATE KEY-----\n****\n***\n-----END RSA PRIVATE KEY-----\n"
        );
        let cut = redacted(&[("x", "-----BEGIN PRIVATE KEY-----\nMIIE")], &[]).remove(0);
        assert_eq!(cut, "-----BEGIN PRIVATE KEY-----\n****");
    }

    #[test]
    fn a_name_like_a_word_of_kerberos_changes_no_finding() {
        for host in ["realm", "server", "realms", "libdefaults", "https"] {
            let conf = format!(
                "[libdefaults]\n default_realm = ACME.COM\n[realms]\n ACME.COM = {{\n  kdc = {host}.acme.com\n  kpasswd_server = kp\u{a0}\n  pam_password = {{\n  x_password = hunter2\u{a0}\n"
            );
            let before = [
                ("krb5-conf", conf.as_str()),
                (
                    "krb5-tickets",
                    "klist: No KCM server found while resolving ccache\n",
                ),
                (
                    "repositories",
                    "baseurl=https://mirror.centos.org/x default_realm server\n",
                ),
            ];
            let after = redacted(&before, &[]);
            for left in [
                "[libdefaults]\n default_realm = ",
                "[realms]\n",
                "kpasswd_server = kp\u{a0}\n",
                "pam_password = {\n",
            ] {
                assert!(after[0].contains(left), "{host}: {}", after[0]);
            }
            assert!(
                after[0].contains("x_password = *******\u{a0}"),
                "{}",
                after[0]
            );
            assert_eq!((&*after[1], &*after[2]), (before[1].1, before[2].1));
        }
    }

    #[test]
    fn every_part_of_a_principal_goes() {
        for (principal, names) in [
            (
                "alicex\\@corpmail.com@REALMCO.NET",
                &["alicex", "corpmail", "realmco"][..],
            ),
            (
                "svcname/hostpart/thirdpart@REALMCO.NET",
                &["svcname", "hostpart", "thirdpart"],
            ),
            ("alice+admx@REALMCO.NET", &["alice", "admx"]),
            ("smith, john@REALMCO.NET", &["smith", "john"]),
        ] {
            let said = format!("   2 11/23/26 01:16:57 {principal} (aes256-cts-hmac-sha1-96) \n");
            let after = redacted(&[("krb5-keytab", &said)], &[])
                .remove(0)
                .to_lowercase();
            for name in names {
                assert!(!after.contains(name), "{after}");
            }
            assert!(after.ends_with(" (aes256-cts-hmac-sha1-96) \n"), "{after}");
        }
        let tickets = "setting FILE:/srv/tickets/zoeuser\n";
        assert!(!redacted(&[("krb5-tickets", tickets)], &[])[0].contains("zoeuser"));
    }

    #[test]
    fn hashes_of_passwords_are_covered() {
        let shadow = "root:$6$rounds=5000$saltsalt$hashhashhash.:19000:0\n";
        for id in ["krb5-files", "fstab"] {
            let after = redacted(&[(id, shadow)], &[]).remove(0);
            assert_eq!(after.len(), shadow.len());
            assert!(
                !after.contains("salt") && !after.contains("hashhash"),
                "{after}"
            );
        }
    }

    #[test]
    fn words_that_checks_read_are_nobodys_name() {
        let before = [
            ("user", "kernel\n"),
            ("rpm-kernels", "kernel (none) 5.14.0 70.el9 x86_64\n"),
        ];
        assert_eq!(redacted(&before, &["gcc", "vagrant", "rc"])[1], before[1].1);
        assert_eq!(
            redacted(&[("x", "src/rc rcvboxadd\n")], &["rc"])[0],
            "src/rc rcvboxadd\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_changes_its_length(stdout: Vec<u8>, name in "[a-zé.]{0,9}") {
            let mut before = examination(&[("krb5-conf", "")]);
            before.observations[0].stdout = [&stdout[..], name.as_bytes(), b" ", name.to_uppercase().as_bytes()].concat();
            let after = redact(&before, &[name]);
            prop_assert_eq!(before.observations[0].stdout.len(), after.observations[0].stdout.len());
        }
    }
}
