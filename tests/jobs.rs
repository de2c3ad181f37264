//! Commands that outlive the connection: the script of a job, run by root in the shells of this
//! computer. Needs root; what it makes below /var/lib/boxdoctor is removed again.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use boxdoctor::observe::root::Sudo;
use boxdoctor::remedy::job::{Progress, Task, progress, script};

const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// A job of its own name, which is forgotten at the end.
struct Job {
    shell: &'static str,
    name: String,
}

impl Job {
    fn new(shell: &'static str, name: &str) -> Self {
        let name = format!("test-{}-{shell}-{name}", std::process::id());
        Job { shell, name }
    }

    fn folder(&self) -> PathBuf {
        Path::new("/var/lib/boxdoctor").join(&self.name)
    }

    fn ask(&self, task: &Task<'_>) -> Progress {
        let mut child = Command::new(self.shell)
            .args(["-c", "eval \"$(cat)\""])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the shell starts");
        let script = script(&self.name, task, NONCE);
        let mut input = child.stdin.take().expect("it reads");
        input
            .write_all(Sudo::default().script(&script).as_bytes())
            .expect("it is sent");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        progress(NONCE, &output.stdout).unwrap_or_else(|| panic!("{output:?}"))
    }

    fn start(&self, command: &str) -> Progress {
        self.ask(&Task::Start { command })
    }

    fn poll(&self, offset: u64, seconds: u32) -> Progress {
        self.ask(&Task::Poll { offset, seconds })
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.ask(&Task::Remove);
    }
}

fn shells() -> Vec<&'static str> {
    let there = |shell: &&str| {
        let status = Command::new(shell).args(["-c", ":"]).status();
        status.is_ok_and(|status| status.success())
    };
    let all = ["sh", "dash", "bash", "mksh"];
    let found: Vec<_> = all.into_iter().filter(there).collect();
    assert_eq!(found.len(), all.len(), "only {found:?}");
    found
}

#[test]
fn a_command_runs_to_its_end_and_says_how_it_ended() {
    for shell in shells() {
        let job = Job::new(shell, "whole");
        assert_eq!(job.poll(0, 0), Progress::None);
        // What a package manager makes is for everybody, whatever is kept from them here.
        let command = "echo 'it'\"'\"'s $HOME'; echo oops >&2; id -u; umask; exit 7";
        assert_eq!(job.start(command), Progress::Started);
        let end = loop {
            match job.poll(0, 5) {
                Progress::Running { .. } => sleep(Duration::from_millis(50)),
                end => break end,
            }
        };
        let output = b"it's $HOME\noops\n0\n0022\n".to_vec();
        let size = output.len() as u64;
        let expected = Progress::Ended {
            status: 7,
            output,
            size,
        };
        assert_eq!(end, expected, "{shell}");
        // What comes beyond an offset is all that comes.
        let Progress::Ended { output, .. } = job.poll(16, 0) else {
            panic!("{shell}");
        };
        assert_eq!(output, b"0\n0022\n", "{shell}");
    }
}

#[test]
fn a_start_returns_at_once_and_a_second_one_starts_nothing() {
    for shell in shells() {
        let job = Job::new(shell, "twice");
        let begin = Instant::now();
        assert_eq!(job.start("echo once; sleep 30"), Progress::Started);
        assert_eq!(job.start("echo twice"), Progress::Started);
        assert!(begin.elapsed() < Duration::from_secs(5), "{shell}");
        let Progress::Running { output } = job.poll(0, 5) else {
            panic!("{shell}");
        };
        assert_eq!(output, b"once\n", "{shell}");
        // Without news it answers after the time that it was given.
        let begin = Instant::now();
        assert_eq!(job.poll(5, 1), Progress::Running { output: vec![] });
        assert!(begin.elapsed() >= Duration::from_secs(1), "{shell}");
        end(&job);
    }
}

#[test]
fn a_job_that_somebody_has_ended_is_lost() {
    for shell in shells() {
        let job = Job::new(shell, "killed");
        assert_eq!(job.start("sleep 30"), Progress::Started);
        let deadline = Instant::now() + Duration::from_secs(5);
        while !job.folder().join("process").exists() && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        end(&job);
        assert_eq!(job.poll(0, 3), Progress::Lost, "{shell}");
    }
}

#[test]
fn nobody_but_root_reads_what_a_job_says() {
    use std::os::unix::fs::PermissionsExt;
    let job = Job::new("sh", "private");
    assert_eq!(job.start("echo secret"), Progress::Started);
    let mode = |path: &Path| {
        let metadata = std::fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&job.folder()), 0o700);
    assert_eq!(job.ask(&Task::Remove), Progress::Removed);
    assert!(!job.folder().exists());
}

/// Ends the job's process and all that it has started.
fn end(job: &Job) {
    let process = std::fs::read_to_string(job.folder().join("process")).expect("a number");
    let group = format!("-{}", process.trim());
    let status = Command::new("kill").args(["-9", "--", &group]).status();
    assert!(status.expect("kill runs").success());
    sleep(Duration::from_millis(100));
}
