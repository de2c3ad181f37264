//! The user's home folder, by the variables that other programs go by too.

use std::path::PathBuf;

/// `HOME`, or where that is not set `USERPROFILE`.
pub(super) fn home() -> Option<PathBuf> {
    ["HOME", "USERPROFILE"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .map(PathBuf::from)
}
