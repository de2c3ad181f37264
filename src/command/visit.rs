//! One target after the other on its way through a repair: what was found, what would be done,
//! consent, and what came of it.

use anyhow::{Context, Result, bail};

use super::ask::{self, Answer};
use super::carry_out::{Done, Work};
use super::choice::Choice;
use super::consent::Consent;
use super::examine::Subject;
use super::gain_root::{self, Gained};
use super::hold::Held;
use super::tried::Tried;
use super::{TERMINAL, circumstances, local_plan, suppressions, terminal};
use crate::cli;
use crate::diagnosis::{Finding, diagnose};
use crate::facts::Facts;
use crate::hook::{self, Outlook};
use crate::observe::Examination;
use crate::remedy::journal::{Journal, Journals, Machine};
use crate::remedy::plan::{self, Circumstances, Plan};
use crate::report::{self, Outcome, Report, Suppressions, TargetReport};
use crate::target::Kind;

/// After so many plans for one target, what is left is for a person.
const MOST_ROUNDS: usize = 4;

/// What holds for all targets of one call.
pub struct Visit<'a> {
    arguments: &'a cli::Fix,
    choice: &'a Choice,
    journals: Journals,
    suppressions: Suppressions,
    consent: Consent,
    /// Something was to be done, and is left undone for a reason that is no answer of the user.
    pub refused: bool,
}

/// A target as it was seen, and what is to be done to it.
struct Patient {
    facts: Facts,
    findings: Vec<Finding>,
    report: TargetReport,
    plan: Plan,
}

impl<'a> Visit<'a> {
    /// # Errors
    /// Where there is no place for journals.
    pub fn begin(arguments: &'a cli::Fix, choice: &'a Choice) -> Result<Self> {
        Ok(Visit {
            arguments,
            choice,
            journals: Journals::here()?,
            suppressions: suppressions::read(&arguments.target)?,
            consent: Consent {
                all: arguments.yes,
                none: false,
            },
            refused: false,
        })
    }

    pub fn judge(&self, examination: &Examination) -> TargetReport {
        let facts = Facts::read(examination);
        let findings = diagnose(&facts, |check| self.choice.includes(check));
        self.report(&facts, findings)
    }

    fn report(&self, facts: &Facts, findings: Vec<Finding>) -> TargetReport {
        let mut report = TargetReport::new(&facts.target, facts, findings);
        self.suppressions.apply(&mut report);
        report
    }

    pub fn suppressions(&self) -> &Suppressions {
        &self.suppressions
    }

    /// What becomes of it when Vagrant mounts its shared folders.
    pub fn outlook(&self, examination: &Examination) -> Outlook {
        let facts = Facts::read(examination);
        let findings = diagnose(&facts, |check| self.choice.includes(check));
        hook::outlook(&facts, &findings)
    }

    /// Shows, asks and repairs. Gives back what was found after a repair; nothing where nothing was
    /// changed.
    ///
    /// # Errors
    /// Where nothing could be done, and nothing was.
    pub fn treat(
        &mut self,
        mut subject: Subject,
        mut examination: Examination,
    ) -> Result<Option<Treated>> {
        let machine = machine(&subject)?;
        let Some(machine) = machine.filter(|_| !self.arguments.dry_run) else {
            return self.only_show(&subject, &examination);
        };
        let cut_off = self.journals.cut_off(&machine);
        let was_cut_off = was_reached(&examination) && !cut_off.is_empty();
        let without_root = self.gain_root(&mut subject, &mut examination, was_cut_off)?;
        let subject = &subject;
        let mut journal = self.journals.begin(machine)?;
        let (mut lock, mut held) = (None, None);
        if let (Subject::Guest(way), true, None) = (subject, was_cut_off, &without_root) {
            terminal::say(
                "an earlier repair of this machine was cut off; its traces are cleared away first",
            );
            lock = Some(self.journals.lock(&journal.machine)?);
            held = Some(Held::begin(&self.journals, &journal, way)?);
            examination = subject.look(self.arguments.target.deadline())?;
        }
        let first = self.judge(&examination);
        let mut tried = Tried::after(&cut_off);
        let (mut changed, mut still_runs) = (false, false);
        for round in 1..=MOST_ROUNDS {
            let mut seen = match (&without_root, round) {
                (Some(plan), 1) => self.with_plan(&examination, plan.clone()),
                _ => self.examined(subject, &examination, &tried),
            };
            if round > 1 && seen.plan.steps.is_empty() {
                self.refused |= !seen.plan.refused.is_empty();
                break;
            }
            self.show(&seen, Some(&journal.run), round == 1)?;
            self.refused = !seen.plan.refused.is_empty();
            if seen.plan.steps.is_empty() {
                break;
            }
            if !self.consent.all && !ask::can_ask() {
                bail!(
                    "nothing was changed: there is no terminal to ask for consent; --yes gives it, --dry-run only shows"
                );
            }
            if lock.is_none() {
                lock = Some(self.journals.lock(&journal.machine)?);
            }
            if let (Subject::Guest(way), None, true) = (subject, &held, seen.plan.runs_in_guest()) {
                held = Some(Held::begin(&self.journals, &journal, way)?);
            }
            let came = self.carry_out(subject, &mut seen, &mut journal)?;
            changed |= came.changed;
            still_runs = came.still_runs;
            self.refused |= came.failed.is_some();
            if !came.changed || came.declined {
                break;
            }
            tried.unfinished.clear();
            examination = subject.look(self.arguments.target.deadline())?;
            match came.failed {
                // A repair that ended otherwise than it should is not built upon, unless something
                // else is known to help.
                Some(remedy) if is_followed(remedy) => tried.in_vain.push(remedy),
                Some(_) => break,
                None => {}
            }
        }
        // A command that may still run, and what could not be cleared away, are for the next fix.
        let is_clear = match held {
            Some(held) if still_runs => {
                held.keep();
                false
            }
            Some(held) => held.end(),
            None => true,
        };
        if is_clear {
            self.journals.end(&mut journal)?;
        }
        if !changed {
            if lock.is_some() {
                terminal::say("nothing was changed");
            }
            return Ok(None);
        }
        let mut after = self.judge(&examination);
        after.compare_with(&first);
        self.show_outcome(&after)?;
        Ok(Some(Treated {
            report: after,
            examination,
        }))
    }

    fn only_show(&self, subject: &Subject, examination: &Examination) -> Result<Option<Treated>> {
        let patient = self.examined(subject, examination, &Tried::default());
        self.show(&patient, None, true)?;
        if matches!(subject, Subject::Bundle(_)) && !patient.plan.steps.is_empty() {
            terminal::say("a bundle is a recording: nothing was done, this is what would be");
        }
        Ok(None)
    }

    /// Makes sure of root where anything is to be done by it. Gives back a plan where it is not to be
    /// had: of what can be done without.
    fn gain_root(
        &self,
        subject: &mut Subject,
        examination: &mut Examination,
        was_cut_off: bool,
    ) -> Result<Option<Plan>> {
        let Subject::Guest(way) = subject else {
            return Ok(None);
        };
        let facts = Facts::read(examination);
        let findings = diagnose(&facts, |check| self.choice.includes(check));
        let nothing = Circumstances::default();
        let mut plan = plan::plan(&facts, &findings, &facts.krb5.seen, &nothing);
        let deadline = || self.arguments.target.deadline();
        let name = &examination.target.name;
        if plan.steps.is_empty() && was_cut_off {
            let gained = gain_root::gain(way, name, "false", &deadline);
            return match gained.context(TERMINAL)? {
                Gained::Not(why) => bail!(
                    "what an earlier repair has left in the guest cannot be cleared away: {why}"
                ),
                Gained::Freely | Gained::ByPassword => Ok(None),
            };
        }
        let refused_before = plan.refused.len();
        if gain_root::for_plan(&mut plan, way, name, &deadline).context(TERMINAL)? {
            // What only root may see can change what there is to do.
            *examination = subject.look(deadline())?;
            return Ok(None);
        }
        Ok((plan.refused.len() > refused_before).then_some(plan))
    }

    fn with_plan(&self, examination: &Examination, plan: Plan) -> Patient {
        let facts = Facts::read(examination);
        let findings = diagnose(&facts, |check| self.choice.includes(check));
        let report = self.report(&facts, findings.clone());
        Patient {
            facts,
            findings,
            report,
            plan,
        }
    }

    /// What is wrong with it, and what can be done.
    fn examined(&self, subject: &Subject, examination: &Examination, tried: &Tried) -> Patient {
        let mut patient = self.with_plan(examination, Plan::default());
        let (facts, findings) = (&patient.facts, &patient.findings);
        let is_asked = !self.arguments.yes && ask::can_ask();
        let known = match subject {
            Subject::File(path) => {
                patient.plan = local_plan::plan(facts, findings, path);
                return patient;
            }
            Subject::Bundle(_) => Circumstances {
                archive: self.arguments.repair.archive_from.clone(),
                ..Circumstances::default()
            },
            Subject::Guest(way) => {
                circumstances::learn(way, facts, findings, self.arguments, tried, is_asked)
            }
        };
        let mut plan = plan::plan(facts, findings, &facts.krb5.seen, &known);
        // With what the project lives with, nothing is done.
        let name = patient.report.name.as_str();
        let accepted = |step: &&plan::Step| self.suppressions.reason(step.check, name).is_some();
        let accepted: Vec<_> = plan
            .steps
            .iter()
            .filter(accepted)
            .map(|step| step.remedy)
            .collect();
        for remedy in accepted {
            plan.leave_out(remedy, findings);
        }
        // Whoever is asked, or only wants to see, need not have allowed it beforehand.
        if !is_asked && !self.arguments.dry_run && matches!(subject, Subject::Guest(_)) {
            plan::keep_to(&mut plan, self.arguments.repair.permission(), findings);
        }
        patient.plan = plan;
        patient
    }

    /// What was found, and what would be done about it. With JSON the report stands alone on
    /// standard output, and this is for whoever looks on.
    fn show(&self, patient: &Patient, run: Option<&str>, is_first: bool) -> Result<()> {
        let plan = &patient.plan;
        let view = &self.arguments.view;
        let style = terminal::style(view.color);
        let mut plan_text = report::plan::write(plan, run, style);
        if plan.steps.is_empty() && plan.refused.is_empty() {
            plan_text = if !patient.report.fails() {
                "There is nothing to repair.\n".to_owned()
            } else if patient.facts.target.kind == Kind::Log {
                "A log is not the machine: there, boxdoctor fix says what it would do, and does it.\n"
                    .to_owned()
            } else {
                "There is nothing that boxdoctor can repair by itself here.\n".to_owned()
            };
        }
        if view.format != cli::Format::Human {
            return terminal::print_aside(&plan_text).context("the plan cannot be shown, and nothing is done unseen; see where standard error leads");
        }
        let mut shown = patient.report.clone();
        shown.leave_to(plan);
        let report = Report::new(vec![shown]);
        if is_first {
            terminal::print(&report::human::write(&report, style, view.verbose))?;
        } else {
            terminal::print("\nThere is more to do now.\n")?;
        }
        terminal::print("\n")?;
        terminal::print(&plan_text)?;
        Ok(())
    }

    /// Does one step after the other, as far as the user says so.
    fn carry_out(
        &mut self,
        subject: &Subject,
        patient: &mut Patient,
        journal: &mut Journal,
    ) -> Result<Came> {
        let mut work = Work {
            subject,
            journals: &self.journals,
            journal,
            deadline: &|| self.arguments.target.deadline(),
            kernel: patient.facts.guest.kernel.known().cloned(),
            still_runs: false,
            wish: self.arguments.repair.wish(),
        };
        let mut came = Came::default();
        let total = patient.plan.steps.len();
        let mut steps: Vec<_> = (1..=total).zip(patient.plan.steps.clone()).collect();
        while !steps.is_empty() {
            let (number, step) = steps.remove(0);
            let title = report::plan::title(&step);
            match self
                .consent
                .ask(&format!("step {number} of {total}: {title}"))?
            {
                Answer::Yes | Answer::All => {}
                Answer::No => {
                    came.declined = true;
                    // What builds on it is not done either.
                    patient.plan.leave_out(step.remedy, &patient.findings);
                    let stands =
                        |remedy| patient.plan.steps.iter().any(|left| left.remedy == remedy);
                    steps.retain(|(_, step)| stands(step.remedy));
                    continue;
                }
                Answer::Quit => {
                    came.declined = true;
                    break;
                }
            }
            if total > 1 && self.consent.all {
                terminal::say(&format!("step {number} of {total}: {title}"));
            }
            match work.step(&step)? {
                Done::All => {
                    came.changed = true;
                    terminal::say(&format!("done: {title}"));
                }
                Done::Already => terminal::say(&format!("needless by now: {title}")),
                // What stands behind it in the plan may build on it.
                Done::Nothing => {
                    came.failed = Some(step.remedy);
                    break;
                }
                Done::Perhaps => {
                    // What may have been changed is looked at again.
                    came.changed = true;
                    came.failed = Some(step.remedy);
                    break;
                }
            }
        }
        came.still_runs = work.still_runs;
        Ok(came)
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
            cli::Format::Human => terminal::print(&text)?,
            _ => terminal::print_aside(&text)?,
        }
        Ok(())
    }
}

/// A machine after a repair, as it was seen last.
pub struct Treated {
    pub report: TargetReport,
    pub examination: Examination,
}

/// What came of one plan.
#[derive(Default)]
struct Came {
    changed: bool,
    /// The user did not want all of it.
    declined: bool,
    /// The remedy that did not do what it is for.
    failed: Option<&'static str>,
    /// A command may still run in the guest.
    still_runs: bool,
}

/// Whether there is a guest that answers.
fn was_reached(examination: &Examination) -> bool {
    let facts = Facts::read(examination);
    facts.guest.connection.known().is_some()
}

/// Whether another remedy is known for what this one could not cure.
fn is_followed(remedy: &str) -> bool {
    matches!(
        remedy,
        "rebuild-additions" | "reload-modules" | "load-modules"
    )
}

/// What the journal says of where the changes are made; nothing of a bundle, which cannot change.
fn machine(subject: &Subject) -> Result<Option<Machine>> {
    Ok(match subject {
        Subject::Bundle(_) => None,
        Subject::File(_) => Some(Machine::File),
        Subject::Guest(way) => Some(Machine::of(way)?),
    })
}
