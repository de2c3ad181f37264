//! The logs that the Guest Additions' installers leave in a guest.

use std::sync::LazyLock;

use crate::parse::log::{Effect, Rule, Table, folded};

/// One log, as the probe sends it: its last part only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub path: String,
    /// Seconds since 1970; 0 where the guest could not say.
    pub changed: i64,
    pub text: String,
}

/// `==> CHANGED PATH` before each log.
pub fn logs(text: &str) -> Vec<Log> {
    let mut logs: Vec<Log> = Vec::new();
    for line in text.lines() {
        let head = line.strip_prefix("==> ").and_then(|rest| {
            let (changed, path) = rest.split_once(' ')?;
            Some((changed.parse().ok()?, path.strip_prefix("/var/log/")?))
        });
        if let Some((changed, name)) = head {
            logs.push(Log {
                path: format!("/var/log/{name}"),
                changed,
                text: String::new(),
            });
        } else if let Some(log) = logs.last_mut() {
            log.text.push_str(line);
            log.text.push('\n');
        }
    }
    logs
}

/// Why a build failed, in the order in which one explains the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    HeadersNotFound,
    ToolsNotFound,
    NoSpace,
    /// The compiler refused the sources: these Additions do not fit this kernel.
    CompilerError,
    /// It failed, and none of the above is said.
    Unsaid,
}

/// The line that says that, and why, a build failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub reason: Reason,
    pub line: String,
}

/// The rules that an installer's log can meet; those about package managers are not among them.
static RULES: LazyLock<Table> = LazyLock::new(|| {
    Table::of(|rule| match &rule.effect {
        Effect::Fails(fails) => {
            let elsewhere = [Reason::HeadersNotFound, Reason::ToolsNotFound];
            fails.of_build || reason(rule).is_some_and(|reason| !elsewhere.contains(&reason))
        }
        Effect::BuildsAnew | Effect::Noise => true,
        _ => false,
    })
});

/// The failure that the last attempt in this log ended with, by the rules that hold for every log.
pub fn failure(text: &str) -> Option<Failure> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| {
        let mut rules = RULES.means(line).into_iter();
        rules.any(|rule| matches!(rule.effect, Effect::BuildsAnew))
    };
    // What came before another attempt is history.
    let last_attempt = lines.iter().rposition(begins).unwrap_or(0);
    let mut found: Option<Failure> = None;
    let mut before = "";
    for line in &lines[last_attempt..] {
        let alone = RULES.means(line);
        // A message folded at the terminal's width stands on two lines.
        let whole = alone
            .is_empty()
            .then(|| folded(before, line, &RULES))
            .flatten();
        let rules = whole.as_deref().map_or(alone, |whole| RULES.means(whole));
        if let Some(reason) = rules.into_iter().filter_map(reason).min()
            && found.as_ref().is_none_or(|known| reason < known.reason)
        {
            let line = whole.as_deref().unwrap_or(line).trim().to_owned();
            found = Some(Failure { reason, line });
        }
        before = line;
    }
    found
}

/// Why the build failed, if that is what the rule tells.
fn reason(rule: &Rule) -> Option<Reason> {
    match (rule.fails()?.check, rule.id) {
        ("kernel-headers-missing", _) => Some(Reason::HeadersNotFound),
        ("build-tools-missing", _) => Some(Reason::ToolsNotFound),
        ("disk-full", _) => Some(Reason::NoSpace),
        ("additions-build-failed", "compiler") => Some(Reason::CompilerError),
        ("additions-build-failed", _) | ("additions-not-running", "not-loaded") => {
            Some(Reason::Unsaid)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reason_outranks_the_complaint_about_it() {
        let text = "Uninstalling modules from DKMS\nAttempting to install using DKMS\n/tmp/vbox.0/Makefile.include.header:97: *** Error: unable to find the sources of your current Linux kernel. Specify KERN_DIR=<directory> and run Make again.  Stop.\nCreating user for the Guest Additions.\nBuilding the main Guest Additions module                   [FAILED]\n";
        let failure = failure(text).unwrap();
        assert_eq!(failure.reason, Reason::HeadersNotFound);
        assert!(failure.line.contains("Makefile.include.header:97"));
    }

    #[test]
    fn a_folded_message_is_found() {
        let text = "VirtualBox Guest Additions: Kernel headers not found for target kernel \n5.14.0-362.el9.x86_64. Please install them\n";
        assert_eq!(failure(text).unwrap().reason, Reason::HeadersNotFound);
        let folded = "This system is currently not set up to build\nkernel modules.\n";
        assert_eq!(failure(folded).unwrap().reason, Reason::ToolsNotFound);
    }

    #[test]
    fn a_later_success_and_noise_are_no_failure() {
        let text = "Building the main Guest Additions 7.0.10 module for kernel 5.\nError building the module.  Build output follows.\nBuilding the main Guest Additions 7.0.12 module for kernel 5.\nBuilding the shared folder support module.\n";
        assert_eq!(failure(text), None);
        let noise = "Could not find the X.Org or XFree86 Window System, skipping.\n\techo >&2 \"  ERROR: Kernel configuration is invalid.\";\n";
        assert_eq!(failure(noise), None);
    }

    #[test]
    fn logs_are_told_apart() {
        let read = logs(
            "==> 1506000000 /var/log/vboxadd-install.log\na\n\n==> 5 /var/log/VBoxGuestAdditions.log\n==> b\n",
        );
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].changed, read[0].text.as_str()),
            (1_506_000_000, "a\n\n")
        );
        assert_eq!(read[1].text, "==> b\n");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (logs(&text), failure(&text));
        }
    }
}
