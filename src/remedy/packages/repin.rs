//! A version lock that is moved from one kernel to another, and that loses nothing else.

use super::Pair;
use crate::parse::locks::{self, Lock, holding};

/// The list of yum or dnf 4 with the packages of the pair pinned to it, where they were pinned to the
/// running kernel's `version` (with its architecture). Every other byte is as it was; `None` where
/// there is nothing to change.
pub fn pattern_list(list: &[u8], version: &str, pair: &Pair) -> Option<Vec<u8>> {
    let mut pinned = Vec::with_capacity(list.len());
    let mut is_changed = false;
    for line in list.split_inclusive(|byte| *byte == b'\n') {
        let moved = std::str::from_utf8(line)
            .ok()
            .and_then(|line| moved(line, version, pair));
        is_changed |= moved.is_some();
        match moved {
            Some(line) => pinned.extend(line.into_bytes()),
            None => pinned.extend(line),
        }
    }
    is_changed.then_some(pinned)
}

/// One line for the pair, where it holds one of its packages at this version.
fn moved(line: &str, version: &str, pair: &Pair) -> Option<String> {
    let entry = line.trim();
    let locks = locks::pattern_list(&format!("list:1:{entry}"));
    let name = pair.packages.iter().map(|spec| spec.name.as_str());
    let name = name
        .into_iter()
        .find(|name| holds_at(&locks, name, version, pair))?;
    // `kernel-` of `0:kernel-5.14.0-70.el9.*` and `kernel-0:` of the other form.
    let at = entry.find(&format!("{name}-"))? + name.len() + 1;
    let rest = &entry[at..];
    let start = match rest.split_once(':') {
        Some((epoch, _)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => epoch.len() + 1,
        _ => 0,
    };
    let (new, arch) = pair.version.rsplit_once('.')?;
    // A person may have written the architecture, a wildcard, or neither.
    let end = if rest.ends_with(&format!(".{arch}")) {
        format!(".{arch}")
    } else if rest.ends_with('*') {
        ".*".to_owned()
    } else {
        String::new()
    };
    let written = format!("{}{}{new}{end}", &entry[..at], &rest[..start]);
    Some(line.replacen(entry, &written, 1))
}

/// Whether this one entry lets the package be had at the running version, and not at the pair's.
fn holds_at(locks: &[Lock], name: &str, version: &str, pair: &Pair) -> bool {
    let concerns = locks
        .iter()
        .all(|lock| lock.concerns(name) && !lock.entry.starts_with('!'));
    concerns
        && !locks.is_empty()
        && holding(locks, name, version).is_empty()
        && !holding(locks, name, &pair.version).is_empty()
}

/// The list of dnf 5, in the same way: the value of an exact condition is replaced.
pub fn toml_list(list: &[u8], version: &str, pair: &Pair) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(list).ok()?;
    let (old, _) = version.rsplit_once('.')?;
    let (new, _) = pair.version.rsplit_once('.')?;
    let mut places = locks::exact_values(text)?;
    places.retain(|(name, value)| {
        let value = text.get(value.clone()).unwrap_or_default();
        let value = value.trim_matches(['"', '\'']);
        let plain = value.strip_prefix("0:").unwrap_or(value);
        plain == old && pair.packages.iter().any(|spec| spec.name == *name)
    });
    let mut pinned = text.to_owned();
    // From the end on, so that the places before stay where they are.
    places.sort_by_key(|(_, value)| std::cmp::Reverse(value.start));
    for (_, value) in &places {
        let written = pinned.get(value.clone())?.replacen(old, new, 1);
        pinned.replace_range(value.clone(), &written);
    }
    (!places.is_empty()).then(|| pinned.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::Spec;
    use super::*;
    use proptest::prelude::*;

    fn pair(version: &str, names: &[&str]) -> Pair {
        Pair {
            release: version.to_owned(),
            version: version.to_owned(),
            packages: names
                .iter()
                .map(|name| Spec {
                    name: (*name).to_owned(),
                    version: Some(version.to_owned()),
                })
                .collect(),
        }
    }

    #[test]
    fn only_the_entries_of_the_pair_are_moved() {
        let list = concat!(
            "# Added locks on Tue Mar  4 2025\r\n",
            "0:kernel-2.6.32-358.10.2.el6.*\n",
            "\n",
            "  kernel-devel-0:2.6.32-358.10.2.el6.x86_64  \n",
            "0:kernel-headers-2.6.32-358.10.2.el6.*\n",
            "0:php-5.3.3-27.el6_5.*\n",
            "!0:kernel-2.6.32-696.*\n",
            "kernel-2.6.32-358.10.2.el6",
        );
        let wanted = list
            .replace(
                "0:kernel-2.6.32-358.10.2.el6",
                "0:kernel-2.6.32-754.35.1.el6",
            )
            .replace(
                "0:2.6.32-358.10.2.el6.x86_64",
                "0:2.6.32-754.35.1.el6.x86_64",
            )
            .replace(
                "\nkernel-2.6.32-358.10.2.el6",
                "\nkernel-2.6.32-754.35.1.el6",
            );
        let pair = pair("2.6.32-754.35.1.el6.x86_64", &["kernel", "kernel-devel"]);
        let moved = pattern_list(list.as_bytes(), "2.6.32-358.10.2.el6.x86_64", &pair).unwrap();
        assert_eq!(String::from_utf8(moved).unwrap(), wanted);
        assert_eq!(
            pattern_list(wanted.as_bytes(), "2.6.32-358.10.2.el6.x86_64", &pair),
            None
        );
    }

    #[test]
    fn a_pattern_that_lets_both_in_stays() {
        let pair = pair("5.14.0-70.22.1.el9.x86_64", &["kernel"]);
        for list in ["kernel-5.14*\n", "kernel*\n", "kernel-0:5.14.0-427.el9.*\n"] {
            let moved = pattern_list(list.as_bytes(), "5.14.0-70.el9.x86_64", &pair);
            assert_eq!(moved, None, "{list}");
        }
    }

    #[test]
    fn the_list_of_dnf5_keeps_its_words() {
        let list = concat!(
            "version = \"1.0\" # mine\n\n[[packages]]\nname = \"kernel-core\"\ncomment = \"6.5.6-300.fc39\"\n",
            "[[packages.conditions]]\nkey = \"evr\"\ncomparator = \"=\"\nvalue = '6.5.6-300.fc39'\n\n",
            "[[packages]]\nname = \"bash\"\n[[packages.conditions]]\nkey = \"evr\"\ncomparator = \"=\"\nvalue = \"6.5.6-300.fc39\"\n",
        );
        let pair = pair("6.6.2-201.fc39.x86_64", &["kernel-core"]);
        let moved = toml_list(list.as_bytes(), "6.5.6-300.fc39.x86_64", &pair).unwrap();
        let wanted = list.replace("'6.5.6-300.fc39'", "'6.6.2-201.fc39'");
        assert_eq!(String::from_utf8(moved).unwrap(), wanted);
    }

    proptest! {
        #[test]
        fn no_list_makes_it_panic(bytes: Vec<u8>, entry in "[-!*?\\[\\]:.0-9a-zé]{0,40}", version in "[-.:~^+0-9a-zé]{0,30}") {
            let pair = pair(&version, &["kernel", &entry]);
            for list in [&bytes[..], entry.as_bytes()] {
                let _ = pattern_list(list, &version, &pair);
                let _ = toml_list(list, &version, &pair);
            }
        }
    }
}
