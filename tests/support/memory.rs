//! The real program, with an eye on its memory.
#![allow(dead_code)] // each test binary uses its own part of this

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The peak of the program's memory may not reach this (KiB).
const MOST: u64 = 40 * 1024;

/// What a run took.
pub struct Watched {
    pub status: Option<i32>,
    pub stdout: String,
    pub took: Duration,
    /// The peak of its memory (KiB), where this system tells.
    pub memory: Option<u64>,
}

/// Runs the command to its end.
pub fn watch(command: &mut Command) -> Watched {
    watch_writing(command, Stdio::piped())
}

/// Runs the command to its end, while it writes elsewhere what a pipe could not hold.
pub fn watch_writing(command: &mut Command, stdout: impl Into<Stdio>) -> Watched {
    let start = Instant::now();
    let mut child = command
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut memory = None;
    // It ends only once its report and its notes, which are small, are written; nobody has to read
    // them before.
    while child.try_wait().expect("a child").is_none() {
        memory = memory.max(peak(&child));
        assert!(start.elapsed() < Duration::from_secs(90), "it does not end");
        std::thread::sleep(Duration::from_micros(300));
    }
    let took = start.elapsed();
    let output = child.wait_with_output().expect("its output");
    Watched {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        took,
        memory,
    }
}

impl Watched {
    /// Holds that it took little time and memory, and that no flood is in the report.
    pub fn costs_little(&self, seconds: u64) {
        assert!(
            self.took < Duration::from_secs(seconds),
            "took {:?}",
            self.took
        );
        if cfg!(target_os = "linux") {
            let memory = self.memory.expect("the kernel tells");
            assert!(memory > 1024, "{memory} KiB cannot be all");
            assert!(memory < MOST, "{memory} KiB");
        }
        assert!(
            self.stdout.len() < 64 * 1024,
            "the flood is not in the report"
        );
    }
}

/// The most memory that the process has had so far, as the kernel counts it.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Other systems tell only a parent, and only through a library that nothing else needs.
#[cfg(not(target_os = "linux"))]
fn peak(_: &Child) -> Option<u64> {
    None
}
