//! A place for tickets that cannot hold any: then `kinit` succeeds nowhere.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::escape;
use crate::facts::Facts;
use crate::parse::klist::Cache;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.tickets;
    let Some(tickets) = kerberos::said(facts, fact)? else {
        return Err(Undecided::skipped(
            "the guest has no klist: nobody keeps a ticket there",
        ));
    };
    if let Cache::NoConfiguration(said) = &tickets.cache {
        return Err(Undecided::skipped(escape::line(said, 200)));
    }
    let observed = match (
        &tickets.cache,
        &tickets.closed_folder,
        &tickets.foreign_file,
    ) {
        (Cache::OfHeimdal, ..) => return Err(Undecided::skipped("its klist is not MIT's")),
        (Cache::Unusable(said), ..) => said.clone(),
        (Cache::None(_), Some(folder), _) => {
            format!("{folder} is no folder that the user can write to")
        }
        (Cache::None(_), None, Some(file)) => {
            format!("{file} is there, and the user cannot put a cache in its place")
        }
        _ => return Ok(Outcome::Pass),
    };
    let configured = kerberos::setting(facts, "default_ccache_name");
    let (from, name) = match (&tickets.setting, &configured) {
        (Some(name), _) => ("KRB5CCNAME", name.clone()),
        (None, Some(value)) => ("default_ccache_name", value.shown().into_owned()),
        (None, None) => ("KRB5CCNAME", "not set".to_owned()),
    };
    let mut finding = failure(
        LEVEL,
        format!("tickets cannot be kept: {}", escape::line(&observed, 120)),
    )
    .expected("a ticket cache that the user can fill")
    .observed(&*observed)
    .evidence(&fact.source, &observed)
    .evidence(format!("guest: {from}"), name);
    if let (None, Some(value)) = (&tickets.setting, &configured) {
        let path = String::from_utf8_lossy(value.path());
        finding = finding.location(&path, value.place().line);
    }
    finding.cured_by(&["choose-ccache"]).verdict()
}
