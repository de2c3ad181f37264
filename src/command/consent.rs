//! What the user has agreed to.

use anyhow::{Context, Result};

use super::TERMINAL;
use super::ask::{self, Answer};

/// What the user has said so far.
pub struct Consent {
    /// To all that follows.
    pub all: bool,
    /// To nothing that follows.
    pub none: bool,
}

impl Consent {
    /// # Errors
    /// Where the terminal cannot be read.
    pub fn ask(&mut self, step: &str) -> Result<Answer> {
        if self.all || self.none {
            return Ok(if self.all { Answer::Yes } else { Answer::Quit });
        }
        let answer = ask::ask(&format!("Do {step}?")).context(TERMINAL)?;
        self.all |= answer == Answer::All;
        self.none |= answer == Answer::Quit;
        Ok(answer)
    }
}
