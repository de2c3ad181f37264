//! Carries out the steps of a plan on one target, and writes every change into the journal before
//! it is made and after.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::examine::Subject;
use super::terminal;
use crate::escape;
use crate::facts::Facts;
use crate::observe::way::Way;
use crate::remedy::hands::Hands;
use crate::remedy::journal::{Command, Journal, Journals, State};
use crate::remedy::plan::{Action, Step};
use crate::remedy::run::{self, Broken};
use crate::remedy::unattended;
use crate::report;
use crate::transport::Deadline;

/// What came of a step.
pub enum Done {
    All,
    /// It was needless: what it is for has come true already.
    Already,
    Nothing,
    /// Nobody knows, or not all of it could be taken back.
    Perhaps,
}

/// How long a package manager or an installer may take.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long to wait before each look for what a command was to do.
const PAUSES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(3),
    Duration::from_secs(10),
];

/// How many lines of a command that failed are shown.
const LINES: usize = 12;

/// One target, and the journal of what is done to it.
pub struct Work<'a> {
    pub subject: &'a Subject,
    pub journals: &'a Journals,
    pub journal: Journal,
    /// How long one look at the target, or one change of a file, may take.
    pub deadline: &'a dyn Fn() -> Deadline,
}

impl Work<'_> {
    fn hands(&self) -> Hands<'_> {
        match self.subject {
            Subject::Guest(way) => Hands::Guest(way),
            Subject::Bundle(_) | Subject::File(_) => Hands::Here,
        }
    }

    /// # Errors
    /// Where the journal cannot be written: nothing more is then done.
    pub fn step(&mut self, step: &Step) -> Result<Done> {
        match (&step.action, self.subject) {
            (Action::Replace(_), _) => self.replace(step),
            (Action::Run(command), Subject::Guest(way)) => self.run(step, command, way),
            // Only a guest's plan has commands.
            (Action::Run(_), _) => Ok(Done::Nothing),
        }
    }

    /// Makes all changes of a step; where one fails, those before it are taken back.
    fn replace(&mut self, step: &Step) -> Result<Done> {
        let first = self.journal.changes.len();
        for change in step.changes() {
            self.journal
                .changes
                .push(Hands::note(change, &self.journal.run));
            self.journals.write(&self.journal)?;
            let made = self
                .hands()
                .replace(change, &self.journal.run, (self.deadline)());
            let state = match &made {
                Ok(()) => State::Done,
                Err(failed) if failed.changed_nothing() => State::Refused,
                Err(_) => State::Begun,
            };
            if let Some(noted) = self.journal.changes.last_mut() {
                noted.state = state;
            }
            self.journals.write(&self.journal)?;
            if let Err(failed) = made {
                let path = String::from_utf8_lossy(&change.path);
                let word = if state == State::Refused {
                    "was left as it is"
                } else {
                    "may have been changed"
                };
                terminal::say(&format!("{path} {word}: {failed}"));
                let taken_back = self.take_back(first)?;
                return Ok(if taken_back && state == State::Refused {
                    Done::Nothing
                } else {
                    Done::Perhaps
                });
            }
        }
        Ok(Done::All)
    }

    /// Takes back the changes from `first` on, last one first: half a repair can be worse than none.
    fn take_back(&mut self, first: usize) -> Result<bool> {
        let mut all = true;
        for at in (first..self.journal.changes.len()).rev() {
            let change = &self.journal.changes[at];
            if change.state != State::Done {
                continue;
            }
            let restored = self.hands().restore(change, (self.deadline)());
            let path = &change.path;
            match &restored {
                Ok(()) => terminal::say(&format!("{path} holds again what it held before")),
                Err(failed) => terminal::say(&format!("{path} could not be put back: {failed}")),
            }
            if restored.is_ok() {
                self.journal.changes[at].state = State::Undone;
            }
            all &= restored.is_ok();
            self.journals.write(&self.journal)?;
        }
        Ok(all)
    }

    /// Runs a command in the guest, and believes only what is seen after it.
    fn run(&mut self, step: &Step, command: &str, way: &Way) -> Result<Done> {
        let facts = Facts::read(&self.subject.look((self.deadline)())?);
        if unattended::is_done(step.remedy, &facts) {
            return Ok(Done::Already);
        }
        let way_back = unattended::way_back(step.remedy, &facts);
        let name = format!("{}-{}", self.journal.run, self.journal.commands.len() + 1);
        self.journal.commands.push(Command {
            remedy: step.remedy.to_owned(),
            command: escape::escape(command.as_bytes()),
            way_back: way_back.to_owned(),
            state: State::Begun,
        });
        self.journals.write(&self.journal)?;
        let ended = {
            let mut progress = terminal::Progress::show("");
            run::run(way, &name, command, LONGEST, &mut |output| {
                if let Some(line) = last_line(output) {
                    progress.replace(&line);
                }
            })
        };
        let title = report::plan::title(step);
        let state = match &ended {
            Ok(_) => State::Done,
            Err(broken) if broken.changed_nothing() => State::Refused,
            Err(_) => State::Begun,
        };
        if let Some(noted) = self.journal.commands.last_mut() {
            noted.state = state;
        }
        self.journals.write(&self.journal)?;
        match ended {
            Err(broken) => {
                terminal::say(&format!("{title}: {broken}"));
                Ok(outcome_of(&broken))
            }
            Ok(outcome) => {
                if self.has_come_true(step)? {
                    return Ok(Done::All);
                }
                terminal::say(&format!(
                    "{title}: the command ended with status {}, and what it is for has not come true; it said last:",
                    outcome.status
                ));
                for line in last_lines(&outcome.output) {
                    terminal::say(&format!("  {line}"));
                }
                Ok(Done::Perhaps)
            }
        }
    }
}

impl Work<'_> {
    /// A guest that has just built or installed something is slow, and a service may still be on its
    /// way: what is not to be seen at once is looked for again.
    fn has_come_true(&self, step: &Step) -> Result<bool> {
        for pause in PAUSES {
            thread::sleep(pause);
            let facts = Facts::read(&self.subject.look((self.deadline)())?);
            if unattended::is_done(step.remedy, &facts) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn outcome_of(broken: &Broken) -> Done {
    if broken.changed_nothing() {
        Done::Nothing
    } else {
        Done::Perhaps
    }
}

fn last_line(output: &[u8]) -> Option<String> {
    last_lines(output).pop()
}

fn last_lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    // A progress bar writes over its own line.
    let lines = text
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.collect();
    let from = lines.len().saturating_sub(LINES);
    lines[from..]
        .iter()
        .map(|line| escape::line(line, 300))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use crate::krb5::repair;
    use crate::observe::Side;
    use crate::observe::local_krb5::path_bytes;
    use crate::remedy::change::Change;
    use crate::remedy::journal::Machine;

    const STRAY: &[u8] = b"\xEF\xBB\xBF[libdefaults]\n";

    #[test]
    fn where_one_file_is_refused_those_before_it_are_as_they_were() {
        let folder = tempfile::tempdir().expect("a folder");
        let change = |name: &str| {
            let path = folder.path().join(name);
            files::write(&path, STRAY).expect("it is written");
            Change {
                path: path_bytes(&path),
                repair: repair::propose(STRAY).expect("it can be mended"),
            }
        };
        let changes = vec![change("first"), change("second")];
        // Somebody writes to it while the first one is mended.
        files::write(&folder.path().join("second"), b"later").expect("it is written");
        let journals = Journals::below(&folder.path().join("state"));
        let subject = Subject::File(folder.path().join("first"));
        let mut work = Work {
            subject: &subject,
            journals: &journals,
            journal: journals.begin(Machine::File).expect("it begins"),
            deadline: &|| Deadline::after(Duration::from_secs(10)),
        };
        let step = Step {
            check: "krb5-stray-bytes",
            remedy: "remove-stray-bytes",
            side: Side::Host,
            needs: &[],
            action: Action::Replace(changes),
        };
        let done = work.step(&step).expect("the journal can be written");
        assert!(matches!(done, Done::Nothing));
        let first = files::read(&folder.path().join("first"), 100).expect("it is there");
        assert_eq!(first, STRAY);
        assert_eq!(files::names(folder.path()), ["first", "second", "state"]);
        let states: Vec<State> = work
            .journal
            .changes
            .iter()
            .map(|change| change.state)
            .collect();
        assert_eq!(states, [State::Undone, State::Refused]);
    }
}
