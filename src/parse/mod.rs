//! Text to values. Pure: no file, no program, no clock, and no input makes a parser panic.

pub mod additions;
pub mod build_log;
pub mod checksums;
pub mod df;
pub mod fitting_additions;
pub mod ini;
pub mod kernel_package;
pub mod klist;
pub mod krb5_files;
pub mod krb5_kdcs;
pub mod locks;
pub mod log;
pub mod modules;
pub mod mounts;
pub mod os_release;
pub mod package;
pub mod package_locks;
pub mod repositories;
pub mod signing;
pub mod ssh_config;
pub mod vagrant;
pub mod vboxmanage;
pub mod version;
pub mod wildcard;
pub mod windows;

/// Program output as text. What is not UTF-8 becomes U+FFFD, which no parser takes for anything.
pub fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Lines with their numbers, counted from 1, and without their line ends.
pub fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}
