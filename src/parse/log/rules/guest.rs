//! What is said of the guest as a whole.

use crate::parse::log::rule::{Rule, fails};

pub(super) const RULES: &[Rule] = &[
    fails(
        "boot-timeout",
        "guest-unreachable",
        "the guest did not answer in time",
        &["check-connection"],
        &[
            "Timed out while waiting for the machine to boot",
            r"Vagrant::Errors::VMBoot(Timeout|BadState)",
            "The guest machine entered an invalid state while waiting for it",
            r"ssh: connect to host 127\.0\.0\.1 port \d+: Connection (refused|timed out)",
            "SSH connection was refused! This usually happens if the VM failed to",
            r"(Connection refused|No route to host|Connection timed out) .*port 22",
        ],
    ),
    fails(
        "no-space",
        "disk-full",
        "a disk of the guest is full",
        &["free-disk"],
        &[
            "No space left on device",
            r"needs? (at least )?[\d.]+ ?[KMG]i?B (more space )?on the .* filesystem",
            "You don't have enough free space in",
            // Of df; images that are mounted read-only are always full.
            r"^/dev/(sd|vd|xvd|nvme|mapper/|dm-)\S* +\S+ +\S+ +(0|\d{1,2}M|\d{1,5}) +100% /",
        ],
    ),
];
