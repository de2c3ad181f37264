//! `boxdoctor capture`: what was observed, without secrets and names, in one file.

use anyhow::{Result, bail};

use super::subjects::{Subjects, subjects};
use super::{FINE, examine, terminal};
use crate::cli;
use crate::files;
use crate::next_step::unwritable;
use crate::observe::{bundle, redact};

pub fn run(arguments: &cli::Capture) -> Result<u8> {
    let target = &arguments.target;
    let Subjects { subjects, .. } = subjects(target)?;
    let examinations = examine::look(&subjects, target.timeout(), &arguments.further)?;
    let [examination] = examinations.as_slice() else {
        let names = examinations.iter().map(|seen| seen.target.name.as_str());
        let names: Vec<&str> = names.collect();
        if names.is_empty() {
            bail!("there is no machine to look at; start one, or name it with --vm or --ssh");
        }
        bail!(
            "a bundle holds one machine, and there are {}: name one of {}",
            names.len(),
            crate::escape::line(&names.join(", "), 200)
        );
    };
    let redacted = redact::redact(examination, &redact::names_of_this_computer());
    let output = &arguments.output;
    files::write(output, bundle::write(&redacted).as_bytes())
        .map_err(unwritable(output.display()))?;
    terminal::say(&format!(
        "wrote {} ({} observations); read it before you attach it anywhere",
        output.display(),
        redacted.observations.len()
    ));
    Ok(FINE)
}
