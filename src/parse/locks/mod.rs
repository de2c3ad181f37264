//! The lists in which package managers keep what may not be upgraded.

mod apk;
mod dnf5;
mod zypper;

use serde::Deserialize;

use crate::parse::wildcard;

pub use apk::apk_world;
pub use dnf5::{exact_values, toml_list};
pub use zypper::zypper_list;

/// One entry of a version lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// The entry as it stands.
    pub entry: String,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// `[!]` and a pattern of yum's or dnf's list. Anything else of the same name is held back.
    Pattern { excludes: bool, pattern: String },
    /// dnf 5: the name, and conditions on its version.
    Conditions {
        name: String,
        conditions: Vec<(Comparator, String)>,
    },
    /// `apt-mark hold`: the package stays as it is.
    Hold { name: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Comparator {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = "=", alias = "==")]
    Equal,
    #[serde(rename = ">=")]
    GreaterOrEqual,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = "!=")]
    NotEqual,
}

impl Lock {
    /// Whether this entry keeps `name` in the version `version_and_arch`
    /// (`version-release.arch`) from being installed.
    pub fn holds_back(&self, name: &str, version_and_arch: &str) -> bool {
        match &self.rule {
            Rule::Pattern { excludes, pattern } => {
                let permits = forms(name, version_and_arch)
                    .iter()
                    .any(|form| wildcard::matches(pattern, form));
                if *excludes {
                    permits
                } else {
                    !permits && self.concerns(name)
                }
            }
            Rule::Conditions {
                name: locked,
                conditions,
            } => {
                let version = version_and_arch
                    .rsplit_once('.')
                    .map_or(version_and_arch, |(version, _)| version);
                locked == name
                    && conditions.iter().any(|(comparator, wanted)| {
                        !comparator.holds(&without_epoch(version), &without_epoch(wanted))
                    })
            }
            Rule::Hold { name: held } => held == name,
        }
    }

    /// Whether it names what is not to be installed, rather than what may be.
    fn forbids(&self) -> bool {
        matches!(self.rule, Rule::Pattern { excludes: true, .. })
    }

    /// Whether this entry is about packages of this name.
    pub fn concerns(&self, name: &str) -> bool {
        match &self.rule {
            Rule::Pattern { pattern, .. } => {
                let pattern = strip_epoch(pattern);
                // A pattern without a version, such as `kernel*`, is about every name it fits.
                wildcard::matches(pattern_name(pattern), name) || wildcard::matches(pattern, name)
            }
            Rule::Conditions { name: locked, .. } => locked == name,
            Rule::Hold { name: held } => held == name,
        }
    }
}

impl Comparator {
    fn holds(self, version: &str, wanted: &str) -> bool {
        let order = crate::parse::package::compare_rpm(version, wanted);
        match self {
            Comparator::Less => order.is_lt(),
            Comparator::LessOrEqual => order.is_le(),
            Comparator::Equal => order.is_eq(),
            Comparator::GreaterOrEqual => order.is_ge(),
            Comparator::Greater => order.is_gt(),
            Comparator::NotEqual => order.is_ne(),
        }
    }
}

fn without_epoch(version: &str) -> String {
    version
        .split_once(':')
        .filter(|(epoch, _)| epoch.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(version, |(_, rest)| rest)
        .to_owned()
}

/// The ways in which the two list formats write one package: yum 3 puts the epoch in front of the
/// name, dnf in front of the version, and a person may have left it out.
fn forms(name: &str, version_and_arch: &str) -> [String; 8] {
    let version = version_and_arch
        .rsplit_once('.')
        .map_or(version_and_arch, |(version, _)| version);
    let upstream = version.split('-').next().unwrap_or(version);
    [
        format!("{name}-{upstream}"),
        format!("{name}-0:{upstream}"),
        format!("{name}-{version_and_arch}"),
        format!("0:{name}-{version_and_arch}"),
        format!("{name}-0:{version_and_arch}"),
        format!("{name}-{version}"),
        format!("0:{name}-{version}"),
        name.to_owned(),
    ]
}

/// `kernel` of `kernel-2.6.32-358.*`, of `kernel-0:5.14.0-70.*` and of `kernel-5.14*`.
fn pattern_name(pattern: &str) -> &str {
    pattern
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| pattern[at + 1..].starts_with(|next: char| next.is_ascii_digit() || next == '*'))
        .map_or(pattern, |at| &pattern[..at])
}

/// Takes the epoch off the front: `0:kernel-…`.
fn strip_epoch(pattern: &str) -> &str {
    match pattern.split_once(':') {
        Some((epoch, rest))
            if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            rest
        }
        _ => pattern,
    }
}

/// The entries that together keep `name` in this version away. Of several entries about one name
/// each permits its own version; one that forbids counts alone.
pub fn holding<'a>(locks: &'a [Lock], name: &str, version_and_arch: &str) -> Vec<&'a Lock> {
    let (forbidding, permitting): (Vec<&Lock>, Vec<&Lock>) = locks
        .iter()
        .filter(|lock| lock.forbids() || lock.concerns(name))
        .partition(|lock| lock.forbids());
    let holds = |lock: &&Lock| lock.holds_back(name, version_and_arch);
    let mut holding: Vec<&Lock> = forbidding.into_iter().filter(holds).collect();
    if permitting.iter().all(holds) {
        holding.extend(permitting);
    }
    holding
}

/// A list of yum 3 or dnf 4, as `grep -n '' /dev/null FILE` prints it: `file:line:entry`.
pub fn pattern_list(text: &str) -> Vec<Lock> {
    crate::parse::ini::grepped(text)
        .filter_map(|(file, line, entry)| {
            let entry = entry.trim();
            if entry.is_empty() || entry.starts_with('#') {
                return None;
            }
            let (excludes, pattern) = match entry.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, entry),
            };
            Some(Lock {
                file: file.to_owned(),
                line,
                entry: entry.to_owned(),
                rule: Rule::Pattern {
                    excludes,
                    pattern: pattern.to_owned(),
                },
            })
        })
        .collect()
}

impl Comparator {
    fn symbol(self) -> &'static str {
        match self {
            Comparator::Less => "<",
            Comparator::LessOrEqual => "<=",
            Comparator::Equal => "=",
            Comparator::GreaterOrEqual => ">=",
            Comparator::Greater => ">",
            Comparator::NotEqual => "!=",
        }
    }
}

/// What `apt-mark hold` wrote into dpkg's list, as `file:line:package`.
pub fn holds(text: &str) -> Vec<Lock> {
    crate::parse::ini::grepped(text)
        .filter(|(_, _, name)| !name.is_empty() && !name.contains(char::is_whitespace))
        .map(|(file, line, name)| Lock {
            file: file.to_owned(),
            line,
            entry: name.to_owned(),
            rule: Rule::Hold {
                name: name.to_owned(),
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEEDED: (&str, &str) = ("kernel-devel", "2.6.32-358.10.2.el6.x86_64");

    fn lock(entry: &str) -> Lock {
        pattern_list(&format!("/list:7:{entry}\n")).remove(0)
    }

    #[test]
    fn a_lock_on_another_version_holds_back() {
        for entry in [
            "0:kernel-devel-2.6.32-358.23.2.el6.*",
            "kernel-devel-0:2.6.32-358.23.2.el6.*",
            "kernel-devel-2.6.32-358.23.2.el6.x86_64",
            "!0:kernel-devel-2.6.32-358.10.2.el6.*",
            "!kernel*",
        ] {
            assert!(lock(entry).holds_back(NEEDED.0, NEEDED.1), "{entry}");
        }
    }

    #[test]
    fn a_lock_on_the_same_version_or_another_name_does_not() {
        for entry in [
            "0:kernel-devel-2.6.32-358.10.2.el6.*",
            "kernel-devel-0:2.6.32-358.10.*",
            "kernel*",
            "0:kernel-2.6.32-358.23.2.el6.*",
            "0:kernel-headers-2.6.32-1.el6.*",
            "0:php-5.3.3-27.el6_5.*",
            "!0:kernel-devel-2.6.32-696.*",
        ] {
            assert!(!lock(entry).holds_back(NEEDED.0, NEEDED.1), "{entry}");
        }
        assert!(lock("0:kernel-2.6.32-358.23.2.el6.*").concerns("kernel"));
        assert!(!lock("0:kernel-2.6.32-358.23.2.el6.*").concerns("kernel-devel"));
    }

    #[test]
    fn several_entries_of_one_name_permit_what_any_permits() {
        let both = pattern_list(
            "/l:1:kernel-devel-0:2.6.32-358.10.2.el6.*\n/l:2:kernel-devel-0:2.6.32-358.23.2.el6.*\n",
        );
        assert_eq!(holding(&both, NEEDED.0, NEEDED.1), Vec::<&Lock>::new());
        assert_eq!(holding(&both[1..], NEEDED.0, NEEDED.1).len(), 1);
        assert_eq!(holding(&both, NEEDED.0, "2.6.32-696.el6.x86_64").len(), 2);
        let forbidden = pattern_list("/l:1:kernel-devel-2.6.32\n/l:2:!kernel-devel-*-358.1*\n");
        assert_eq!(holding(&forbidden, NEEDED.0, NEEDED.1), [&forbidden[1]]);
    }

    #[test]
    fn comments_and_empty_lines_are_no_locks_and_lines_are_counted() {
        let locks = pattern_list("/l:1:# Added lock\n/l:2:\n/l:3: 0:kernel-1-1.* \n");
        assert_eq!(locks.len(), 1);
        assert_eq!((locks[0].file.as_str(), locks[0].line), ("/l", 3));
        assert_eq!(locks[0].entry, "0:kernel-1-1.*");
    }

    #[test]
    fn dnf5_compares_versions() {
        let text = "version = \"1.0\"\n\n[[packages]]\nname = \"kernel-core\"\ncomment = \"x\"\n[[packages.conditions]]\nkey = \"evr\"\ncomparator = \"<=\"\nvalue = \"6.5.6-300.fc39\"\n";
        let locks = toml_list("/etc/dnf/versionlock.toml", text).unwrap();
        assert_eq!(
            (locks[0].line, locks[0].entry.as_str()),
            (4, "kernel-core <= 6.5.6-300.fc39")
        );
        assert!(locks[0].holds_back("kernel-core", "6.6.2-201.fc39.x86_64"));
        assert!(!locks[0].holds_back("kernel-core", "6.5.6-300.fc39.x86_64"));
        assert!(!locks[0].holds_back("kernel", "6.6.2-201.fc39.x86_64"));
        assert_eq!(toml_list("f", "packages = 3"), None);
    }

    #[test]
    fn a_hold_is_a_name() {
        let locks = holds(
            "/var/lib/dpkg/status:81:linux-image-amd64\n/s:97:linux-headers-6.1.0-18-amd64\nx\n",
        );
        assert!(locks[0].holds_back("linux-image-amd64", ""));
        assert_eq!(locks[0].line, 81);
        assert!(locks[1].holds_back("linux-headers-6.1.0-18-amd64", ""));
        assert_eq!(locks.len(), 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, entry in "[-!*?\\[\\]:.0-9a-z]{0,40}") {
            for lock in pattern_list(&text).iter().chain(&pattern_list(&format!("f:1:{entry}"))) {
                let _ = lock.holds_back("kernel", "1-1.x86_64");
                let _ = lock.concerns(&entry);
            }
            let _ = toml_list("f", &text);
            let _ = (holds(&text), zypper_list(&text), apk_world(&text));
            let _ = (zypper_list(&format!("f:1:solvable_name: {entry}")), apk_world(&format!("f:1:{entry}")));
        }
    }
}
