//! `boxdoctor explain`: the page of a check, or the list of all.

use anyhow::{Result, bail};
use serde::Serialize;

use super::{FINE, terminal};
use crate::check::{self, CATALOGUE, Check, Severity};
use crate::cli::{self, PageFormat};
use crate::escape;

/// The form of the pages for programs.
const SCHEMA: &str = "boxdoctor.checks/1";

#[derive(Serialize)]
struct Pages {
    schema: &'static str,
    checks: Vec<Page>,
}

#[derive(Serialize)]
struct Page {
    check: &'static str,
    group: String,
    severity: Severity,
    /// The checks that explain it where they fail, too.
    causes: &'static [&'static str],
    title: String,
    /// Markdown.
    page: &'static str,
}

pub fn run(arguments: &cli::Explain) -> Result<u8> {
    let checks: Vec<&Check> = match &arguments.slug {
        None => CATALOGUE.iter().collect(),
        Some(slug) => match check::find(slug) {
            Some(check) => vec![check],
            None => bail!(
                "there is no check '{}'; `boxdoctor explain` lists them all",
                escape::line(slug, 60)
            ),
        },
    };
    let text = match (arguments.format, &arguments.slug, checks.first()) {
        (PageFormat::Json, ..) => for_programs(&checks)?,
        (PageFormat::Human, Some(_), Some(check)) => check.page.to_owned(),
        (PageFormat::Human, ..) => list(&checks),
    };
    terminal::print(&text)?;
    Ok(FINE)
}

fn for_programs(checks: &[&Check]) -> Result<String> {
    let page = |check: &&Check| Page {
        check: check.slug,
        group: format!("{:?}", check.group).to_lowercase(),
        severity: check.level,
        causes: check.causes,
        title: check.title(),
        page: check.page,
    };
    let pages = Pages {
        schema: SCHEMA,
        checks: checks.iter().map(page).collect(),
    };
    Ok(serde_json::to_string_pretty(&pages)? + "\n")
}

fn list(checks: &[&Check]) -> String {
    let width = terminal::style(cli::Color::Never).width;
    let longest = checks.iter().map(|check| check.slug.len()).max();
    let column = longest.unwrap_or(0) + 1;
    let hanging = " ".repeat(column);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&hanging)
        .break_words(false);
    checks
        .iter()
        .map(|check| format!("{:<column$}{}", check.slug, check.title()))
        .map(|line| textwrap::fill(&line, &options) + "\n")
        .collect()
}
