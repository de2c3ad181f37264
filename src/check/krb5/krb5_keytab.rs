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
const STALE: [&str; 4] = [
    "Preauthentication failed",
    "Password incorrect",
    "Decrypt integrity check failed",
    "no suitable keys",
];

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
    if !STALE.iter().any(|words| said.contains(words)) {
        // It says something of the network or the realm, and nothing of the key.
        return Err(Undecided::Unknown {
            reason: escape::line(&format!("the key could not be tried: {said}"), 200),
            decide_with: asked(&fact.source),
        });
    }
    let summary = format!("{PATH} is stale: the realm has another key by now");
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
