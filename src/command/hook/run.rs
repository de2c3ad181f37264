//! `boxdoctor hook run`: after Vagrant has booted a machine, and before it mounts its shared folders.

use anyhow::Result;

use super::wait;
use crate::check::Group;
use crate::cli::{self, FailOn, Format, HookManner, HookRun, TargetArgs, View};
use crate::command::choice::Choice;
use crate::command::examine::Subject;
use crate::command::subjects::Subjects;
use crate::command::visit::Visit;
use crate::command::{FAILURE, FINE, terminal};
use crate::escape;
use crate::facts::Facts;
use crate::hook::Outlook;
use crate::report::{Report, human};

pub fn run(arguments: &HookRun) -> Result<u8> {
    let manner = &arguments.manner;
    let fix = as_fix(arguments);
    // Kerberos mounts nothing.
    let choice = Choice::new(&fix.view)?.without(Group::Krb5);
    let subjects = Subjects::before_mount(&fix.target)?.subjects;
    let mut visit = Visit::begin(&fix, &choice)?;
    let mut all_work = true;
    for subject in subjects {
        all_work &= one(&mut visit, subject, manner, &fix)?;
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
    manner: &HookManner,
    fix: &cli::Fix,
) -> Result<bool> {
    let mut examination = subject.glance(fix.target.deadline())?;
    let mut outlook = visit.outlook(&examination);
    if !matches!(outlook, Outlook::CanMount | Outlook::NoneOfOurs) {
        wait::until_quiet(&subject);
        // What was going on may have ended before anybody asked.
        examination = subject.look(fix.target.deadline())?;
        outlook = visit.outlook(&examination);
    }
    let name = examination.target.name.clone();
    match outlook {
        Outlook::NoneOfOurs => return Ok(true),
        Outlook::CanMount => {
            let facts = Facts::read(&examination);
            let version = facts.additions_version();
            let version = version.map_or_else(String::new, |version| {
                format!(" (Guest Additions {version})")
            });
            say(
                &name,
                &format!("the shared folders can be mounted{version}"),
            )?;
            return Ok(true);
        }
        Outlook::Unknown(why) => {
            say(
                &name,
                &format!("whether the shared folders can be mounted is not known: {why}"),
            )?;
            return Ok(true);
        }
        Outlook::CannotMount => {}
    }
    if !manner.fix {
        let report = Report::new(vec![visit.judge(&examination)]);
        let style = terminal::style(fix.view.color);
        terminal::print(&human::write(&report, style, false))?;
        terminal::print("\n")?;
        say(&name, goes_on(manner))?;
        terminal::print(NEXT)?;
        return Ok(false);
    }
    let after = visit.treat(subject, examination)?;
    let works = after.is_some_and(|after| visit.outlook(&after.examination) == Outlook::CanMount);
    if works {
        say(&name, "repaired; Vagrant mounts the shared folders now")?;
    } else {
        say(
            &name,
            &format!("{}; `boxdoctor check` says what is left", goes_on(manner)),
        )?;
    }
    Ok(works)
}

const NEXT: &str = "  boxdoctor fix                  repairs what it can, and mounts
  boxdoctor hook install --fix   lets the next vagrant up do that
";

fn goes_on(manner: &HookManner) -> &'static str {
    if manner.strict {
        "the shared folders cannot be mounted, and this vagrant up ends (--strict)"
    } else {
        "Vagrant goes on, and is likely to fail"
    }
}

/// One line.
fn say(name: &str, text: &str) -> Result<()> {
    let line = escape::line(&format!("{name}: {text}"), 400);
    Ok(terminal::print(&format!("boxdoctor: {line}\n"))?)
}
