//! What rules ask of a line besides its pattern, and lines that belong together.

use std::sync::LazyLock;

use regex::Regex;

use super::{Rule, Table};
use crate::parse::version::Version;

/// Whether host and guest are of two release series, as far as the line names both. What the kernel's
/// own modules call themselves says nothing.
pub(super) fn versions_differ(line: &str) -> bool {
    static VERSIONS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"host \((\S+?)\) and guest \((\S+?)\)").expect("a constant expression")
    });
    let both = VERSIONS.captures(line).and_then(|found| {
        let version = |index: usize| Version::parse(found.get(index)?.as_str());
        Some((version(1)?, version(2)?))
    });
    let in_kernel = semver::Version::new(6, 0, 0);
    both.is_none_or(|(host, guest)| !host.same_series(&guest) && guest.number != in_kernel)
}

/// Whether what could not be mounted has no name that other file systems have.
pub(super) fn is_of_no_other_file_system(line: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "aufs", "cgroup", "devpts", "none", "overlay", "proc", "shm", "sysfs", "tmpfs",
    ];
    let mounted = line.split("bad superblock on ").nth(1).unwrap_or_default();
    let name = mounted.split([',', ' ']).next().unwrap_or_default();
    !OTHERS.contains(&name)
}

/// A line as long as this may have been folded at the width of a terminal.
const WIDE: usize = 40;

/// How much of two lines is put together: no rule looks further.
const AROUND: usize = 200;

/// What a line that says nothing alone says together with the one before it: a terminal folds between
/// words, or in the middle of one.
pub fn folded(before: &str, line: &str, table: &Table) -> Option<String> {
    if before.len() < WIDE || line.is_empty() {
        return None;
    }
    let (before, line) = (end(before.trim_end()), start(line.trim_start()));
    let halves = [format!("{before} {line}"), format!("{before}{line}")];
    let says_more = |whole: &String| {
        table.means_something(whole) && {
            let known = table.means(before);
            let is_new = |rule: &&Rule| known.iter().all(|known| known.id != rule.id);
            table.means(whole).iter().any(is_new)
        }
    };
    halves.into_iter().find(says_more)
}

fn end(text: &str) -> &str {
    let at = text.len().saturating_sub(AROUND);
    let at = (at..text.len()).find(|at| text.is_char_boundary(*at));
    &text[at.unwrap_or(text.len())..]
}

fn start(text: &str) -> &str {
    let at = text.len().min(AROUND);
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at));
    &text[..at.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::log::ALL;
    use proptest::prelude::*;

    #[test]
    fn a_patch_is_no_difference() {
        let line = |host: &str, guest: &str| {
            versions_differ(&format!(
                "[box] GuestAdditions versions on your host ({host}) and guest ({guest}) do not match."
            ))
        };
        assert!(line("7.0.14", "6.1.30"));
        assert!(!line("7.0.14", "7.0.10"));
        assert!(!line("7.0.14", "6.0.0"));
        assert!(line("7.0.14", "unknown"));
        assert!(versions_differ(
            "The guest additions on this VM do not match"
        ));
    }

    #[test]
    fn halves_are_put_together() {
        let before = "VirtualBox Guest Additions: Kernel headers not found for target";
        assert!(folded(before, "kernel 5.14.0. Please install them", &ALL).is_some());
        let before = "VirtualBox Guest Additions: Kernel headers not found for tar";
        assert!(folded(before, "get kernel 5.14.0. Please install them", &ALL).is_some());
        assert!(folded(before, "nothing of the kind", &ALL).is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(before in ".{0,300}", line in ".{0,300}") {
            let _ = folded(&before, &line, &ALL);
            let _ = versions_differ(&before);
        }
    }
}
