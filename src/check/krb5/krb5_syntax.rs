//! A line at which Kerberos gives up, and sections and words that it does not know.

use std::cell::LazyCell;

use crate::check::krb5_blocks::is_one_within;
use crate::check::krb5_problem::{MOST, Problem, Spot, quoted, worst};
use crate::check::{Outcome, Severity, Undecided, Verdict, krb5_reading};
use crate::facts::Facts;
use crate::krb5::words::{boolean, is_integer};
use crate::krb5::{Code, Configuration, Fault, NodeId, Part, Place, ROOT, Release, braces};

pub const LEVEL: Severity = Severity::Error;

/// The sections that programs look into, as far as people write them into krb5.conf.
const SECTIONS: [&str; 9] = [
    "libdefaults",
    "realms",
    "domain_realm",
    "capaths",
    "appdefaults",
    "plugins",
    "logging",
    "dbmodules",
    "kdcdefaults",
];

/// What must say yes or no, or nothing that uses Kerberos starts.
const YES_OR_NO: [&str; 4] = [
    "allow_weak_crypto",
    "ignore_acceptor_hostname",
    "enforce_ok_as_delegate",
    "dns_canonicalize_hostname",
];

/// What must be a number before anybody gets a ticket.
const NUMBERS: [&str; 1] = ["udp_preference_limit"];

/// What counts as this where it says neither. `noaddresses = true # NAT` puts addresses into tickets.
const TAKEN_FOR: [(&str, &str); 5] = [
    ("noaddresses", "no"),
    ("forwardable", "no"),
    ("proxiable", "no"),
    ("canonicalize", "no"),
    ("rdns", "yes"),
];

/// A longer line is read in pieces, each as a line of its own.
const LONGEST_LINE: u32 = 2047;

pub fn examine(facts: &Facts) -> Verdict {
    let problems = match krb5_reading::fault_otherwise(facts)? {
        Some((part, fault)) if fault.code.is_improper_format() => {
            Vec::from_iter(improper_format(part, fault))
        }
        Some((_, fault)) if fault.code == Code::Module => return Err(module()),
        Some(_) => {
            return Err(Undecided::skipped(
                "Kerberos gives up on the configuration for another reason",
            ));
        }
        None => {
            let configuration = krb5_reading::readable(facts)?;
            let mut problems = words(configuration);
            problems.extend(sections(configuration));
            problems.extend(open_ends(configuration));
            problems.extend(without_section(configuration));
            problems
        }
    };
    match worst(facts, problems) {
        None => Ok(Outcome::Pass),
        Some(finding) => finding.cured_by(&["edit-krb5-conf"]).verdict(),
    }
}

/// A module is a program that answers in the file's place.
fn module() -> Undecided {
    Undecided::Unknown {
        reason: "the configuration comes from a module, a program of its own that was not asked"
            .to_owned(),
        decide_with: "kinit NAME, which says what it makes of the module's answers".to_owned(),
    }
}

fn improper_format<'a>(part: &'a Part, fault: &Fault) -> Option<Problem<'a>> {
    let place = fault.place.clone()?;
    let file = part.reading.profile.files.get(place.file)?;
    let before = braces::before(&file.bytes, place.bytes.start);
    let number = place.file;
    let at = |bytes| Spot {
        part,
        place: Place::of(number, &file.bytes, bytes),
    };
    let drops = before.dropped.clone().is_some_and(|dropped| {
        let value = before.value.as_ref();
        value.is_none_or(|value| value.start < dropped.start)
    });
    let mut explains: Vec<Spot<'a>> = match fault.code {
        Code::SectionNotop | Code::MissingObrace => before.open.last().cloned(),
        Code::ExtraCbrace if drops => before.dropped,
        Code::ExtraCbrace => before.value,
        _ => None,
    }
    .into_iter()
    .map(at)
    .collect();
    let spot = Spot { part, place };
    let mut why = fault.code.describe().to_owned();
    if file.bytes.contains(&b'\r') && !file.bytes.contains(&b'\n') {
        why = "its lines end in CR alone, so that all of them are one line to Kerberos".to_owned();
    }
    if let Some(explains) = explains.first() {
        let line = explains.place.line;
        why.push_str(&match fault.code {
            Code::SectionNotop => format!(", the one of line {line}"),
            Code::ExtraCbrace if drops => {
                format!("; what stands behind the }} of line {line} is dropped, its {{ too")
            }
            Code::ExtraCbrace => {
                format!("; the {{ of line {line} opens nothing, since more stands behind it")
            }
            _ => format!(", see line {line}"),
        });
    }
    let glued = before.glued.filter(|_| fault.code == Code::SectionNotop);
    if let Some(glued) = glued.map(at) {
        let line = glued.place.line;
        why.push_str(&format!("; the }} of line {line} is a part of the value"));
        explains.push(glued);
    }
    if spot.place.column > LONGEST_LINE {
        why.push_str("; the line is longer than 2047 bytes, and its rest counts as another line");
    }
    let expected = match fault.code {
        Code::SectionNotop => "a } on a line before the [section], for every {",
        Code::SectionSyntax => "[section] alone on its line, without a comment behind it",
        Code::RelationSyntax => "name = value, with one word before the =; a comment begins with #",
        Code::ExtraCbrace => "a } for every { that ends a line, and no other",
        _ => "a value behind the =, or a { on the next line",
    };
    let summary = format!("Kerberos gives up at {spot}: {why}");
    Some(Problem {
        severity: Severity::Error,
        summary,
        expected: expected.to_owned(),
        observed: "\"Improper format of Kerberos configuration file\", without a line, from kinit"
            .to_owned(),
        spots: std::iter::once(spot).chain(explains).collect(),
    })
}

fn words(configuration: &Configuration) -> Vec<Problem<'_>> {
    let yes_or_no = YES_OR_NO.iter().filter_map(|name| {
        let value = configuration.first(&["libdefaults", name])?;
        let is_third_word = *name == "dns_canonicalize_hostname"
            && configuration.release >= Release::of(1, 18)
            && value.text.eq_ignore_ascii_case(b"fallback");
        if boolean(&value.text).is_some() || is_third_word {
            return None;
        }
        let spot = Spot::of_value(&value);
        let said = quoted(&value.text);
        Some(Problem {
            severity: Severity::Error,
            summary: format!("{spot}: {name} is neither yes nor no, and so nothing starts: {said}"),
            expected: "true or false, and nothing behind it".to_owned(),
            observed: format!("{said}; kinit ends \"while initializing Kerberos 5 library\""),
            spots: vec![spot],
        })
    });
    let numbers = NUMBERS.iter().filter_map(|name| {
        let value = configuration.first(&["libdefaults", name])?;
        let spot = Spot::of_value(&value);
        let said = quoted(&value.text);
        (!is_integer(&value.text)).then(|| Problem {
            severity: Severity::Error,
            summary: format!("{spot}: {name} is no number, and so nobody gets a ticket: {said}"),
            expected: "a whole number, and nothing behind it".to_owned(),
            observed: format!("{said}; kinit says \"Invalid integer value\""),
            spots: vec![spot],
        })
    });
    let taken = TAKEN_FOR.iter().filter_map(|(name, taken_for)| {
        let value = configuration.first(&["libdefaults", name])?;
        let spot = Spot::of_value(&value);
        let said = quoted(&value.text);
        boolean(&value.text).is_none().then(|| Problem {
            severity: Severity::Warning,
            summary: format!("{spot}: {name} is taken for {taken_for}, without a word: {said}"),
            expected: "true or false, and nothing behind it".to_owned(),
            observed: format!("{said}, which is neither yes nor no"),
            spots: vec![spot],
        })
    });
    yes_or_no.chain(numbers).chain(taken).collect()
}

/// Sections whose name is nearly that of one that counts.
fn sections(configuration: &Configuration) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    for part in &configuration.parts {
        let profile = &part.reading.profile;
        for node in profile.children(ROOT) {
            let name = profile.name(*node);
            let mut sections = SECTIONS.iter();
            let meant = sections.find(|known| krb5_reading::is_nearly(name, known));
            // To tell its line, the file is read.
            if let Some(meant) = meant
                && problems.len() < MOST
            {
                problems.push(misnamed(part, *node, meant));
            }
        }
    }
    problems
}

/// Files with lines and no section: Kerberos reads them, and takes nothing from them.
fn without_section(configuration: &Configuration) -> Vec<Problem<'_>> {
    let first_line = |part: &'_ Part| {
        let profile = &part.reading.profile;
        let file = profile.files.first()?;
        let mut start = 0;
        for line in file.bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = line.trim_ascii();
            if !matches!(text.first(), None | Some(b'#' | b';')) {
                return Some(Place::of(0, &file.bytes, start..start + line.len()));
            }
            start += line.len();
        }
        None
    };
    let without = configuration.parts.iter().filter(|part| {
        let profile = &part.reading.profile;
        profile.files.len() == 1 && profile.children(ROOT).is_empty()
    });
    let problem = |part| {
        let place = first_line(part)?;
        let spot = Spot { part, place };
        Some(Problem {
            severity: Severity::Warning,
            summary: format!(
                "Kerberos takes nothing from {}: no [section] begins a line",
                spot.path()
            ),
            expected: "[libdefaults] at the start of a line, before all else".to_owned(),
            observed: spot.text(),
            spots: vec![spot],
        })
    };
    without.filter_map(problem).collect()
}

fn misnamed<'a>(part: &'a Part, node: NodeId, meant: &str) -> Problem<'a> {
    let spot = Spot::of_name(part, node);
    let name = part.name(node);
    // Without these two there is no realm, or no server for it.
    let severity = match meant {
        "libdefaults" | "realms" => Severity::Error,
        _ => Severity::Warning,
    };
    let why = if name.trim_ascii() == meant.as_bytes() {
        "the spaces in the brackets count"
    } else {
        "capitals count"
    };
    Problem {
        severity,
        summary: format!("{spot} begins a section that Kerberos does not look into: {why}"),
        expected: format!("[{meant}]"),
        observed: spot.text(),
        spots: vec![spot],
    }
}

/// Files that end within braces. Kerberos accepts that, until somebody adds a line.
fn open_ends(configuration: &Configuration) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    for part in &configuration.parts {
        let has_one_within = LazyCell::new(|| is_one_within(part, configuration));
        for (number, file) in part.reading.profile.files.iter().enumerate() {
            let braces = braces::before(&file.bytes, file.bytes.len());
            // krb5-realm-kdc tells of the block that lies in it, or of the kdc with the brace.
            let is_told = || {
                let glued = braces
                    .glued
                    .as_ref()
                    .map(|glued| &file.bytes[glued.clone()]);
                glued.is_some_and(|line| line.trim_ascii_start().starts_with(b"kdc"))
                    || *has_one_within
            };
            let Some(outermost) = braces.open.first().filter(|_| !is_told()) else {
                continue;
            };
            // krb5-default-realm tells of this one.
            let line = file.bytes[outermost.clone()].trim_ascii_start();
            if line.starts_with(b"default_realm") {
                continue;
            }
            let spot = Spot {
                part,
                place: Place::of(number, &file.bytes, outermost.clone()),
            };
            let has_brace = file.bytes[outermost.clone()].ends_with(b"{");
            let (summary, expected) = if has_brace {
                (
                    format!("the {{ of {spot} is never closed"),
                    "a } on a line of its own at the end of the block",
                )
            } else {
                (
                    format!("nothing stands behind the = of {spot}"),
                    "a value behind the =, or a { on the next line",
                )
            };
            problems.push(Problem {
                severity: Severity::Info,
                summary,
                expected: expected.to_owned(),
                observed: "the end of the file; MIT accepts that, other programs may not"
                    .to_owned(),
                spots: vec![spot],
            });
        }
    }
    problems
}
