//! Looks at what the user has named.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::side_by_side::{News, side_by_side};
use super::{further, terminal};
use crate::cli::Further;
use crate::facts::Facts;
use crate::next_step::unreadable;
use crate::observe::way::Way;
use crate::observe::{Examination, guest, local_krb5, look};
use crate::target::{Kind, Target};
use crate::transport::Deadline;

/// Something that can be looked at, and looked at again.
pub enum Subject {
    /// A bundle or a log: what was seen some other time.
    Bundle(Examination),
    /// A krb5.conf of this computer.
    File(PathBuf),
    Guest(Way),
}

/// Looks at all of them, and tells what is worth a note.
///
/// # Errors
/// Where one of them cannot be looked at.
pub fn look(
    subjects: &[Subject],
    timeout: Duration,
    further: &Further,
) -> Result<Vec<Examination>> {
    let mut all = Vec::new();
    look_hastily(subjects, timeout, further, false, |batch| {
        all.extend(batch.into_iter().map(|(_, seen)| seen));
        Ok(())
    })?;
    Ok(all)
}

/// As [`look`]; but where `is_hasty`, what a machine that hangs would hold back is told without it.
///
/// # Errors
/// Where one of them cannot be looked at, and what `batch` ends with.
pub fn look_hastily(
    subjects: &[Subject],
    timeout: Duration,
    further: &Further,
    is_hasty: bool,
    mut batch: impl FnMut(Vec<(usize, Examination)>) -> Result<()>,
) -> Result<()> {
    let look = |subject: &Subject| {
        // Each has the whole time, from when its turn has come.
        let deadline = Deadline::after(timeout);
        let mut examination = subject.look(deadline)?;
        if further.deep || further.try_keytab {
            subject.ask_further(&mut examination, deadline, further);
        }
        Ok(examination)
    };
    let total = subjects.len();
    let mut told = 0;
    let mut progress = Some(terminal::Progress::show("Looking at host and guest..."));
    side_by_side(subjects, is_hasty, look, |news| match news {
        News::Done(count) if count < total => {
            let text = format!("Looked at {count} of {total} machines...");
            let shown = progress.get_or_insert_with(|| terminal::Progress::show(&text));
            shown.replace(&text);
            Ok(())
        }
        News::Done(_) => Ok(()),
        News::Batch(seen) => {
            progress = None;
            for (index, examination) in &seen {
                subjects[*index].notes(examination);
            }
            told += seen.len();
            batch(seen)?;
            if told < total {
                let text = format!("Waiting for {} more...", total - told);
                progress = Some(terminal::Progress::show(&text));
            }
            Ok(())
        }
    })
}

impl Subject {
    /// Lets a report call it by this name.
    pub fn call(&mut self, name: String) {
        if let Subject::Guest(way) = self {
            way.called = Some(name);
        }
    }

    /// # Errors
    /// Where a file cannot be read. A guest that cannot be asked is a finding, not an error.
    pub fn look(&self, deadline: Deadline) -> Result<Examination> {
        match self {
            Subject::Bundle(examination) => Ok(examination.clone()),
            Subject::File(path) => read_krb5_conf(path),
            Subject::Guest(way) => Ok(look::look(way, deadline)),
        }
    }

    /// Looks only at what decides whether its shared folders could be mounted.
    ///
    /// # Errors
    /// As of [`Subject::look`].
    pub fn glance(&self, deadline: Deadline) -> Result<Examination> {
        match self {
            Subject::Guest(way) => Ok(look::glance(way, deadline)),
            other => other.look(deadline),
        }
    }

    /// Asks a guest what could not be known before it was looked at.
    fn ask_further(&self, examination: &mut Examination, deadline: Deadline, wanted: &Further) {
        let Subject::Guest(way) = self else {
            return;
        };
        let questions = further::questions(&Facts::read(examination), wanted);
        let questions: Vec<_> = questions.iter().map(|asked| asked.question()).collect();
        if !questions.is_empty() {
            let answers = look::ask_further(way, &questions, deadline);
            examination.observations.extend(answers);
        }
    }

    /// What the user may want to know of a connection that works: an unknown host key, say.
    pub fn notes(&self, examination: &Examination) {
        if !matches!(self, Subject::Guest(_)) {
            return;
        }
        let connection = examination.find(guest::CONNECTION);
        let said = connection.map(|seen| crate::parse::text(&seen.stdout));
        for note in said.iter().flat_map(|said| said.lines()) {
            terminal::say(&format!("note: {note}"));
        }
    }
}

fn read_krb5_conf(path: &Path) -> Result<Examination> {
    let shown = path.display().to_string();
    let seen = local_krb5::observe(path).map_err(unreadable(&shown))?;
    let mut examination = Examination::begin(Target::running(&shown, Kind::File));
    examination.observations = seen;
    Ok(examination)
}
