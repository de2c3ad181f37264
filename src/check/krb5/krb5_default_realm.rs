//! The default realm: missing where a realm is meant, or not what it looks like.

use crate::check::krb5_problem::{MOST, Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::facts::Facts;
use crate::krb5::words::boolean;
use crate::krb5::{Configuration, Value, invisible};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let configuration = krb5_reading::readable(facts)?;
    let mut all = configuration
        .all(&["libdefaults", "default_realm"])
        .into_iter();
    let problem = match all.next() {
        Some(value) => odd(configuration, &value)
            .or_else(|| all.take(MOST).find_map(|later| second(&value, &later))),
        None if krb5_reading::has_ticket(facts, None) => {
            return Err(Undecided::skipped(
                "no default_realm is set, and the user has a ticket without it",
            ));
        }
        None => Some(missing(configuration)?),
    };
    match worst(facts, Vec::from_iter(problem)) {
        None => Ok(Outcome::Pass),
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
    }
}

fn missing(configuration: &Configuration) -> Result<Problem<'_>, Undecided> {
    let lost = krb5_reading::default_realm_line(configuration);
    let lost = lost.or_else(|| misspelt(configuration));
    if lost.is_none() && krb5_reading::realms(configuration).is_empty() {
        return Err(Undecided::skipped(
            "the configuration names no realm: Kerberos is not set up",
        ));
    }
    // One section of another name takes all that stands in it, and is one finding.
    if krb5_reading::is_misnamed(configuration, "libdefaults") {
        return Err(Undecided::skipped(
            "the section [libdefaults] has another name, which krb5-syntax tells",
        ));
    }
    let asks_dns = krb5_reading::dns_setting_of(configuration, "dns_lookup_realm");
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
    // Whoever names no realm at all may give one with every kinit.
    let severity = match &lost {
        Some(_) => Severity::Error,
        None => Severity::Warning,
    };
    let spots = lost.or_else(|| first_section(configuration));
    Ok(Problem {
        severity,
        summary,
        expected: "default_realm = YOUR.REALM in the section [libdefaults]".to_owned(),
        observed: "\"Configuration file does not specify default realm\" from kinit NAME"
            .to_owned(),
        spots: Vec::from_iter(spots),
    })
}

/// The name with its letters in another order, or with another mark between the words.
fn misspelt(configuration: &Configuration) -> Option<Spot<'_>> {
    let letters = |name: &[u8]| {
        let mut letters = name.to_ascii_lowercase();
        letters.retain(u8::is_ascii_lowercase);
        letters.sort_unstable();
        letters
    };
    let meant = letters(b"default_realm");
    configuration.parts.iter().find_map(|part| {
        let profile = &part.reading.profile;
        let mut lines = profile.children(profile.section(&[b"libdefaults"])?).iter();
        let line = lines.find(|line| letters(profile.name(**line)) == meant)?;
        Some(Spot::of_name(part, *line))
    })
}

/// Where the line belongs, or else what shows that a realm is meant.
fn first_section(configuration: &Configuration) -> Option<Spot<'_>> {
    let sections = configuration.parts.iter().find_map(|part| {
        let node = part.reading.profile.section(&[b"libdefaults"])?;
        Some(Spot::of_name(part, node))
    });
    let realms = krb5_reading::realms(configuration);
    let realm = || {
        realms
            .first()
            .map(|(part, node)| Spot::of_name(part, *node))
    };
    sections.or_else(realm)
}

/// What no realm looks like.
fn odd<'a>(configuration: &'a Configuration, value: &Value<'a>) -> Option<Problem<'a>> {
    let realm = &value.text;
    let spot = Spot::of_value(value);
    let has_space = realm.iter().any(u8::is_ascii_whitespace);
    let is_hidden = invisible::position(realm).is_some();
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
    } else if has_mark(configuration, realm) {
        let why = "has a mark in the name of the realm, and marks count";
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

/// A line below the one that counts, in the same file: one of both is a left-over.
fn second<'a>(first: &Value<'a>, later: &Value<'a>) -> Option<Problem<'a>> {
    if first.text == later.text || first.path() != later.path() {
        return None;
    }
    let (spot, counts) = (Spot::of_value(later), Spot::of_value(first));
    Some(Problem {
        severity: Severity::Warning,
        summary: format!(
            "{spot}: this default_realm does not count, since {} stands above it: {}",
            quoted(&first.text),
            quoted(&later.text)
        ),
        expected: "one line default_realm".to_owned(),
        observed: format!(
            "Kerberos takes {} for the default realm",
            quoted(&first.text)
        ),
        spots: vec![spot, counts],
    })
}

/// Quotes and marks at the end, which no realm has: unless a block is for it.
fn has_mark(configuration: &Configuration, realm: &[u8]) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'\'' | b'"' | b'\\' | b',' | b';');
    let realms = krb5_reading::realms(configuration);
    let is_written = || realms.iter().any(|(part, node)| part.name(*node) == realm);
    (realm.iter().any(is_mark) || realm.ends_with(b".")) && !is_written()
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
