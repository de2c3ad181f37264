//! The default realm: missing where a realm is meant, or not what it looks like.

use crate::check::krb5_problem::{Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::escape;
use crate::facts::Facts;
use crate::krb5::words::boolean;
use crate::krb5::{Configuration, Value};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let configuration = krb5_reading::readable(facts)?;
    let problem = match configuration.first(&["libdefaults", "default_realm"]) {
        Some(value) => odd(configuration, &value),
        None => Some(missing(configuration)?),
    };
    match worst(facts, Vec::from_iter(problem)) {
        None => Ok(Outcome::Pass),
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
    }
}

fn missing(configuration: &Configuration) -> Result<Problem<'_>, Undecided> {
    let lost = krb5_reading::default_realm_line(configuration);
    if lost.is_none() && krb5_reading::realms(configuration).is_empty() {
        return Err(Undecided::skipped(
            "the configuration names no realm: Kerberos is not set up",
        ));
    }
    let asks_dns = configuration.first(&["libdefaults", "dns_lookup_realm"]);
    if asks_dns.is_some_and(|value| boolean(&value.text) == Some(true)) {
        return Err(Undecided::Unknown {
            reason: "no default_realm is set, and dns_lookup_realm lets DNS name one".to_owned(),
            decide_with: "kinit NAME, which says the realm that it takes".to_owned(),
        });
    }
    let summary = match &lost {
        Some(spot) => format!("{spot} is not what Kerberos takes for a default realm"),
        None => "Kerberos has no default realm: [libdefaults] names none".to_owned(),
    };
    Ok(Problem {
        severity: Severity::Error,
        summary,
        expected: "default_realm = YOUR.REALM in the section [libdefaults]".to_owned(),
        observed: "\"Configuration file does not specify default realm\" from kinit".to_owned(),
        spots: Vec::from_iter(lost),
    })
}

/// What no realm looks like.
fn odd<'a>(configuration: &'a Configuration, value: &Value<'a>) -> Option<Problem<'a>> {
    let realm = &value.text;
    let spot = Spot::of_value(value);
    let has_space = realm.iter().any(u8::is_ascii_whitespace);
    let is_hidden = !escape::escape(realm).bytes().eq(realm.iter().copied());
    let (severity, why) = if realm.is_empty() {
        (Severity::Error, "names no realm")
    } else if has_space && memchr::memchr2(b'#', b';', realm).is_some() {
        let why = "has a comment behind the realm, which becomes a part of the name";
        (Severity::Error, why)
    } else if has_space {
        (Severity::Error, "has a space in the name of the realm")
    } else if is_hidden {
        let why = "has bytes in the name of the realm that nobody sees";
        (Severity::Error, why)
    } else if is_unlikely(configuration, realm) {
        let why = "is not in capitals, as the realms of nearly all servers are";
        (Severity::Info, why)
    } else {
        return None;
    };
    Some(Problem {
        severity,
        summary: format!("{spot}: default_realm {why}: {}", quoted(realm)),
        expected: "the name of the realm and nothing else, such as EXAMPLE.COM".to_owned(),
        observed: format!("Kerberos takes {} for the default realm", quoted(realm)),
        spots: vec![spot],
    })
}

/// A realm in small letters that only DNS can know: what krb5.conf has for it is another matter.
fn is_unlikely(configuration: &Configuration, realm: &[u8]) -> bool {
    let realms = krb5_reading::realms(configuration);
    let is_written = realms
        .iter()
        .any(|(part, node)| part.name(*node).eq_ignore_ascii_case(realm));
    let is_small = realm.iter().any(u8::is_ascii_lowercase);
    is_small && !is_written && krb5_reading::asks_dns(configuration)
}
