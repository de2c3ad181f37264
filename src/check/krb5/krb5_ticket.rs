//! A ticket that has expired still lies there, and every program fails with it.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::escape;
use crate::facts::Facts;
use crate::parse::klist::Cache;

/// The next command of a user fails, and one `kinit` cures it: no error of the guest.
pub const LEVEL: Severity = Severity::Warning;

pub fn examine(facts: &Facts) -> Verdict {
    let fact = &facts.krb5.client.tickets;
    let Some(tickets) = kerberos::said(facts, fact)? else {
        return Err(Undecided::skipped(
            "the guest has no klist: nobody gets a ticket there",
        ));
    };
    if tickets.is_valid {
        return Ok(Outcome::Pass);
    }
    match &tickets.cache {
        Cache::Of {
            name,
            principal,
            ticket,
        } => {
            let shown = ticket.as_deref().unwrap_or("no ticket for further tickets");
            failure(
                LEVEL,
                format!("the ticket of {principal} is no longer valid"),
            )
            .expected("a ticket that has not expired")
            .observed(shown)
            .evidence("guest: klist -s", "status 1")
            .evidence(&fact.source, format!("{name}: {shown}"))
        }
        Cache::None(said) => failure(Severity::Info, "the user has no ticket")
            .expected("a ticket, once the user works with Kerberos")
            .observed(said)
            .evidence(&fact.source, said),
        Cache::Unusable(_) => {
            return Err(Undecided::skipped(
                "there is no place for a ticket: that is another check's finding",
            ));
        }
        Cache::OfHeimdal => return Err(Undecided::skipped("its klist is not MIT's")),
        Cache::NoConfiguration(said) => return Err(Undecided::skipped(escape::line(said, 200))),
    }
    .cured_by(&["get-ticket"])
    .verdict()
}
