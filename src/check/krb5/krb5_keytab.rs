//! The keys of the guest itself, with which services and jobs log in.

use crate::check::{Failure, Outcome, Severity, Undecided, Verdict, asked, failure, kerberos};
use crate::escape;
use crate::facts::{Facts, Login, NOT_ASKED, State};
use crate::parse::klist::{Key, Keytab};

pub const LEVEL: Severity = Severity::Warning;

const PATH: &str = "/etc/krb5.keytab";

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.keytab;
    let Some(keytab) = kerberos::said(facts, fact)? else {
        return Err(Undecided::skipped(format!("there is no {PATH}")));
    };
    let keys = match keytab {
        Keytab::Keys(keys) => keys,
        Keytab::Unreadable(said) if said.ends_with("while initializing krb5") => {
            return Err(Undecided::skipped(escape::line(said, 200)));
        }
        Keytab::Unreadable(said) => {
            return failure(Severity::Error, format!("{PATH} is no keytab"))
                .expected("keys of this guest")
                .observed(said)
                .evidence(&fact.source, said)
                .location(PATH, 0)
                .cured_by(&["renew-keytab"])
                .verdict();
        }
    };
    match of_no_use(facts, keys) {
        None => accepted(facts),
        Some(found) => found
            .location(PATH, 0)
            .cured_by(&["renew-keytab"])
            .verdict(),
    }
}

/// What `kinit` says where the realm has another key than the keytab.
const STALE: [&str; 3] = [
    "Preauthentication failed",
    "Password incorrect",
    "Decrypt integrity check failed",
];

/// What it says before it asks the realm, where it knows none of the kinds of keys.
const NOT_KNOWN: &str = "no suitable keys";

/// Whether the realm accepts a key, where the user wanted it tried.
fn accepted(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.login;
    let said = match &fact.state {
        State::Unknown(why) if why == NOT_ASKED => return Ok(Outcome::Pass),
        _ => match fact.need()? {
            None | Some(Login::Accepted) => return Ok(Outcome::Pass),
            Some(Login::Refused(said)) => said,
        },
    };
    let summary = if STALE.iter().any(|words| said.contains(words)) {
        format!("{PATH} is stale: the realm has another key by now")
    } else if said.contains(NOT_KNOWN) {
        format!("{PATH} holds no key of a kind that the guest's Kerberos uses")
    } else {
        // It says something of the network or the realm, and nothing of the key.
        return Err(Undecided::Unknown {
            reason: escape::line(&format!("the key could not be tried: {said}"), 200),
            decide_with: asked(&fact.source),
        });
    };
    failure(Severity::Error, summary)
        .expected("a key that the realm accepts")
        .observed(said)
        .evidence(&fact.source, said)
        .location(PATH, 0)
        .cured_by(&["renew-keytab"])
        .verdict()
}

fn of_no_use(facts: &Facts, keys: &[Key]) -> Option<Failure> {
    let fact = &facts.krb5.client.keytab;
    let realm = kerberos::setting(facts, "default_realm");
    let realm = realm.map(|value| value.shown().into_owned());
    let known = kerberos::realms(facts);
    let is_of_use = |key: &&Key| realm.is_none() || known.iter().any(|known| key.realm() == known);
    let of_realm: Vec<&Key> = keys.iter().filter(is_of_use).collect();
    let shown = |keys: &[&Key]| {
        let mut shown: Vec<String> = keys
            .iter()
            .map(|key| format!("{} ({})", key.principal, key.enctype))
            .collect();
        shown.dedup();
        shown.truncate(5);
        shown.join(", ")
    };
    if of_realm.is_empty() {
        let all: Vec<&Key> = keys.iter().collect();
        let (summary, observed) = match (keys.is_empty(), &realm) {
            (true, _) => (format!("{PATH} holds no key"), "no key".to_owned()),
            (false, Some(realm)) => (
                format!("{PATH} holds no key of {realm}, nor of another realm of krb5.conf"),
                shown(&all),
            ),
            (false, None) => return None,
        };
        return Some(
            failure(LEVEL, summary)
                .expected("a key of the default realm, or of the guest's own")
                .observed(&observed)
                .evidence(&fact.source, observed),
        );
    }
    if of_realm.iter().all(|key| key.is_weak()) {
        let observed = shown(&of_realm);
        let summary = format!("{PATH} holds only keys of kinds that realms no longer accept");
        return Some(
            failure(LEVEL, summary)
                .expected("an AES key")
                .observed(&observed)
                .evidence(&fact.source, observed),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Examination, Observation, Side};
    use crate::target::{Kind, Target};

    const CONF: &str = "[libdefaults]\n default_realm = CORP.TEST\n[domain_realm]\n .lab.corp.test = LAB.CORP.TEST\n";

    fn verdict(principal: &str, refusal: Option<&str>) -> Verdict {
        let keys = format!("---- ----\n 2 11/23/26 01:16:57 {principal} (aes256-cts)\n");
        let answer = |id: &str, said: &str| {
            let said = said.as_bytes().to_vec();
            Observation::answered(id, Side::Guest, id.to_owned(), said)
        };
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        examination.observations = vec![answer("krb5-conf", CONF), answer("krb5-keytab", &keys)];
        if let Some(refusal) = refusal {
            examination.observations.push(Observation {
                stderr: refusal.as_bytes().to_vec(),
                status: Some(1),
                ..answer("krb5-keytab-login", "")
            });
        }
        examine(&Facts::read(&examination))
    }

    #[test]
    fn a_key_of_another_realm_that_the_configuration_names_is_of_use() {
        for principal in ["host/a@CORP.TEST", "host/a@LAB.CORP.TEST"] {
            let verdict = verdict(principal, None);
            assert!(matches!(verdict, Ok(Outcome::Pass)), "{verdict:?}");
        }
        let foreign = verdict("host/a@ELSEWHERE.TEST", None);
        assert!(matches!(foreign, Ok(Outcome::Fail(_))), "{foreign:?}");
    }

    #[test]
    fn only_what_the_realm_has_refused_is_stale() {
        for (refusal, is_stale) in [
            (
                "kinit: Password incorrect while getting initial credentials",
                true,
            ),
            (
                "kinit: Keytab contains no suitable keys for host/a@CORP.TEST while getting initial credentials",
                false,
            ),
        ] {
            match verdict("host/a@CORP.TEST", Some(refusal)) {
                Ok(Outcome::Fail(found)) => {
                    assert_eq!(found.summary.contains("stale"), is_stale, "{found:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
