//! A KDC that the guest cannot reach, by its name or over the network.

use crate::check::{Outcome, Severity, Undecided, Verdict, asked, failure, kerberos, krb5_reading};
use crate::facts::{Facts, NOT_ASKED, State};
use crate::parse::krb5_kdcs;
use crate::target::Kind;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.kdcs;
    if facts.target.kind == Kind::File {
        return Err(Undecided::skipped("a file has no guest"));
    }
    krb5_reading::readable(facts)?;
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
    let is_open = |asked: &&krb5_kdcs::Asked| asked.outcome == krb5_kdcs::Outcome::Unasked;
    if let Some(open) = answers.iter().find(is_open) {
        return Err(Undecided::Unknown {
            reason: open.shown(),
            decide_with: asked(&fact.source),
        });
    }
    let Some(first) = answers.first() else {
        return Err(Undecided::Unknown {
            reason: "nothing was said of any KDC".to_owned(),
            decide_with: asked(&fact.source),
        });
    };
    let realm = kerberos::setting(facts, "default_realm");
    let realm = realm.map_or_else(String::new, |realm| realm.shown().into_owned());
    let mut finding = failure(LEVEL, format!("no KDC of {realm} answers the guest"))
        .expected("an answer over TCP or UDP from one of them")
        .observed(first.shown());
    for asked in answers {
        finding = finding.evidence(&fact.source, asked.shown());
    }
    finding.cured_by(&["reach-kdc"]).verdict()
}
