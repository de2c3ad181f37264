//! How the terminal at hand shows things.

use console::style;

use crate::check::Severity;

/// Decided once, before anything is printed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// In columns.
    pub width: usize,
    pub unicode: bool,
    pub color: bool,
}

impl Style {
    /// 80 columns of plain ASCII: what a pipe gets.
    pub const PLAIN: Style = Style {
        width: 80,
        unicode: false,
        color: false,
    };

    fn paint(
        self,
        text: &str,
        brush: fn(console::StyledObject<&str>) -> console::StyledObject<&str>,
    ) -> String {
        // `console` asks the environment again; what was decided for this report counts.
        let styled = style(text).force_styling(self.color);
        if self.color {
            brush(styled).to_string()
        } else {
            text.to_owned()
        }
    }

    pub fn severity(self, severity: Severity, text: &str) -> String {
        match severity {
            Severity::Error => self.paint(text, |text| text.red().bold()),
            Severity::Warning => self.paint(text, |text| text.yellow().bold()),
            Severity::Info => self.paint(text, |text| text.cyan().bold()),
        }
    }

    pub fn strong(self, text: &str) -> String {
        self.paint(text, |text| text.bold())
    }

    pub fn faint(self, text: &str) -> String {
        self.paint(text, |text| text.dim())
    }

    pub fn good(self, text: &str) -> String {
        self.paint(text, |text| text.green())
    }

    /// Characters of the report itself; foreign text may have others, see [`Style::shown`].
    pub fn arrow(self) -> &'static str {
        if self.unicode { "└─ so " } else { "`- so " }
    }

    /// Text as this terminal can show it.
    pub fn shown(self, text: &str) -> String {
        if self.unicode {
            return text.to_owned();
        }
        let mut plain = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                ascii if ascii.is_ascii() => plain.push(ascii),
                '…' => plain.push_str("..."),
                // Compilers quote with these.
                '‘' | '’' => plain.push('\''),
                '“' | '”' => plain.push('"'),
                '–' | '—' => plain.push('-'),
                other => plain.extend(other.escape_unicode()),
            }
        }
        plain
    }
}
