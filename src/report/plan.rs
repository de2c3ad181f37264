//! The plan for people: what would be changed, byte by byte, and what is left as it is.

use std::ops::Range;

use super::Style;
use crate::escape;
use crate::krb5::excerpt::{excerpt, hex_view};
use crate::krb5::invisible;
use crate::krb5::repair::Repair;
use crate::krb5::stray::Stray;
use crate::observe::Side;
use crate::remedy::account::{proof, runs};
use crate::remedy::change::{Change, Content, backup_name};
use crate::remedy::plan::{Action, Plan, Step};
use crate::remedy::{self, Risk};

/// More lines of a file than these, and more places of a line, are counted, not shown.
const SHOWN: usize = 40;
const SHOWN_OF_LINE: usize = 10;

/// The longest path that is shown, in characters.
const PATH: usize = 300;

/// The longest command that is shown, in characters.
const COMMAND: usize = 600;

/// The whole plan. `run` is the name under which it could be undone, where it is to be done.
pub fn write(plan: &Plan, run: Option<&str>, style: Style) -> String {
    let mut text = String::new();
    if !plan.steps.is_empty() {
        line(&mut text, &style.strong("What boxdoctor would do"));
        for (number, step) in (1..).zip(&plan.steps) {
            write_step(&mut text, number, step, plan, run, style);
        }
        line(&mut text, "");
    }
    if !plan.refused.is_empty() {
        line(&mut text, &style.strong("What it leaves as it is"));
        for refused in &plan.refused {
            let said = format!("{}: {}", escape::line(&refused.what, PATH), refused.why);
            let options = textwrap::Options::new(style.width)
                .initial_indent("  ")
                .subsequent_indent("    ")
                .break_words(false);
            let said = style.shown(&escape::line(&said, 600));
            line(&mut text, &textwrap::fill(&said, options));
        }
        line(&mut text, "");
    }
    text
}

fn path(bytes: &[u8]) -> String {
    escape::line(&String::from_utf8_lossy(bytes), PATH)
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// One line that says what a step does.
pub fn title(step: &Step) -> String {
    let named = || remedy::find(step.remedy).map_or("", |remedy| remedy.title);
    match &step.action {
        Action::Replace(_) => {}
        Action::InstallPair { pair, .. } => {
            let kernel = escape::line(&pair.release, 80);
            return format!("Install the kernel {kernel} and its headers as one pair");
        }
        Action::Restart {
            kernel: Some(kernel),
        } => {
            let kernel = escape::line(kernel, 80);
            return format!("Restart the guest into the kernel {kernel}");
        }
        Action::InstallAdditions(Some(chosen)) => {
            return format!("Install the Guest Additions {}", chosen.version());
        }
        _ => return named().to_owned(),
    }
    match step.changes() {
        [change] => change_title(change),
        [change, ..] if matches!(change.content, Content::Archived { .. }) => named().to_owned(),
        several => format!(
            "Take the stray bytes out of {} files of one configuration",
            several.len()
        ),
    }
}

fn change_title(change: &Change) -> String {
    let path = path(&change.path);
    let repair = match &change.content {
        Content::Mended(repair) => repair,
        Content::Repinned { .. } => return format!("Let {path} hold the new kernel"),
        Content::Archived { .. } => {
            return format!("Let {path} lead to the archive of the release");
        }
    };
    if repair.transcoded.is_some() {
        return format!("Write {path} as UTF-8 instead of UTF-16");
    }
    match repair.removed.len() {
        1 => format!("Take the stray bytes out of one place of {path}"),
        several => format!("Take the stray bytes out of {several} places of {path}"),
    }
}

fn write_step(
    text: &mut String,
    number: usize,
    step: &Step,
    plan: &Plan,
    run: Option<&str>,
    style: Style,
) {
    let place = match step.side {
        Side::Guest => "[guest]",
        Side::Host => "[host]",
    };
    let begin = format!("  {number}. ");
    let options = textwrap::Options::new(style.width)
        .initial_indent(&begin)
        .subsequent_indent("     ")
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .break_words(false);
    let heading = format!("{place} {}", style.shown(&title(step)));
    line(text, &textwrap::fill(&heading, options));
    let mut fact = |label: &str, said: &str| {
        let label = format!("     {label:<8}");
        let options = textwrap::Options::new(style.width)
            .initial_indent(&label)
            .subsequent_indent("             ")
            // A line of a command that breaks at a dash cannot be read.
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .break_words(false);
        let said = textwrap::fill(&style.shown(said), options);
        let (label, said) = said.split_at(label.len());
        line(text, &format!("{}{said}", style.faint(label)));
    };
    fact("cures", step.check);
    if let Some(reason) = &step.reason {
        fact("because", &escape::line(reason, PATH));
    }
    for run in runs(step) {
        fact("runs", &escape::line(&run, COMMAND));
    }
    for note in plan.notes.iter().filter(|note| note.remedy == step.remedy) {
        fact("note", &escape::line(&note.text, COMMAND));
    }
    if let Some(needs) = needs(step) {
        fact("needs", &needs);
    }
    if let Some(proof) = proof(step) {
        fact("proof", &proof);
    }
    let changes = step.changes();
    if changes.is_empty() {
        fact("undo", &step.way_back);
    }
    if let (Some(run), false) = (run, changes.is_empty()) {
        fact("undo", &format!("boxdoctor undo {run}"));
        for change in changes {
            fact("backup", &path(&backup_name(&change.path, run)));
        }
    }
    for change in changes {
        if changes.len() > 1 {
            line(
                text,
                &format!("     {}", style.shown(&change_title(change))),
            );
        }
        match &change.content {
            Content::Mended(repair) => write_difference(text, repair, style),
            Content::Repinned { before, after } | Content::Archived { before, after } => {
                write_lines(text, before, after, style);
            }
        }
    }
}

/// What it needs, and how much can go wrong.
fn needs(step: &Step) -> Option<String> {
    let needs: Vec<&str> = step.needs.iter().map(|need| need.describe()).collect();
    let risk = match remedy::find(step.remedy)?.risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    };
    Some(if needs.is_empty() {
        format!("nothing; risk {risk}")
    } else {
        format!("{}; risk {risk}", needs.join(", "))
    })
}

/// The lines that change.
fn write_lines(text: &mut String, before: &[u8], after: &[u8], style: Style) {
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        text.lines().map(|line| escape::line(line, 160)).collect()
    };
    let (before, after) = (lines(before), lines(after));
    let mut rest = &after[..];
    let mut shown = 0;
    for (at, old) in before.iter().enumerate() {
        // What became of a line reaches to where the next one is found again.
        let next = before.get(at + 1);
        let changed = match rest {
            [] => 0,
            [new, ..] if new == old => 1,
            _ => {
                let found = rest.iter().take(3).position(|new| Some(new) == next);
                found.unwrap_or(1)
            }
        };
        let (new, left) = rest.split_at(changed);
        rest = left;
        if new == [old.clone()] {
            continue;
        }
        shown += 1;
        if shown > SHOWN {
            continue;
        }
        line(text, &style.shown(&format!("       - {old}")));
        for new in new {
            line(text, &style.shown(&format!("       + {new}")));
        }
    }
    if shown > SHOWN {
        let more = shown - SHOWN;
        line(text, &format!("     and {more} more lines"));
    }
}

/// Line by line: what is taken out, and the line before and after.
fn write_difference(page: &mut String, repair: &Repair, style: Style) {
    if let Some(text) = &repair.transcoded {
        let (before, after) = (repair.before.len(), text.len());
        line(page, &format!("     all {before} bytes become {after}:"));
        let removed = format!("       - {}", hex_view(&repair.before, &(0..2.min(before))));
        line(page, &style.shown(&removed));
        let added = format!("       + {}", hex_view(text, &(0..1.min(after))));
        line(page, &style.shown(&added));
    }
    let lines: Vec<&[Stray]> = repair
        .removed
        .chunk_by(|one, next| one.line == next.line)
        .collect();
    let mut gone = 0;
    for strays in lines.iter().take(SHOWN) {
        for stray in strays.iter().take(SHOWN_OF_LINE) {
            let bytes = &repair.source()[stray.bytes.clone()];
            let what = format!(
                "     line {}, column {}, byte {}: {} ({}), {}",
                stray.line,
                stray.column,
                stray.bytes.start,
                invisible::hex(bytes),
                invisible::name(bytes),
                stray.effect.map_or("no harm", |effect| effect.describe()),
            );
            line(page, &style.shown(&what));
        }
        if strays.len() > SHOWN_OF_LINE {
            let more = strays.len() - SHOWN_OF_LINE;
            line(page, &format!("     and {more} more places of this line"));
        }
        let (Some(first), Some(last)) = (strays.first(), strays.last()) else {
            continue;
        };
        let all = first.bytes.start..last.bytes.end;
        let removed = format!(
            "       - {}",
            excerpt(repair.source(), &marked(first, &all))
        );
        line(page, &style.shown(&removed));
        let start = first.bytes.start - gone;
        gone += strays.iter().map(|stray| stray.bytes.len()).sum::<usize>();
        let end = last.bytes.end - gone;
        let added = format!(
            "       + {}",
            excerpt(&repair.after, &(start..start.min(end)))
        );
        line(page, &style.shown(&added));
    }
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        line(page, &format!("     and in {more} more lines"));
    }
}

/// Only what is stray is shown as numbers: white space where it is.
fn marked(first: &Stray, all: &Range<usize>) -> Range<usize> {
    if first.bytes == *all {
        all.clone()
    } else {
        first.bytes.clone()
    }
}
