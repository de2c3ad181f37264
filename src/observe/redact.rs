//! What must not leave the computer with a bundle: private keys, passwords, and the names of users
//! and computers.
//!
//! A name becomes a made-up one of the same length in bytes, always the same one, with its capitals
//! where they were. So findings and their byte positions stay, and two bundles of one machine can
//! be compared. Words that the checks read are never names, whoever is called so.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex as TextRegex;
use regex::bytes::{Captures, Regex};

use super::questions::QUESTIONS;
use super::{Examination, Observation, redact_krb5};
use crate::parse::text;
use crate::target::Kind;

/// Shorter names are words of too many other things.
pub(super) const SHORTEST: usize = 3;

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
        if redact_krb5::is_about_kerberos(&seen.id) {
            // What is replaced in one of them is in all, and never twice.
            let hide = |bytes: &[u8]| redact_krb5::hide(&without_secrets_of_kerberos(bytes));
            seen.stdout = hide(&seen.stdout);
            seen.stderr = hide(&seen.stderr);
        } else {
            seen.stdout = clean(&seen.stdout);
            seen.stderr = clean(&seen.stderr);
        }
    }
    redacted
}

static IN_PATHS: LazyLock<TextRegex> = LazyLock::new(|| {
    TextRegex::new(r#"(?i)(?:/home/|/Users/|\\+Users\\+|/var/home/)([^/\\\s:"',]+)"#)
        .expect("a constant expression")
});

static IN_KRB5_CONF: LazyLock<TextRegex> = LazyLock::new(|| {
    TextRegex::new(
        r#"(?m)\b(?:kdc|admin_server|master_kdc|primary_kdc|kpasswd_server|default_domain|default_realm)[ \t]*=[ \t]*"?(?:https?://)?([A-Za-z0-9.-]+)|^[ \t]*\.?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)[ \t]*="#,
    )
    .expect("a constant expression")
});

/// `alice@REALM` and `host/box.example.com@REALM`, wherever Kerberos lists them.
static PRINCIPAL: LazyLock<TextRegex> = LazyLock::new(|| {
    TextRegex::new(r"([A-Za-z0-9._-]+)\$?(?:/([A-Za-z0-9._-]+))?@([A-Za-z0-9._-]+)")
        .expect("a constant expression")
});

fn collect(names: &mut BTreeSet<String>, seen: &Observation) {
    let said = text(&seen.stdout);
    match seen.id.as_str() {
        "hostname" | "user" => add_name(names, said.trim()),
        "krb5-conf" | "krb5-files" => {
            // In UTF-16 a NUL stands beside each letter.
            for found in IN_KRB5_CONF.captures_iter(&said.replace('\0', "")) {
                let name = found.get(1).or_else(|| found.get(2));
                if let Some(name) = name.filter(|name| !is_stock(name.as_str())) {
                    add_name(names, name.as_str());
                }
            }
        }
        "krb5-tickets" | "krb5-keytab" | "krb5-keytab-login" => {
            let all = format!("{said}\n{}\n{}", seen.command, text(&seen.stderr));
            for found in PRINCIPAL.captures_iter(&all) {
                for name in found.iter().skip(1).flatten() {
                    add_name(names, name.as_str());
                }
            }
        }
        "krb5-kdcs" => {
            for host in said.lines().filter_map(|line| line.split(' ').nth(1)) {
                add_name(names, host);
            }
        }
        _ => {}
    }
    for source in [said.as_ref(), text(&seen.stderr).as_ref(), &seen.command] {
        for found in IN_PATHS.captures_iter(source) {
            add_name(names, &found[1]);
        }
    }
}

/// A name with dots is several: each of its labels can turn up alone, or in another name.
fn add_name(names: &mut BTreeSet<String>, name: &str) {
    for label in name.split('.') {
        let label = label.trim().to_lowercase();
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        if label.len() >= SHORTEST
            && !is_number
            && !is_public(&label)
            && !redact_krb5::is_word(&label)
        {
            names.insert(label);
        }
    }
}

/// Whether the name stands in the krb5.conf that Debian's package brings. Such a file shows that
/// nobody uses Kerberos, which one with other names would not.
pub(super) fn is_stock(name: &str) -> bool {
    const DOMAINS: [&str; 8] = [
        "mit.edu",
        "cmu.edu",
        "stanford.edu",
        "toronto.edu",
        "utoronto.ca",
        "ihtfp.org",
        "1ts.org",
        "dementia.org",
    ];
    let name = name.to_lowercase();
    DOMAINS.iter().any(|domain| {
        let before = name.strip_suffix(domain);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// Whether the word belongs to everybody: the words of our own questions and answers, and names
/// that every box has.
pub(super) fn is_public(word: &str) -> bool {
    const EVERYBODYS: &str = "root vagrant ubuntu debian centos rocky almalinux fedora oracle rhel \
        localhost localdomain local default linux virtualbox vbox vboxadd vboxsf vboxguest guest host \
        box machine com net org edu example internal home lan corp running poweroff saved paused aborted \
        name version release enabled plugins exclude main base updates system true false none yes \
        windows program files users project user admin packages additions installed install \
        krbtgt http ldap nfs cifs";
    static ASKED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        QUESTIONS
            .iter()
            .flat_map(|question| [question.command, question.script()])
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .map(str::to_lowercase)
            .collect()
    });
    EVERYBODYS.split_whitespace().any(|public| public == word) || ASKED.contains(word)
}

struct Names(Option<Regex>);

impl Names {
    fn new(names: BTreeSet<String>) -> Self {
        if names.is_empty() {
            return Names(None);
        }
        let mut names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        // Of two names that begin alike the longer one is meant.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Names(Regex::new(&format!("(?i)(?:{})", names.join("|"))).ok())
    }

    fn replace(&self, bytes: &[u8]) -> Vec<u8> {
        let Some(names) = &self.0 else {
            return bytes.to_vec();
        };
        let mut replaced = bytes.to_vec();
        for found in names.find_iter(bytes) {
            let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
            let after = bytes.get(found.end());
            // Only whole words: a user `rc` is not in `src`.
            if [before, after]
                .into_iter()
                .flatten()
                .any(u8::is_ascii_alphanumeric)
            {
                continue;
            }
            let name = pseudonym(found.as_bytes());
            replaced[found.range()].copy_from_slice(&name);
        }
        replaced
    }
}

/// A made-up name of the same length, with digits for digits and capitals for capitals.
pub(super) fn pseudonym(name: &[u8]) -> Vec<u8> {
    // FNV-1a: the same name gives the same letters, on every computer and in every version.
    let mut state = name.iter().fold(0xCBF2_9CE4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3)
    });
    name.iter()
        .map(|byte| {
            state = (state ^ (state >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let pick = (state >> 33) as u8;
            match byte {
                b'0'..=b'9' => b'0' + pick % 10,
                b'A'..=b'Z' => b'A' + pick % 26,
                b'a'..=b'z' | 0x80.. => b'a' + pick % 26,
                other => *other,
            }
        })
        .collect()
}

static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?s-u)(-----BEGIN [A-Z ]*PRIVATE KEY-----)(.*?)(-----END [A-Z ]*PRIVATE KEY-----|\z)",
    )
    .expect("a constant expression")
});

static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)([a-z_]*(?:password|passwd|passphrase|secret|token|api_?key)[a-z_]*["']?[ \t]*[=:][ \t]*)([^\r\n]+)"#)
        .expect("a constant expression")
});

static IN_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)([a-zA-Z][a-zA-Z0-9+.-]*://)([^/\s@]+)(@)").expect("a constant expression")
});

/// A password as /etc/shadow and web servers keep it.
static HASHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)(\$[0-9a-z]{1,2}\$)([./A-Za-z0-9$=,]{8,})").expect("a constant expression")
});

/// What people write about a machine is for themselves.
static DESCRIPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m-u)^(description=")([^\r\n]*)("?)"#).expect("a constant expression")
});

/// In a configuration of Kerberos a key that speaks of passwords may name a server or open a block,
/// and a stray byte in the value is what we came to find.
fn without_secrets_of_kerberos(bytes: &[u8]) -> Vec<u8> {
    let bytes = PASSWORD.replace_all(bytes, |found: &Captures<'_>| {
        let (key, value) = (&found[1], &found[2]);
        let key_text = key.to_ascii_lowercase();
        let is_server = memchr::memmem::find(&key_text, b"kpasswd").is_some();
        let is_block = value.trim_ascii_start().starts_with(b"{");
        if is_server || is_block {
            return found[0].to_vec();
        }
        let star = |byte: &u8| if byte.is_ascii_graphic() { b'*' } else { *byte };
        [key, &value.iter().map(star).collect::<Vec<u8>>()].concat()
    });
    without(&[&PRIVATE_KEY, &IN_URL, &HASHED], &bytes)
}

fn without_secrets(bytes: &[u8]) -> Vec<u8> {
    without(
        &[&PRIVATE_KEY, &PASSWORD, &IN_URL, &HASHED, &DESCRIPTION],
        bytes,
    )
}

fn without(secrets: &[&Regex], bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for secret in secrets {
        bytes = secret
            .replace_all(&bytes, |found: &Captures<'_>| {
                let part = |number| found.get(number).map_or(&b""[..], |part| part.as_bytes());
                // Line ends stay, so that what stands below keeps its line.
                let hidden: Vec<u8> = part(2)
                    .iter()
                    .map(|byte| {
                        if matches!(byte, b'\n' | b'\r') {
                            *byte
                        } else {
                            b'*'
                        }
                    })
                    .collect();
                [part(1), &hidden, part(3)].concat()
            })
            .into_owned();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Side;
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
