//! Runs the probe script as a guest would: piped into a shell, its answer taken apart.
#![allow(dead_code)] // each test binary uses its own part of this

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use boxdoctor::observe::further::Further;
use boxdoctor::observe::questions::QUESTIONS;
use boxdoctor::observe::root::Sudo;
use boxdoctor::observe::{Observation, guest};
use boxdoctor::transport::ssh::Remote;
use boxdoctor::transport::{Deadline, Ended, Output, local};
use zeroize::Zeroizing;

/// The shells that guests have for `sh`, each with what makes it behave so.
pub const SHELLS: [&[&str]; 4] = [
    &["dash"],
    &["bash", "--posix"],
    &["mksh"],
    &["busybox", "sh"],
];

/// What the transport asks the guest to run; the script comes on its standard input.
const COMMAND: &str = "eval \"$(cat)\"";

/// The variable by which the processes of one run are known, whatever became of their parents.
const MARK: &str = "PROBE_RUN";

/// The uid and gid of `nobody`.
pub const NOBODY: u32 = 65534;

/// One run of the probe, to be set up and started.
pub struct Probe {
    shell: Vec<String>,
    before: Vec<String>,
    path: String,
    nonce: String,
    script: Zeroizing<String>,
}

/// What came back.
pub struct Answer {
    pub shell: String,
    pub stdout: Vec<u8>,
    pub took: Duration,
    /// Whether the script came to its own end, and did not have to be killed.
    pub finished: bool,
    seen: HashMap<String, Observation>,
    nonce: String,
}

impl Probe {
    pub fn in_shell(shell: &[&str]) -> Self {
        let nonce = guest::nonce().expect("random numbers");
        Probe {
            shell: shell.iter().map(|word| (*word).to_owned()).collect(),
            before: Vec::new(),
            path: "/usr/local/bin:/usr/bin:/bin".to_owned(),
            script: guest::script(&nonce, &Sudo::default(), QUESTIONS),
            nonce,
        }
    }

    /// Asks something else under the name of a question that is asked of the user.
    pub fn asking(mut self, id: &str, script: &str) -> Self {
        assert!(!script.contains('\''), "it stands in single quotes");
        let begin = format!("\nask {id} ");
        let from = self.script.find(&begin).expect("the question is asked") + 1;
        let to = from + self.script[from..].find('\n').expect("a line has an end");
        let line = self.script[from..to].to_owned();
        let words: Vec<&str> = line.splitn(6, ' ').collect();
        let asked = format!("{} '{script}'", words[..5].join(" "));
        self.script.replace_range(from..to, &asked);
        self
    }

    /// Asks this alone.
    pub fn asking_further(mut self, further: &Further) -> Self {
        self.script = guest::script(&self.nonce, &Sudo::default(), &[further.question()]);
        self
    }

    /// The only place where programs are found, besides the places for administrators.
    pub fn with_path(mut self, folder: &Path) -> Self {
        self.path = folder.display().to_string();
        self
    }

    /// With this in the user's environment.
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.before
            .splice(..0, ["env".to_owned(), format!("{name}={value}")]);
        self
    }

    /// As a user who may do nothing.
    pub fn run_by_nobody(mut self) -> Self {
        let id = NOBODY;
        self.before.extend(
            [
                "setpriv",
                &format!("--reuid={id}"),
                &format!("--regid={id}"),
                "--clear-groups",
            ]
            .map(str::to_owned),
        );
        self
    }

    /// In a mount namespace of its own, which `setting`, a script for root, may furnish first.
    pub fn in_surroundings(mut self, setting: &str) -> Self {
        let setting = format!("set -e\n{setting}\nexec \"$@\"");
        let mut before: Vec<String> = ["unshare", "--mount", "sh", "-c", &setting, "sh"]
            .map(str::to_owned)
            .to_vec();
        before.append(&mut self.before);
        self.before = before;
        self
    }

    pub fn run(self) -> Answer {
        let mark = format!("{MARK}={}", self.nonce);
        let path = format!("PATH={}", self.path);
        let mut arguments: Vec<OsString> = vec!["-u".into(), "TMPDIR".into(), mark.into()];
        // What comes before the shell is our own, and found where it always is.
        arguments.extend(self.before.iter().map(OsString::from));
        arguments.extend(["env".into(), path.into()]);
        arguments.extend(self.shell.iter().map(OsString::from));
        arguments.extend(["-c".into(), COMMAND.into()]);
        let start = Instant::now();
        let output = local::run(
            Path::new("/usr/bin/env"),
            &arguments,
            self.script.as_bytes(),
            guest::LIMITS,
            Deadline::after(Duration::from_secs(50)),
        );
        self.answer(output, start.elapsed())
    }

    fn answer(self, output: Output, took: Duration) -> Answer {
        let (stdout, finished) = (output.stdout.clone(), output.ended == Ended::Exit);
        let remote = Remote {
            output,
            cut_off: None,
            notes: Vec::new(),
        };
        let seen = guest::observations(&self.nonce, QUESTIONS, "somewhere", Ok(remote));
        Answer {
            shell: self.shell.join(" "),
            stdout,
            took,
            finished,
            seen: seen
                .into_iter()
                .map(|seen| (seen.id.clone(), seen))
                .collect(),
            nonce: self.nonce,
        }
    }
}

impl Answer {
    pub fn to(&self, id: &str) -> &Observation {
        self.seen
            .get(id)
            .unwrap_or_else(|| panic!("{}: no answer to {id}: {:?}", self.shell, self.seen.keys()))
    }

    /// With which status the section was closed; the one about sudo becomes no observation.
    pub fn closing_status(&self, id: &str) -> Option<i32> {
        let stdout = String::from_utf8_lossy(&self.stdout);
        let mark = format!("\n{} end {id} ", self.nonce);
        let (_, rest) = stdout.split_once(&mark)?;
        rest.split_whitespace().next()?.parse().ok()
    }

    /// Waits for at most two seconds; what then is still running of this run.
    pub fn left_behind(&self) -> Vec<String> {
        let start = Instant::now();
        loop {
            let left = running(&format!("{MARK}={}", self.nonce));
            if left.is_empty() || start.elapsed() > Duration::from_secs(2) {
                return left;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The command lines of all processes with this variable in their environment.
fn running(mark: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("a process table");
    processes
        .flatten()
        .filter(|process| {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == mark.as_bytes())
        })
        .map(|process| {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).replace('\0', " ")
        })
        .collect()
}

/// A folder with all the usual programs but these, for everybody to read.
pub fn programs_without(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let everybody = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path(), everybody).expect("a folder that all may read");
    for program in fs::read_dir("/usr/bin")
        .expect("programs")
        .chain(fs::read_dir("/bin").expect("programs"))
    {
        let program = program.expect("a name");
        let at = folder.path().join(program.file_name());
        let unwanted = names.iter().any(|name| program.file_name() == *name);
        if !unwanted && !at.exists() {
            // A dangling link among the programs is nobody's tool.
            let _ = symlink(program.path(), at);
        }
    }
    folder
}

/// Puts a program of our own into the folder.
pub fn stand_in(folder: &Path, name: &str, script: &str) {
    let at = folder.join(name);
    fs::write(&at, format!("#!/bin/sh\n{script}\n")).expect("a program");
    fs::set_permissions(&at, fs::Permissions::from_mode(0o755))
        .expect("a program that all may run");
}
