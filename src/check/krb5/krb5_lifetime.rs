//! Lifetimes that Kerberos refuses, or takes for something else without a word.

use crate::check::krb5_problem::{MOST, Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Verdict, krb5_reading};
use crate::facts::Facts;
use crate::krb5::lifetime::{self, Lifetime};
use crate::krb5::words::is_integer;
use crate::krb5::{Configuration, Value};

pub const LEVEL: Severity = Severity::Error;

/// Tickets that end sooner than this many seconds are of no use: clocks may differ by as much.
const SHORT: i32 = 300;

/// Where they are set for all realms; a block in it is for one.
const SECTION: &str = "libdefaults";

const EXPECTED: &str = "such as 24h, 7d, 1d12h, 10:00:00, or seconds: small letters, no space";

pub fn examine(facts: &Facts) -> Verdict {
    let configuration = krb5_reading::readable(facts)?;
    let default = configuration.first(&[SECTION, "default_realm"]);
    let default = default.map(|value| value.text);
    let mut problems = Vec::new();
    for name in ["ticket_lifetime", "renew_lifetime"] {
        let values = values(configuration, name);
        let odd = values.iter().filter_map(|(realm, value)| {
            let mut problem = problem(name, value, *realm)?;
            if realm.is_some_and(|realm| default.as_deref() != Some(realm)) {
                problem.severity = Severity::Warning;
            }
            Some(problem)
        });
        problems.extend(odd.take(MOST));
    }
    problems.extend(clock_skew(configuration));
    match worst(facts, problems) {
        None => Ok(Outcome::Pass),
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
    }
}

/// What counts for all realms, and what counts for one, with its name.
fn values<'a>(configuration: &'a Configuration, name: &str) -> Vec<(Option<&'a [u8]>, Value<'a>)> {
    let for_all = configuration.first(&[SECTION, name]);
    let mut values = Vec::from_iter(for_all.map(|value| (None, value)));
    for (part, realm) in configuration.subsections(&[SECTION]) {
        let realm = part.name(realm);
        let names = [SECTION.as_bytes(), realm, name.as_bytes()];
        let of_realm = configuration.all_named(&names).into_iter().next();
        values.extend(of_realm.map(|value| (Some(realm), value)));
    }
    values
}

fn problem<'a>(name: &str, value: &Value<'a>, realm: Option<&[u8]>) -> Option<Problem<'a>> {
    let text = quoted(&value.text);
    let whom = realm.map_or_else(String::new, |realm| format!(" of {}", quoted(realm)));
    let (severity, said, observed) = match lifetime::read(&value.text) {
        None => (
            Severity::Error,
            format!("Kerberos refuses {name} = {text}, so nobody{whom} gets a ticket"),
            "\"Invalid format of Kerberos lifetime or clock skew string\" from kinit".to_owned(),
        ),
        Some(read) => {
            let Lifetime { seconds, ignored } = read;
            let left = &value.text[value.text.len() - ignored..];
            // Renewable for no time means not renewable, which is a choice.
            let is_off = name == "renew_lifetime" && seconds == 0;
            let is_short = seconds < SHORT && !is_off;
            if is_comment(left) && !is_short {
                return None;
            }
            let severity = if is_short && name == "ticket_lifetime" {
                Severity::Error
            } else {
                Severity::Warning
            };
            let observed = match ignored {
                0 => format!("{text}; a number without a unit is seconds"),
                _ => format!("{text}; Kerberos stops reading at {}", quoted(left)),
            };
            let taken = match seconds {
                1 => "1 second".to_owned(),
                seconds => format!("{seconds} seconds"),
            };
            let said = format!("Kerberos takes {name} = {text} for {taken}, and says nothing");
            (severity, said, observed)
        }
    };
    let spot = Spot::of_value(value);
    Some(Problem {
        severity,
        summary: format!("{spot}: {said}"),
        expected: EXPECTED.to_owned(),
        observed,
        spots: vec![spot],
    })
}

/// What Kerberos does not look at may be a comment, or nothing.
fn is_comment(left: &[u8]) -> bool {
    let word = left.trim_ascii_start();
    matches!(word.first(), None | Some(b'#' | b';'))
}

/// The one that is a plain number of seconds. Kerberos ignores what is none.
fn clock_skew(configuration: &Configuration) -> Option<Problem<'_>> {
    let value = configuration.first(&[SECTION, "clockskew"])?;
    let meant = lifetime::read(&value.text);
    let is_default = meant.is_some_and(|meant| meant.seconds == SHORT && meant.ignored == 0);
    if is_integer(&value.text) || is_default {
        return None;
    }
    let spot = Spot::of_value(&value);
    let text = quoted(&value.text);
    Some(Problem {
        severity: Severity::Warning,
        summary: format!("{spot}: clockskew = {text} is no number, so Kerberos ignores it"),
        expected: "a number of seconds without a unit, such as 300".to_owned(),
        observed: format!("{text}; Kerberos uses {SHORT} seconds"),
        spots: vec![spot],
    })
}
