//! What has to be known beside the findings before a plan is shown: what the package manager has,
//! and where the Guest Additions come from.

use std::time::Duration;

use super::tried::Tried;
use super::{repin, terminal};
use crate::cli;
use crate::diagnosis::Finding;
use crate::escape;
use crate::facts::Facts;
use crate::medium::choose::{self, Chosen, Shelf};
use crate::observe::guest;
use crate::observe::way::Way;
use crate::remedy::packages::{self, Pair, Past, Rehearsal, Wanted};
use crate::remedy::plan::{self, Circumstances, Step};
use crate::remedy::run::{self, Outcome};
use crate::remedy::{archive, unattended};

/// How long the package manager may think, which fetches what its repositories have.
const LONGEST: Duration = Duration::from_secs(900);

/// Asks only what the plan depends on.
pub fn learn(
    way: &Way,
    facts: &Facts,
    findings: &[Finding],
    arguments: &cli::Fix,
    tried: &Tried,
    is_asked: bool,
) -> Circumstances {
    let mut known = Circumstances {
        archive: arguments.repair.archive_from.clone(),
        additions: may_install(findings, arguments).then(|| additions(facts, arguments)),
        tried: tried.in_vain.clone(),
        unfinished: tried.unfinished.clone(),
        ..Circumstances::default()
    };
    let first = plan::plan(facts, findings, &facts.krb5.seen, &known);
    let installs_headers = |step: &Step| unattended::wants_headers(step.remedy);
    // What it would say before that is about the obstacle, and not about the packages.
    if first.steps.iter().any(Step::opens_the_way) {
        // Who only wants to see is shown all that could follow.
        known.asks_later = !arguments.dry_run;
        known.repository_files = repository_files(way, facts);
        return known;
    }
    if !first.steps.iter().any(installs_headers) {
        return known;
    }
    let past = plan::past(findings);
    let _progress = terminal::Progress::show("Asking the package manager...");
    known.headers = headers(way, facts, past);
    if let Some(Err(_)) = known.headers {
        let pair = pair(way, facts, past);
        if let Ok(pair) = &pair {
            if arguments.repair.snapshot || is_asked {
                known.snapshot = way.virtual_machine().map(str::to_owned);
            }
            if past.lock && (arguments.repair.repin || is_asked) {
                known.repinned = repin::change(way, facts, pair);
            }
        }
        known.pair = Some(pair);
    }
    known
}

/// Each byte of the files that lead nowhere. `None` where one of them cannot be read: what was seen
/// of it before then has to do.
fn repository_files(way: &Way, facts: &Facts) -> Option<Vec<(String, Vec<u8>)>> {
    let files = archive::files(facts).into_iter();
    let read = files.map(|file| Some((file.path.clone(), repin::read(way, &file.path)?)));
    read.collect()
}

/// Whether the Guest Additions may be needed: reading a whole ISO takes a moment.
fn may_install(findings: &[Finding], arguments: &cli::Fix) -> bool {
    let mut failures = findings.iter().filter_map(Finding::failure);
    failures.any(|failure| {
        failure.remedies.contains(&"install-additions")
            || (arguments.repair.iso.is_some() && failure.remedies.contains(&"rebuild-additions"))
    })
}

/// Where they come from.
fn additions(facts: &Facts, arguments: &cli::Fix) -> Result<Chosen, String> {
    let shelf = Shelf::here();
    choose::choose(&facts.host, &arguments.repair.wish(), Some(&shelf))
        .map_err(|why| why.to_string())
}

/// Whether the headers of the running kernel can be had. `None` where that cannot be asked, or the
/// connection broke over it: the transaction itself will tell, and nobody gets another kernel for it.
fn headers(way: &Way, facts: &Facts, past: Past) -> Option<Result<(), String>> {
    let spec = facts.guest.packages.fitting_headers.known()?.spec();
    let spec = crate::escape::line(&spec, 120);
    let said = rehearse(way, facts, past, Wanted::Headers).ok()??;
    Some(said.map_err(|why| format!("{spec} cannot be installed ({why})")))
}

fn pair(way: &Way, facts: &Facts, past: Past) -> Result<Pair, String> {
    let none = "no kernel can be had together with its headers";
    let command = packages::ask_pair(facts, past).ok_or(none)?;
    let outcome = ask(way, &command)?;
    let pair = packages::pair(facts, &outcome.output).ok_or(none)?;
    match rehearse(way, facts, past, Wanted::Pair(&pair))? {
        Some(Err(why)) => Err(format!(
            "nor can the kernel {} ({why})",
            escape::line(&pair.release, 80)
        )),
        _ => Ok(pair),
    }
}

/// Whether the transaction would bring what it is for; nothing where no answer can be had from this
/// package manager.
///
/// # Errors
/// Where there was no answer this time.
fn rehearse(
    way: &Way,
    facts: &Facts,
    past: Past,
    wanted: Wanted<'_>,
) -> Result<Option<Result<(), String>>, String> {
    let Some(command) = packages::rehearse(facts, past, wanted) else {
        return Ok(None);
    };
    let outcome = ask(way, &command)?;
    let rehearsal = packages::rehearsal(facts, past, wanted, &outcome.output);
    Ok(rehearsal.map(|rehearsal| match rehearsal {
        Rehearsal::Works(_) | Rehearsal::Needless => Ok(()),
        Rehearsal::Refused(why) => Err(why),
    }))
}

/// The answer of a command that changes nothing but what the package manager remembers.
fn ask(way: &Way, command: &str) -> Result<Outcome, String> {
    let nonce = guest::nonce().map_err(|error| error.to_string())?;
    let name = format!("ask-{nonce}");
    run::run(way, &name, command, LONGEST, &mut |_| {}).map_err(|broken| broken.to_string())
}
