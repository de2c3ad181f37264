//! Lists of encryption types that leave nothing that a server of today takes.

use crate::check::krb5_problem::{Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Verdict, krb5_reading};
use crate::facts::Facts;
use crate::krb5::enctypes::{self, Strength};
use crate::krb5::words::boolean;
use crate::krb5::{Configuration, Value};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let configuration = krb5_reading::readable(facts)?;
    let allow_weak = configuration.first(&["libdefaults", "allow_weak_crypto"]);
    let allow_weak = allow_weak.and_then(|value| boolean(&value.text));
    let allow_weak = allow_weak.unwrap_or(false);
    let problems: Vec<Problem<'_>> = [
        "default_tkt_enctypes",
        "default_tgs_enctypes",
        "permitted_enctypes",
    ]
    .into_iter()
    .filter_map(|name| {
        let value = configuration.first(&["libdefaults", name])?;
        problem(configuration, name, &value, allow_weak)
    })
    .collect();
    match worst(facts, problems) {
        None => Ok(Outcome::Pass),
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
    }
}

fn problem<'a>(
    configuration: &Configuration,
    name: &str,
    value: &Value<'a>,
    allow_weak: bool,
) -> Option<Problem<'a>> {
    let release = configuration.release;
    let chosen = enctypes::read(&value.text, release, allow_weak);
    let spot = Spot::of_value(value);
    let (severity, summary, observed) = if chosen.types.is_empty() {
        (
            Severity::Error,
            format!("{spot}: {name} leaves no encryption type that Kerberos allows"),
            "Kerberos says \"No supported encryption types (config file error?)\"".to_owned(),
        )
    } else if chosen
        .types
        .iter()
        .all(|chosen| chosen.strength != Strength::Strong)
    {
        let names: Vec<&str> = chosen.types.iter().map(|chosen| chosen.name()).collect();
        (
            Severity::Warning,
            format!(
                "{spot}: {name} leaves only {}, which many servers refuse",
                names.join(", ")
            ),
            "such servers say \"KDC has no support for encryption type\"".to_owned(),
        )
    } else {
        // Old names in a list that has better ones are common, and harmless.
        let unknown = chosen.unknown.first()?;
        let said = if unknown.starts_with(b"#") {
            format!("{spot}: {name} ends in no comment: all behind the # counts as types too")
        } else {
            format!(
                "{spot}: no release of Kerberos knows {} in {name}: it is passed over",
                quoted(unknown)
            )
        };
        (Severity::Info, said, quoted(&value.text))
    };
    Some(Problem {
        severity,
        summary,
        expected: format!("aes256-cts or aes128-cts among them, or no line {name} at all"),
        observed,
        spots: vec![spot],
    })
}
