//! What package managers say.

use super::HEADERS;
use crate::parse::log::repositories;
use crate::parse::log::rule::{Effect, Rule, fails};

const UNREACHABLE: &str = "repositories-unreachable";

const NOT_REACHED: &str = "the guest does not reach the repositories of its packages";

pub(super) const RULES: &[Rule] = &[
    fails(
        "locked",
        "kernel-versionlock",
        "a version lock or hold keeps the kernel packages back",
        &["headers-past-lock", "kernel-pair-past-lock"],
        &[
            r"exclud\w* .*versionlock",
            r"(linux|kernel)-\S+ .*(is|are) locked",
            "you have held broken packages",
            // The entries of such a list.
            r"^\d+:kernel\S*-\d\S*\.\*$",
            r"^kernel(-\w+)*-\d+:\d\S*\.\*$",
            r"^linux-(headers|image)-\S+ set on hold",
            "Held packages were changed and -y was used",
            r"held packages will be changed.*linux-",
        ],
    )
    .only_with(HEADERS),
    fails(
        "headers-locked",
        "kernel-versionlock",
        "a version lock keeps the headers of the kernel back",
        &["headers-past-lock", "kernel-pair-past-lock"],
        &[
            r"(kernel(-\w+)*-devel|linux-headers)\S* .*matches only packages excluded by versionlock",
            r"(kernel(-\w+)*-devel|linux-headers)\S* .*excluded by versionlock",
        ],
    ),
    fails(
        "excluded",
        "kernel-excluded",
        "a setting of the package manager excludes the kernel packages",
        &["headers-past-excludes", "kernel-pair-past-excludes"],
        &[
            r"(kernel|linux)-\S+.*(ignored package|is in IgnorePkg)",
            r"warning: (ignoring package|linux\S*: ignoring)",
            r"\bkernel\S* is filtered out by exclude filtering",
        ],
    )
    .only_with(HEADERS),
    fails(
        "headers-excluded",
        "kernel-excluded",
        "a setting of the package manager excludes the headers of the kernel",
        &["headers-past-excludes", "kernel-pair-past-excludes"],
        &[
            r"filtered out by exclude filtering.*kernel(-\w+)*-devel",
            r"kernel(-\w+)*-devel\S* (is|was) filtered out by exclude filtering",
            r"kernel(-\w+)*-devel\S* matches only excluded packages",
            r"linux\S*-headers is in IgnorePkg",
        ],
    )
    .unless(&["kernel-versionlock"]),
    fails(
        "end-of-life",
        "repositories-end-of-life",
        "the guest's release is past its end, and its packages have left the mirrors for an archive",
        &["use-archive-repositories"],
        repositories::GONE,
    ),
    fails(
        "unreachable",
        UNREACHABLE,
        NOT_REACHED,
        &["reach-repositories"],
        repositories::SILENT,
    ),
    // A package manager goes on to the next mirror, or without one of its repositories.
    fails(
        "unreachable-in-part",
        UNREACHABLE,
        NOT_REACHED,
        &["reach-repositories"],
        repositories::SILENT_IN_PART,
    )
    .only_with(&[
        "kernel-headers-missing",
        "kernel-headers-mismatch",
        "build-tools-missing",
    ]),
    // Where no other name is found either, the mirrors of an old release say nothing of it.
    Rule {
        id: "no-name-is-found",
        patterns: repositories::NO_NAMES,
        effect: Effect::Excludes(&["repositories-end-of-life"]),
    },
    fails(
        "package-lock",
        "package-manager-locked",
        "another package manager is at work in the guest, and nobody else can install anything",
        &["wait-for-package-manager"],
        repositories::LOCKED,
    ),
    Rule {
        id: "package-lock-was-got",
        patterns: repositories::GOT,
        effect: Effect::Ends(&["package-manager-locked"]),
    },
];
