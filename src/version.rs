//! What this program is: its version, the commit of which it was built, the libssh2 in it.

use std::sync::LazyLock;

use crate::transport::ssh;

/// Of the release.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Empty where nobody knew it.
const COMMIT: &str = env!("BOXDOCTOR_BUILT_OF");

/// All that a report of an error should say of the program.
pub fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        let libssh2 = ssh::libssh2_version();
        match COMMIT {
            "" => format!("{VERSION} (libssh2 {libssh2})"),
            commit => format!("{VERSION} ({commit}, libssh2 {libssh2})"),
        }
    });
    &LONG
}
