//! The most memory that a program has had, as the kernel keeps the books.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs the program to its end; its peak in megabytes.
pub fn of(command: &mut Command) -> f64 {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The mark only rises, so the last look before the end is the one that counts.
        peak = peak.max(high_water_mark(&status));
        if child.try_wait().expect("a child").is_some() {
            assert!(peak > 0, "the program ended before it was looked at");
            return peak as f64 / 1024.0;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// In kilobytes; 0 when the process is gone.
fn high_water_mark(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
