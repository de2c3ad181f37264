//! Pins of apk: lines of `/etc/apk/world` that name a version.

use super::super::ini;
use super::{Lock, Rule};

/// The list as `grep -n '' /dev/null FILE` prints it. A line without a version holds nothing back.
pub fn apk_world(text: &str) -> Vec<Lock> {
    let lock = |(file, line, entry): (&str, u32, &str)| {
        let entry = entry.trim();
        let (pattern, excludes) = match entry.strip_prefix('!') {
            Some(name) => (name.to_owned(), true),
            None => {
                let (name, version) = entry.split_once(['=', '~'])?;
                // `=~` and `~` leave the end of the version open.
                let is_open = entry.contains('~');
                let name = name.split('@').next()?;
                let version = version.trim_start_matches('~');
                let end = if is_open { "*" } else { "" };
                (format!("{name}-{version}{end}"), false)
            }
        };
        Some(Lock {
            file: file.to_owned(),
            line,
            entry: entry.to_owned(),
            rule: Rule::Pattern { excludes, pattern },
        })
    };
    ini::grepped(text)
        // A bound on one side is no pin.
        .filter(|(_, _, entry)| !entry.contains(['<', '>']))
        .filter_map(lock)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::locks::holding;

    #[test]
    fn a_pin_permits_its_own_version_only() {
        let text = concat!(
            "/etc/apk/world:1:alpine-base\n",
            "/etc/apk/world:2:linux-virt=6.6.7-r0\n",
            "/etc/apk/world:3:linux-virt-dev~6.6\n",
            "/etc/apk/world:4:!linux-lts\n",
            "/etc/apk/world:5:openssl>3\n",
        );
        let locks = apk_world(text);
        let held = |name: &str, version: &str| holding(&locks, name, version).len();
        assert_eq!(locks.len(), 3, "{locks:?}");
        assert_eq!(held("linux-virt", "6.6.7-r0"), 0);
        assert_eq!(held("linux-virt", "6.6.8-r0"), 1);
        assert_eq!(held("linux-virt-dev", "6.6.8-r0"), 0);
        assert_eq!(held("linux-virt-dev", "6.12.8-r0"), 1);
        assert_eq!(held("linux-lts", "6.6.8-r0"), 1);
    }
}
