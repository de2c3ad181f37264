//! `boxdoctor completions` and `boxdoctor man`: what shells and `man` want to know of the commands.

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::{FINE, terminal};
use crate::cli::{self, Cli};
use crate::files;
use crate::next_step::unwritable;

const NAME: &str = "boxdoctor";

pub fn completions(arguments: &cli::Completions) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), NAME, &mut script);
    terminal::print(&String::from_utf8_lossy(&script))?;
    Ok(FINE)
}

pub fn man(arguments: &cli::Man) -> Result<u8> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &arguments.output else {
        let page = page(command)?;
        terminal::print(&String::from_utf8_lossy(&page))?;
        return Ok(FINE);
    };
    for (name, page) in pages(command)? {
        let path = folder.join(format!("{name}.1"));
        files::write(&path, &page).map_err(unwritable(path.display()))?;
        terminal::say(&format!("wrote {}", path.display()));
    }
    Ok(FINE)
}

/// The page of the command, and of each below it that users see.
fn pages(command: clap::Command) -> Result<Vec<(String, Vec<u8>)>> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut all = vec![(name.to_owned(), page(command.clone())?)];
    for below in command.get_subcommands() {
        if !below.is_hide_set() && below.get_name() != "help" {
            all.extend(pages(below.clone())?);
        }
    }
    Ok(all)
}

fn page(command: clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command);
    man.render(&mut page)
        .context("the manual page cannot be written")?;
    Ok(page)
}
