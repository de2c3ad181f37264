//! What logs say.

use super::Reader;
use crate::observe::log as asked;
use crate::parse::log::{Rule, rule};
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
        let fields: Vec<&str> = line.splitn(4, '\t').collect();
        let &[number, file, id, text] = &fields[..] else {
            continue;
        };
        let (Ok(line), Some(rule)) = (number.parse(), rule(id)) else {
            continue;
        };
        log.push(Said {
            rule,
            file: file.to_owned(),
            line,
            text: text.to_owned(),
        });
    }
    log
}
