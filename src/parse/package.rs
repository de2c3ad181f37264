//! Packages as the package managers list them, and their versions as they compare them.

use std::cmp::Ordering;

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    /// The version as its package manager writes it: `version-release` for RPM, the whole version
    /// for Debian. RPM epochs are left out: no kernel package has one.
    pub version: String,
    /// Empty where the list does not say it.
    pub arch: String,
}

impl Package {
    /// `version-release.arch`, as `uname -r` writes it.
    pub fn version_and_arch(&self) -> String {
        if self.arch.is_empty() {
            return self.version.clone();
        }
        format!("{}.{}", self.version, self.arch)
    }

    /// As its package manager writes it; Debian's kernels have their version in the name.
    pub fn shown(&self) -> String {
        let has_release = self.name.starts_with("linux-") && !self.arch.is_empty();
        if has_release {
            self.name.clone()
        } else {
            format!("{}-{}", self.name, self.version_and_arch())
        }
    }
}

/// `%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}` lines. What is not ASCII is no package.
pub fn rpm_list(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = text
        .lines()
        .filter(|line| line.is_ascii())
        .filter_map(|line| {
            let [name, _, version, release, arch] = fields(line)?;
            Some(Package {
                name: name.to_owned(),
                version: format!("{version}-{release}"),
                arch: arch.to_owned(),
            })
        })
        .collect();
    // rpm answers in no order of its own.
    packages.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then_with(|| compare_rpm(&a.version, &b.version))
    });
    packages
}

/// `${Package} ${Version} ${Architecture} ${Status}` lines; only what is wholly installed counts.
pub fn deb_list(text: &str) -> Vec<Package> {
    text.lines()
        .filter(|line| line.is_ascii())
        .filter_map(|line| {
            let [name, version, arch, want, error, status] = fields(line)?;
            let _ = want;
            (error == "ok" && status == "installed").then(|| Package {
                name: name.to_owned(),
                version: version.to_owned(),
                arch: arch.to_owned(),
            })
        })
        .collect()
}

/// `NAME VERSION` lines, as `pacman -Q` prints them.
pub fn name_version_list(text: &str) -> Vec<Package> {
    let lines = text.lines().filter(|line| line.is_ascii());
    lines
        .filter_map(|line| {
            let [name, version] = fields(line)?;
            Some(without_arch(name, version))
        })
        .collect()
}

/// `NAME-VERSION` lines, as `apk info -v` prints them.
pub fn apk_list(text: &str) -> Vec<Package> {
    let lines = text.lines().filter(|line| line.is_ascii());
    lines
        .filter_map(|line| {
            let (start, build) = line.trim().rsplit_once('-')?;
            let (name, version) = start.rsplit_once('-')?;
            build
                .starts_with('r')
                .then(|| without_arch(name, &format!("{version}-{build}")))
        })
        .collect()
}

fn without_arch(name: &str, version: &str) -> Package {
    Package {
        name: name.to_owned(),
        version: version.to_owned(),
        arch: String::new(),
    }
}

fn fields<const COUNT: usize>(line: &str) -> Option<[&str; COUNT]> {
    line.split_whitespace().collect::<Vec<_>>().try_into().ok()
}

/// Compares `version-release` as RPM does.
pub fn compare_rpm(a: &str, b: &str) -> Ordering {
    rpm_version::rpm_evr_compare(a, b)
}

/// Compares as dpkg does. Both must be ASCII, which every version of a Debian package is.
pub fn compare_deb(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        deb_version::compare_versions(a, b)
    } else {
        a.cmp(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(list: String, a: String, version in "[-.:~^+0-9a-zé]{0,30}") {
            let _ = (rpm_list(&list), deb_list(&list));
            let _ = (name_version_list(&list), apk_list(&list));
            let _ = (compare_deb(&version, &a), compare_rpm(&version, &a));
        }

        #[test]
        fn comparing_has_two_sides(a in "[-.:~+0-9a-z]{0,12}", b in "[-.:~+0-9a-z]{0,12}") {
            prop_assert_eq!(compare_deb(&a, &b), compare_deb(&b, &a).reverse());
            prop_assert_eq!(compare_rpm(&a, &b), compare_rpm(&b, &a).reverse());
        }
    }
}
