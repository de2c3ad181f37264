//! The table in which yum and dnf show a transaction before they ask for consent.

use super::rehearsal::{Change, Does, MOST};

/// Reads the rows of all sections. Columns that do not fit are continued on the next line, further
/// to the right.
pub fn changes(said: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut section = None;
    // The columns of the package that is being read.
    let mut row: Option<Vec<&str>> = None;
    for line in said.lines() {
        if line.starts_with("Transaction Summary") {
            break;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        let words = line.split_whitespace();
        match indent {
            0 => (section, row) = (heading(line), None),
            1 => row = Some(words.collect()),
            // What a package takes the place of: an older one of its own name, or another package.
            _ if line.trim_start().starts_with("replacing ") => {
                let replaced: Vec<&str> = words.skip(1).collect();
                let is_other = |old: &Change| {
                    changes
                        .last()
                        .is_none_or(|new: &Change| new.name != old.name)
                };
                changes.extend(replaced_package(&replaced).filter(is_other));
                continue;
            }
            _ => row.iter_mut().for_each(|row| row.extend(words.clone())),
        }
        if let (Some(does), Some([name, arch, version, ..])) = (section, row.as_deref()) {
            changes.push(Change {
                does,
                name: (*name).to_owned(),
                version: format!("{}.{arch}", without_epoch(version)),
            });
            // Where it comes from and its size are of no use.
            row = None;
        }
        if changes.len() >= MOST {
            break;
        }
    }
    changes
}

/// What is done to the packages below this line.
fn heading(line: &str) -> Option<Does> {
    const HEADINGS: [(&str, Does); 6] = [
        ("Installing", Does::Install),
        ("Reinstalling", Does::Reinstall),
        ("Upgrading", Does::Upgrade),
        ("Updating", Does::Upgrade),
        ("Downgrading", Does::Downgrade),
        ("Removing", Does::Remove),
    ];
    if !line.ends_with(':') {
        return None;
    }
    HEADINGS
        .into_iter()
        .find_map(|(word, does)| line.starts_with(word).then_some(does))
}

/// `name.arch version` of dnf 4 and yum, `name arch version` of dnf 5.
fn replaced_package(words: &[&str]) -> Option<Change> {
    let (name, arch, version) = match words {
        [name, arch, version, _, ..] => (*name, *arch, *version),
        [name_and_arch, version, ..] => {
            let (name, arch) = name_and_arch.rsplit_once('.')?;
            (name, arch, *version)
        }
        _ => return None,
    };
    Some(Change {
        does: Does::Remove,
        name: name.to_owned(),
        version: format!("{}.{arch}", without_epoch(version)),
    })
}

fn without_epoch(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    }
}
