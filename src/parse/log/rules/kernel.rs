//! What is said of the kernel's headers and of what builds modules.

use super::HEADERS;
use crate::parse::log::rule::{Effect, Rule, Shown, fails};

const BROKEN_ADDITIONS: &[&str] = &[
    "additions-build-failed",
    "additions-missing",
    "additions-not-running",
    "share-not-mounted",
];

pub(super) const RULES: &[Rule] = &[
    fails(
        "no-headers",
        "kernel-headers-missing",
        "the headers of the kernel were not found",
        &["install-headers", "kernel-pair"],
        &[
            "unable to find the sources of your current Linux kernel",
            "headers for the current running kernel were not found",
            "unable to find the headers of the Linux kernel to build against",
            "unable to find the kernel headers",
            "Kernel headers not found for target kernel",
            r#"install the Linux kernel "header" files matching the current kernel"#,
            r"kernel headers for kernel \S+ cannot be found",
            r"kernel headers .*(not be|were not) found",
            r"Missing \S+ kernel headers for module vbox",
            r"/lib/modules/\S+/build: No such file or directory",
        ],
    )
    .of_build(),
    fails(
        "no-headers-package",
        "kernel-headers-missing",
        "no repository has the headers of the kernel",
        &["install-headers", "kernel-pair"],
        &[
            r"No (package|package matching|match for argument:?) '?kernel(-\w+)*-devel",
            r"No package matching '?linux-headers-",
            r"Version \S+ of (kernel(-\w+)*-devel|linux-headers-\S+) not found",
            r"No candidate version available for linux-headers-",
            r"Could not find package (kernel(-\w+)*-devel|linux-headers-)",
            r"Unable to find a match: .*kernel(-\w+)*-devel",
            r"No matches? found for: kernel(-\w+)*-devel",
            r"nothing provides .*kernel(-\w+)*-devel",
            r"package kernel(-\w+)*-devel-\S+ is not installed",
            r"(No provider of|Kein Anbieter von|Aucun fournisseur de|Ningún proveedor de) '?kernel-",
            r"'?kernel-\w+-devel\S*( = \S+)?'? not found in package names",
            r"package '?kernel-\w+-devel\S*( = \S+)?'? not found",
            r"Couldn't find any package by \w+ .linux-headers-",
            r"Package '?linux-headers-\S+ has no installation candidate",
            r"Package linux-headers-\S+ is not available, but is referred to by another",
            r"linux-headers-\S+ : Depends: linux-headers-\S+ .*but ",
            r"target not found: linux\S*-headers",
            r"linux-\w+-dev \(no such package\)",
            // yum and dnf in other languages; where even those are lost, the name of the package comes
            // last in the line.
            r"(没有可用软件包|没有可用的软件包|Kein Paket|Aucun paquet|Ningún paquete|Nenhum pacote|Нет доступного пакета) ?kernel(-\w+)*-devel",
            r"kernel(-\w+)*-devel\S* (は利用できません|が見つかりません|недоступен|verfügbar\.|disponible)",
            r"(匹配|一致|bereinstimmung|correspondance|coincidencia|соответствий)[^/]*: ?kernel(-\w+)*-devel",
            r"[^\x00-\x7f][.: ]?kernel(-\w+)*-devel-\d\S*$",
        ],
    ),
    fails(
        "no-headers-apt",
        "kernel-headers-missing",
        "no repository has the headers of the kernel",
        &["install-headers", "kernel-pair"],
        // Whatever apt says after it, in whichever language.
        &[r"\bE: .*linux-headers-\d"],
    )
    .when(|line| !line.contains("http") && !line.contains("/var/")),
    Rule {
        id: "running-kernel",
        patterns: &[
            r"^\d+\.\d+\.\d+-\S*(\.el\d|\.fc\d|\.amzn|generic|amd64|x86_64|aarch64|default)\S*$",
            r"^Linux \S+ \d+\.\d+\.\d+\S* #\d",
            r"^Linux version \d+\.\d+\.\d+",
            // The rest of what the installer says of missing headers, where it has broken the line.
            r"^\d+\.\d+\.\d+-\S+\. Please install them and execute",
        ],
        effect: Effect::Shows(Shown::RunningKernel),
    },
    Rule {
        id: "installed-headers",
        patterns: &[
            r"^kernel(-\w+)?-devel-\d\S*\.(el|fc|amzn)\d\S*$",
            r"^ii +linux-headers-\d\S*-\w+ ",
        ],
        effect: Effect::Shows(Shown::InstalledHeaders),
    },
    fails(
        "no-tools",
        "build-tools-missing",
        "what builds kernel modules is not there",
        &["install-build-tools"],
        &[
            "Please install the gcc make perl packages",
            "The (gcc|make) utility was not found",
            "unable to find the (gcc|make) utility",
            "please install libelf-dev, libelf-devel or elfutils-libelf-devel",
            r"bzip2 not found\.\s+Please install",
        ],
    )
    .of_build(),
    fails(
        "not-set-up",
        "build-tools-missing",
        "what builds kernel modules is not there",
        &["install-build-tools"],
        &["This system is currently not set up to build kernel modules"],
    )
    .unless(HEADERS)
    .of_build(),
    fails(
        "no-tool",
        "build-tools-missing",
        "what builds kernel modules is not there",
        &["install-build-tools"],
        &[
            r"\b(gcc|make|perl|cc)(-\d+)?: (command )?not found",
            r"make\S*: (gcc|cc)(-\d+)?: (Command not found|No such file or directory)",
            r"unable to find (gcc|make|perl|the compiler)\b",
            r"exec: .?(gcc|make|perl).?: (executable file )?not found",
            r"tar \(child\): bzip2: Cannot exec",
        ],
    )
    .only_with(BROKEN_ADDITIONS)
    .of_build(),
];
