//! `boxdoctor check`: look, judge, report.

use anyhow::Result;

use super::choice::Choice;
use super::examine::Subject;
use super::subjects::{Subjects, subjects};
use super::{FAILURE, FINE, UNDECIDED, examine, repository, suppressions, terminal};
use crate::cli::{self, TargetArgs};
use crate::diagnosis::diagnose;
use crate::facts::Facts;
use crate::observe::Examination;
use crate::observe::way::Route;
use crate::report::{Report, TargetReport, human, json, junit, sarif};
use crate::target::vagrant::Surroundings;

pub fn run(arguments: &cli::Check) -> Result<u8> {
    let view = &arguments.view;
    let choice = Choice::new(view)?;
    let target = &arguments.target;
    let suppressions = suppressions::read(target)?;
    let Subjects { subjects, by_name } = subjects(target)?;
    let style = terminal::style(view.color);
    // Programs want the whole; a person can begin to read.
    let is_human = view.format == cli::Format::Human;
    let mut judged: Vec<(usize, TargetReport)> = Vec::with_capacity(subjects.len());
    let (timeout, further) = (target.timeout(), &arguments.further);
    examine::look_hastily(&subjects, timeout, further, is_human, |seen| {
        let begin = judged.len();
        for (place, examination) in seen {
            let mut target = judge(&examination, &choice);
            suppressions.apply(&mut target);
            target.file = file(&subjects[place], &arguments.target);
            judged.push((place, target));
        }
        if is_human {
            let targets: Vec<_> = judged[begin..].iter().map(|(_, target)| target).collect();
            terminal::print(&human::targets(&targets, style, view.verbose))?;
        }
        Ok(())
    })?;
    judged.sort_by_key(|(place, _)| *place);
    let targets = judged.into_iter().map(|(_, target)| target).collect();
    let report = Report::new(targets).with_problems_of(&suppressions);
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

/// The file of this computer that stands for what is examined.
fn file(subject: &Subject, named: &TargetArgs) -> Option<String> {
    let path = match subject {
        Subject::Bundle(_) => named.bundle.iter().chain(&named.log).next()?.clone(),
        Subject::File(path) => path.clone(),
        Subject::Guest(way) => match &way.route {
            Route::Vagrant { surroundings, .. } => surroundings.vagrantfile().ok()?,
            _ => Surroundings::here().vagrantfile().ok()?,
        },
    };
    Some(path.to_str()?.to_owned())
}

/// Prints the report in the form that the user wants.
///
/// # Errors
/// Where it cannot be written.
pub fn print(report: &Report, view: &cli::View) -> Result<()> {
    let text = match view.format {
        cli::Format::Human => human::write(report, terminal::style(view.color), view.verbose),
        cli::Format::Json => json::write(report)?,
        cli::Format::Sarif => sarif::write(report, &repository::place)?,
        cli::Format::JUnit => junit::write(report)?,
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
