//! Carries out the steps of a plan on one target, and writes every change into the journal before
//! it is made and after.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::examine::Subject;
use super::{install_additions, terminal};
use crate::escape;
use crate::facts::Facts;
use crate::medium::choose::Wish;
use crate::observe::host::VBoxManage;
use crate::observe::way::Way;
use crate::remedy::hands::Hands;
use crate::remedy::journal::{Command, Journal, Journals, State};
use crate::remedy::plan::{Action, Step};
use crate::remedy::run::{self, Broken, Outcome};
use crate::remedy::{account, precondition, restart, unattended};
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

/// How long VirtualBox may take to write a machine's memory to disk.
const SNAPSHOT: Duration = Duration::from_secs(900);

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
    pub journal: &'a mut Journal,
    /// How long one look at the target, or one change of a file, may take.
    pub deadline: &'a dyn Fn() -> Deadline,
    /// The kernel for which the plan was made, and the one of a restart after it.
    pub kernel: Option<String>,
    /// A command may still run in the guest.
    pub still_runs: bool,
    pub wish: Wish,
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
            (_, Subject::Guest(way)) => self.act(step, way),
            // Only a guest's plan has anything else.
            _ => Ok(Done::Nothing),
        }
    }

    /// Makes all changes of a step; where one fails, those before it are taken back.
    fn replace(&mut self, step: &Step) -> Result<Done> {
        let first = self.journal.changes.len();
        for change in step.changes() {
            self.journal
                .changes
                .push(Hands::note(change, &self.journal.run));
            self.journals.write(self.journal)?;
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
            self.journals.write(self.journal)?;
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
            self.journals.write(self.journal)?;
        }
        Ok(all)
    }

    /// What is done in a guest beyond its files.
    fn act(&mut self, step: &Step, way: &Way) -> Result<Done> {
        let facts = self.look()?;
        // Which kernel starts next is not seen: a guest that was restarted between the packages and that
        // choice would come back with the old one for ever.
        let chooses_kernel = matches!(step.action, Action::InstallPair { .. });
        if !step.again && !chooses_kernel && self.is_done(step, &facts) {
            return Ok(Done::Already);
        }
        if let Some(obstacle) = precondition::obstacle(step, self.kernel.as_deref(), &facts) {
            let title = report::plan::title(step);
            terminal::say(&format!("{title}: not done, because {obstacle}"));
            return Ok(Done::Nothing);
        }
        match &step.action {
            Action::Replace(_) => self.replace(step),
            Action::Run(command)
            | Action::InstallPair { command, .. }
            | Action::Wait { command, .. } => self.run(step, command, way),
            Action::Mount(mounts) => self.run(step, &mounts.script, way),
            Action::Restart { kernel } => self.restart(step, kernel.as_deref(), way),
            Action::InstallAdditions(Some(chosen)) => {
                install_additions::install(self, step, chosen, way)
            }
            Action::Snapshot(machine) => self.snapshot(step, machine),
            // Only the plan for a recording does not know where they come from.
            Action::InstallAdditions(None) => Ok(Done::Nothing),
        }
    }

    fn is_done(&self, step: &Step, facts: &Facts) -> bool {
        match &step.action {
            Action::Replace(_) | Action::Snapshot(_) => false,
            Action::InstallPair { pair, .. } => pair.is_installed(facts),
            Action::Restart {
                kernel: Some(kernel),
            } => facts.guest.kernel.known() == Some(kernel),
            Action::InstallAdditions(Some(chosen)) => {
                unattended::has_additions(facts, chosen.version())
            }
            _ => unattended::is_done(step.remedy, facts),
        }
    }

    pub fn look(&self) -> Result<Facts> {
        Ok(Facts::read(&self.subject.look((self.deadline)())?))
    }

    /// Notes what is about to be done; [`Work::note`] tells later what came of it.
    pub fn note_begin(&mut self, step: &Step, command: &str) -> Result<()> {
        self.journal.commands.push(Command {
            remedy: step.remedy.to_owned(),
            command: escape::escape(command.as_bytes()),
            way_back: step.way_back.clone(),
            state: State::Begun,
        });
        self.journals.write(self.journal)
    }

    pub fn note(&mut self, state: State) -> Result<()> {
        if let Some(noted) = self.journal.commands.last_mut() {
            noted.state = state;
        }
        self.journals.write(self.journal)
    }

    /// Runs a command in the guest, and believes only what is seen after it.
    fn run(&mut self, step: &Step, command: &str, way: &Way) -> Result<Done> {
        self.note_begin(step, &account::runs(step).join("; "))?;
        let ended = self.run_job(command, way);
        self.note(match &ended {
            Ok(_) => State::Done,
            Err(broken) if broken.changed_nothing() => State::Refused,
            Err(_) => State::Begun,
        })?;
        match ended {
            Err(broken) => {
                terminal::say(&format!("{}: {broken}", report::plan::title(step)));
                Ok(outcome_of(&broken))
            }
            Ok(outcome) => self.judge(step, &outcome),
        }
    }

    /// A command of root's to its end, with its last line shown as it goes.
    pub fn run_job(&mut self, command: &str, way: &Way) -> Result<Outcome, Broken> {
        let name = format!("{}-{}", self.journal.run, self.journal.commands.len());
        let mut progress = terminal::Progress::show("");
        let ended = run::run(way, &name, command, LONGEST, &mut |output| {
            if let Some(line) = run::last_line(output) {
                progress.replace(&line);
            }
        });
        self.still_runs = ended.as_ref().is_err_and(Broken::may_go_on);
        ended
    }

    /// Whether what the step is for has come true after its command; where not, what it said.
    pub fn judge(&self, step: &Step, outcome: &Outcome) -> Result<Done> {
        let Some(facts) = self.what_failed(step)? else {
            return Ok(Done::All);
        };
        terminal::say(&format!(
            "{}: the command ended with status {}, and what it is for has not come true; it said last:",
            report::plan::title(step),
            outcome.status
        ));
        for line in run::last_lines(&outcome.output, LINES) {
            terminal::say(&format!("  {line}"));
        }
        let log = facts.guest.build_log.known();
        if let Some((log, failure)) = log
            .and_then(|log| Some((log, log.failure.as_ref()?)))
            .filter(|_| matches!(step.remedy, "rebuild-additions" | "install-additions"))
        {
            let (path, line) = (
                escape::line(&log.path, 120),
                escape::line(&failure.line, 300),
            );
            terminal::say(&format!("  {path} of the guest says: {line}"));
        }
        Ok(Done::Perhaps)
    }

    /// A guest that has just built or installed something is slow, and a service may still be on its
    /// way: what is not to be seen at once is looked for again. `None` where it has come true.
    fn what_failed(&self, step: &Step) -> Result<Option<Facts>> {
        let mut seen = None;
        for pause in PAUSES {
            thread::sleep(pause);
            let facts = self.look()?;
            if self.is_done(step, &facts) {
                return Ok(None);
            }
            seen = Some(facts);
        }
        Ok(seen)
    }

    fn restart(&mut self, step: &Step, kernel: Option<&str>, way: &Way) -> Result<Done> {
        let title = report::plan::title(step);
        self.note_begin(step, "shutdown -r now")?;
        let mut progress = terminal::Progress::show("Restarting the guest...");
        let came_back = restart::restart(way, &mut |seconds| {
            progress.replace(&format!(
                "Waiting for the guest to come back, {seconds} s..."
            ));
        });
        drop(progress);
        let came_back = match came_back {
            Ok(kernel) => kernel,
            Err(error) => {
                let begun = !error.changed_nothing();
                self.note(if begun { State::Begun } else { State::Refused })?;
                terminal::say(&format!("{title}: {error}"));
                return Ok(if begun { Done::Perhaps } else { Done::Nothing });
            }
        };
        self.note(State::Done)?;
        self.kernel = Some(came_back.clone());
        if let Some(kernel) = kernel
            && kernel != came_back
        {
            terminal::say(&format!(
                "{title}: it came back with {}; its boot loader has chosen otherwise: choose there, and restart it",
                escape::line(&came_back, 80)
            ));
            return Ok(Done::Perhaps);
        }
        // A service may build or load modules while the guest starts.
        if self.what_failed(step)?.is_some() {
            terminal::say(&format!(
                "{title}: it came back, and the old modules are still in memory; `boxdoctor check` says which"
            ));
            return Ok(Done::Perhaps);
        }
        Ok(Done::All)
    }

    fn snapshot(&mut self, step: &Step, machine: &str) -> Result<Done> {
        let name = format!("boxdoctor-{}", self.journal.run);
        let typed = escape::word(machine);
        let restore = format!(
            "VBoxManage controlvm {typed} poweroff; VBoxManage snapshot {typed} restore {name}; VBoxManage startvm {typed} --type headless"
        );
        self.note_begin(
            step,
            &format!("VBoxManage snapshot {typed} take {name} --live"),
        )?;
        if let Some(noted) = self.journal.commands.last_mut() {
            noted.way_back = restore;
        }
        let _progress = terminal::Progress::show("Taking a snapshot...");
        match VBoxManage::find().take_snapshot(machine, &name, Deadline::after(SNAPSHOT)) {
            Ok(()) => {
                self.note(State::Done)?;
                Ok(Done::All)
            }
            Err(said) => {
                self.note(State::Refused)?;
                terminal::say(&format!("{}: {said}", report::plan::title(step)));
                Ok(Done::Nothing)
            }
        }
    }
}

pub fn outcome_of(broken: &Broken) -> Done {
    if broken.changed_nothing() {
        Done::Nothing
    } else {
        Done::Perhaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use crate::krb5::repair;
    use crate::medium::download::PUBLISHED_AT;
    use crate::observe::Side;
    use crate::observe::local_krb5::path_bytes;
    use crate::remedy::change::{Change, Content};
    use crate::remedy::journal::Machine;
    use crate::transport::http::Address;

    const STRAY: &[u8] = b"\xEF\xBB\xBF[libdefaults]\n";

    #[test]
    fn where_one_file_is_refused_those_before_it_are_as_they_were() {
        let folder = tempfile::tempdir().expect("a folder");
        let change = |name: &str| {
            let path = folder.path().join(name);
            files::write(&path, STRAY).expect("it is written");
            Change {
                path: path_bytes(&path),
                content: Content::Mended(repair::propose(STRAY).expect("it can be mended")),
            }
        };
        let changes = vec![change("first"), change("second")];
        // Somebody writes to it while the first one is mended.
        files::write(&folder.path().join("second"), b"later").expect("it is written");
        let journals = Journals::below(&folder.path().join("state"));
        let subject = Subject::File(folder.path().join("first"));
        let mut journal = journals.begin(Machine::File).expect("it begins");
        let mut work = Work {
            subject: &subject,
            journals: &journals,
            journal: &mut journal,
            deadline: &|| Deadline::after(Duration::from_secs(10)),
            kernel: None,
            still_runs: false,
            wish: Wish {
                iso: None,
                download: false,
                from: Address::parse(PUBLISHED_AT).expect("a constant address"),
            },
        };
        let step = Step {
            check: "krb5-stray-bytes",
            remedy: "remove-stray-bytes",
            side: Side::Host,
            needs: Vec::new(),
            way_back: String::new(),
            reason: None,
            again: false,
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
