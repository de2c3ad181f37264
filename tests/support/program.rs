//! The real program, run as a user would run it, in surroundings that a test lays out.
#![allow(dead_code)] // each test binary uses its own part of this

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;

/// What the surroundings of whoever runs the tests must not decide.
const OUTSIDE: [&str; 25] = [
    "SSH_AUTH_SOCK",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "VAGRANT_CWD",
    "VAGRANT_VAGRANTFILE",
    "VAGRANT_DOTFILE_PATH",
    "VAGRANT_HOME",
    "VBOX_MSI_INSTALL_PATH",
    "VBOX_INSTALL_PATH",
    "USER",
    "LOGNAME",
    "USERNAME",
    "HOSTNAME",
    "RUST_BACKTRACE",
    "BOXDOCTOR",
    "BOXDOCTOR_MACHINE",
    "BOXDOCTOR_STATE_DIR",
    "XDG_STATE_HOME",
    "BOXDOCTOR_CACHE_DIR",
    "XDG_CACHE_HOME",
    "VBOX_USER_HOME",
];

/// The program, with `folder` as its current folder and its home.
pub fn boxdoctor(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
    command
        .current_dir(folder)
        .env("HOME", folder)
        .env("USERPROFILE", folder)
        .timeout(Duration::from_secs(100));
    for name in OUTSIDE {
        command.env_remove(name);
    }
    command
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// Runs it to its end. Whatever was wrong, it may not panic, and its words are text.
pub fn run(command: &mut Command) -> Ran {
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    Ran::of(output, start.elapsed())
}

/// A folder of its own for a test: the program's current folder and the user's home.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        Desk(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        let folder = path.parent().expect("a folder");
        std::fs::create_dir_all(folder).expect("the folder is made");
        std::fs::write(&path, content).expect("the file is written");
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = boxdoctor(self.path());
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// The one line with which these arguments are refused.
    pub fn refused(&self, arguments: &[&str]) -> String {
        self.run(arguments).refused().to_owned()
    }
}

impl Ran {
    /// What came of it; no panic, and nothing but text.
    pub fn of(output: Output, took: Duration) -> Self {
        let ran = Ran {
            took,
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("the report is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
        };
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
        ran
    }

    /// Holds that this is the answer to unusable input: status 2, nothing but one line of our own
    /// on standard error. Gives back that line.
    pub fn refused(&self) -> &str {
        assert_eq!(self.status, Some(2), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.starts_with("boxdoctor: "), "{self:?}");
        assert!(self.stderr.ends_with('\n'), "{self:?}");
        let line = self.stderr.trim_end_matches('\n');
        assert!(
            !line.chars().any(char::is_control),
            "one plain line: {self:?}"
        );
        line
    }

    /// Holds the status, and that nothing was said beside the report.
    pub fn ended(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        self
    }

    /// Holds the status, and that nothing was said beside the report but notes, one line each.
    pub fn noted(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        for line in self.stderr.lines() {
            assert!(line.starts_with("boxdoctor: note: "), "{self:?}");
        }
        self
    }

    /// The JSON report.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Holds that no terminal would obey a byte of it.
    pub fn is_harmless(&self) -> &Self {
        for text in [&self.stdout, &self.stderr] {
            let found = text.chars().find(|&c| c.is_control() && c != '\n');
            assert_eq!(found, None, "{self:?}");
        }
        self
    }
}

/// The target of this name in a JSON report.
pub fn target<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["targets"]
        .as_array()
        .and_then(|targets| targets.iter().find(|target| target["name"] == name))
        .unwrap_or_else(|| panic!("no target {name} in {report:#}"))
}

/// The finding of this check.
pub fn finding<'a>(target: &'a Value, check: &str) -> &'a Value {
    target["findings"]
        .as_array()
        .and_then(|findings| findings.iter().find(|finding| finding["check"] == check))
        .unwrap_or_else(|| panic!("no finding {check} in {target:#}"))
}

/// The checks that fail and that nothing explains, in their order.
pub fn roots(target: &Value) -> Vec<&str> {
    target["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|finding| finding["root"] == true)
        .filter_map(|finding| finding["check"].as_str())
        .collect()
}
