//! Logs that somebody else has written: of each, the lines that mean something.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;

use super::{Examination, Observation, Side};
use crate::escape;
use crate::files;
use crate::next_step::unreadable;
use crate::parse::log::{ALL, Lines, folded, place};
use crate::target::{Kind, RECORDED, Target};

/// Lines of `NUMBER`, `FILE`, the rule that is met, and `TEXT`, with tabs between them.
pub const SAID: &str = "log";

/// How many lines of one meaning are kept, from the beginning and from the end each.
const MOST: usize = 20;

/// The longest name of a file that is kept, and the longest line.
const LONGEST_NAME: usize = 200;
const LONGEST_LINE: usize = 600;

/// A line that means something.
struct Kept {
    machine: Option<Rc<str>>,
    file: usize,
    number: u64,
    rule: &'static str,
    text: String,
}

/// The first and the last lines of one meaning.
#[derive(Default)]
struct Ends {
    first: Vec<Kept>,
    last: VecDeque<Kept>,
}

impl Ends {
    fn push(&mut self, line: Kept) {
        if self.first.len() < MOST {
            self.first.push(line);
            return;
        }
        self.last.push_back(line);
        if self.last.len() > MOST {
            self.last.pop_front();
        }
    }
}

/// Reads logs of one incident: an examination of each machine that they speak of, or one of all where
/// they speak of none.
///
/// # Errors
/// Where one of them cannot be read.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Examination>> {
    let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
    let mut kept = Vec::new();
    let mut machines: Vec<Rc<str>> = Vec::new();
    for (file, path) in paths.iter().enumerate() {
        let read = if path.as_os_str() == "-" {
            scan(io::stdin().lock(), file, &mut kept, &mut machines)
        } else {
            files::open_ordinary(path)
                .and_then(|(open, _)| scan(open, file, &mut kept, &mut machines))
        };
        read.map_err(unreadable(format!("the log {}", names[file])))?;
    }
    let mut by_machine: BTreeMap<usize, Vec<Kept>> = BTreeMap::new();
    for index in 0..machines.len() {
        by_machine.insert(index, Vec::new());
    }
    // What is said of no machine is about the first one.
    for line in kept {
        let index = line.machine.as_ref();
        let index = index.and_then(|machine| machines.iter().position(|known| known == machine));
        by_machine.entry(index.unwrap_or(0)).or_default().push(line);
    }
    if by_machine.is_empty() {
        by_machine.insert(0, Vec::new());
    }
    let of = |(index, lines): (usize, Vec<Kept>)| {
        let all = || names.join(", ");
        let name = machines.get(index).map_or_else(all, ToString::to_string);
        examination(&name, &names, &lines)
    };
    Ok(by_machine.into_iter().map(of).collect())
}

fn examination(name: &str, names: &[String], lines: &[Kept]) -> Examination {
    let mut examination = Examination::begin(Target::running(name, Kind::Log).in_state(RECORDED));
    let said: String = lines
        .iter()
        .map(|line| {
            let file = &names[line.file];
            format!("{}\t{file}\t{}\t{}\n", line.number, line.rule, line.text)
        })
        .collect();
    let command = format!("grep -n … {}", names.join(" "));
    let seen = Observation::answered(SAID, Side::Host, command, said.into_bytes());
    examination.observations.push(seen);
    examination
}

fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "standard input".to_owned();
    }
    escape::line(&path.to_string_lossy(), LONGEST_NAME)
}

/// Keeps the first and the last lines of each meaning.
fn scan(
    log: impl Read,
    file: usize,
    all: &mut Vec<Kept>,
    machines: &mut Vec<Rc<str>>,
) -> io::Result<()> {
    let mut by_rule: BTreeMap<(&str, Option<Rc<str>>), Ends> = BTreeMap::new();
    let mut before = String::new();
    for line in Lines::new(log)? {
        let line = line?;
        if let Some(machine) = &line.machine
            && !machines.contains(machine)
        {
            machines.push(machine.clone());
        }
        let mut said = ALL.means(&line.text);
        let mut whole = None;
        if said.is_empty() {
            whole = folded(&before, &line.text, &ALL);
            said = whole
                .as_deref()
                .map(|whole| ALL.means(whole))
                .unwrap_or_default();
            // The first half may have said so already.
            said.retain(|rule| ALL.means(&before).iter().all(|known| known.id != rule.id));
        }
        if !said.is_empty() {
            let text = shown(whole.as_deref().unwrap_or(&line.text));
            for rule in said {
                let kept = Kept {
                    machine: line.machine.clone(),
                    file,
                    number: line.number,
                    rule: rule.id,
                    text: text.clone(),
                };
                let ends = by_rule.entry((rule.id, line.machine.clone()));
                ends.or_default().push(kept);
            }
        }
        before = line.text;
    }
    let mut kept: Vec<Kept> = by_rule
        .into_values()
        .flat_map(|ends| ends.first.into_iter().chain(ends.last))
        .collect();
    kept.sort_by_key(|line| line.number);
    all.append(&mut kept);
    Ok(())
}

/// As much of a line as can be shown, with what it means.
fn shown(line: &str) -> String {
    let start = match line.len() > LONGEST_LINE {
        true => place(line).saturating_sub(LONGEST_LINE / 4),
        false => 0,
    };
    let start = (start..=line.len()).find(|at| line.is_char_boundary(*at));
    // Of what was no text no more than that there was something is of use.
    let line = line[start.unwrap_or(0)..].replace(char::REPLACEMENT_CHARACTER, "?");
    escape::line(&line, LONGEST_LINE)
}
