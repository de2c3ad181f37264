//! What logs say.

use super::Reader;
use crate::observe::log as asked;
use crate::parse::log::{Rule, means};
use crate::parse::text;

/// All that logs say of one machine, in the order in which it was said.
pub type Log = Vec<Said>;

/// What one line says.
#[derive(Clone)]
pub struct Said {
    pub rule: &'static Rule,
    pub file: String,
    pub line: u32,
    pub text: String,
}

pub(super) fn read(reader: &Reader<'_>) -> Log {
    let Some(seen) = reader.find(asked::SAID) else {
        return Log::new();
    };
    let mut log = Log::new();
    for line in text(&seen.stdout).lines() {
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let &[number, file, text] = &fields[..] else {
            continue;
        };
        let Ok(line) = number.parse() else {
            continue;
        };
        let said = |rule| Said {
            rule,
            file: file.to_owned(),
            line,
            text: text.to_owned(),
        };
        log.extend(means(text).into_iter().map(said));
    }
    log
}
