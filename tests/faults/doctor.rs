//! boxdoctor as a user runs it, with a state folder of its own that can be watched.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use boxdoctor::remedy::journal::Journals;

use crate::guest::cache;

/// The medium of the host.
const ISO: &str = "VBoxGuestAdditions_7.1.4.iso";

/// The longest that any call may take, with all its patience for a guest that is gone.
const LONGEST: Duration = Duration::from_secs(240);

/// Somebody who calls boxdoctor for one guest.
pub struct Doctor {
    desk: tempfile::TempDir,
    address: String,
    allowed: &'static [&'static str],
}

/// How a call has ended.
pub struct Ended {
    pub status: ExitStatus,
    pub said: String,
}

impl Doctor {
    /// For the guest behind this port of the host; `allowed` is what every repair may do.
    pub fn new(port: u16, allowed: &'static [&'static str]) -> Result<Self, String> {
        Ok(Doctor {
            desk: tempfile::tempdir().map_err(|error| error.to_string())?,
            address: format!("vagrant@127.0.0.1:{port}"),
            allowed,
        })
    }

    fn state(&self) -> PathBuf {
        self.desk.path().join("state")
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
        command
            .arg(verb)
            .args(["--ssh", &self.address, "--identity"])
            .arg(cache().join("key"))
            .env("BOXDOCTOR_STATE_DIR", self.state())
            .env("HOME", self.desk.path())
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null());
        command
    }

    pub fn fix(&self) -> Result<Call, String> {
        let mut command = self.command("fix");
        command.args(["--yes", "--iso"]).arg(cache().join(ISO));
        command.args(self.allowed);
        Call::start(command, self.desk.path().join("said"), &self.state())
    }

    /// Whether nothing is wrong with the guest, and what is.
    pub fn check(&self) -> Result<Ended, String> {
        Call::start(
            self.command("check"),
            self.desk.path().join("said"),
            &self.state(),
        )?
        .end()
    }

    /// What is wrong with the state folder, if anything is: it holds journals that can be read, and
    /// locks that nobody holds.
    pub fn state_problem(&self) -> Option<String> {
        let journals = Journals::below(&self.state());
        let runs = fs::read_dir(self.state().join("runs")).ok()?;
        for entry in runs.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(run) = name.strip_suffix(".toml") {
                if let Err(error) = journals.find(Some(run)) {
                    return Some(format!("{name}: {error:#}"));
                }
            } else if name.ends_with(".lock") {
                let free = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
                if !free {
                    return Some(format!("{name} is held"));
                }
            } else if name != "owner" {
                return Some(format!("{name} is left"));
            }
        }
        None
    }
}

/// A call of boxdoctor that goes on.
pub struct Call {
    child: Child,
    said: PathBuf,
    begin: Instant,
    journals: PathBuf,
    last: Option<(u64, i64, i64)>,
    changes: usize,
}

impl Call {
    fn start(mut command: Command, said: PathBuf, state: &Path) -> Result<Self, String> {
        let file = File::create(&said).map_err(|error| error.to_string())?;
        let copy = file.try_clone().map_err(|error| error.to_string())?;
        let journals = state.join("runs");
        let child = command
            .stdout(file)
            .stderr(copy)
            .spawn()
            .map_err(|error| error.to_string())?;
        Ok(Call {
            child,
            said,
            begin: Instant::now(),
            last: newest(&journals),
            journals,
            changes: 0,
        })
    }

    /// How often the journal has been written since this call began: before each step and after it.
    pub fn boundaries(&mut self) -> usize {
        let now = newest(&self.journals);
        if now != self.last {
            self.last = now;
            self.changes += 1;
        }
        self.changes
    }

    pub fn runs_for(&self) -> Duration {
        self.begin.elapsed()
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Waits for its end, and counts the boundaries until then.
    pub fn end(&mut self) -> Result<Ended, String> {
        loop {
            self.boundaries();
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                let said = fs::read(&self.said).map_err(|error| error.to_string())?;
                let said = String::from_utf8_lossy(&said).into_owned();
                return Ok(Ended { status, said });
            }
            if self.begin.elapsed() > LONGEST {
                self.kill();
                let said = fs::read_to_string(&self.said).unwrap_or_default();
                return Err(format!("boxdoctor does not end; it said\n{said}"));
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

/// The last journal, as it is now: it is replaced whole at each change.
fn newest(journals: &Path) -> Option<(u64, i64, i64)> {
    let names = fs::read_dir(journals).ok()?.flatten();
    let last = names
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .max()?;
    let metadata = fs::metadata(last).ok()?;
    Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
}
