//! `boxdoctor check`: look, judge, report.

use anyhow::{Result, bail};

use super::{FAILURE, FINE, UNDECIDED, examine, terminal};
use crate::check::{self, Check};
use crate::cli;
use crate::diagnosis::diagnose;
use crate::escape;
use crate::facts::Facts;
use crate::observe::Examination;
use crate::report::{Report, TargetReport, human, json};

pub fn run(arguments: &cli::Check) -> Result<u8> {
    for slug in arguments.only.iter().chain(&arguments.skip) {
        if check::find(slug).is_none() {
            bail!(
                "there is no check '{}'; `boxdoctor explain` lists them all",
                escape::line(slug, 60)
            );
        }
    }
    let chosen = |check: &Check| {
        let named = |list: &[String]| list.iter().any(|slug| slug == check.slug);
        (arguments.only.is_empty() || named(&arguments.only)) && !named(&arguments.skip)
    };
    let examined = examine::targets(&arguments.target)?;
    let report = Report::new(
        examined
            .examinations
            .iter()
            .map(|examination| judge(examination, chosen))
            .collect(),
    );
    let text = match arguments.format {
        cli::Format::Human => {
            human::write(&report, terminal::style(arguments.color), arguments.verbose)
        }
        cli::Format::Json => json::write(&report)?,
    };
    terminal::print(&text)?;
    Ok(status(&report, arguments, examined.by_name))
}

fn judge(examination: &Examination, chosen: impl Fn(&Check) -> bool) -> TargetReport {
    let facts = Facts::read(examination);
    let findings = diagnose(&facts, chosen);
    TargetReport::new(&examination.target, &facts, findings)
}

fn status(report: &Report, arguments: &cli::Check, by_name: bool) -> u8 {
    let Some(level) = arguments.fail_on.level() else {
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
