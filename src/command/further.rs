//! What a guest is asked once its first answers are known, where the user wants it.

use crate::check::krb5_reading;
use crate::cli;
use crate::facts::Facts;
use crate::observe::further::{self, Further, Named};
use crate::parse::klist::{Key, Keytab};
use crate::parse::repositories;
use crate::remedy::archive;

/// The port of a KDC where none is named.
const PORT: u16 = 88;

pub fn questions(facts: &Facts, wanted: &cli::Further) -> Vec<Further> {
    let kdcs = wanted.deep.then(|| kdcs(facts));
    let keytab = wanted.try_keytab.then(|| keytab(facts));
    let repositories = wanted.deep.then(|| repositories(facts));
    let all = [kdcs, keytab, repositories];
    all.into_iter().flatten().flatten().collect()
}

/// Where the packages come from. What has moved into an archive is asked for there.
fn repositories(facts: &Facts) -> Option<Further> {
    let files = facts.guest.policy.repository_files.known()?;
    let release = archive::release(facts);
    let mut hosts: Vec<(String, u16)> = Vec::new();
    for host in files
        .iter()
        .flat_map(|file| repositories::hosts(file, release))
    {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    further::repositories(&hosts)
}

/// The KDCs that Kerberos itself would ask. A guest that does not use it, such as one with nothing but
/// the file of a package, asks nobody: the servers in there are strangers'.
fn kdcs(facts: &Facts) -> Option<Further> {
    let configuration = krb5_reading::readable(facts).ok()?;
    let realm = configuration.first(&["libdefaults", "default_realm"])?;
    let realm = realm.shown();
    let named = configuration.all(&["realms", &realm, "kdc"]);
    if named.is_empty() {
        return krb5_reading::asks_dns(configuration).then(|| further::kdcs_of_dns(&realm));
    }
    let named: Vec<Named> = named.iter().map(|value| address(&value.shown())).collect();
    Some(further::kdcs(&realm, &named))
}

/// `host`, `host:port` or `[address]:port`, each up to a space. What is none of these, such as a
/// proxy over HTTPS, boxdoctor cannot ask.
fn address(text: &str) -> Named {
    let known = || {
        let (host, port) = match text.strip_prefix('[') {
            Some(inner) => {
                let (host, rest) = inner.split_once(']')?;
                (host, rest.strip_prefix(':'))
            }
            None => {
                let end = text.find([' ', '\t', ':']).unwrap_or(text.len());
                (&text[..end], text[end..].strip_prefix(':'))
            }
        };
        let port = match port {
            Some(port) => port.trim_ascii_start().parse().ok()?,
            None => PORT,
        };
        Some(Named::At(host.to_owned(), port))
    };
    known().unwrap_or_else(|| Named::Other(text.to_owned()))
}

fn keytab(facts: &Facts) -> Option<Further> {
    let Keytab::Keys(keys) = facts.krb5.client.keytab.known()? else {
        return None;
    };
    let configuration = krb5_reading::readable(facts).ok()?;
    let realm = configuration.first(&["libdefaults", "default_realm"]);
    let is_of_realm = |key: &Key| {
        realm
            .as_ref()
            .is_none_or(|realm| key.realm() == realm.shown())
    };
    // In Active Directory only the computer itself logs in, not its services.
    let is_computer = |key: &Key| key.principal.contains("$@");
    let rank = |key: &&Key| (!is_of_realm(key), !is_computer(key));
    let key = keys.iter().min_by_key(rank)?;
    let setting = facts.krb5.setting.as_deref();
    let setting = setting.map(|setting| String::from_utf8_lossy(setting).into_owned());
    further::keytab(&key.principal, setting.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Examination, Observation, Side};
    use crate::target::{Kind, Target};

    #[test]
    fn a_kdc_is_named_in_three_ways() {
        for (text, expected) in [
            ("kdc", Some(("kdc", 88))),
            ("kdc:750", Some(("kdc", 750))),
            ("kdc: 750", Some(("kdc", 750))),
            ("[fd00::1]:750", Some(("fd00::1", 750))),
            ("[fd00::1]", Some(("fd00::1", 88))),
            ("kdc :750", Some(("kdc", 88))),
            ("kdc # the first", Some(("kdc", 88))),
            ("kdc:99999", None),
            ("fd00::1", None),
            ("https://proxy.example.com/KdcProxy", None),
        ] {
            let expected = match expected {
                Some((host, port)) => Named::At(host.to_owned(), port),
                None => Named::Other(text.to_owned()),
            };
            assert_eq!(address(text), expected, "{text}");
        }
    }

    fn asked(conf: &str) -> Option<String> {
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        let answer = |id: &str, said: &str| {
            let said = said.as_bytes().to_vec();
            Observation::answered(id, Side::Guest, id.to_owned(), said)
        };
        let keys = "---- ----\n 2 11/23/26 01:16:57 host/a@ELSEWHERE (aes256-cts)\n";
        examination.observations = vec![answer("krb5-conf", conf)];
        if conf.contains("keytab") {
            examination.observations.push(answer("krb5-keytab", keys));
        }
        let wanted = cli::Further {
            deep: true,
            try_keytab: true,
        };
        let questions = questions(&Facts::read(&examination), &wanted);
        let asked: Vec<String> = questions
            .iter()
            .map(|asked| asked.question().command.to_owned())
            .collect();
        (!asked.is_empty()).then(|| asked.join("\n"))
    }

    #[test]
    fn only_whom_kerberos_itself_would_ask_is_asked() {
        let conf = |realm: &str, dns: &str, kdc: &str| {
            format!(
                "[libdefaults]\n default_realm = {realm}\n dns_lookup_kdc = {dns}\n[realms]\n {realm} = {{\n {kdc}\n }}\n"
            )
        };
        let dns = "host -t SRV _kerberos._tcp.CORP.TEST";
        for (conf, expected) in [
            // The file of Debian's package: nobody uses Kerberos.
            (
                conf("ATHENA.MIT.EDU", "true", "kdc = kerberos.mit.edu"),
                None,
            ),
            (conf("CORP.TEST", "true", ""), Some(dns)),
            (conf("CORP.TEST", "false", ""), None),
            (
                conf("CORP.TEST", "false", "kdc = kdc_1"),
                Some("nc -v -w 3 kdc_1 88"),
            ),
            // Kerberos gives up on it.
            (conf("CORP.TEST", "true", "kdc kdc1"), None),
        ] {
            assert_eq!(asked(&conf).as_deref(), expected, "{conf}");
        }
        let proxy = asked(&conf(
            "CORP.TEST",
            "true",
            "kdc = https://proxy.test/KdcProxy",
        ));
        assert!(proxy.is_some_and(|asked| !asked.contains("_kerberos")));
    }

    #[test]
    fn a_keytab_of_another_realm_is_tried_too() {
        let asked = asked("# keytab\n[libdefaults]\n default_realm = R\n dns_lookup_kdc = no\n");
        assert!(asked.is_some_and(|asked| asked.ends_with(" host/a@ELSEWHERE")));
    }
}
