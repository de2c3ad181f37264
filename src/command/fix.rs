//! `boxdoctor fix`: look, show the plan, ask, repair, look again.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::ask::{self, Answer};
use super::availability;
use super::carry_out::{Done, Work};
use super::choice::Choice;
use super::examine::{self, Subject, Subjects};
use super::{UNUSABLE, check, gain_root, terminal};
use crate::cli;
use crate::diagnosis::{Finding, diagnose};
use crate::facts::Facts;
use crate::files;
use crate::observe::Examination;
use crate::observe::local_krb5::{Disk, LONGEST, Shown, host_path, path_bytes};
use crate::remedy::journal::{Journal, Journals, Machine};
use crate::remedy::plan::{self, Action, Plan, Refused};
use crate::report::{self, Outcome, Report, TargetReport};
use crate::transport::Deadline;

/// One target on its way through the repair.
struct Patient {
    subject: Subject,
    before: TargetReport,
    plan: Plan,
}

pub fn run(arguments: &cli::Fix) -> Result<u8> {
    let choice = Choice::new(&arguments.view)?;
    let Subjects { subjects, by_name } = examine::subjects(&arguments.target)?;
    let examinations = examine::look(&subjects, arguments.target.deadline())?;
    let deadline = || arguments.target.deadline();
    let patients: Vec<Patient> = subjects
        .into_iter()
        .zip(examinations)
        .map(|(subject, examination)| examined(subject, examination, &choice, &deadline))
        .collect::<Result<_>>()?;

    let mut visit = Visit {
        arguments,
        choice: &choice,
        journals: Journals::here()?,
        all: arguments.yes,
        none: false,
        refused: false,
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut acted = false;
    for patient in patients {
        let seen = patient.before.clone();
        let (seen_before, seen_after) = visit.treat(patient).or_else(|error| {
            // What was repaired before it is to be reported all the same.
            if !acted {
                return Err(error);
            }
            terminal::say(&format!("{error:#}"));
            visit.refused = true;
            Ok((seen, None))
        })?;
        acted |= seen_after.is_some();
        after.push(seen_after.unwrap_or_else(|| seen_before.clone()));
        before.push(seen_before);
    }
    let refused = visit.refused;
    let report = Report::new(if acted { after } else { before });
    if acted || arguments.view.format == cli::Format::Json {
        check::print(&report, &arguments.view)?;
    }
    if refused && !arguments.dry_run {
        return Ok(UNUSABLE);
    }
    Ok(check::status(&report, &arguments.view, by_name))
}

/// What is wrong with it, and what can be done.
fn examined(
    mut subject: Subject,
    mut examination: Examination,
    choice: &Choice,
    deadline: &dyn Fn() -> Deadline,
) -> Result<Patient> {
    let (mut facts, mut findings, mut plan) = judged(&subject, &examination, choice);
    if let Subject::Guest(way) = &mut subject {
        let name = &examination.target.name;
        if gain_root::for_plan(&mut plan, way, name, deadline)
            .context("the terminal cannot be read")?
        {
            // What only root may see can change what there is to do.
            examination = subject.look(deadline())?;
            (facts, findings, plan) = judged(&subject, &examination, choice);
        }
    }
    if let Subject::Guest(way) = &subject {
        availability::ask(&mut plan, way, &facts);
    }
    Ok(Patient {
        subject,
        before: TargetReport::new(&examination.target, &facts, findings),
        plan,
    })
}

fn judged(
    subject: &Subject,
    examination: &Examination,
    choice: &Choice,
) -> (Facts, Vec<Finding>, Plan) {
    let facts = Facts::read(examination);
    let findings = diagnose(&facts, |check| choice.includes(check));
    let plan = match subject {
        Subject::File(path) => on_this_computer(&facts, &findings, path),
        Subject::Bundle(_) | Subject::Guest(_) => plan::plan(&facts, &findings, &facts.krb5.seen),
    };
    (facts, findings, plan)
}

/// What a repaired include brings to light has not been looked at yet: the disk knows. And the
/// journal must name the files wherever the user stands.
fn on_this_computer(facts: &Facts, findings: &[Finding], path: &Path) -> Plan {
    let disk = Disk { longest: LONGEST };
    let mut plan = plan::plan(facts, findings, &Shown { path, disk });
    let changes = plan
        .steps
        .iter_mut()
        .flat_map(|step| match &mut step.action {
            Action::Replace(changes) => changes.as_mut_slice(),
            Action::Run(_) => &mut [],
        });
    for change in changes {
        let named = if change.path == Shown::name(path) {
            Ok(path.to_owned())
        } else {
            host_path(&change.path)
        };
        if let Ok(Ok(absolute)) = named.map(std::path::absolute) {
            change.path = path_bytes(&absolute);
        }
    }
    leave_what_is_refused(&mut plan);
    plan
}

/// What stands in the way of a step is said before anybody is asked.
fn leave_what_is_refused(plan: &mut Plan) {
    let refused = &mut plan.refused;
    plan.steps.retain(|step| {
        let obstacle = step.changes().iter().find_map(|change| {
            let path = host_path(&change.path).ok()?;
            let obstacle = files::replace::obstacle(&path)?;
            Some((path, obstacle))
        });
        refused.extend(obstacle.as_ref().map(|(path, why)| Refused {
            remedy: step.remedy,
            what: path.display().to_string(),
            why: why.to_string(),
        }));
        obstacle.is_none()
    });
}

/// What holds for all targets of one call.
struct Visit<'a> {
    arguments: &'a cli::Fix,
    choice: &'a Choice,
    journals: Journals,
    /// Consent was given to all that follows.
    all: bool,
    /// Consent was refused to all that follows.
    none: bool,
    /// Something was to be done, and is left undone for a reason that is no answer of the user.
    refused: bool,
}

impl Visit<'_> {
    /// Shows, asks and repairs. Gives back what was found before, and what after a repair.
    fn treat(&mut self, patient: Patient) -> Result<(TargetReport, Option<TargetReport>)> {
        let Patient {
            subject,
            before,
            plan,
        } = patient;
        let machine = machine(&subject)?;
        let journal = self
            .journals
            .begin(machine.clone().unwrap_or(Machine::File))?;
        let only_shows = self.arguments.dry_run || machine.is_none();
        self.show(&before, &plan, (!only_shows).then_some(&journal.run))?;
        self.refused |= !plan.refused.is_empty();
        if machine.is_none() && !plan.steps.is_empty() {
            terminal::say("a bundle is a recording: nothing was done, this is what would be");
        }
        if plan.steps.is_empty() || only_shows {
            return Ok((before, None));
        }
        if !self.all && !ask::can_ask() {
            bail!(
                "nothing was changed: there is no terminal to ask for consent; --yes gives it, --dry-run only shows"
            );
        }
        let _lock = self.journals.lock(&journal.machine)?;
        if !self.carry_out(&subject, &plan, journal)? {
            terminal::say("nothing was changed");
            return Ok((before, None));
        }
        let examination = subject.look(self.arguments.target.deadline())?;
        let facts = Facts::read(&examination);
        let findings = diagnose(&facts, |check| self.choice.includes(check));
        let mut after = TargetReport::new(&examination.target, &facts, findings);
        after.compare_with(&before);
        self.show_outcome(&after)?;
        Ok((before, Some(after)))
    }

    /// What was found, and what would be done about it. With JSON the report stands alone on
    /// standard output, and this is for whoever looks on.
    fn show(&self, before: &TargetReport, plan: &Plan, run: Option<&String>) -> Result<()> {
        let view = &self.arguments.view;
        let style = terminal::style(view.color);
        let mut plan_text = report::plan::write(plan, run.map(String::as_str), style);
        if plan.steps.is_empty() && plan.refused.is_empty() {
            plan_text = "There is nothing that boxdoctor can repair by itself here.\n".to_owned();
        }
        if view.format == cli::Format::Json {
            return terminal::print_aside(&plan_text).context("the plan cannot be shown");
        }
        let mut shown = before.clone();
        shown.leave_to(plan);
        let report = Report::new(vec![shown]);
        terminal::print(&report::human::write(&report, style, view.verbose))?;
        terminal::print("\n")?;
        terminal::print(&plan_text)?;
        Ok(())
    }

    /// Whether anything was changed.
    fn carry_out(&mut self, subject: &Subject, plan: &Plan, journal: Journal) -> Result<bool> {
        let mut work = Work {
            subject,
            journals: &self.journals,
            journal,
            deadline: &|| self.arguments.target.deadline(),
        };
        let mut consent = Consent {
            all: self.all,
            none: self.none,
        };
        let (mut changed, mut refused) = (false, false);
        for (number, step) in (1..).zip(&plan.steps) {
            match consent.ask(number)? {
                Answer::Yes | Answer::All => {}
                Answer::No => continue,
                Answer::Quit => break,
            }
            let title = report::plan::title(step);
            match work.step(step)? {
                Done::All => {
                    changed = true;
                    terminal::say(&format!("done: {title}"));
                }
                Done::Already => terminal::say(&format!("needless by now: {title}")),
                // What stands behind it in the plan may build on it.
                Done::Nothing => {
                    refused = true;
                    break;
                }
                Done::Perhaps => {
                    // What may have been changed is looked at again.
                    changed = true;
                    refused = true;
                    break;
                }
            }
        }
        (self.all, self.none) = (consent.all, consent.none);
        self.refused |= refused;
        Ok(changed)
    }

    fn show_outcome(&self, after: &TargetReport) -> Result<()> {
        let lines: String = after
            .findings
            .iter()
            .filter_map(|finding| {
                let word = match finding.outcome? {
                    Outcome::Cured => "cured",
                    Outcome::Unchanged => "unchanged",
                    Outcome::New => "new",
                };
                Some(format!("  {word:<10} {}\n", finding.check))
            })
            .collect();
        let style = terminal::style(self.arguments.view.color);
        let text = format!("{}\n{lines}\n", style.strong("After the repair"));
        match self.arguments.view.format {
            cli::Format::Json => terminal::print_aside(&text)?,
            cli::Format::Human => terminal::print(&text)?,
        }
        Ok(())
    }
}

/// What the user has said so far.
struct Consent {
    /// To all that follows.
    all: bool,
    /// To nothing that follows.
    none: bool,
}

impl Consent {
    fn ask(&mut self, step: usize) -> Result<Answer> {
        if self.all || self.none {
            return Ok(if self.all { Answer::Yes } else { Answer::Quit });
        }
        let answer =
            ask::ask(&format!("Do step {step}?")).context("the terminal cannot be read")?;
        self.all |= answer == Answer::All;
        self.none |= answer == Answer::Quit;
        Ok(answer)
    }
}

/// What the journal says of where the changes are made; nothing of a bundle, which cannot change.
fn machine(subject: &Subject) -> Result<Option<Machine>> {
    Ok(match subject {
        Subject::Bundle(_) => None,
        Subject::File(_) => Some(Machine::File),
        Subject::Guest(way) => Some(Machine::of(way)?),
    })
}
