//! What is said of the Guest Additions.

use super::{HEADERS, MOUNT};
use crate::parse::log::rule::{Effect, Rule, fails};
use crate::parse::log::words::{is_of_no_other_file_system, versions_differ};

pub(super) const RULES: &[Rule] = &[
    fails(
        "signature",
        "module-signature-rejected",
        "the guest's kernel loads only modules that are signed by a key which it knows",
        &["switch-off-secure-boot", "sign-modules"],
        &[
            r"vbox(guest|sf|video|add).*(Required key not available|Key was rejected by service)",
            r"(^|kernel: |\] |vbox(guest|sf|video): )Loading of (unsigned module|module with \w+ \w+) is rejected",
            r"Lockdown: \S+ unsigned module loading is restricted",
            r"(Guest Additions|vboxadd\S*): .*(in Secure Boot mode, however|finish secure boot set-up|Unable to find signing tool)",
            "^System is running in Secure Boot mode, however your distribution",
        ],
    ),
    fails(
        "secure-boot",
        "module-signature-rejected",
        "Secure Boot is on, and the guest's kernel does not know the key of the modules",
        &["switch-off-secure-boot", "sign-modules"],
        &["UEFI Secure Boot requires additional configuration to work with third-party drivers"],
    )
    .only_with(&["additions-not-running"]),
    fails(
        "unsupported",
        "module-signature-rejected",
        "SUSE's modprobe loads only modules that SUSE supports",
        &["allow-unsupported-modules"],
        &[r"module .?vbox(guest|sf|video).? is unsupported"],
    ),
    fails(
        "mixed",
        "additions-mixed-providers",
        "modules and helper of different Guest Additions do not understand each other",
        &[
            "move-stale-helper",
            "remove-distribution-additions",
            "remove-oracle-additions",
        ],
        &[
            "Old binary mount data not supported",
            "cannot be used with mainline vboxsf",
            "vboxsf: (Unknown symbol|disagrees about version of symbol)",
            "could not insert .?vboxsf.?: Unknown symbol in module",
            r"mount\.vboxsf: mounting failed with the error: Invalid argument",
        ],
    ),
    fails(
        "compiler",
        "additions-build-failed",
        "the compiler refused the sources: these Guest Additions do not fit this kernel",
        &["install-additions"],
        &[
            r"vbox\S*\.[ch]:\d+(:\d+)?: (fatal )?error:",
            r"vbox\S*.*implicit declaration of function",
            r"make.*vbox\S*\.o\] Error",
            r"(/lib/modules/\S+|/usr/src/\S+|^\s*(In file included from )?\.?/?(include|arch)/\S+)\.h:\d+(:\d+)?: (fatal )?error:",
        ],
    )
    .unless(&["disk-full"])
    .of_build(),
    fails(
        "build",
        "additions-build-failed",
        "the Guest Additions' modules could not be built",
        &["rebuild-additions"],
        &[
            "Error building the module",
            r"Building the .* module.*(\[ *FAILED *\]|\.\.\.fail!)",
            // In whichever language; where it went well, OK stands there.
            r"Building the .* module *\[ *[^\x00-\x7f]+ *\]",
            r"Look at /var/log/vboxadd-(setup|install)\.log to find out what",
            "Failed to set up service vboxadd",
            r"Bad return status for module build on kernel",
            r"dkms\.conf for module v\S+ includes a BUILD_EXCLUSIVE directive",
            r"DKMS module '[^']*virtualbox[^']*guest[^']*' .*failed",
            r"Error! .*vboxguest.*(build|make)",
            r"make.*Makefile-footer\.gmk:\d+: vbox\w+\] Error",
        ],
    )
    .of_build(),
    fails(
        "install-error",
        "additions-build-failed",
        "the installer of the Guest Additions met an error",
        &["rebuild-additions"],
        &["An error occurred during installation of VirtualBox Guest Additions"],
    )
    .only_with(&["additions-not-running", "share-not-mounted"])
    .unless(HEADERS),
    Rule {
        id: "builds-anew",
        patterns: &[
            r"Building the main Guest Additions( \S+)? module( for kernel .*)?\s*$",
            r"Installing VirtualBox Guest Additions, version",
            r"Building the VirtualBox Guest Additions kernel\s*(modules|$)",
            r"vboxadd\.sh: Building Guest Additions kernel modules",
        ],
        effect: Effect::BuildsAnew,
    },
    Rule {
        id: "additions-run",
        patterns: &[
            r"GuestAdditions \S+ running --- OK",
            r"kernel modules and services \S+( r\d+)? reloaded",
            r"vboxsf: Successfully loaded version",
            r"Building the (main|shared folder) .*module *\[ *OK *\]",
        ],
        effect: Effect::Ends(&[
            "kernel-headers-missing",
            "kernel-headers-mismatch",
            "build-tools-missing",
            "additions-build-failed",
            "additions-missing",
            "additions-not-running",
            "additions-stale-module",
            "additions-version-mismatch",
        ]),
    },
    fails(
        "not-detected",
        "additions-missing",
        "the guest has no Guest Additions",
        &["install-additions"],
        &["No guest additions were detected on the base box"],
    )
    .only_with(MOUNT),
    fails(
        "no-installation",
        "additions-missing",
        "the guest has no Guest Additions",
        &["install-additions"],
        &["No Virtualbox Guest Additions installation found"],
    )
    .only_with(MOUNT)
    .warns_alone(),
    Rule {
        id: "installer-went-through",
        patterns: &["Unmounting Virtualbox Guest Additions ISO from"],
        effect: Effect::Ends(&["no-installation", "versions"]),
    },
    fails(
        "no-record",
        "additions-missing",
        "the guest has no record of installed Guest Additions",
        &["install-additions"],
        &["Configuration file /var/lib/VBoxGuestAdditions/config not found"],
    ),
    fails(
        "unknown-type",
        "additions-missing",
        "the guest knows no file system vboxsf: it has neither its module nor its helper",
        &["install-additions"],
        &[r"unknown filesystem type .?vboxsf"],
    ),
    fails(
        "not-loaded",
        "additions-not-running",
        "the guest's kernel could not load vboxsf",
        &["rebuild-additions"],
        &[
            r"mount\.vboxsf: mounting failed with the error: No such device",
            r"^\W*No such device\W*$",
            r"mount: \S+: (mount\(2\) system call failed: )?No such device\W*$",
            r"vbox(guest|sf): (version magic|disagrees about version of symbol)",
            r"could not insert '?vbox(guest|sf)'?: (Exec format error|No such device|Invalid module format)",
            r"modprobe vboxguest failed",
            "unable to load vboxguest kernel module",
            r"GuestAdditions seems to be installed .*but not running",
            r"Job for vboxadd\.service failed",
            r"modprobe: FATAL: Module vbox(guest|sf) not found",
            r"can't find module vbox(guest|sf)",
        ],
    ),
    fails(
        "vboxsf-not-loaded",
        "additions-not-running",
        "the guest's kernel could not load vboxsf",
        &["rebuild-additions"],
        &["modprobe vboxsf failed"],
    )
    .only_with(MOUNT),
    fails(
        "stale",
        "additions-stale-module",
        "other modules than those on disk are still in memory: the guest was not restarted since",
        &["restart-guest"],
        &[
            r"cannot reload kernel modules: one or more module\(s\) is still in use",
            r"currently loaded module \S+ version .* does not match",
        ],
    )
    .of_build(),
    fails(
        "not-replaced",
        "additions-stale-module",
        "other modules than those on disk are still in memory: the guest was not restarted since",
        &["restart-guest"],
        &["Running kernel modules will not be replaced until the system is restarted"],
    )
    .only_with(MOUNT)
    .warns_alone()
    .unless(&["additions-build-failed"])
    .of_build(),
    fails(
        "versions",
        "additions-version-mismatch",
        "the Guest Additions have not the version of the host's VirtualBox",
        &["install-additions"],
        &[
            "guest additions on this VM do not match the installed version",
            r"GuestAdditions versions on your host \(\S+\) and guest \(\S+\) do not mat",
        ],
    )
    .only_with(MOUNT)
    .warns_alone()
    .when(versions_differ),
    fails(
        "helper",
        "mount-helper-broken",
        "the helper that mounts shared folders is not there, or points nowhere",
        &["repair-mount-helper"],
        &[
            // A share has a name, a disk a path, and another computer a colon.
            r"wrong fs type, bad option, bad superblock on [^/\s:,=]+(,|\s|$)",
            r"^\W*mount: Protocol error",
            r"/sbin/mount\.vboxsf: (No such file or directory|not found)",
            r"No mount data\. Is mount\.vboxsf installed",
        ],
    )
    .when(is_of_no_other_file_system),
    fails(
        "special-device",
        "mount-helper-broken",
        "the helper that mounts shared folders is not there, or points nowhere",
        &["repair-mount-helper"],
        &[r"mount: (\S+: )?special device [^/\s]+ does not exist"],
    )
    .only_with(MOUNT),
];
