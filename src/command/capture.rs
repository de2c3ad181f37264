//! `boxdoctor capture`: what was observed, without secrets and names, in one file.

use anyhow::{Context, Result, bail};

use super::{FINE, examine, terminal};
use crate::cli;
use crate::files;
use crate::observe::{bundle, redact};

pub fn run(arguments: &cli::Capture) -> Result<u8> {
    let examined = examine::targets(&arguments.target, &arguments.further)?;
    let [examination] = examined.examinations.as_slice() else {
        let names: Vec<&str> = examined
            .examinations
            .iter()
            .map(|examination| examination.target.name.as_str())
            .collect();
        bail!(
            "a bundle holds one machine, and the project has several: name one of {}",
            crate::escape::line(&names.join(", "), 200)
        );
    };
    let redacted = redact::redact(examination, &redact::names_of_this_computer());
    let output = &arguments.output;
    files::write(output, bundle::write(&redacted).as_bytes())
        .with_context(|| format!("{} cannot be written", output.display()))?;
    terminal::say(&format!(
        "wrote {} ({} observations); read it before you attach it anywhere",
        output.display(),
        redacted.observations.len()
    ));
    Ok(FINE)
}
