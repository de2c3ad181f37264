//! What lines of logs mean, as data: one rule a meaning, whichever program has said it, in whichever
//! release. Localized programs are known by what stays: names of packages and files.

mod additions;
mod guest;
mod host;
mod kernel;
mod krb5;
mod noise;
mod packages;
mod shares;

use super::rule::Rule;

const HEADERS: &[&str] = &["kernel-headers-missing", "kernel-headers-mismatch"];
const MOUNT: &[&str] = &["share-not-mounted"];

/// All, by what they are about.
pub(super) const RULES: [&[Rule]; 8] = [
    noise::RULES,
    host::RULES,
    guest::RULES,
    packages::RULES,
    kernel::RULES,
    additions::RULES,
    shares::RULES,
    krb5::RULES,
];
