//! The program as users get it: how long it takes to start, and how large it is.
//!
//! A measurement is built with another profile than a release, so this builds the release first.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

mod table;
mod turns;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use table::in_rounds;
use turns::interleaved;

const REPETITIONS: usize = 201;
const MEGABYTE: f64 = 1_000_000.0;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    // Below `target`, the next measurement puts its own program in that place.
    let program = folder.path().join("boxdoctor");
    std::fs::copy(released(), &program).expect("the program of the release");
    let size = std::fs::metadata(&program).expect("a file").len();
    in_rounds(|table| {
        let [ours, nothing] = interleaved(
            REPETITIONS,
            [&|| started(&program, &["--version"]), &|| {
                started(Path::new("true"), &[])
            }],
        );
        table.information("a program that does nothing (true)", nothing);
        table.milliseconds("a: --version, the whole process", ours, 10.0);
        table.megabytes("b: the program", size as f64 / MEGABYTE, 12.0);
    })
}

/// Builds it; where it is, as cargo says.
fn released() -> PathBuf {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the measurement");
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--release", "--bin", "boxdoctor"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "the release cannot be built");
    let messages = String::from_utf8(output.stdout).expect("text");
    let mut made = messages.lines().rev().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    made.next().expect("cargo says what it has built")
}

fn started(program: &Path, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let took = start.elapsed();
    assert!(output.status.success(), "{output:?}");
    took
}
