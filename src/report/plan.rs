//! The plan for people: what would be changed, byte by byte, and what is left as it is.

use std::ops::Range;

use super::Style;
use crate::escape;
use crate::krb5::excerpt::{excerpt, hex_view};
use crate::krb5::invisible;
use crate::krb5::repair::Repair;
use crate::krb5::stray::Stray;
use crate::observe::Side;
use crate::remedy;
use crate::remedy::change::{Change, backup_name};
use crate::remedy::plan::{Action, Plan, Step};

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
            write_step(&mut text, number, step, run, style);
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
    if let Action::Run(_) = &step.action {
        return remedy::find(step.remedy)
            .map_or("", |remedy| remedy.title)
            .to_owned();
    }
    match step.changes() {
        [change] => change_title(change),
        several => format!(
            "Take the stray bytes out of {} files of one configuration",
            several.len()
        ),
    }
}

fn change_title(change: &Change) -> String {
    let path = path(&change.path);
    if change.repair.transcoded.is_some() {
        return format!("Write {path} as UTF-8 instead of UTF-16");
    }
    match change.repair.removed.len() {
        1 => format!("Take the stray bytes out of one place of {path}"),
        several => format!("Take the stray bytes out of {several} places of {path}"),
    }
}

fn write_step(text: &mut String, number: usize, step: &Step, run: Option<&str>, style: Style) {
    let place = match step.side {
        Side::Guest => "[guest]",
        Side::Host => "[host]",
    };
    let needs = if step.needs.contains(&remedy::Need::Sudo) {
        " (sudo)"
    } else {
        ""
    };
    line(
        text,
        &format!("  {number}. {place} {}{needs}", style.shown(&title(step))),
    );
    let mut fact = |label: &str, said: &str| {
        let label = style.faint(&format!("{label:<8}"));
        line(text, &format!("     {label}{}", style.shown(said)));
    };
    fact("cures", step.check);
    if let Action::Run(command) = &step.action {
        fact("runs", &escape::line(command, COMMAND));
        return;
    }
    if let Some(run) = run {
        fact("undo", &format!("boxdoctor undo {run}"));
        for change in step.changes() {
            fact("backup", &path(&backup_name(&change.path, run)));
        }
    }
    for change in step.changes() {
        if step.changes().len() > 1 {
            line(
                text,
                &format!("     {}", style.shown(&change_title(change))),
            );
        }
        write_difference(text, &change.repair, style);
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
