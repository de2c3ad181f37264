//! Realms whose servers Kerberos does not find, although somebody wrote them down.

use std::collections::HashSet;

use crate::check::krb5_blocks::{Block, Kind, ON_ONE_LINE, overlooked, realm_blocks};
use crate::check::krb5_problem::{MOST, Problem, Spot, quoted, shown, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::escape;
use crate::facts::Facts;
use crate::krb5::host::{self, Wrong};
use crate::krb5::words::boolean;
use crate::krb5::{Configuration, Place, Value};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let configuration = krb5_reading::readable(facts)?;
    let default = configuration.first(&["libdefaults", "default_realm"]);
    let default = default.filter(|value| !value.text.is_empty());
    let realm = default.as_ref().map_or(&b""[..], |value| &value.text);
    let mut problems = Vec::new();
    let mut located = None;
    if let Some(default) = default
        .as_ref()
        .filter(|_| !krb5_reading::has_ticket(facts, Some(realm)))
    {
        let problem = without_server(configuration, default);
        // A plug-in answers where the configuration does not, unless it says something else.
        if problem.is_some() && krb5_reading::has_locator(configuration) {
            located = Some(by_locator(realm));
        } else {
            problems.extend(problem);
        }
    }
    // What explains the default realm is said once.
    let is_said = |place: &Place| {
        let first = problems.first().and_then(|problem| problem.spots.first());
        first.is_some_and(|spot| spot.place == *place)
    };
    let mut others = servers(configuration, realm, Severity::Error);
    for (part, other) in krb5_reading::realms(configuration) {
        if others.len() < MOST && part.name(other) != realm {
            others.extend(servers(configuration, part.name(other), Severity::Warning));
        }
    }
    let mut blocks = blocks(configuration);
    blocks.retain(|problem| !problem.spots.iter().any(|spot| is_said(&spot.place)));
    others.extend(blocks);
    others.extend(domains(configuration));
    problems.extend(others);
    let names_nothing = default.is_none() && krb5_reading::realms(configuration).is_empty();
    match worst(facts, problems) {
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
        None if names_nothing => Err(Undecided::skipped(
            "the configuration names no realm: Kerberos is not set up",
        )),
        None => located.map_or(Ok(Outcome::Pass), Err),
    }
}

fn by_locator(realm: &[u8]) -> Undecided {
    Undecided::Unknown {
        reason: "no kdc is written down, but a plug-in or sssd may know one".to_owned(),
        decide_with: format!(
            "in the guest: KRB5_TRACE=/dev/stderr kinit {}",
            escape::word(&format!("NAME@{}", String::from_utf8_lossy(realm)))
        ),
    }
}

/// The default realm, where the configuration has no server for it and DNS is no excuse.
fn without_server<'a>(
    configuration: &'a Configuration,
    default: &Value<'a>,
) -> Option<Problem<'a>> {
    let realm = &default.text[..];
    if !configuration
        .all_named(&[b"realms", realm, b"kdc"])
        .is_empty()
        || krb5_reading::is_misnamed(configuration, "realms")
    {
        return None;
    }
    let asks_dns = krb5_reading::asks_dns(configuration);
    let overlooked = overlooked(configuration, realm);
    let (severity, observed) = match (asks_dns, &overlooked) {
        (true, None) => return None,
        (true, Some(_)) => (Severity::Warning, "only what DNS says".to_owned()),
        (false, _) => (
            Severity::Error,
            "\"Cannot find KDC for realm\" from kinit".to_owned(),
        ),
    };
    let setting = krb5_reading::dns_setting(configuration).filter(|_| !asks_dns);
    let no_word = setting
        .as_ref()
        .filter(|value| boolean(&value.text).is_none());
    let why = match (&overlooked, no_word) {
        (Some((_, why)), _) => why.clone(),
        (None, Some(value)) => format!(
            "no kdc is written down, and DNS is not asked, since {} is not yes",
            quoted(&value.text)
        ),
        (None, None) => "no kdc is written down, and DNS is not to be asked".to_owned(),
    };
    let expected = match &overlooked {
        Some((spot, _)) if spot.bytes() != realm && spot.bytes().eq_ignore_ascii_case(realm) => {
            "the same capitals in default_realm and in the name of the block".to_owned()
        }
        _ => format!(
            "one block {} = {{ with a line kdc = HOST, and a line }}, in [realms]",
            shown(realm)
        ),
    };
    // The line to be changed comes first: what hides the servers, or the place where they belong.
    let mut spots = Vec::from_iter(overlooked.map(|(spot, _)| spot));
    let of_setting = setting.as_ref().map(Spot::of_value);
    if no_word.is_some() && spots.is_empty() {
        spots.extend(of_setting.clone());
    }
    if spots.is_empty() {
        let realms = krb5_reading::realms(configuration);
        let own = realms.iter().find(|(part, node)| part.name(*node) == realm);
        spots.extend(own.map(|(part, node)| Spot::of_name(part, *node)));
    }
    spots.push(Spot::of_value(default));
    if no_word.is_none() || spots.len() > 2 {
        spots.extend(of_setting);
    }
    Some(Problem {
        severity,
        summary: format!(
            "Kerberos finds no server for the default realm {}: {why}",
            quoted(realm)
        ),
        expected,
        observed,
        spots,
    })
}

/// The blocks of any realm that Kerberos does not take for one.
fn blocks(configuration: &Configuration) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    for Block { part, node, kind } in realm_blocks(configuration) {
        let why = match kind {
            _ if problems.len() == MOST => break,
            Kind::Text => format!("is a text, {ON_ONE_LINE}"),
            Kind::Within { outer } => {
                let outer = quoted(part.name(outer));
                format!("lies within that of {outer}, which has no }} before it")
            }
            Kind::Plain | Kind::Repeated => continue,
        };
        let spot = Spot::of_name(part, node);
        let realm = quoted(part.name(node));
        problems.push(Problem {
            severity: Severity::Warning,
            summary: format!("Kerberos knows no realm {realm}: its block at {spot} {why}"),
            expected: "REALM = { on a line, its values on lines of their own, then }".to_owned(),
            observed: spot.text(),
            spots: vec![spot],
        });
    }
    problems
}

/// Servers of a realm with a name that no host can have. `worst` is how bad it is to have none.
fn servers<'a>(
    configuration: &'a Configuration,
    realm: &[u8],
    worst: Severity,
) -> Vec<Problem<'a>> {
    let values = configuration.all_named(&[b"realms", realm, b"kdc"]);
    let judged: Vec<(Value<'a>, Option<Wrong>)> = values
        .into_iter()
        .map(|value| {
            let wrong = host::wrong(&value.text, configuration.release);
            (value, wrong)
        })
        .collect();
    let is_asked = |wrong: &Option<Wrong>| matches!(wrong, None | Some(Wrong::CutShort));
    let is_lost = !judged.iter().any(|(_, wrong)| is_asked(wrong));
    let mut problems = Vec::new();
    let odd = judged
        .iter()
        .filter_map(|(value, wrong)| Some((value, (*wrong)?)));
    for (value, wrong) in odd.take(MOST) {
        let (stops_all, said) = match wrong {
            Wrong::Refused => (
                true,
                "\"Invalid argument while getting initial credentials\"",
            ),
            Wrong::NoHost | Wrong::PortLost => (is_lost, "\"Cannot contact any KDC for realm\""),
            Wrong::CutShort => (false, "no word of the rest"),
        };
        let severity = if stops_all { worst } else { Severity::Warning };
        let spot = Spot::of_value(value);
        let (name, realm) = (quoted(&value.text), quoted(realm));
        let effect = match wrong {
            Wrong::Refused => {
                "is no server: Kerberos refuses it, and all servers of the realm with it"
            }
            Wrong::NoHost => "is no server: no host can have this name",
            Wrong::PortLost => "is asked at the usual port: a space before the port ends the name",
            Wrong::CutShort => "is read in part: what stands behind the name is dropped",
        };
        problems.push(Problem {
            severity,
            summary: format!("{spot}: kdc = {name} of {realm} {effect}"),
            expected: "HOST, HOST:PORT or [IPv6]:PORT, one on a line, and nothing behind it"
                .to_owned(),
            observed: format!("{said} from kinit"),
            spots: vec![spot],
        });
    }
    problems
}

/// Lines of [domain_realm] that match no host.
fn domains(configuration: &Configuration) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    let realms = krb5_reading::realms(configuration);
    let names: HashSet<&[u8]> = realms.iter().map(|(part, node)| part.name(*node)).collect();
    let in_small: HashSet<Vec<u8>> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let is_in_other_case =
        |realm: &[u8]| !names.contains(realm) && in_small.contains(&realm.to_ascii_lowercase());
    for part in &configuration.parts {
        let profile = &part.reading.profile;
        let section = profile.section(&[b"domain_realm"]);
        let mut before: Option<&[u8]> = None;
        for node in section.map_or(&[][..], |section| profile.children(section)) {
            let name = profile.name(*node);
            // The first of a name is the one that counts.
            if before.replace(name) == Some(name) {
                continue;
            }
            let realm = profile.value(*node).unwrap_or_default();
            let lower = name.to_ascii_lowercase();
            let is_alone = || {
                let mut parts = configuration.parts.iter().map(|part| &part.reading.profile);
                !parts.any(|profile| {
                    profile
                        .relations(&[b"domain_realm"], &lower)
                        .next()
                        .is_some()
                })
            };
            // A name ends at its first star.
            let why = if name.is_empty() {
                "Kerberos knows no *; a leading dot means all hosts below"
            } else if name.ends_with(b".") {
                "no host name ends in a dot"
            } else if lower != name && is_alone() {
                "host names are compared in small letters"
            } else if realm.iter().any(u8::is_ascii_whitespace) {
                "all behind the = is the name of the realm"
            } else if realm.ends_with(b".") {
                "no realm ends in a dot"
            } else if is_in_other_case(&realm) {
                "its realm has a block in other capitals, and capitals count"
            } else {
                continue;
            };
            if problems.len() == MOST {
                break;
            }
            let spot = Spot::of_name(part, *node);
            problems.push(Problem {
                severity: Severity::Warning,
                summary: format!("{spot} gives no host its realm: {why}"),
                expected: ".example.com = EXAMPLE.COM, and nothing behind it".to_owned(),
                observed: spot.text(),
                spots: vec![spot],
            });
        }
    }
    problems
}
