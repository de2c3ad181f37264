//! How releases of MIT Kerberos differ in what they read.

/// A release of MIT Kerberos: 1.20 and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    pub major: u16,
    pub minor: u16,
}

impl Default for Release {
    /// The behaviour of every release from 1.17 to 1.21.
    fn default() -> Self {
        Release::of(1, 20)
    }
}

impl Release {
    pub const fn of(major: u16, minor: u16) -> Self {
        Release { major, minor }
    }

    /// Reads `1.20`, and `1.20.1` or `1.15.1-55.el7` as a package manager writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, rest) = text.trim().split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = rest[minor.len()..].chars().next();
        if after.is_some_and(|next| !matches!(next, '.' | '-' | '+' | '~')) {
            return None;
        }
        Some(Release::of(major.parse().ok()?, minor.parse().ok()?))
    }

    /// Whether subsections of the same name become one. Before, the second one was never seen.
    pub fn merges_subsections(self) -> bool {
        self >= Release::of(1, 17)
    }

    /// Whether `name* = value` hides later relations of that name in the same section.
    pub fn honours_final_relations(self) -> bool {
        self >= Release::of(1, 22)
    }

    /// Whether a file of this name in an `includedir` is read.
    pub fn includes(self, name: &[u8]) -> bool {
        if self >= Release::of(1, 16) && name.starts_with(b".") {
            return false;
        }
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        name.iter().all(plain) || (self.knows_conf() && name.ends_with(b".conf"))
    }

    /// Whether the name of a file that is included may end in `.conf`.
    pub fn knows_conf(self) -> bool {
        self >= Release::of(1, 15)
    }

    /// Whether a file of this name was most likely meant to be included, and is passed over. What
    /// editors and package managers leave behind was not meant.
    pub fn overlooks(self, name: &[u8]) -> bool {
        let is_meant = name.to_ascii_lowercase().ends_with(b".conf") && !name.starts_with(b".");
        is_meant && !self.includes(name)
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_packages_are_read() {
        for (text, expected) in [
            ("1.20", Some(Release::of(1, 20))),
            ("1.20.1-2+deb12u3", Some(Release::of(1, 20))),
            ("1.15.1-55.el7_9", Some(Release::of(1, 15))),
            ("1.22~beta1", Some(Release::of(1, 22))),
            ("1", None),
            ("1.", None),
            ("1.x", None),
            ("1.20x", None),
            ("-1.20", None),
            ("", None),
        ] {
            assert_eq!(Release::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn each_release_has_its_own_rule_for_names() {
        let read = |minor, name: &[u8]| Release::of(1, minor).includes(name);
        for (name, old, with_conf, without_dots) in [
            (&b"realm_A-1"[..], true, true, true),
            (b"site.conf", false, true, true),
            (b".hidden.conf", false, true, false),
            (b"site.conf.rpmsave", false, false, false),
            (b"site~", false, false, false),
            (b"..", false, false, false),
            (b"\xC3\xA9", false, false, false),
        ] {
            let said = (read(10, name), read(15, name), read(16, name));
            assert_eq!(said, (old, with_conf, without_dots), "{name:?}");
        }
    }

    #[test]
    fn only_what_was_meant_is_overlooked() {
        for (minor, name, expected) in [
            (10, &b"site.conf"[..], true),
            (15, b"site.conf", false),
            (20, b"site.CONF", true),
            (20, b".site.conf", false),
            (10, b"site.conf.rpmsave", false),
            (10, b"README", false),
        ] {
            let said = Release::of(1, minor).overlooks(name);
            assert_eq!(said, expected, "{minor} {name:?}");
        }
    }
}
