//! VirtualBox's version strings, of the host and of the Guest Additions.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

/// A version of VirtualBox or of its Guest Additions.
///
/// `semver` orders it: a beta or a release candidate comes before its release. The publisher
/// (`Ubuntu`, `OSE`, `MacPorts`) and the revision say who built it and never make it newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub number: semver::Version,
    pub publisher: Option<String>,
    pub revision: Option<u64>,
}

static FORM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?<number>\d{1,5}\.\d{1,5}\.\d{1,5})(?<early>_(?:ALPHA|BETA|RC)\d*)?(?:_(?<before>[A-Za-z]+?))?(?: ?r(?<revision>\d{1,12}))?(?:_(?<after>[A-Za-z]+))?$",
    )
    .expect("a constant expression")
});

impl Version {
    /// Reads `7.0.10r158379`, `7.0.10 r158379`, `4.1.2_Ubuntur38459`, `6.1.6_Ubuntu r137129`,
    /// `5.0.0_BETA1r100000`, `4.1.8r1234_OSE` and their like.
    pub fn parse(text: &str) -> Option<Self> {
        // vboxsf up to 5.x adds its interface: `4.3.6 (interface 0x00010004)`.
        let text = text.split(" (interface").next().unwrap_or(text);
        let parts = FORM.captures(text.trim())?;
        let mut number = semver::Version::parse(&parts["number"]).ok()?;
        if let Some(early) = parts.name("early") {
            let early = early.as_str().trim_start_matches('_');
            number.pre = semver::Prerelease::new(&early.to_ascii_lowercase()).ok()?;
        }
        let publisher = parts.name("before").or_else(|| parts.name("after"));
        Some(Version {
            number,
            publisher: publisher.map(|name| name.as_str().to_owned()),
            revision: parts
                .name("revision")
                .and_then(|digits| digits.as_str().parse().ok()),
        })
    }

    /// Whether both are of one release series, such as 7.0.
    pub fn same_series(&self, other: &Version) -> bool {
        (self.number.major, self.number.minor) == (other.number.major, other.number.minor)
    }

    /// Whether this is what the driver in the kernel's own tree calls itself, whatever it is.
    pub fn is_in_kernel_placeholder(&self) -> bool {
        self.number == semver::Version::new(6, 0, 0) && self.revision == Some(127_566)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> Option<(String, Option<String>, Option<u64>)> {
        let version = Version::parse(text)?;
        Some((version.to_string(), version.publisher, version.revision))
    }

    #[test]
    fn every_suffix_that_was_seen_is_read() {
        let own = |publisher: &str| Some(publisher.to_owned());
        for (text, expected) in [
            ("7.0.10r158379", ("7.0.10", None, Some(158_379))),
            ("7.0.10 r158379", ("7.0.10", None, Some(158_379))),
            ("4.1.2_Ubuntur38459", ("4.1.2", own("Ubuntu"), Some(38_459))),
            (
                "6.1.6_Ubuntu r137129",
                ("6.1.6", own("Ubuntu"), Some(137_129)),
            ),
            ("4.3.20_OSEr96996", ("4.3.20", own("OSE"), Some(96_996))),
            ("4.1.8r1234_OSE", ("4.1.8", own("OSE"), Some(1234))),
            (
                "4.1.8_MacPortsr1234",
                ("4.1.8", own("MacPorts"), Some(1234)),
            ),
            ("5.0.0_BETA1r100000", ("5.0.0-beta1", None, Some(100_000))),
            ("7.1.0_RC1r163980", ("7.1.0-rc1", None, Some(163_980))),
            (
                "6.1.38_Debian r153438",
                ("6.1.38", own("Debian"), Some(153_438)),
            ),
            ("5.1.26", ("5.1.26", None, None)),
            ("4.3.6 (interface 0x00010004)", ("4.3.6", None, None)),
        ] {
            let (number, publisher, revision) = expected;
            assert_eq!(
                parts(text),
                Some((number.to_owned(), publisher, revision)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in [
            "",
            "7.0",
            "7.0.10x",
            "WARNING: The vboxdrv",
            "١.٢.٣",
            "99999999999.0.0",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn a_candidate_comes_before_its_release() {
        let candidate = Version::parse("7.1.0_RC1r1").unwrap();
        let release = Version::parse("7.1.0r2").unwrap();
        assert!(candidate.number < release.number);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = Version::parse(&text);
        }

        #[test]
        fn numbers_keep_their_order(a in 0_u64..300, b in 0_u64..300) {
            let version = |patch| Version::parse(&format!("7.0.{patch}r1")).unwrap().number;
            prop_assert_eq!(version(a).cmp(&version(b)), a.cmp(&b));
        }
    }
}
