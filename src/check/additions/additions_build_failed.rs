//! The last build of the Guest Additions' modules ended in a failure, and nothing came after it.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure};
use crate::escape;
use crate::facts::Facts;
use crate::parse::build_log::Reason;
use crate::parse::fitting_additions::first_for;

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
            if is_host_too_old(facts) {
                &["newer-additions"]
            } else {
                &["install-additions"]
            },
        ),
        Reason::Unsaid => ("the log does not say why", &["rebuild-additions"]),
    };
    failure(
        LEVEL,
        format!("the last build of the Guest Additions' modules failed: {why}"),
    )
    .expected(match failed.reason {
        Reason::CompilerError => fitting(facts),
        _ => "a build that ends without an error".to_owned(),
    })
    .observed(escape::line(&failed.line, 200))
    .evidence(&guest.build_log.source, &failed.line)
    .location(&log.path, 0)
    .cured_by(remedies)
    .verdict()
}

/// The Guest Additions that fit the kernel, as far as anybody knows.
fn fitting(facts: &Facts) -> String {
    let kernel = facts.guest.kernel.known().map_or("?", String::as_str);
    let shown = escape::line(kernel, 80);
    match first_for(kernel) {
        Some(first)
            if facts
                .additions_version()
                .is_some_and(|tried| tried.number >= first.number) =>
        {
            format!(
                "newer Guest Additions than these, or the kernel before {shown}: {first} and newer build on it as kernel.org has it"
            )
        }
        Some(first) => format!(
            "Guest Additions {first} or newer, the first that are known to build on {shown}"
        ),
        None => {
            format!("the newest Guest Additions: nobody has said yet which ones build on {shown}")
        }
    }
}

/// Whether those of the host's VirtualBox would fail as well.
fn is_host_too_old(facts: &Facts) -> bool {
    let first = facts
        .guest
        .kernel
        .known()
        .and_then(|kernel| first_for(kernel));
    first.is_some_and(|first| {
        let host = facts.host.virtualbox.known();
        host.is_some_and(|host| host.number < first.number)
    })
}
