//! What is said of shared folders.

use super::MOUNT;
use crate::parse::log::rule::{Effect, Rule, fails};

pub(super) const RULES: &[Rule] = &[
    fails(
        "not-defined",
        "share-not-defined",
        "the virtual machine has no shared folder of this name",
        &["define-share"],
        &[
            r"shared folder '[^']*' was not found",
            r"mount\.vboxsf: mounting failed with the error: Protocol error",
            // The last piece of it.
            r"^: Protocol error\s*$",
            r"mount\(2\) system call failed: Protocol error",
            r"Host rejected mount of '[^']*' with error",
        ],
    ),
    fails(
        "not-defined-says-kernel",
        "share-not-defined",
        "the virtual machine has no shared folder of this name",
        &["define-share"],
        // It says so of a mount without the helper as well, which is tried again with it.
        &["sf_read_super_aux err=-71"],
    )
    .only_with(MOUNT),
    fails(
        "owner",
        "share-owner-missing",
        "the guest does not know the user or the group for whom Vagrant is to mount the folder",
        &["name-an-owner-that-is-there"],
        // Vagrant's own commands, which it shows where they have failed.
        &[r"^id -u [\w.-]+$", r"^getent group [\w.-]+$"],
    ),
    fails(
        "no-such-user",
        "share-owner-missing",
        "the guest does not know the user or the group for whom Vagrant is to mount the folder",
        &["name-an-owner-that-is-there"],
        &[
            r"^id: .*no such user",
            r"^id: unknown user",
            r"mount.*: (invalid|unknown) (uid|gid|user|group)\b",
        ],
    )
    .only_with(MOUNT),
    fails(
        "empty-owner",
        "share-owner-missing",
        "the guest does not know the user or the group for whom Vagrant is to mount the folder",
        &["name-an-owner-that-is-there"],
        // Of mount.vboxsf alone.
        &[r"\b(uid|gid)= requires an argument"],
    ),
    fails(
        "not-mounted",
        "share-not-mounted",
        "a shared folder could not be mounted",
        &["mount-again"],
        &[
            "Vagrant was unable to mount VirtualBox shared folders",
            "Failed to mount folders in Linux guest",
            r"Errors::(VirtualBox|Linux)MountFailed",
            r"mount\.vboxsf: mounting failed with the error",
            r"unknown filesystem type .?vboxsf",
            r"mount -t vboxsf .*(failed|error)",
            // Vagrant shows the command only where it has failed.
            r"^mount -t vboxsf -o \S*\b(uid|gid)=",
            "Only root can mount shared folders from the host",
        ],
    ),
    // The command that failed is that of a folder shared by SMB, of which Vagrant says the same.
    Rule {
        id: "mounts-by-smb",
        patterns: &[r"^mount -t cifs -o "],
        effect: Effect::Excludes(&["share-not-mounted"]),
    },
    Rule {
        id: "mounts",
        patterns: &[
            r"^Mounting shared folders\.\.\.",
            // What comes after it.
            r"^Running provisioner: ",
            r"^Machine already provisioned\. Run `vagrant provision`",
        ],
        effect: Effect::Mounts,
    },
    Rule {
        id: "booted",
        patterns: &[r"Machine booted and ready!"],
        effect: Effect::Ends(&["guest-unreachable", "additions-stale-module"]),
    },
];
