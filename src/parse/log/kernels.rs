//! The releases of kernels that a guest shows.

use std::sync::LazyLock;

use regex::Regex;

/// `uname -r`, `uname -a`, or the kernel's first word.
pub fn running_kernel(line: &str) -> Option<&str> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:Linux (?:version|\S+) )?(\d+\.\d+\.\d+\S*)")
            .expect("a constant expression")
    });
    Some(FORM.captures(line)?.get(1)?.as_str().trim_end_matches('.'))
}

/// `kernel-devel-RELEASE` of `rpm -qa`, `linux-headers-RELEASE` of `dpkg -l`.
pub fn installed_headers(line: &str) -> Option<&str> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:kernel(?:-\w+)?-devel-|ii +linux-headers-)(\d\S*)")
            .expect("a constant expression")
    });
    let release = FORM.captures(line)?.get(1)?.as_str();
    // What several kernels of Debian share.
    (!release.ends_with("-common")).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read() {
        let release = "2.6.32-358.10.2.el6.x86_64";
        assert_eq!(running_kernel(release), Some(release));
        assert_eq!(
            running_kernel("Linux box 5.10.0-20-amd64 #1 SMP Debian"),
            Some("5.10.0-20-amd64")
        );
        assert_eq!(
            running_kernel("Linux version 5.15.0-91-generic (buildd@x)"),
            Some("5.15.0-91-generic")
        );
        assert_eq!(
            installed_headers("kernel-uek-devel-4.14.35-1902.el7uek.x86_64"),
            Some("4.14.35-1902.el7uek.x86_64")
        );
        assert_eq!(
            installed_headers("ii  linux-headers-5.10.0-26-amd64  5.10.197-1  amd64"),
            Some("5.10.0-26-amd64")
        );
        assert_eq!(
            installed_headers("ii  linux-headers-5.10.0-26-common  5"),
            None
        );
    }
}
