//! What the user hears when boxdoctor itself is broken: what happened, that the box has come to no harm
//! by it, and how to report it.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{UNUSABLE, hidden};
use crate::{escape, version};

const LONGEST: usize = 300;

/// Some thread has panicked. Whatever the others still came to is not to be relied on.
static CRASHED: AtomicBool = AtomicBool::new(false);

/// Runs the program. A panic, in whichever thread, is told of and ends in [`UNUSABLE`]; what the others
/// hold is given back before that.
pub fn guarded(program: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(tell));
    let status = panic::catch_unwind(AssertUnwindSafe(program));
    match status {
        Ok(status) if !CRASHED.load(Ordering::Relaxed) => status,
        _ => ExitCode::from(UNUSABLE),
    }
}

fn tell(panic: &PanicHookInfo) {
    // The first says what is wrong: whoever waited for that thread may panic in turn.
    if CRASHED.swap(true, Ordering::Relaxed) {
        return;
    }
    hidden::show_again();
    let place = panic.location().map(ToString::to_string);
    let mut text = words(place.as_deref().unwrap_or("an unknown place"), said(panic));
    // Only where RUST_BACKTRACE asks for it.
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        text.push_str(&backtrace.to_string());
    }
    // A standard error that nobody reads is no reason to panic again.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn said<'a>(panic: &'a PanicHookInfo) -> &'a str {
    let constant = panic.payload().downcast_ref::<&str>().copied();
    let made = || panic.payload().downcast_ref::<String>();
    constant
        .or_else(|| made().map(String::as_str))
        .unwrap_or_default()
}

fn words(place: &str, said: &str) -> String {
    format!(
        "\
boxdoctor: panicked at {}: {} (version {})
boxdoctor: this is a mistake in boxdoctor, and the box has come to no harm by it: a look changes nothing, \
and what a repair had done by then is written down; `boxdoctor fix` goes on from there, `boxdoctor undo` \
takes it back
boxdoctor: please report it where you have boxdoctor from: write `boxdoctor capture -o box.toml` with the \
same machine, --vm or --ssh, read that file, and attach it with these lines and what you had typed; where \
it was about a log, a bundle or a krb5.conf, attach that file\n",
        escape::line(place, LONGEST),
        escape::line(&without_foreign_text(said), LONGEST),
        version::long(),
    )
}

/// What is quoted in such a message can be of the guest or a password: the place says enough without it.
fn without_foreign_text(said: &str) -> String {
    match said.find(['`', '"', '\'', '[', '{', '\n']) {
        Some(end) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_worked_on_is_not_told() {
        for (said, told) in [
            (
                "the len is 3 but the index is 7",
                "the len is 3 but the index is 7",
            ),
            (
                "byte index 2 is not a char boundary; it is inside 'é' (bytes 1..3) of `hunter2`",
                "byte index 2 is not a char boundary; it is inside …",
            ),
            (
                "a password: Wrong { text: \"hunter2\" }",
                "a password: Wrong …",
            ),
            (
                "not UTF-8: FromUtf8Error { bytes: [104, 117]",
                "not UTF-8: FromUtf8Error …",
            ),
            ("two lines\nhunter2", "two lines…"),
        ] {
            assert_eq!(without_foreign_text(said), told);
        }
    }

    #[test]
    fn no_terminal_obeys_it() {
        let words = words("src/\u{1b}[2J.rs:1:2", "\u{1b}]0;title\u{7}");
        assert!(
            words.chars().all(|c| c == '\n' || !c.is_control()),
            "{words}"
        );
    }
}
