//! Which distribution a guest runs.

/// A guest's distribution, as far as it decides how packages are named and installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The name that the guest gives itself, for people.
    pub name: String,
    pub family: Family,
    /// `centos`, `debian`, as os-release writes it.
    pub id: String,
    /// `6.4`, `22.04`; empty where there is none.
    pub version: String,
    /// The major version, where there is one.
    pub major: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// CentOS, Red Hat, Oracle, Rocky, Alma, Fedora, Amazon: packages named kernel-devel.
    RedHat,
    /// Debian, Ubuntu and what is made of them: packages named linux-headers-….
    Debian,
    /// SUSE, openSUSE: packages named kernel-default-devel.
    Suse,
    /// Arch, Manjaro and their like: packages named linux-headers.
    Arch,
    /// Packages named linux-lts-dev.
    Alpine,
    Other,
}

/// Reads os-release, and where there is none (EL6), /etc/redhat-release or /etc/debian_version.
pub fn distribution(
    os_release: Option<&str>,
    redhat_release: Option<&str>,
    debian_version: Option<&str>,
) -> Option<Distribution> {
    if let Some(text) = os_release {
        let value = |key: &str| {
            text.lines().find_map(|line| {
                let (found, value) = line.split_once('=')?;
                (found.trim() == key).then(|| value.trim().trim_matches(['"', '\'']).to_owned())
            })
        };
        if let Some(id) = value("ID") {
            let like = value("ID_LIKE").unwrap_or_default();
            let named = |names: &[&str]| {
                std::iter::once(id.as_str())
                    .chain(like.split_whitespace())
                    .any(|word| names.contains(&word))
            };
            let family = if named(&[
                "rhel",
                "centos",
                "fedora",
                "ol",
                "rocky",
                "almalinux",
                "amzn",
            ]) {
                Family::RedHat
            } else if named(&["debian", "ubuntu"]) {
                Family::Debian
            } else if named(&["suse", "opensuse", "sles", "sled"]) {
                Family::Suse
            } else if named(&["arch"]) {
                Family::Arch
            } else if named(&["alpine"]) {
                Family::Alpine
            } else {
                Family::Other
            };
            let version = value("VERSION_ID").unwrap_or_default();
            return Some(Distribution {
                name: value("PRETTY_NAME").unwrap_or_else(|| id.clone()),
                family,
                major: leading_number(&version),
                version,
                id,
            });
        }
    }
    if let Some(line) = redhat_release.and_then(|text| text.lines().next()) {
        let mut words = line.split_whitespace();
        let id = words.next().unwrap_or_default().to_ascii_lowercase();
        let version = words.find(|word| leading_number(word).is_some());
        return Some(Distribution {
            name: line.trim().to_owned(),
            family: Family::RedHat,
            id,
            version: version.unwrap_or_default().to_owned(),
            major: version.and_then(leading_number),
        });
    }
    let line = debian_version?.lines().next()?;
    Some(Distribution {
        name: format!("Debian {}", line.trim()),
        family: Family::Debian,
        id: "debian".to_owned(),
        version: line.trim().to_owned(),
        major: leading_number(line),
    })
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.trim().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn families_and_majors() {
        let rocky = "NAME=\"Rocky Linux\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\nPRETTY_NAME=\"Rocky Linux 9.4 (Blue Onyx)\"\n";
        let read = distribution(Some(rocky), None, None).unwrap();
        assert_eq!(read.name, "Rocky Linux 9.4 (Blue Onyx)");
        assert_eq!((read.family, read.major), (Family::RedHat, Some(9)));

        let mint = "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21\"\n";
        let read = distribution(Some(mint), None, None).unwrap();
        assert_eq!((read.family, read.major), (Family::Debian, Some(21)));

        let el6 = "CentOS release 6.4 (Final)\n";
        let read = distribution(None, Some(el6), None).unwrap();
        assert_eq!((read.family, read.major), (Family::RedHat, Some(6)));

        for (id, family) in [
            ("arch", Family::Arch),
            ("manjaro\nID_LIKE=arch", Family::Arch),
            ("alpine", Family::Alpine),
            ("\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", Family::Suse),
            ("\"sles\"\nID_LIKE=\"suse\"", Family::Suse),
            ("void", Family::Other),
        ] {
            let read = distribution(Some(&format!("ID={id}\n")), None, None).unwrap();
            assert_eq!((read.family, read.major), (family, None), "{id}");
        }

        let read = distribution(None, None, Some("7.11\n")).unwrap();
        assert_eq!((read.family, read.major), (Family::Debian, Some(7)));
        assert_eq!(distribution(None, None, None), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a: String, b: String, c: String) {
            let _ = distribution(Some(&a), Some(&b), Some(&c));
            let _ = distribution(None, Some(&b), Some(&c));
        }
    }
}
