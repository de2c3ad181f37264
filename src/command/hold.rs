//! A guest that is held for the time of a repair, and cleared of what earlier repairs have left.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::terminal;
use crate::observe::way::Way;
use crate::remedy::journal::{Journal, Journals};
use crate::remedy::{hold, run, upload};

/// How long a command that was begun earlier is waited for.
const LONGEST: Duration = Duration::from_secs(3600);

pub struct Held<'a> {
    way: &'a Way,
    owner: String,
    is_let_go: bool,
}

impl<'a> Held<'a> {
    /// Holds the guest, and waits for what still runs in it since a repair was cut off.
    ///
    /// # Errors
    /// Where it cannot be held.
    pub fn begin(journals: &Journals, journal: &Journal, way: &'a Way) -> Result<Self> {
        let owner = journals.owner()?;
        // Whoever is killed from here on leaves traces in the guest.
        journals.write(journal)?;
        let jobs = hold::hold(way, &owner).context("nothing was changed")?;
        let held = Held {
            way,
            owner,
            is_let_go: false,
        };
        for job in jobs {
            let mut progress = terminal::Progress::show("Waiting for what was begun before...");
            let ended = run::wait(way, &job, LONGEST, &mut |output| {
                if let Some(line) = run::last_line(output) {
                    progress.replace(&line);
                }
            });
            drop(progress);
            match ended {
                Ok(_) | Err(run::Broken::Lost) => {}
                Err(broken) => {
                    return Err(anyhow!(broken.to_string()))
                        .context("nothing was changed: what was begun before has not ended");
                }
            }
        }
        for mut old in journals.cut_off(&journal.machine) {
            if old.run != journal.run {
                journals.end(&mut old)?;
            }
        }
        Ok(held)
    }

    /// Clears away everything of boxdoctor's in the guest, and says whether that was done.
    pub fn end(mut self) -> bool {
        self.let_go()
    }

    /// Leaves everything where it is, for a command of which nobody knows whether it has ended.
    pub fn keep(mut self) {
        self.is_let_go = true;
    }

    fn let_go(&mut self) -> bool {
        self.is_let_go = true;
        let released = upload::clear(self.way)
            .map_err(|error| error.to_string())
            .and_then(|()| hold::release(self.way, &self.owner).map_err(|error| error.to_string()));
        if let Err(error) = &released {
            terminal::say(&format!(
                "what the repair needed is still in /var/lib/boxdoctor of the guest ({error}); the next `boxdoctor fix` clears it away"
            ));
        }
        released.is_ok()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.is_let_go {
            self.let_go();
        }
    }
}
