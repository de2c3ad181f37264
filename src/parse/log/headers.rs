//! The kernel whose headers a line misses.

use std::sync::LazyLock;

use regex::Regex;

/// The release of a kernel, as the name of its headers' package or the installer's words tell it:
/// `kernel-devel-RELEASE`, `linux-headers-RELEASE`, `target kernel RELEASE`.
pub fn wanted_headers(line: &str) -> Option<&str> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x) (?: kernel(?:-\w+)?-devel- | linux-headers- | target\ kernel\ | ^ )
              (\d+\.\d+\.\d+-[\w.+-]*(?: \.(?:el|fc|amzn)\d[\w.]* | -(?:generic|amd64|cloud-amd64|virtual|aws|azure) ))\b",
        )
        .expect("a constant expression")
    });
    Some(FORM.captures(line)?.get(1)?.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn releases_are_found() {
        let found = |line: &str, release: &str| assert_eq!(wanted_headers(line), Some(release));
        found(
            "No package kernel-devel-3.10.0-1127.el7.x86_64 available.",
            "3.10.0-1127.el7.x86_64",
        );
        found(
            "No package kernel-uek-devel-4.14.35-1902.el7uek.x86_64 available.",
            "4.14.35-1902.el7uek.x86_64",
        );
        found(
            "E: Couldn't find any package by glob 'linux-headers-4.9.0-6-amd64'",
            "4.9.0-6-amd64",
        );
        found(
            "Kernel headers not found for target kernel 5.15.0-116-generic. Please",
            "5.15.0-116-generic",
        );
        found(
            "5.14.0-437.el9.x86_64. Please install them and execute",
            "5.14.0-437.el9.x86_64",
        );
        assert_eq!(wanted_headers("No package kernel-devel available."), None);
        assert_eq!(wanted_headers("target not found: linux-headers"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(line in ".{0,200}") {
            let _ = wanted_headers(&line);
        }
    }
}
