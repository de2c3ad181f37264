//! The `.boxdoctor.toml` of the project at hand.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use crate::cli::TargetArgs;
use crate::files;
use crate::next_step::unreadable;
use crate::report::Suppressions;
use crate::target::vagrant::Surroundings;

const NAME: &str = ".boxdoctor.toml";

/// Longer than any list that a person keeps.
const LONGEST: u64 = 1024 * 1024;

/// What the project around the current folder suppresses; nothing where there is no such file. What
/// one project lives with says nothing of all the others on this host.
///
/// # Errors
/// Where there is one, and it cannot be understood.
pub fn read(target: &TargetArgs) -> Result<Suppressions> {
    let folder = Surroundings::here().folder;
    let path = match target.all {
        true => None,
        false => nearest(&folder),
    };
    let Some(path) = path else {
        return Ok(Suppressions::default());
    };
    let shown = path.display().to_string();
    let bytes = files::read(&path, LONGEST).map_err(unreadable(&shown))?;
    let text =
        String::from_utf8(bytes).map_err(|_| anyhow!("{shown} is not UTF-8; save it as UTF-8"))?;
    Suppressions::parse(&shown, &text).map_err(|why| anyhow!("{shown}, {why}"))
}

fn nearest(folder: &Path) -> Option<PathBuf> {
    files::first_existing(folder.ancestors().map(|folder| folder.join(NAME)))
}
