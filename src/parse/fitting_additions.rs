//! Which Guest Additions are the first that build on a kernel: a hint, for the build itself decides.

use std::sync::LazyLock;

use regex::Regex;

use super::version::Version;

type Row = ((u64, u64), &'static str);

/// The newest kernel of kernel.org that Guest Additions are known to build on.
const KERNELS: &[Row] = &[
    ((4, 0), "4.3.24"),
    ((4, 7), "5.0.22"),
    ((4, 13), "5.1.24"),
    ((4, 14), "5.2.2"),
    ((4, 15), "5.2.8"),
    ((4, 16), "5.2.12"),
    ((4, 17), "5.2.14"),
    ((4, 19), "5.2.22"),
    ((4, 20), "6.0.0"),
    ((5, 0), "6.0.4"),
    ((5, 1), "6.0.6"),
    ((5, 4), "6.1.0"),
    ((5, 5), "6.1.4"),
    ((5, 6), "6.1.6"),
    ((5, 7), "6.1.10"),
    ((5, 8), "6.1.14"),
    ((5, 9), "6.1.16"),
    ((5, 10), "6.1.18"),
    ((5, 12), "6.1.20"),
    ((5, 13), "6.1.24"),
    ((5, 15), "6.1.28"),
    ((5, 16), "6.1.30"),
    ((5, 17), "6.1.34"),
    ((5, 19), "6.1.36"),
    ((6, 0), "6.1.38"),
    ((6, 1), "7.0.2"),
    ((6, 2), "7.0.6"),
    ((6, 3), "7.0.8"),
    ((6, 4), "7.0.10"),
    ((6, 6), "7.0.12"),
    ((6, 9), "7.0.16"),
    ((6, 12), "7.1.4"),
    ((6, 13), "7.1.6"),
    ((6, 14), "7.1.8"),
    ((6, 15), "7.1.10"),
    ((6, 17), "7.2.0"),
    ((6, 18), "7.2.4"),
    ((6, 19), "7.2.6"),
    ((7, 0), "7.2.8"),
    ((7, 1), "7.2.10"),
];

/// The kernels of Enterprise Linux, by its release: they have parts of newer ones in them.
const ENTERPRISE: &[Row] = &[
    ((6, 10), "4.3.24"),
    ((7, 2), "5.0.12"),
    ((7, 5), "5.2.12"),
    ((7, 6), "5.2.24"),
    ((7, 9), "6.0.12"),
    ((8, 2), "6.1.8"),
    ((8, 5), "6.1.28"),
    ((8, 6), "6.1.34"),
    ((8, 10), "7.0.4"),
    ((9, 1), "6.1.36"),
    ((9, 2), "7.0.4"),
    ((9, 3), "7.0.10"),
    ((9, 4), "7.0.14"),
    ((9, 5), "7.0.20"),
    ((9, 6), "7.1.6"),
    ((9, 7), "7.1.8"),
    ((9, 8), "7.2.6"),
    ((9, 9), "7.2.14"),
    ((10, 2), "7.2.6"),
    ((10, 3), "7.2.18"),
];

/// EL7 does not say its release in that of its kernel: the first build of each does.
const BUILDS_OF_7: &[(u64, u64)] = &[(1160, 9), (1127, 8), (1062, 7), (957, 6), (862, 5)];

/// The first Guest Additions that are known to build on this kernel (`uname -r`). `None` where the
/// kernel is newer than what is known, or is none that is.
pub fn first_for(kernel: &str) -> Option<Version> {
    let of_enterprise = enterprise(kernel);
    let (wanted, rows) = match of_enterprise {
        Some(release) => (release, ENTERPRISE),
        None => (mainline(kernel)?, KERNELS),
    };
    // What one release of Enterprise Linux builds says nothing of the next one.
    let is_same = |known: (u64, u64)| of_enterprise.is_none() || known.0 == wanted.0;
    let mut rows = rows.iter();
    let row = rows.find(|(known, _)| *known >= wanted && is_same(*known))?;
    Version::parse(row.1)
}

fn mainline(kernel: &str) -> Option<(u64, u64)> {
    static FORM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(\d{1,4})\.(\d{1,4})").expect("a constant expression"));
    let parts = FORM.captures(kernel)?;
    Some((parts[1].parse().ok()?, parts[2].parse().ok()?))
}

/// Major and minor release of the Enterprise Linux that this kernel is of.
fn enterprise(kernel: &str) -> Option<(u64, u64)> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\d+\.\d+\.\d+-(\d{1,6})\..*\.?el(\d{1,2})(?:_(\d{1,2}))?(?:\.|$)")
            .expect("a constant expression")
    });
    // Oracle's own kernel is one of kernel.org's.
    if kernel.contains("uek") {
        return None;
    }
    let parts = FORM.captures(kernel)?;
    let major: u64 = parts[2].parse().ok()?;
    let build: u64 = parts[1].parse().ok()?;
    let minor = match parts.get(3) {
        Some(minor) => minor.as_str().parse().ok()?,
        None if major == 7 => {
            let mut builds = BUILDS_OF_7.iter();
            builds
                .find(|(first, _)| build >= *first)
                .map_or(2, |(_, minor)| *minor)
        }
        None => 0,
    };
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kernel_has_the_first_guest_additions_that_know_it() {
        for (kernel, first) in [
            ("5.15.0-131-generic", Some("6.1.28")),
            ("6.11.0-9-generic", Some("7.1.4")),
            ("6.1.0-31-amd64", Some("7.0.2")),
            ("7.1.3-arch1-1", Some("7.2.10")),
            ("7.2.0", None),
            ("2.6.32-754.35.1.el6.x86_64", Some("4.3.24")),
            ("3.10.0-327.el7.x86_64", Some("5.0.12")),
            ("3.10.0-1160.118.1.el7.x86_64", Some("6.0.12")),
            ("4.18.0-348.7.1.el8_5.x86_64", Some("6.1.28")),
            ("5.14.0-503.40.1.el9_5.x86_64", Some("7.0.20")),
            ("6.12.0-55.9.1.el10_0.x86_64", Some("7.2.6")),
            ("6.12.0-300.1.1.el10_9.x86_64", None),
            ("5.15.0-305.176.4.el9uek.x86_64", Some("6.1.28")),
            ("FreeBSD", None),
        ] {
            let found = first_for(kernel).map(|version| version.to_string());
            assert_eq!(found.as_deref(), first, "{kernel}");
        }
    }

    #[test]
    fn every_row_is_a_version_and_later_rows_are_of_later_kernels() {
        for row in KERNELS.iter().chain(ENTERPRISE) {
            assert!(Version::parse(row.1).is_some(), "{}", row.1);
        }
        assert!(KERNELS.is_sorted_by_key(|row| row.0));
        assert!(ENTERPRISE.is_sorted_by_key(|row| row.0));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9]{0,5}\\.?[0-9]{0,5}\\.?[0-9]{0,7}-?[0-9]{0,9}.{0,9}(el[0-9]{0,4}_?[0-9]{0,4})?.{0,9}") {
            let _ = first_for(&text);
        }
    }
}
