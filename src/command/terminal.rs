//! What the terminal at hand can show, asked once.

use std::io::{ErrorKind, Write};

use crate::cli::Color;
use crate::escape;
use crate::report::Style;

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
        unicode: is_utf8(|name| std::env::var(name).ok()),
        color: match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal.is_term()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        },
    }
}

/// The first of these that is set decides, as in C. Windows has none of them: plain ASCII there.
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

/// Prints to standard output. A reader that has seen enough (`| head`) is not an error.
pub fn print(text: &str) -> std::io::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
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
}
