//! The user's home folder, by the variables that other programs go by too.

use std::path::{Path, PathBuf};

/// `HOME`, or where that is not set `USERPROFILE`.
pub fn home() -> Option<PathBuf> {
    ["HOME", "USERPROFILE"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// `~/…` with the home folder in place of its first word; anything else as it is.
pub fn expand(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
