//! The symptom that brings people here: a shared folder that is wanted and not mounted.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::{Facts, Wanted};

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let Some(wanted) = facts.wanted.need()? else {
        return Err(Undecided::skipped("no shared folder is wanted"));
    };
    if wanted.is_empty() {
        return Err(Undecided::skipped("no shared folder is wanted"));
    }
    if facts.is_before_mount {
        return Err(Undecided::skipped("Vagrant mounts it after this"));
    }
    facts.guest.mounted.need()?;
    let missing = facts.missing_shares().unwrap_or_default();
    if missing.is_empty() {
        return Ok(Outcome::Pass);
    }
    let names: Vec<String> = missing.iter().map(|share| shown(share)).collect();
    let names = escape::line(&names.join(", "), 200);
    let mut found = failure(
        LEVEL,
        match missing.as_slice() {
            [_] => format!("the shared folder {names} is not mounted"),
            several => format!("{} shared folders are not mounted: {names}", several.len()),
        },
    )
    .expected(format!("mounted: {names}"))
    .observed(match facts.guest.mounted.known() {
        Some(mounted) if !mounted.is_empty() => format!("{} mounted, not these", mounted.len()),
        _ => "no file system of type vboxsf is mounted".to_owned(),
    });
    for share in missing.iter().take(5) {
        found = found.evidence(&share.source, shown(share));
    }
    found
        .evidence(&facts.guest.mounted.source, "no such line of type vboxsf")
        .cured_by(&["mount-again"])
        .verdict()
}

fn shown(share: &Wanted) -> String {
    match &share.guest_path {
        Some(path) => format!("{} on {path}", share.name),
        None => share.name.clone(),
    }
}
