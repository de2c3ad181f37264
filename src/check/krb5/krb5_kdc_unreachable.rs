//! A KDC that the guest cannot reach, by its name or over the network.

use crate::check::{Outcome, Severity, Undecided, Verdict, asked, failure, kerberos, krb5_reading};
use crate::escape;
use crate::facts::{Facts, NOT_ASKED, State};
use crate::parse::krb5_kdcs;
use crate::target::Kind;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.kdcs;
    if facts.target.kind == Kind::File {
        return Err(Undecided::skipped("a file has no guest"));
    }
    let configuration = krb5_reading::readable(facts)?;
    let Some(realm) = configuration.first(&["libdefaults", "default_realm"]) else {
        return Err(Undecided::skipped(
            "no default realm is set, so no KDC is looked for",
        ));
    };
    let realm = realm.shown();
    let is_named = configuration.first(&["realms", &realm, "kdc"]).is_some();
    if !is_named && !krb5_reading::asks_dns(configuration) {
        return Err(Undecided::skipped(
            "no KDC is named, and DNS is not to be asked for one",
        ));
    }
    if matches!(&fact.state, State::Unknown(why) if why == NOT_ASKED) {
        return Err(Undecided::skipped("it was not asked: --deep asks this"));
    }
    let answers = kerberos::said(facts, fact)?.map_or(&[][..], Vec::as_slice);
    if answers.iter().any(|asked| {
        matches!(asked.kind, krb5_kdcs::Kind::Tcp | krb5_kdcs::Kind::Udp)
            && asked.outcome == krb5_kdcs::Outcome::Answered
    }) {
        return Ok(Outcome::Pass);
    }
    let open = [krb5_kdcs::Outcome::Unasked, krb5_kdcs::Outcome::Untried];
    if let Some(open) = answers.iter().find(|asked| open.contains(&asked.outcome)) {
        return Err(Undecided::Unknown {
            reason: escape::line(&open.shown(), 200),
            decide_with: asked(&fact.source),
        });
    }
    let Some(first) = answers.first() else {
        return Err(Undecided::Unknown {
            reason: "nothing was said of any KDC".to_owned(),
            decide_with: asked(&fact.source),
        });
    };
    let mut finding = failure(LEVEL, format!("no KDC of {realm} answers the guest"))
        .expected("an answer over TCP or UDP from one of them")
        .observed(first.shown());
    for asked in answers {
        finding = finding.evidence(&fact.source, asked.shown());
    }
    finding.cured_by(&["reach-kdc"]).verdict()
}
