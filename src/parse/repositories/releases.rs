//! Which releases of distributions have left the mirrors, when, and where they are kept since.
//!
//! Sources: the CentOS wiki (EOL pages) and vault.centos.org; wiki.debian.org/DebianReleases and
//! archive.debian.org; wiki.ubuntu.com/Releases and old-releases.ubuntu.com; docs.fedoraproject.org
//! (releases/eol) and archives.fedoraproject.org. Releases of Ubuntu with extended maintenance stay
//! where they were, and so are not in here.

use std::sync::LazyLock;

use regex::Regex;

use crate::parse::os_release::Distribution;

/// A release past its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    pub name: &'static str,
    /// `ID` of os-release, and how `VERSION_ID` begins.
    id: &'static str,
    version: &'static str,
    /// The last day of its maintenance.
    pub end: &'static str,
    /// From this day on its packages are gone from the mirrors. Where nobody has noted that day it is
    /// half a year after the end, since the archive may not have them before.
    pub gone: &'static str,
    pub archive: Archive,
}

/// Where the packages of a release are kept, and under which name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// A folder of vault.centos.org: that of the last minor release.
    CentOs(&'static str),
    Debian(&'static str),
    Ubuntu(&'static str),
    Fedora(&'static str),
}

impl Archive {
    /// Where it is published. In the clear, as the addresses that it replaces: old releases do not
    /// know today's encryption, and packages are signed.
    pub fn published_at(self) -> &'static str {
        match self {
            Archive::CentOs(_) => "http://vault.centos.org",
            Archive::Debian(_) => "http://archive.debian.org",
            Archive::Ubuntu(_) => "http://old-releases.ubuntu.com",
            Archive::Fedora(_) => "https://archives.fedoraproject.org",
        }
    }
}

const fn centos(
    name: &'static str,
    version: &'static str,
    end: &'static str,
    gone: &'static str,
    folder: &'static str,
) -> Release {
    Release {
        name,
        id: "centos",
        version,
        end,
        gone,
        archive: Archive::CentOs(folder),
    }
}

const fn debian(
    name: &'static str,
    version: &'static str,
    end: &'static str,
    gone: &'static str,
    codename: &'static str,
) -> Release {
    Release {
        name,
        id: "debian",
        version,
        end,
        gone,
        archive: Archive::Debian(codename),
    }
}

const fn ubuntu(
    name: &'static str,
    version: &'static str,
    end: &'static str,
    gone: &'static str,
    codename: &'static str,
) -> Release {
    Release {
        name,
        id: "ubuntu",
        version,
        end,
        gone,
        archive: Archive::Ubuntu(codename),
    }
}

const fn fedora(
    name: &'static str,
    version: &'static str,
    end: &'static str,
    gone: &'static str,
) -> Release {
    Release {
        name,
        id: "fedora",
        version,
        end,
        gone,
        archive: Archive::Fedora(version),
    }
}

/// What CentOS Stream calls itself: the same `ID` and `VERSION_ID` as the CentOS before it.
const STREAM: &str = "stream";

#[rustfmt::skip]
pub const RELEASES: &[Release] = &[
    centos("CentOS 5", "5", "2017-03-31", "2017-04-01", "5.11"),
    centos("CentOS 6", "6", "2020-11-30", "2020-12-02", "6.10"),
    centos("CentOS 7", "7", "2024-06-30", "2024-07-01", "7.9.2009"),
    centos("CentOS 8", "8", "2021-12-31", "2022-01-31", "8.5.2111"),
    Release { id: STREAM, ..centos("CentOS Stream 8", "8", "2024-05-31", "2024-06-01", "8-stream") },
    debian("Debian 4", "4", "2010-02-15", "2010-06-01", "etch"),
    debian("Debian 5", "5", "2012-02-06", "2012-08-06", "lenny"),
    debian("Debian 6", "6", "2016-02-29", "2016-08-29", "squeeze"),
    debian("Debian 7", "7", "2018-05-31", "2019-03-26", "wheezy"),
    debian("Debian 8", "8", "2020-06-30", "2023-04-23", "jessie"),
    debian("Debian 9", "9", "2022-06-30", "2023-04-23", "stretch"),
    debian("Debian 10", "10", "2024-06-30", "2025-07-01", "buster"),
    ubuntu("Ubuntu 8.04", "8.04", "2013-05-09", "2013-11-09", "hardy"),
    ubuntu("Ubuntu 10.04", "10.04", "2015-04-30", "2015-10-30", "lucid"),
    ubuntu("Ubuntu 10.10", "10.10", "2012-04-10", "2012-10-10", "maverick"),
    ubuntu("Ubuntu 11.04", "11.04", "2012-10-28", "2013-04-28", "natty"),
    ubuntu("Ubuntu 11.10", "11.10", "2013-05-09", "2013-11-09", "oneiric"),
    ubuntu("Ubuntu 12.04", "12.04", "2019-04-30", "2019-10-30", "precise"),
    ubuntu("Ubuntu 12.10", "12.10", "2014-05-16", "2014-11-16", "quantal"),
    ubuntu("Ubuntu 13.04", "13.04", "2014-01-27", "2014-07-27", "raring"),
    ubuntu("Ubuntu 13.10", "13.10", "2014-07-17", "2015-01-17", "saucy"),
    ubuntu("Ubuntu 14.10", "14.10", "2015-07-23", "2016-01-23", "utopic"),
    ubuntu("Ubuntu 15.04", "15.04", "2016-02-04", "2016-08-04", "vivid"),
    ubuntu("Ubuntu 15.10", "15.10", "2016-07-28", "2017-01-28", "wily"),
    ubuntu("Ubuntu 16.10", "16.10", "2017-07-20", "2018-01-20", "yakkety"),
    ubuntu("Ubuntu 17.04", "17.04", "2018-01-13", "2018-07-13", "zesty"),
    ubuntu("Ubuntu 17.10", "17.10", "2018-07-19", "2019-01-19", "artful"),
    ubuntu("Ubuntu 18.10", "18.10", "2019-07-18", "2020-01-18", "cosmic"),
    ubuntu("Ubuntu 19.04", "19.04", "2020-01-23", "2020-07-23", "disco"),
    ubuntu("Ubuntu 19.10", "19.10", "2020-07-17", "2021-01-17", "eoan"),
    ubuntu("Ubuntu 20.10", "20.10", "2021-07-22", "2022-01-22", "groovy"),
    ubuntu("Ubuntu 21.04", "21.04", "2022-01-20", "2022-07-20", "hirsute"),
    ubuntu("Ubuntu 21.10", "21.10", "2022-07-14", "2023-01-14", "impish"),
    ubuntu("Ubuntu 22.10", "22.10", "2023-07-20", "2024-01-20", "kinetic"),
    ubuntu("Ubuntu 23.04", "23.04", "2024-01-25", "2024-07-25", "lunar"),
    ubuntu("Ubuntu 23.10", "23.10", "2024-07-11", "2025-01-11", "mantic"),
    ubuntu("Ubuntu 24.10", "24.10", "2025-07-10", "2026-01-10", "oracular"),
    ubuntu("Ubuntu 25.04", "25.04", "2026-01-15", "2026-07-15", "plucky"),
    fedora("Fedora 20", "20", "2015-06-23", "2015-12-23"),
    fedora("Fedora 21", "21", "2015-12-01", "2016-06-01"),
    fedora("Fedora 22", "22", "2016-07-19", "2016-08-12"),
    fedora("Fedora 23", "23", "2016-12-20", "2017-06-20"),
    fedora("Fedora 24", "24", "2017-08-08", "2018-02-08"),
    fedora("Fedora 25", "25", "2017-12-12", "2018-06-12"),
    fedora("Fedora 26", "26", "2018-05-29", "2018-11-29"),
    fedora("Fedora 27", "27", "2018-11-30", "2019-05-30"),
    fedora("Fedora 28", "28", "2019-05-28", "2019-11-28"),
    fedora("Fedora 29", "29", "2019-11-26", "2020-05-26"),
    fedora("Fedora 30", "30", "2020-05-26", "2020-11-26"),
    fedora("Fedora 31", "31", "2020-11-24", "2021-05-24"),
    fedora("Fedora 32", "32", "2021-05-25", "2021-11-25"),
    fedora("Fedora 33", "33", "2021-11-30", "2022-05-30"),
    fedora("Fedora 34", "34", "2022-06-07", "2022-12-07"),
    fedora("Fedora 35", "35", "2022-12-13", "2023-06-13"),
    fedora("Fedora 36", "36", "2023-05-16", "2023-11-16"),
    fedora("Fedora 37", "37", "2023-12-05", "2024-06-05"),
    fedora("Fedora 38", "38", "2024-05-21", "2024-11-21"),
    fedora("Fedora 39", "39", "2024-11-26", "2025-05-26"),
    fedora("Fedora 40", "40", "2025-05-13", "2025-11-13"),
    fedora("Fedora 41", "41", "2025-12-15", "2026-06-15"),
];

/// The release that this is, where its packages are gone from the mirrors on this day (`2026-11-23`,
/// or a time that begins so).
pub fn gone(distribution: &Distribution, today: &str) -> Option<&'static Release> {
    let is_stream = distribution.name.to_ascii_lowercase().contains(STREAM);
    let id = match distribution.id.as_str() {
        "centos" if is_stream => STREAM,
        id => id,
    };
    let is_it = |release: &&Release| {
        let rest = distribution.version.strip_prefix(release.version);
        release.id == id && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let release = RELEASES.iter().find(is_it)?;
    // Days of this form are in order as text is.
    (release.gone <= today).then_some(release)
}

/// The release whose repositories the words of a package manager are about: CentOS has it in its
/// addresses, Debian and Ubuntu the name of the suite.
pub fn named(line: &str) -> Option<&'static Release> {
    static CENTOS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?:centos\.org/?\?\S*release=|/centos/|baseurl for repo: \w+/)([5-8])(-stream)?\b",
        )
        .expect("a constant expression")
    });
    if let Some(found) = CENTOS.captures(line) {
        let id = match found.get(2) {
            Some(_) => STREAM,
            None => "centos",
        };
        let version = found.get(1)?.as_str();
        let mut releases = RELEASES.iter();
        return releases.find(|release| release.id == id && release.version == version);
    }
    let is_named = |name: &str| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word == name)
    };
    // Those who ask the archive already need something else.
    if line.contains("archive.debian.org") || line.contains("old-releases.ubuntu.com") {
        return None;
    }
    RELEASES.iter().find(|release| match release.archive {
        Archive::Debian(suite) => line.contains("debian.") && is_named(suite),
        Archive::Ubuntu(suite) => line.contains("ubuntu.") && is_named(suite),
        Archive::CentOs(_) | Archive::Fedora(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::os_release;

    #[test]
    fn a_release_is_known_by_its_addresses() {
        let name = |line: &str| named(line).map(|release| release.name);
        let centos = |release: &str| {
            format!("http://mirrorlist.centos.org/?release={release}&arch=x86_64&repo=os")
        };
        assert_eq!(name(&centos("7")), Some("CentOS 7"));
        assert_eq!(name(&centos("8")), Some("CentOS 8"));
        assert_eq!(name(&centos("8-stream")), Some("CentOS Stream 8"));
        assert_eq!(name(&centos("9")), None);
        // Whose files name the archive already, and a folder that is not there.
        assert_eq!(
            name("http://vault.centos.org/7.6.1810/os/x86_64/repodata/repomd.xml: [Errno 14]"),
            None
        );
        let stretch = "E: The repository 'http://deb.debian.org/debian stretch Release' is gone";
        assert_eq!(name(stretch), Some("Debian 9"));
        let archive =
            "E: Release file for http://archive.debian.org/debian/dists/stretch is expired";
        assert_eq!(name(archive), None);
        assert_eq!(name("no mirror"), None);
    }

    const EL6: &str = "CentOS release 6.4 (Final)\n";

    fn found(os_release: Option<&str>, other: &str, today: &str) -> Option<&'static str> {
        let read =
            os_release::distribution(os_release, Some(other).filter(|o| !o.is_empty()), None);
        gone(&read?, today).map(|release| release.name)
    }

    #[test]
    fn a_release_is_gone_from_its_day_on() {
        assert_eq!(found(None, EL6, "2020-12-01T23:59:59Z"), None);
        assert_eq!(found(None, EL6, "2020-12-02T00:00:00Z"), Some("CentOS 6"));
        let bullseye = "ID=debian\nVERSION_ID=\"11\"\n";
        let ubuntu = |version: &str| format!("ID=ubuntu\nVERSION_ID=\"{version}\"\n");
        let today = "2026-11-23";
        assert_eq!(found(Some(bullseye), "", today), None);
        assert_eq!(found(Some(&ubuntu("20.04")), "", today), None);
        assert_eq!(
            found(Some(&ubuntu("20.10")), "", today),
            Some("Ubuntu 20.10")
        );
        assert_eq!(found(Some("ID=fedora\nVERSION_ID=4\n"), "", today), None);
        assert_eq!(
            found(Some("ID=fedora\nVERSION_ID=39\n"), "", today),
            Some("Fedora 39")
        );
        assert_eq!(
            found(
                Some("ID=\"rocky\"\nID_LIKE=\"centos\"\nVERSION_ID=\"8.5\"\n"),
                "",
                today
            ),
            None
        );
    }

    #[test]
    fn stream_is_no_release_of_the_same_number() {
        let stream = "NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Stream 8\"\n";
        let linux = "NAME=\"CentOS Linux\"\nID=\"centos\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Linux 8\"\n";
        let today = "2023-01-01";
        assert_eq!(found(Some(stream), "", today), None);
        assert_eq!(found(Some(linux), "", today), Some("CentOS 8"));
        assert_eq!(
            found(Some(stream), "", "2024-06-02"),
            Some("CentOS Stream 8")
        );
        let nine = stream.replace('8', "9");
        assert_eq!(found(Some(&nine), "", "2026-11-23"), None);
    }

    #[test]
    fn every_day_is_a_day_and_none_is_gone_before_its_end() {
        for release in RELEASES {
            for day in [release.end, release.gone] {
                let moment = format!("{day}T00:00:00Z");
                assert!(humantime::parse_rfc3339(&moment).is_ok(), "{release:?}");
            }
            assert!(release.end < release.gone, "{release:?}");
        }
    }
}
