//! What the terminal at hand can show, asked once.

use std::io::Write;

use indicatif::{BinaryBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Color;
use crate::escape;
use crate::next_step;
use crate::report::Style;
use crate::transport::platform;

/// The width of a report where nobody says how wide the terminal is, and its limits.
const WIDTH: usize = 80;
const NARROWEST: usize = 40;
const WIDEST: usize = 120;

pub fn style(color: Color) -> Style {
    let terminal = console::Term::stdout();
    let width = terminal
        .size_checked()
        .map_or(WIDTH, |(_, columns)| usize::from(columns));
    Style {
        width: width.clamp(NARROWEST, WIDEST),
        unicode: platform::shows_unicode() || is_utf8(|name| std::env::var(name).ok()),
        color: match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal.is_term()
                    && platform::shows_color()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        },
    }
}

/// The first of these that is set decides, as in C.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| variable(name))
        .find(|value| !value.is_empty())
        .is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        })
}

/// One line on standard error. Paths and names in it are foreign text; and a standard error that
/// nobody reads is no reason to fail.
pub fn say(message: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "boxdoctor: {}",
        escape::line(message, 1000)
    );
}

/// A line on standard error that is there while something takes its time; only for a person who
/// looks on.
pub struct Progress(Option<console::Term>);

impl Progress {
    pub fn show(text: &str) -> Self {
        let terminal = Some(console::Term::stderr()).filter(console::Term::is_term);
        if let Some(terminal) = &terminal {
            let _ = terminal.write_str(&escape::line(text, NARROWEST));
        }
        Progress(terminal)
    }

    /// Shows another text in its place.
    pub fn replace(&mut self, text: &str) {
        if let Some(terminal) = &self.0 {
            let (_, columns) = terminal.size();
            let _ = terminal.clear_line();
            let _ = terminal.write_str(&escape::line(text, usize::from(columns).saturating_sub(2)));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(terminal) = &self.0 {
            let _ = terminal.clear_line();
        }
    }
}

/// How much of something long has been sent or fetched, on standard error; only for a person who
/// looks on. It is gone once this is dropped.
pub struct Bar {
    what: String,
    shown: Shown,
}

enum Shown {
    Nothing,
    /// A terminal that can do no more than go on to the next line.
    Lines {
        tenths: u64,
    },
    Drawn(ProgressBar),
}

impl Bar {
    pub fn show(what: &str) -> Self {
        let terminal = console::Term::stderr();
        let shown = if !terminal.is_term() {
            Shown::Nothing
        } else if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
            Shown::Lines { tenths: 0 }
        } else {
            // Until the first news there is nothing to draw.
            Shown::Drawn(ProgressBar::hidden())
        };
        Bar {
            what: escape::line(what, NARROWEST),
            shown,
        }
    }

    /// So many bytes are there by now, of so many, where that is known.
    pub fn at(&mut self, done: u64, all: Option<u64>) {
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Lines { tenths } => {
                let now = tenth(done, all);
                if now > *tenths {
                    *tenths = now;
                    let line = format!("{}: {}", self.what, BinaryBytes(done));
                    let _ = writeln!(std::io::stderr(), "boxdoctor: {line}");
                }
            }
            Shown::Drawn(bar) => {
                if bar.is_hidden() {
                    *bar = drawn(&self.what, done, all);
                }
                bar.set_position(done);
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Shown::Drawn(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn drawn(what: &str, done: u64, all: Option<u64>) -> ProgressBar {
    // What was there before, of an upload that is resumed, says nothing of the speed.
    let bar = ProgressBar::with_draw_target(all, ProgressDrawTarget::stderr())
        .with_message(what.to_owned())
        .with_position(done);
    bar.reset_eta();
    let form = match all {
        Some(_) => {
            "{msg} [{wide_bar}] {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}"
        }
        None => "{msg} {binary_bytes} {binary_bytes_per_sec}",
    };
    let style = ProgressStyle::with_template(form).expect("a constant template");
    bar.set_style(style.progress_chars("=> "));
    bar
}

/// How many tenths are there; mebibytes, where nobody knows of how many.
fn tenth(done: u64, all: Option<u64>) -> u64 {
    match all {
        Some(all) => done.saturating_mul(10) / all.max(1),
        None => done / (1024 * 1024),
    }
}

/// Prints to standard output. A reader that has seen enough (`| head`) is not an error.
pub fn print(text: &str) -> std::io::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if platform::nobody_reads(&error) => Ok(()),
        Err(error) => {
            let next = next_step::after(&error, "see that you may write there");
            let said = format!("standard output cannot be written: {error}; {next}");
            Err(std::io::Error::new(error.kind(), said))
        }
        Ok(()) => Ok(()),
    }
}

/// Prints beside the report, for whoever looks on.
pub fn print_aside(text: &str) -> std::io::Result<()> {
    std::io::stderr().lock().write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let with = |set: &'static [(&str, &str)]| {
            is_utf8(|name| {
                set.iter()
                    .find(|(variable, _)| *variable == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(with(&[("LANG", "en_US.UTF-8")]));
        assert!(with(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")]));
        assert!(!with(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!with(&[]));
    }

    #[test]
    fn a_plain_terminal_hears_of_every_tenth() {
        let heard = |all| {
            let mut steps: Vec<u64> = (0..=100).map(|done| tenth(done * MIB, all)).collect();
            steps.dedup();
            steps.len()
        };
        const MIB: u64 = 1024 * 1024;
        assert_eq!(heard(Some(100 * MIB)), 11);
        assert_eq!(heard(None), 101);
        assert_eq!(tenth(u64::MAX, Some(0)), u64::MAX);
    }
}
