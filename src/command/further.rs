//! What a guest is asked once its first answers are known, where the user wants it.

use crate::cli;
use crate::facts::Facts;
use crate::observe::further::{self, Further};
use crate::parse::klist::{Key, Keytab};

/// The port of a KDC where none is named.
const PORT: u16 = 88;

pub fn questions(facts: &Facts, wanted: &cli::Further) -> Vec<Further> {
    let kdcs = wanted.deep.then(|| kdcs(facts));
    let keytab = wanted.try_keytab.then(|| keytab(facts));
    [kdcs, keytab].into_iter().flatten().flatten().collect()
}

fn kdcs(facts: &Facts) -> Option<Further> {
    let configuration = facts.krb5.configuration.known()?;
    let realm = configuration.first(&["libdefaults", "default_realm"])?;
    let realm = realm.shown();
    let named = configuration.all(&["realms", &realm, "kdc"]);
    let named: Vec<(String, u16)> = named
        .iter()
        .filter_map(|value| address(&value.shown()))
        .collect();
    further::kdcs(&realm, &named)
}

/// `host`, `host:port` or `[address]:port`.
fn address(text: &str) -> Option<(String, u16)> {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let port = rest.strip_prefix(':').map_or(Ok(PORT), str::parse).ok()?;
        return Some((host.to_owned(), port));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Some((host.to_owned(), port.parse().ok()?)),
        _ => Some((text.to_owned(), PORT)),
    }
}

fn keytab(facts: &Facts) -> Option<Further> {
    let Keytab::Keys(keys) = facts.krb5.client.keytab.known()? else {
        return None;
    };
    let configuration = facts.krb5.configuration.known()?;
    let realm = configuration.first(&["libdefaults", "default_realm"]);
    let of_realm = |key: &&Key| {
        realm
            .as_ref()
            .is_none_or(|realm| key.realm() == realm.shown())
    };
    // In Active Directory only the computer itself logs in, not its services.
    let is_computer = |key: &&Key| key.principal.contains("$@");
    let key = keys.iter().filter(of_realm);
    let key = key
        .clone()
        .find(is_computer)
        .or_else(|| key.clone().next())?;
    let setting = facts.krb5.setting.as_deref();
    let setting = setting.map(|setting| String::from_utf8_lossy(setting).into_owned());
    further::keytab(&key.principal, setting.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kdc_is_named_in_three_ways() {
        for (text, expected) in [
            ("kdc", Some(("kdc", 88))),
            ("kdc:750", Some(("kdc", 750))),
            ("[fd00::1]:750", Some(("fd00::1", 750))),
            ("[fd00::1]", Some(("fd00::1", 88))),
            ("fd00::1", Some(("fd00::1", 88))),
            ("kdc:99999", None),
            ("kdc: 88", None),
        ] {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(address(text), expected, "{text}");
        }
    }
}
