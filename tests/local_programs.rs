//! Programs of this host, the well-behaved and the others.
#![allow(clippy::disallowed_methods)] // tests make their own surroundings
#![cfg(unix)] // the programs are shell lines

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use boxdoctor::transport::local::{find, run};
use boxdoctor::transport::{Deadline, Ended, Limits, Output};

const LIMITS: Limits = Limits {
    stdout: 100_000,
    stderr: 1000,
};

fn sh(line: &str, input: &[u8], seconds: f64) -> (Output, Duration) {
    let start = Instant::now();
    let program = find("sh").expect("every Unix has a shell");
    let arguments = ["-c", line].map(OsString::from);
    let deadline = Deadline::after(Duration::from_secs_f64(seconds));
    let output = run(&program, &arguments, input, LIMITS, deadline);
    (output, start.elapsed())
}

#[test]
fn streams_status_and_input_go_through() {
    let (output, _) = sh("cat; echo $LC_ALL >&2; exit 3", b"input", 10.0);
    assert_eq!(output.ended, Ended::Exit);
    assert_eq!(output.status, Some(3));
    assert_eq!(output.stdout, b"input");
    assert_eq!(output.stderr, b"C\n");
    assert!(!output.truncated);
}

#[test]
fn input_that_nobody_reads_does_no_harm() {
    let (output, took) = sh("echo hello", &vec![b'x'; 10_000_000], 10.0);
    assert_eq!(output.stdout, b"hello\n");
    assert_eq!(output.status, Some(0));
    assert!(took < Duration::from_secs(5));
}

#[test]
fn the_whole_group_is_killed_at_the_deadline() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("alive");
    let line = format!("echo begun; (sleep 2; touch '{}') & wait", file.display());
    let (output, took) = sh(&line, b"", 0.5);
    assert_eq!(output.ended, Ended::Timeout);
    assert_eq!(output.status, None);
    assert_eq!(output.stdout, b"begun\n");
    assert!(took < Duration::from_secs(2), "took {took:?}");
    std::thread::sleep(Duration::from_millis(2500));
    assert!(!file.exists(), "the grandchild was killed too");
}

#[test]
fn a_daemon_that_keeps_the_pipes_is_not_waited_for() {
    let (output, took) = sh("sleep 20 & echo done", b"", 10.0);
    assert_eq!(output.ended, Ended::Exit);
    assert_eq!(output.status, Some(0));
    assert_eq!(output.stdout, b"done\n");
    assert!(took < Duration::from_secs(3), "took {took:?}");
}

#[test]
fn a_flood_is_drained_and_cut() {
    let line = "head -c 50000000 /dev/zero; head -c 5000000 /dev/zero >&2; exit 4";
    let (output, _) = sh(line, b"", 60.0);
    assert_eq!(output.status, Some(4));
    assert_eq!(output.stdout.len(), LIMITS.stdout);
    assert_eq!(output.stderr.len(), LIMITS.stderr);
    assert!(output.truncated);
}

#[test]
fn a_signal_leaves_no_status() {
    let (output, _) = sh("kill -9 $$", b"", 10.0);
    assert_eq!(output.ended, Ended::Exit);
    assert_eq!(output.status, None);
}

#[test]
fn a_program_that_cannot_start_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("not executable");
    std::fs::write(&file, "text").expect("a file");
    let deadline = Deadline::after(Duration::from_secs(5));
    let denied = run(&file, &[], b"", LIMITS, deadline);
    assert_eq!(denied.ended, Ended::Denied);
    let missing = run(Path::new("/no/such/program"), &[], b"", LIMITS, deadline);
    assert_eq!(missing.ended, Ended::NotFound);
    let reason = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(
        reason.starts_with("/no/such/program cannot be started"),
        "{reason}"
    );
    assert_eq!(find("no-such-program-anywhere"), None);
}
