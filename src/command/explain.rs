//! `boxdoctor explain`: the page of a check, or the list of all.

use anyhow::{Result, bail};

use super::{FINE, terminal};
use crate::check::{self, CATALOGUE};
use crate::cli;
use crate::escape;

pub fn run(arguments: &cli::Explain) -> Result<u8> {
    let text = match &arguments.slug {
        None => list(),
        Some(slug) => match check::find(slug) {
            Some(check) => check.page.to_owned(),
            None => bail!(
                "there is no check '{}'; `boxdoctor explain` lists them all",
                escape::line(slug, 60)
            ),
        },
    };
    terminal::print(&text)?;
    Ok(FINE)
}

fn list() -> String {
    let width = terminal::style(cli::Color::Never).width;
    let hanging = " ".repeat(30);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&hanging)
        .break_words(false);
    CATALOGUE
        .iter()
        .map(|check| format!("{:<29} {}", check.slug, first_sentence(check.page)))
        .map(|line| textwrap::fill(&line, &options) + "\n")
        .collect()
}

/// The first sentence below the page's heading.
fn first_sentence(page: &str) -> String {
    let paragraph: Vec<&str> = page
        .lines()
        .skip(1)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = paragraph.join(" ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}
