//! Which words of an examination are names, and what stands for them in a bundle.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex as TextRegex;
use regex::bytes::Regex;

use super::kerberos;
use crate::observe::Observation;
use crate::observe::questions::QUESTIONS;
use crate::parse::text;

/// Shorter names are words of too many other things.
pub(super) const SHORTEST: usize = 3;

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

/// Adds the names that an answer tells of.
pub(super) fn collect(names: &mut BTreeSet<String>, seen: &Observation) {
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
pub(super) fn add_name(names: &mut BTreeSet<String>, name: &str) {
    for label in name.split('.') {
        let label = label.trim().to_lowercase();
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        if label.len() >= SHORTEST && !is_number && !is_public(&label) && !kerberos::is_word(&label)
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
        localhost localdomain local default linux virtualbox vbox vboxadd vboxsf vboxguest vbguest guest host \
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

/// All names of an examination, as one expression.
pub(super) struct Names(Option<Regex>);

impl Names {
    pub fn new(names: BTreeSet<String>) -> Self {
        if names.is_empty() {
            return Names(None);
        }
        let mut names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        // Of two names that begin alike the longer one is meant.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Names(Regex::new(&format!("(?i)(?:{})", names.join("|"))).ok())
    }

    pub fn replace(&self, bytes: &[u8]) -> Vec<u8> {
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
