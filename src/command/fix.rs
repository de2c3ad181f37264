//! `boxdoctor fix`: look, show the plan, ask, repair, look again.

use anyhow::{Result, anyhow};

use super::choice::Choice;
use super::examine;
use super::subjects::{Subjects, subjects};
use super::visit::Visit;
use super::{UNUSABLE, check, terminal};
use crate::cli;
use crate::medium;
use crate::medium::choose::NoMedium;
use crate::report::Report;

pub fn run(arguments: &cli::Fix) -> Result<u8> {
    let choice = Choice::new(&arguments.view)?;
    if let Some(iso) = &arguments.repair.iso {
        // A file that is no such ISO is wrong usage, whatever there may be to repair.
        medium::version(iso).map_err(|why| anyhow!(NoMedium::from(why).to_string()))?;
    }
    let Subjects { subjects, by_name } = self::subjects(&arguments.target)?;
    let further = cli::Further::default();
    let examinations = examine::look(&subjects, arguments.target.timeout(), &further)?;
    let mut visit = Visit::begin(arguments, &choice)?;
    let mut seen = Vec::new();
    let mut acted = false;
    for (subject, examination) in subjects.into_iter().zip(examinations) {
        let before = visit.judge(&examination);
        match visit.treat(subject, examination) {
            Ok(after) => {
                acted |= after.is_some();
                seen.push(after.map_or(before, |after| after.report));
            }
            // What was repaired before it is to be reported all the same.
            Err(error) if acted => {
                terminal::say(&format!("{error:#}"));
                visit.refused = true;
                seen.push(before);
            }
            Err(error) => return Err(error),
        }
    }
    let refused = visit.refused;
    let report = Report::new(seen).with_problems_of(visit.suppressions());
    if acted || arguments.view.format != cli::Format::Human {
        check::print(&report, &arguments.view)?;
    }
    if refused && !arguments.dry_run {
        return Ok(UNUSABLE);
    }
    Ok(check::status(&report, &arguments.view, by_name))
}
