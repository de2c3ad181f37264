//! The results side by side, and whether all limits are kept.
#![allow(dead_code)] // each measurement uses its own part of this

use std::process::ExitCode;
use std::time::Duration;

/// How often it is measured anew where a limit was missed: whoever shares the computer can be busy for
/// all turns of one round. What is missed in each round is missed.
const ROUNDS: usize = 3;

/// Measures and prints, until a round keeps all limits.
pub fn in_rounds(measure: impl Fn(&mut Table)) -> ExitCode {
    for round in 1..=ROUNDS {
        let mut table = Table::new();
        measure(&mut table);
        if table.print() {
            return ExitCode::SUCCESS;
        }
        println!("a limit was missed in round {round} of {ROUNDS}");
    }
    // Not by an exit, which would leave servers running.
    ExitCode::FAILURE
}

/// The rows so far.
pub struct Table {
    rows: Vec<[String; 6]>,
    kept: bool,
}

impl Table {
    fn new() -> Self {
        let heading = ["what", "boxdoctor", "other", "ratio", "limit", "ok"];
        Table {
            rows: vec![heading.map(str::to_owned)],
            kept: true,
        }
    }

    /// A time that nothing hangs on.
    pub fn information(&mut self, what: &str, took: Duration) {
        self.rows
            .push([what, "", &shown(took), "", "", ""].map(str::to_owned));
    }

    /// Ours may be at most `limit` of the other.
    pub fn times(&mut self, what: &str, ours: Duration, other: Duration, limit: f64) {
        let ratio = ours.as_secs_f64() / other.as_secs_f64();
        self.row(
            what,
            shown(ours),
            shown(other),
            format!("{ratio:.2}"),
            format!("<= {limit}"),
            ratio <= limit,
        );
    }

    /// The other must take at least `limit` times as long.
    pub fn at_least(&mut self, what: &str, ours: Duration, other: Duration, limit: f64) {
        let ratio = other.as_secs_f64() / ours.as_secs_f64();
        self.row(
            what,
            shown(ours),
            shown(other),
            format!("{ratio:.1}"),
            format!(">= {limit}"),
            ratio >= limit,
        );
    }

    pub fn milliseconds(&mut self, what: &str, took: Duration, limit: f64) {
        let kept = took.as_secs_f64() * 1000.0 <= limit;
        self.row(
            what,
            shown(took),
            String::new(),
            String::new(),
            format!("<= {limit} ms"),
            kept,
        );
    }

    pub fn megabytes(&mut self, what: &str, ours: f64, limit: f64) {
        self.row(
            what,
            format!("{ours:.1} MB"),
            String::new(),
            String::new(),
            format!("< {limit} MB"),
            ours < limit,
        );
    }

    fn row(
        &mut self,
        what: &str,
        ours: String,
        other: String,
        ratio: String,
        limit: String,
        kept: bool,
    ) {
        let verdict = if kept { "yes" } else { "NO" };
        self.rows.push([
            what.to_owned(),
            ours,
            other,
            ratio,
            limit,
            verdict.to_owned(),
        ]);
        self.kept &= kept;
    }

    /// Prints it; true when every limit is kept.
    fn print(&self) -> bool {
        let width = |column: usize| {
            self.rows
                .iter()
                .map(|row| row[column].len())
                .max()
                .unwrap_or(0)
        };
        let widths: [usize; 6] = std::array::from_fn(width);
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            println!("{}", cells.join(" | ").trim_end());
        }
        self.kept
    }
}

fn shown(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
