//! Locks of zypper: blocks of `attribute: value` lines, parted by empty lines.

use super::super::ini;
use super::{Lock, Rule};

/// The list as `grep -n '' /dev/null FILE` prints it. A lock that is about something else than
/// packages by their names, such as a repository, is none for kernels.
pub fn zypper_list(text: &str) -> Vec<Lock> {
    let mut locks = Vec::new();
    let mut block: Vec<(&str, u32, &str, &str)> = Vec::new();
    let lines = ini::grepped(text).chain([("", 0, "")]);
    for (file, line, content) in lines {
        match content.split_once(':') {
            Some((attribute, value)) => block.push((file, line, attribute.trim(), value.trim())),
            None if content.trim().is_empty() => {
                locks.extend(lock(&block));
                block.clear();
            }
            None => {}
        }
    }
    locks
}

fn lock(block: &[(&str, u32, &str, &str)]) -> Option<Lock> {
    let find = |wanted: &str| {
        block
            .iter()
            .find(|(_, _, attribute, _)| *attribute == wanted)
    };
    let value = |wanted: &str| find(wanted).map(|(_, _, _, value)| *value);
    let (file, line, _, name) = find("solvable_name")?;
    if value("type").is_some_and(|kind| kind != "package") || value("repo").is_some() {
        return None;
    }
    // zypper itself writes what a person typed as a glob; without a word it is a part of the name.
    let pattern = match value("match_type") {
        Some("exact" | "glob") => (*name).to_owned(),
        Some("word") | Some("substring") | None => format!("*{name}*"),
        Some(_) => return None,
    };
    let version = value("version").map(str::trim);
    Some(Lock {
        file: (*file).to_owned(),
        line: *line,
        entry: match version {
            Some(version) => format!("{name} {version}"),
            None => (*name).to_owned(),
        },
        // A lock on some versions forbids only those, and leaves others to be had.
        rule: match version.map(|version| version.trim_start_matches(['=', ' '])) {
            None | Some("") => Rule::Pattern {
                excludes: true,
                pattern,
            },
            Some(version) => Rule::Pattern {
                excludes: true,
                pattern: format!("{pattern}-{version}"),
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::locks::holding;

    #[test]
    fn what_zypper_wrote_is_read() {
        let text = concat!(
            "/etc/zypp/locks:1:\n",
            "/etc/zypp/locks:2:type: package\n",
            "/etc/zypp/locks:3:match_type: glob\n",
            "/etc/zypp/locks:4:case_sensitive: on\n",
            "/etc/zypp/locks:5:solvable_name: kernel-default*\n",
            "/etc/zypp/locks:6:\n",
            "/etc/zypp/locks:7:type: patch\n",
            "/etc/zypp/locks:8:solvable_name: kernel\n",
            "/etc/zypp/locks:9:\n",
            "/etc/zypp/locks:10:repo: home\n",
            "/etc/zypp/locks:11:solvable_name: kernel\n",
        );
        let locks = zypper_list(text);
        assert_eq!(locks.len(), 1, "{locks:?}");
        assert_eq!(
            (locks[0].line, locks[0].entry.as_str()),
            (5, "kernel-default*")
        );
        let version = "5.14.21-150500.55.39.1.x86_64";
        assert_eq!(holding(&locks, "kernel-default-devel", version).len(), 1);
        assert!(holding(&locks, "kernel-devel", version).is_empty());
    }
}
