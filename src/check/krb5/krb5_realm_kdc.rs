//! Realms whose servers Kerberos does not find, although somebody wrote them down.

use crate::check::krb5_problem::{MOST, Problem, Spot, quoted, shown, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::escape;
use crate::facts::Facts;
use crate::krb5::host::{self, Wrong};
use crate::krb5::{Configuration, NodeId, Part, Place, Value};

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
    let why = match &overlooked {
        Some((_, why)) => why.clone(),
        None => "no kdc is written down, and DNS is not to be asked".to_owned(),
    };
    let expected = match &overlooked {
        Some((spot, _)) if spot.bytes() != realm => {
            "the same capitals in default_realm and in the name of the block".to_owned()
        }
        _ => format!(
            "one block {} = {{ with a line kdc = HOST, and a line }}, in [realms]",
            shown(realm)
        ),
    };
    let mut spots: Vec<Spot<'a>> = overlooked.map(|(spot, _)| spot).into_iter().collect();
    spots.push(Spot::of_value(default));
    if !asks_dns {
        let setting = krb5_reading::dns_setting(configuration);
        spots.extend(setting.map(|value| Spot::of_value(&value)));
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

/// A block that was meant for this realm, and why Kerberos does not take it for one.
fn overlooked<'a>(configuration: &'a Configuration, realm: &[u8]) -> Option<(Spot<'a>, String)> {
    realm_blocks(configuration).into_iter().find_map(|block| {
        let Block { part, node, kind } = block;
        let name = part.name(node);
        let why = match kind {
            Kind::Text if name == realm => format!("is a text, {ON_ONE_LINE}"),
            Kind::Within { outer } if name == realm => {
                format!("lies within the block of {}", quoted(part.name(outer)))
            }
            Kind::Repeated if name == realm => {
                let release = configuration.release;
                format!("begins a second block, which Kerberos {release} does not read")
            }
            Kind::Plain if name != realm && name.eq_ignore_ascii_case(realm) => {
                format!("is for {}, and capitals count", quoted(name))
            }
            _ => return None,
        };
        let spot = Spot::of_name(part, node);
        let why = format!("{spot} {why}");
        Some((spot, why))
    })
}

const ON_ONE_LINE: &str = "since a block may not stand on one line";

/// What looks like the block of a realm.
struct Block<'a> {
    part: &'a Part,
    node: NodeId,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    /// `R = { kdc = x }` on one line.
    Text,
    /// In the block of another realm, which has no `}` of its own.
    Within {
        outer: NodeId,
    },
    /// The second of its name, to a release that reads the first only.
    Repeated,
}

fn realm_blocks(configuration: &Configuration) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for part in &configuration.parts {
        let profile = &part.reading.profile;
        let Some(realms) = profile.section(&[b"realms"]) else {
            continue;
        };
        let mut before: Option<&[u8]> = None;
        for node in profile.children(realms) {
            let mut add = |node, kind| blocks.push(Block { part, node, kind });
            if !profile.is_section(*node) {
                if profile
                    .value(*node)
                    .is_some_and(|value| value.starts_with(b"{"))
                {
                    add(*node, Kind::Text);
                }
                continue;
            }
            let name = profile.name(*node);
            let is_repeated = before == Some(name);
            add(
                *node,
                if is_repeated {
                    Kind::Repeated
                } else {
                    Kind::Plain
                },
            );
            before = Some(name);
            for inner in profile.children(*node) {
                // Blocks within a realm have other things in them than servers.
                let has_server =
                    |child: &NodeId| matches!(profile.name(*child), b"kdc" | b"admin_server");
                if profile.children(*inner).iter().any(has_server) {
                    add(*inner, Kind::Within { outer: *node });
                }
            }
        }
    }
    blocks
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
    let wrong = |value: &Value<'_>| host::wrong(&value.text, configuration.release);
    let is_lost = values.iter().all(|value| wrong(value).is_some());
    let mut problems = Vec::new();
    let odd = values
        .iter()
        .filter_map(|value| Some((value, wrong(value)?)));
    for (value, wrong) in odd.take(MOST) {
        let (stops_all, said) = match wrong {
            Wrong::Refused => (
                true,
                "\"Invalid argument while getting initial credentials\"",
            ),
            Wrong::NoHost | Wrong::CutShort => (is_lost, "\"Cannot contact any KDC for realm\""),
        };
        let severity = if stops_all { worst } else { Severity::Warning };
        let spot = Spot::of_value(value);
        let (name, realm) = (quoted(&value.text), quoted(realm));
        let effect = match wrong {
            Wrong::Refused => "Kerberos refuses it, and all servers of the realm with it",
            Wrong::NoHost => "no host can have this name",
            Wrong::CutShort => {
                "it drops what stands behind the space, a port too, and asks port 88"
            }
        };
        problems.push(Problem {
            severity,
            summary: format!("{spot}: kdc = {name} is no server for {realm}: {effect}"),
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
            } else {
                continue;
            };
            if problems.len() == MOST {
                break;
            }
            let spot = Spot::of_name(part, *node);
            problems.push(Problem {
                severity: Severity::Warning,
                summary: format!("{spot} gives no host a realm: {why}"),
                expected: ".example.com = EXAMPLE.COM, and nothing behind it".to_owned(),
                observed: spot.text(),
                spots: vec![spot],
            });
        }
    }
    problems
}
