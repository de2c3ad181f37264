//! `boxdoctor hook run`: after Vagrant has booted a machine, and before it mounts its shared folders.

use anyhow::Result;

use super::wait;
use crate::check::{Group, Severity};
use crate::cli::{self, FailOn, Format, HookRun, TargetArgs, View};
use crate::command::choice::Choice;
use crate::command::examine::{self, Subject, Subjects};
use crate::command::visit::Visit;
use crate::command::{FAILURE, FINE, terminal};
use crate::diagnosis::unexamined;
use crate::escape;
use crate::facts::{Facts, State};
use crate::observe::Examination;
use crate::report::{Report, StatusName, TargetReport, human};

pub fn run(arguments: &HookRun) -> Result<u8> {
    let manner = &arguments.manner;
    let fix = as_fix(arguments);
    // Kerberos mounts nothing.
    let choice = Choice::new(&fix.view)?.without(Group::Krb5);
    let subjects = Subjects::before_mount(&fix.target)?.subjects;
    let examinations = examine::look(&subjects, fix.target.deadline())?;
    let mut visit = Visit::begin(&fix, &choice)?;
    let mut all_work = true;
    for (subject, examination) in subjects.into_iter().zip(examinations) {
        all_work &= one(&mut visit, subject, examination, manner.fix, &fix)?;
    }
    Ok(if manner.strict && !all_work {
        FAILURE
    } else {
        FINE
    })
}

/// What `boxdoctor fix` would be given. Whoever has installed the hook has consented.
fn as_fix(arguments: &HookRun) -> cli::Fix {
    cli::Fix {
        target: TargetArgs::of(arguments.machines.clone()),
        view: View {
            format: Format::Human,
            only: Vec::new(),
            skip: Vec::new(),
            fail_on: FailOn::Error,
            verbose: false,
            color: arguments.color,
        },
        dry_run: false,
        yes: true,
        repair: arguments.manner.repair.clone(),
    }
}

/// Whether nothing is known that keeps the folders of this machine from being mounted, after a
/// repair where one was wanted.
fn one(
    visit: &mut Visit<'_>,
    subject: Subject,
    mut examination: Examination,
    repairs: bool,
    fix: &cli::Fix,
) -> Result<bool> {
    if is_none_of_ours(&examination) {
        return Ok(true);
    }
    let mut report = visit.judge(&examination);
    if is_broken(&report) && wait::until_quiet(&subject) {
        examination = subject.look(fix.target.deadline())?;
        report = visit.judge(&examination);
    }
    if !is_broken(&report) {
        say_that_it_works(&report, &examination)?;
        return Ok(true);
    }
    if !repairs {
        let report = Report::new(vec![report]);
        terminal::print(&human::write(
            &report,
            terminal::style(fix.view.color),
            false,
        ))?;
        terminal::print(
            "\nVagrant goes on, and is likely to fail. Then `boxdoctor fix` repairs what it can and mounts;\n\
             `boxdoctor hook install --fix` lets the next vagrant up do so by itself.\n\n",
        )?;
        return Ok(false);
    }
    let after = visit.treat(subject, examination)?;
    let works = after.as_ref().is_some_and(|after| !is_broken(after));
    let name = escape::line(&report.name, 60);
    terminal::print(&if works {
        format!("boxdoctor: {name}: repaired; Vagrant mounts the shared folders now\n")
    } else {
        format!(
            "boxdoctor: {name}: Vagrant goes on, and is likely to fail; `boxdoctor check` says what is left\n"
        )
    })?;
    Ok(works)
}

fn is_broken(report: &TargetReport) -> bool {
    let mut findings = report.findings.iter();
    findings
        .any(|finding| finding.status == StatusName::Fail && finding.severity == Severity::Error)
}

/// Another provider, a guest that is no Linux, or nothing to mount: there is nothing to say.
fn is_none_of_ours(examination: &Examination) -> bool {
    let facts = Facts::read(examination);
    let guest = &facts.guest;
    let answers = matches!(guest.connection.state, State::Known(()));
    unexamined(&facts.target).is_some()
        || (answers && guest.kernel.known().is_none())
        || facts.wants_no_share()
}

/// One line.
fn say_that_it_works(report: &TargetReport, examination: &Examination) -> Result<()> {
    let facts = Facts::read(examination);
    let mut findings = report.findings.iter();
    let unknown = findings.find(|finding| {
        finding.status == StatusName::Unknown && finding.severity == Severity::Error
    });
    let said = match (facts.shares_work(), unknown) {
        (false, Some(unknown)) => format!(
            "whether the shared folders can be mounted is not known: {}",
            unknown.reason.as_deref().unwrap_or(&unknown.check)
        ),
        _ => match facts.additions_version() {
            Some(version) => {
                format!("the shared folders can be mounted (Guest Additions {version})")
            }
            None => "the shared folders can be mounted".to_owned(),
        },
    };
    let line = escape::line(&format!("{}: {said}", report.name), 300);
    Ok(terminal::print(&format!("boxdoctor: {line}\n"))?)
}
