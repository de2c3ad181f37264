//! The last build of the Guest Additions' modules ended in a failure, and nothing came after it.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::Facts;
use crate::parse::build_log::Reason;

pub const LEVEL: Severity = Severity::Error;

pub fn examine(facts: &Facts) -> Verdict {
    let guest = &facts.guest;
    if guest.uses_in_kernel_modules() {
        return Err(Undecided::skipped(
            "the modules in use are the kernel's own",
        ));
    }
    let Some(log) = guest.build_log.need()? else {
        return Err(Undecided::skipped("the guest has no log of a build"));
    };
    let Some(failed) = &log.failure else {
        return Ok(Outcome::Pass);
    };
    // A build for another kernel, or of the graphics driver alone, took nothing away.
    if guest.runs_installed_modules() || guest.has_module_newer_than(log.changed) == Some(true) {
        return Ok(Outcome::Pass);
    }
    let (why, remedies): (&str, &[&'static str]) = match failed.reason {
        Reason::HeadersNotFound => (
            "no headers of the kernel were found",
            &["rebuild-additions"],
        ),
        Reason::ToolsNotFound => ("a build tool was not found", &["rebuild-additions"]),
        Reason::NoSpace => ("the disk was full", &["rebuild-additions"]),
        Reason::CompilerError => (
            "the compiler refused the sources: these Guest Additions do not fit this kernel",
            &["install-additions"],
        ),
        Reason::Unsaid => ("the log does not say why", &["rebuild-additions"]),
    };
    failure(
        LEVEL,
        format!("the last build of the Guest Additions' modules failed: {why}"),
    )
    .expected("a build that ends without an error")
    .observed(escape::line(&failed.line, 200))
    .evidence(&guest.build_log.source, &failed.line)
    .location(&log.path, 0)
    .cured_by(remedies)
    .verdict()
}
