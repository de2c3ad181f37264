//! What a transaction would do, as the package manager says beforehand.

use super::Spec;
use crate::escape;
use crate::parse::package::Package;

/// What a transaction would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// Exactly this.
    Works(Vec<Change>),
    /// Nothing: all of it is installed.
    Needless,
    /// It would fail, or not bring all of it: the package manager's own words.
    Refused(String),
}

/// What would become of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub does: Does,
    pub name: String,
    /// With the architecture for RPM.
    pub version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Install,
    Reinstall,
    Upgrade,
    Downgrade,
    Remove,
}

/// The most changes that are told of; a kernel and its tools are a few dozen.
pub const MOST: usize = 500;

/// The longest reason, in characters.
const LONGEST: usize = 300;

/// Whether this brings what was asked for.
pub fn judge(
    changes: Vec<Change>,
    specs: &[Spec],
    installed: &[Package],
    why: impl Fn() -> String,
) -> Rehearsal {
    let brings = |spec: &Spec, change: &Change| {
        change.does != Does::Remove && spec.is(&change.name, &change.version)
    };
    let comes = |spec: &Spec| changes.iter().any(|change| brings(spec, change));
    if !specs
        .iter()
        .all(|spec| comes(spec) || spec.is_among(installed))
    {
        Rehearsal::Refused(why())
    } else if let Some(lost) = takes_away(&changes) {
        Rehearsal::Refused(format!("it would remove {}", escape::line(lost, 80)))
    } else if changes.is_empty() {
        Rehearsal::Needless
    } else {
        Rehearsal::Works(changes)
    }
}

/// Somebody may live on a package that has to make room. An old kernel has to now and then.
fn takes_away(changes: &[Change]) -> Option<&str> {
    let is_kernel = |name: &str| name.starts_with("kernel") || name.starts_with("linux-");
    let mut lost = changes
        .iter()
        .filter(|change| change.does == Does::Remove)
        .map(|change| change.name.as_str());
    lost.find(|name| !is_kernel(name))
}

impl Spec {
    /// Whether it is installed.
    pub fn is_among(&self, installed: &[Package]) -> bool {
        installed.iter().any(|package| {
            self.is(&package.name, &package.version)
                || self.is(&package.name, &package.version_and_arch())
        })
    }

    fn is(&self, name: &str, version: &str) -> bool {
        self.name == name && self.version.as_ref().is_none_or(|wanted| wanted == version)
    }
}

/// The lines that say why it does not work, as one line; where none of them is known, the last ones.
pub fn reason(said: &str) -> String {
    const TELLING: [&str; 23] = [
        "E: ",
        "ERROR: ",
        "    breaks: ",
        "Argument '",
        "Error",
        "error",
        " Problem",
        "Problem",
        "  - ",
        " Solution 1",
        "No match for",
        "No package ",
        "All matches were filtered",
        "Nothing provides",
        "nothing provides",
        "Could not ",
        "Couldn't ",
        "Cannot ",
        "Failed to ",
        "The following held packages",
        "The following packages have unmet",
        "http",
        "Trying other mirror",
    ];
    let lines = || said.lines().filter(|line| !line.trim().is_empty());
    let telling: Vec<&str> = lines()
        .filter(|line| TELLING.iter().any(|start| line.starts_with(start)))
        .take(4)
        .collect();
    let lines: Vec<&str> = if telling.is_empty() {
        let all: Vec<&str> = lines().collect();
        all[all.len().saturating_sub(2)..].to_vec()
    } else {
        telling
    };
    match escape::line(&lines.join("; "), LONGEST) {
        none if none.is_empty() => "it said nothing".to_owned(),
        said => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_makes_room_but_old_kernels() {
        let change = |does, name: &str| Change {
            does,
            name: name.to_owned(),
            version: "1".to_owned(),
        };
        let specs = [Spec {
            name: "kernel-devel".to_owned(),
            version: None,
        }];
        let judged = |lost: &str| {
            let changes = vec![
                change(Does::Install, "kernel-devel"),
                change(Does::Remove, lost),
            ];
            judge(changes, &specs, &[], || "unused".to_owned())
        };
        assert!(matches!(judged("kernel-core"), Rehearsal::Works(_)));
        let why = "it would remove postgresql-server".to_owned();
        assert_eq!(judged("postgresql-server"), Rehearsal::Refused(why));
    }
}
