//! The logs that the Guest Additions' installers leave in a guest.

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

const HEADERS: [&str; 6] = [
    "unable to find the sources of your current Linux kernel",
    "The headers for the current running kernel were not found",
    "unable to find the headers of the Linux kernel to build against",
    "Kernel headers not found for target kernel",
    "Please install the Linux kernel \"header\" files matching the current kernel",
    "unable to find the kernel headers",
];
const TOOLS: [&str; 6] = [
    "This system is currently not set up to build kernel modules",
    "Please install the gcc make perl packages",
    "The gcc utility was not found",
    "The make utility was not found",
    "gcc: command not found",
    "please install libelf-dev, libelf-devel or elfutils-libelf-devel",
];
const SPACE: [&str; 1] = ["No space left on device"];
const COMPILER: [&str; 3] = [
    ": error: ",
    "implicit declaration of function",
    "fatal error:",
];
const FAILED: [&str; 8] = [
    "Error building the module",
    "[FAILED]",
    "...fail!",
    "Look at /var/log/vboxadd-setup.log to find out what went wrong",
    "Look at /var/log/vboxadd-install.log to find out what went wrong",
    "modprobe vboxguest failed",
    "unable to load vboxguest kernel module",
    "Failed to set up service vboxadd",
];

/// Echoed make text, and what a build does without: never the cause.
const NOISE: [&str; 4] = [
    "Kernel configuration is invalid",
    "ERROR: Kernel configuration",
    "Could not find the X.Org or XFree86 Window System",
    "already defined",
];

/// What marks the start of another attempt: what came before it is history.
const ATTEMPT: [&str; 3] = [
    "Building the main Guest Additions module",
    "Building the main Guest Additions ",
    "Installing VirtualBox Guest Additions, version",
];

/// The failure that the last attempt in this log ended with.
pub fn failure(text: &str) -> Option<Failure> {
    let lines: Vec<&str> = text.lines().collect();
    let last_attempt = lines
        .iter()
        .rposition(|line| {
            ATTEMPT.iter().any(|mark| line.contains(mark)) && !line.contains("[FAILED]")
        })
        .unwrap_or(0);
    let lines = &lines[last_attempt..];
    let find = |marks: &[&str]| {
        lines
            .iter()
            .find(|line| {
                marks.iter().any(|mark| line.contains(mark))
                    && !NOISE.iter().any(|noise| line.contains(noise))
            })
            .map(|line| line.trim().to_owned())
    };
    // A message folded at the terminal's width stands on two lines.
    let joined = lines.join(" ");
    let folded = |marks: &[&str]| {
        let joined = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        marks
            .iter()
            .find(|mark| joined.contains(**mark))
            .map(|mark| (*mark).to_owned())
    };
    [
        (Reason::HeadersNotFound, &HEADERS[..]),
        (Reason::ToolsNotFound, &TOOLS[..]),
        (Reason::NoSpace, &SPACE[..]),
        (Reason::CompilerError, &COMPILER[..]),
        (Reason::Unsaid, &FAILED[..]),
    ]
    .into_iter()
    .find_map(|(reason, marks)| {
        let line = find(marks).or_else(|| match reason {
            Reason::HeadersNotFound | Reason::ToolsNotFound => folded(marks),
            _ => None,
        })?;
        Some(Failure { reason, line })
    })
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
