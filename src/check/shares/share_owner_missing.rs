//! Vagrant mounts a shared folder for a user and a group of the guest, and gives up where the guest
//! does not know them.

use std::collections::BTreeSet;

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::{Account, Facts, Wanted};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let wanted = facts.wanted.need()?.map_or(&[][..], Vec::as_slice);
    if wanted.is_empty() {
        return Err(Undecided::skipped("no shared folder is wanted"));
    }
    // What is mounted has found its owner.
    let mounted = facts.guest.mounted.known().map_or(&[][..], Vec::as_slice);
    let named: Vec<(&Wanted, Vec<Account>)> = wanted
        .iter()
        .filter(|share| !share.is_among(mounted))
        .map(|share| (share, accounts(share)))
        .filter(|(_, accounts)| !accounts.is_empty())
        .collect();
    if named.is_empty() {
        return Ok(Outcome::Pass);
    }
    let fact = &facts.guest.missing_accounts;
    let missing = fact.need()?.map_or(&[][..], Vec::as_slice);
    let affected: Vec<(&Wanted, Vec<Account>)> = named
        .into_iter()
        .map(|(share, mut accounts)| {
            accounts.retain(|account| missing.contains(account));
            (share, accounts)
        })
        .filter(|(_, accounts)| !accounts.is_empty())
        .collect();
    if affected.is_empty() {
        return Ok(Outcome::Pass);
    }
    let who: BTreeSet<String> = affected
        .iter()
        .flat_map(|(_, accounts)| accounts)
        .map(Account::to_string)
        .collect();
    let who = escape::line(&Vec::from_iter(who).join(", "), 120);
    let shares: Vec<&str> = affected
        .iter()
        .map(|(share, _)| share.name.as_str())
        .collect();
    let shares = escape::line(&shares.join(", "), 120);
    let mut found = failure(
        LEVEL,
        format!("the guest has no {who}, for whom Vagrant is to mount {shares}"),
    )
    .expected(format!("in the guest: {who}"))
    .observed("the guest does not know that name");
    for (share, accounts) in affected.iter().take(5) {
        for account in accounts {
            found = found.evidence(&share.source, format!("{}: {account}", share.name));
        }
    }
    found
        .evidence(&fact.source, format!("missing: {who}"))
        .cured_by(&["name-an-owner-that-is-there"])
        .verdict()
}

/// Whom Vagrant looks up. A number in the options goes before the name; where the group bears the
/// owner's name and is not there, Vagrant takes the owner's own group.
fn accounts(share: &Wanted) -> Vec<Account> {
    let manner = &share.manner;
    let has_option = |key: &str| {
        let mut options = manner.options.iter().flat_map(|options| options.split(','));
        options.any(|option| option.trim_start().starts_with(key))
    };
    let owner = manner.owner.clone().filter(|_| !has_option("uid="));
    let group = manner
        .group
        .clone()
        .filter(|group| !has_option("gid=") && manner.owner.as_ref() != Some(group));
    let owner = owner.map(Account::User).into_iter();
    owner.chain(group.map(Account::Group)).collect()
}
