//! Modules cannot be built where no headers are installed at all.

use crate::check::needs;
use crate::check::{Outcome, Severity, Verdict, failure};
use crate::escape;
use crate::facts::Facts;
use crate::parse::additions::BuildDirectory;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let Some(needed) = needs::headers(facts)? else {
        return Ok(Outcome::Pass);
    };
    // Which headers are there instead decides between this check and its neighbour.
    facts.guest.packages.installed.need()?;
    let spec = escape::line(&needed.package.spec(), 120);
    let kernel = escape::line(&needed.kernel, 80);
    let fits = needed.installed.contains(&needed.package.version)
        || (needed.package.version.is_empty() && !needed.installed.is_empty());
    let instead = needed.instead(facts);
    if !fits && !instead.is_empty() {
        // Headers of another kernel: the mismatch says so.
        return Ok(Outcome::Pass);
    }
    let seen = match facts.guest.headers.known() {
        Some(BuildDirectory::Dangling { to }) => {
            format!(
                "/lib/modules/{kernel}/build points to {}, which is not there",
                escape::line(to, 120)
            )
        }
        Some(BuildDirectory::Empty { path }) => {
            format!(
                "{} is there, but without a Makefile",
                escape::line(path, 120)
            )
        }
        _ => format!("/lib/modules/{kernel}/build is not there"),
    };
    let packages = if fits {
        format!("{spec} is installed, but its files are not")
    } else {
        "no package with kernel headers is installed".to_owned()
    };
    failure(
        needs::headers_severity(facts),
        format!(
            "no headers of the running kernel {kernel} are installed, so no module can be built"
        ),
    )
    .expected(format!("{spec} is installed"))
    .observed(format!("{packages}; {seen}"))
    .evidence(&facts.guest.kernel.source, &needed.kernel)
    .evidence(&facts.guest.headers.source, seen)
    .evidence(&facts.guest.packages.installed.source, packages)
    .cured_by(if fits {
        &["reinstall-headers"]
    } else {
        &["install-headers", "kernel-pair"]
    })
    .verdict()
}
