//! What looks like trouble and never is.

use crate::parse::log::rule::{Effect, Rule};

pub(super) const RULES: &[Rule] = &[Rule {
    id: "noise",
    patterns: &[
        "Kernel configuration is invalid",
        r"include/(generated/autoconf|config/auto)\.(h|conf) .*missing",
        "Could not find the X.Org or XFree86 Window System",
        r"File context for .* already defined",
        r"umount: .*not mounted",
        // The kernel loads it all the same.
        "module verification failed: signature and/or required key missing",
        r"the .?Window System drivers.? installation failed",
        r"VBoxManage: error: .*The object is not ready",
        "Installing the Window System drivers",
        r"Warning: (Connection|Remote connection|Authentication|Host appears) .*Retrying",
        // Watched files, which are no disk.
        r"ENOSPC.*\bwatch\b",
        "System limit for number of file watchers reached",
        "Got different reports about installed GuestAdditions version",
        "compiler differs from the one used to build the kernel",
    ],
    effect: Effect::Noise,
}];
