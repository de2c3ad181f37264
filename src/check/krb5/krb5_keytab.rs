//! The keys of the guest itself, with which services and jobs log in.

use crate::check::{Failure, Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::escape;
use crate::facts::Facts;
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
        None => Ok(Outcome::Pass),
        Some(found) => found
            .location(PATH, 0)
            .cured_by(&["renew-keytab"])
            .verdict(),
    }
}

fn of_no_use(facts: &Facts, keys: &[Key]) -> Option<Failure> {
    let fact = &facts.krb5.client.keytab;
    let realm = kerberos::setting(facts, "default_realm");
    let realm = realm.map(|value| value.shown().into_owned());
    let of_realm: Vec<&Key> = keys
        .iter()
        .filter(|key| realm.as_ref().is_none_or(|realm| key.realm() == realm))
        .collect();
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
                format!("{PATH} holds no key of the realm {realm}"),
                shown(&all),
            ),
            (false, None) => return None,
        };
        return Some(
            failure(LEVEL, summary)
                .expected("a key of the default realm")
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
