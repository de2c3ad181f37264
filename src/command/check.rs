//! `boxdoctor check`: look, judge, report.

use anyhow::Result;

use super::choice::Choice;
use super::subjects::{Subjects, subjects};
use super::{FAILURE, FINE, UNDECIDED, examine, terminal};
use crate::cli;
use crate::diagnosis::diagnose;
use crate::facts::Facts;
use crate::observe::Examination;
use crate::report::{Report, TargetReport, human, json};

pub fn run(arguments: &cli::Check) -> Result<u8> {
    let view = &arguments.view;
    let choice = Choice::new(view)?;
    let target = &arguments.target;
    let Subjects { subjects, by_name } = subjects(target)?;
    let style = terminal::style(view.color);
    // Programs want the whole; a person can begin to read.
    let is_human = view.format == cli::Format::Human;
    let mut judged = Vec::with_capacity(subjects.len());
    let (timeout, further) = (target.timeout(), &arguments.further);
    examine::look_hastily(&subjects, timeout, further, is_human, |seen| {
        let (places, targets): (Vec<usize>, Vec<TargetReport>) = seen
            .iter()
            .map(|(place, seen)| (*place, judge(seen, &choice)))
            .unzip();
        if is_human {
            terminal::print(&human::targets(&targets, style, view.verbose))?;
        }
        judged.extend(places.into_iter().zip(targets));
        Ok(())
    })?;
    judged.sort_by_key(|(place, _)| *place);
    let report = Report::new(judged.into_iter().map(|(_, target)| target).collect());
    if is_human {
        terminal::print(&human::summary(&report, style))?;
    } else {
        print(&report, view)?;
    }
    Ok(status(&report, view, by_name))
}

fn judge(examination: &Examination, choice: &Choice) -> TargetReport {
    let facts = Facts::read(examination);
    let findings = diagnose(&facts, |check| choice.includes(check));
    TargetReport::new(&examination.target, &facts, findings)
}

/// Prints the report in the form that the user wants.
///
/// # Errors
/// Where it cannot be written.
pub fn print(report: &Report, view: &cli::View) -> Result<()> {
    let text = match view.format {
        cli::Format::Human => human::write(report, terminal::style(view.color), view.verbose),
        cli::Format::Json => json::write(report)?,
    };
    Ok(terminal::print(&text)?)
}

/// The exit status that a report calls for. `by_name`: the user has named the machines.
pub fn status(report: &Report, view: &cli::View, by_name: bool) -> u8 {
    let Some(level) = view.fail_on.level() else {
        return FINE;
    };
    // One who names a machine wants to know about it, and a machine that is off tells nothing.
    let unexamined = by_name && report.targets.iter().any(|target| !target.was_examined());
    if report.fails_at(level) {
        FAILURE
    } else if report.is_unknown_at(level) || unexamined {
        UNDECIDED
    } else {
        FINE
    }
}
