//! Vagrant's versions, and which of them drive which VirtualBox.

use std::sync::LazyLock;

use regex::Regex;

use super::version::Version;

/// The first Vagrant that drives a release series of VirtualBox. Each drives the older series, too.
static FIRST: [((u64, u64), semver::Version); 8] = [
    ((5, 0), semver::Version::new(1, 7, 3)),
    ((5, 1), semver::Version::new(1, 8, 5)),
    ((5, 2), semver::Version::new(2, 0, 1)),
    ((6, 0), semver::Version::new(2, 2, 1)),
    ((6, 1), semver::Version::new(2, 2, 7)),
    ((7, 0), semver::Version::new(2, 3, 2)),
    ((7, 1), semver::Version::new(2, 4, 2)),
    ((7, 2), semver::Version::new(2, 4, 9)),
];

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[ -])(\d{1,5}\.\d{1,5}\.\d{1,5})(?:[.\s]|$)").expect("a constant expression")
});

/// The version in `Vagrant 2.4.9`, `vagrant-2.4.9`, `2.4.10.dev` and their like.
pub fn version(text: &str) -> Option<semver::Version> {
    semver::Version::parse(NUMBER.captures(text.trim())?.get(1)?.as_str()).ok()
}

/// The first Vagrant that drives this VirtualBox. `None` where any does, or nobody knows yet.
pub fn first_for(virtualbox: &Version) -> Option<&'static semver::Version> {
    let series = (virtualbox.number.major, virtualbox.number.minor);
    let mut rows = FIRST.iter();
    rows.find(|(known, _)| *known == series)
        .map(|(_, first)| first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_read_however_they_are_written() {
        for text in ["Vagrant 2.4.9\n", "vagrant-2.4.9", "2.4.9", "2.4.9.dev"] {
            assert_eq!(version(text), Some(semver::Version::new(2, 4, 9)), "{text}");
        }
        for text in ["", "vagrant-vbguest-0.32", "2.4", "٢.٤.٩", "999999.1.1"] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn a_series_has_its_first_vagrant() {
        let first = |text| first_for(&Version::parse(text).unwrap()).map(ToString::to_string);
        assert_eq!(first("7.1.4r165100").as_deref(), Some("2.4.2"));
        assert_eq!(first("5.0.0_BETA1r1").as_deref(), Some("1.7.3"));
        assert_eq!(first("4.3.40r1"), None);
        assert_eq!(first("9.9.0r1"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = version(&text);
        }
    }
}
