//! Which libssh2 this is. The crates do not say it: one of the system can be linked instead of theirs.

use std::ffi::{CStr, c_char, c_int};

// Brings the library in, in which this is.
use libssh2_sys as _;

unsafe extern "C" {
    /// A constant text that ends with a NUL; NULL where the library is older than `required`.
    fn libssh2_version(required: c_int) -> *const c_char;
}

/// As the library itself says it, for instance `1.11.1`.
pub fn of_libssh2() -> &'static str {
    // SAFETY: the function is libssh2's since its release 1.1, may be called at any time, and gives back
    // NULL or a constant of the library, which lives as long as the process.
    let version = unsafe {
        let version = libssh2_version(0);
        (!version.is_null()).then(|| CStr::from_ptr(version))
    };
    version
        .and_then(|version| version.to_str().ok())
        .unwrap_or("unknown")
}
