//! What lines of logs mean, as data: one rule a meaning, whichever program has said it, in whichever
//! release. Localized programs are known by what stays: names of packages and files.

use super::repositories;
use super::rule::{Effect, Rule, Shown, fails};
use super::words::{is_of_no_other_file_system, versions_differ};

const HEADERS: &[&str] = &["kernel-headers-missing", "kernel-headers-mismatch"];
const UNREACHABLE: &str = "repositories-unreachable";
const NOT_REACHED: &str = "the guest does not reach the repositories of its packages";
const MOUNT: &[&str] = &["share-not-mounted"];
const BROKEN_ADDITIONS: &[&str] = &[
    "additions-build-failed",
    "additions-missing",
    "additions-not-running",
    "share-not-mounted",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
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
    },
    // The host.
    fails(
        "virtualbox-not-found",
        "virtualbox-not-found",
        "VirtualBox was not found on the host",
        &["install-virtualbox"],
        &[
            "Vagrant could not detect VirtualBox",
            "Could not find VirtualBox installation",
        ],
    ),
    fails(
        "virtualbox-driver",
        "virtualbox-driver-not-loaded",
        "the host's kernel does not run VirtualBox's driver",
        &["load-host-driver"],
        &[
            r"Kernel driver not installed \(rc=-1908\)",
            r"VERR_VM_DRIVER_(NOT_INSTALLED|NOT_ACCESSIBLE|OPEN_ERROR|LOAD_ERROR|VERSION_MISMATCH)",
            "kernel modules do not match this version of VirtualBox",
            r"failed to open /dev/vboxnetctl",
            "The vboxdrv kernel module is not loaded",
            "The character device /dev/vboxdrv does not exist",
            r"compilation of the vboxdrv\.ko kernel module failed",
            r"vboxdrv\.sh: .*(in Secure Boot mode, however|You must sign these kernel modules)",
            r"vboxdrv.*(Required key not available|Key was rejected by service)",
            "VirtualBox is complaining that the (installation is incomplete|kernel module is not loaded)",
        ],
    ),
    fails(
        "ends-at-once",
        "virtualbox-driver-not-loaded",
        "VirtualBox ends as soon as it starts the machine: most often its driver is not loaded, or not allowed",
        &["load-host-driver"],
        &[r"VBoxManage: error: .* has terminated unexpectedly during startup with exit code 1 "],
    ),
    fails(
        "virtualbox-unsupported",
        "vagrant-virtualbox-unsupported",
        "this Vagrant does not know the installed VirtualBox",
        &["update-vagrant", "older-virtualbox"],
        &[
            "Vagrant has detected that you have a version of VirtualBox installed",
            "version of VirtualBox .*not supported by this version of Vagrant",
            "Vagrant::Errors::VirtualBoxInvalidVersion",
            r"VirtualBox 4\.2\.14 contains a critical bug",
        ],
    ),
    fails(
        "powershell",
        "powershell-too-old",
        "Vagrant needs a newer PowerShell than the host has",
        &["update-powershell"],
        &[
            "The version of powershell currently installed on this host is less than",
            "Failed to locate the powershell executable",
            r"Vagrant::Errors::PowerShell(InvalidVersion|NotFound)",
        ],
    ),
    fails(
        "hyper-v",
        "hyperv-conflict",
        "Hyper-V holds the processor's virtualization, which VirtualBox needs",
        &["switch-off-hyper-v"],
        &[
            "Hyper-V and VirtualBox cannot be used together",
            "Vagrant::Errors::HyperVVirtualBoxError",
            "Raw-mode is unavailable courtesy of Hyper-V",
            "VERR_SUPDRV_NO_RAW_MODE_HYPER_V_ROOT",
            "VERR_NEM_VM_CREATE_FAILED",
            "Call to (WHvSetupPartition|NEMR0InitVMPart2) failed",
            "Snail execution mode",
        ],
    ),
    fails(
        "virtualization-held",
        "hyperv-conflict",
        "VirtualBox does not get the processor's virtualization; on Windows most often Hyper-V has it",
        &["switch-off-hyper-v"],
        &[
            r"VBoxManage\.exe: error: VT-x is not available \(VERR_VMX_NO_VMX\)",
            r"VBoxManage\.exe: error: AMD-V is not available \(VERR_SVM_NO_SVM\)",
        ],
    ),
    // Windows itself says that there is no hypervisor: then it is switched off in the firmware.
    Rule {
        id: "no-hypervisor",
        patterns: &[
            r"Not in a hypervisor partition \(HVP=0\)",
            r"VT-x is disabled in the BIOS",
        ],
        effect: Effect::Excludes(&["hyperv-conflict"]),
    },
    fails(
        "box-download",
        "box-download-slow",
        "the download of the box crawls, or breaks off again and again",
        &["box-by-hand"],
        &[
            // Hours, or less than 100 kB a second, or nothing at all.
            r"Progress: \d{1,2}% \(Rate: \S+/s, Estimated time remaining: (\d{2,}|[1-9]):\d\d:\d\d\)",
            r"Progress: \d{1,2}% \(Rate: \d{1,5}/s, Estimated time",
            r"Progress: \d{1,2}% \(Rate: \d{1,2}(\.\d)?k/s, Estimated time",
            // Vagrant gives curl's words a line of their own; package managers put theirs before them.
            r"^\W*(curl: \(18\) )?transfer closed with \d+ bytes remaining to read",
            r"^\W*(curl: \(28\) )?Operation too slow\. Less than \d+ bytes/sec",
            r"^\W*(curl: \(28\) )?Operation timed out after \d+ milliseconds with \d+ out of \d+ bytes received",
            r"^\W*(curl: \(56\) )?((Open|Libre)SSL )?(SSL_read: |Recv failure: )(Connection (was )?reset|SSL_ERROR_SYSCALL)",
            "server doesn't seem to support byte ranges. Cannot resume",
        ],
    ),
    Rule {
        id: "box-name",
        patterns: &[r"Adding box '[^']+' \(v"],
        effect: Effect::Shows(Shown::BoxName),
    },
    Rule {
        id: "box-address",
        patterns: &[r"Downloading: (https?|ftp)://"],
        effect: Effect::Shows(Shown::BoxAddress),
    },
    Rule {
        id: "box-is-there",
        patterns: &[
            "Successfully added box",
            "Importing base box '",
            "Booting VM...",
        ],
        effect: Effect::Ends(&["box-download-slow"]),
    },
    fails(
        "no-iso",
        "additions-iso-missing",
        "the ISO of the Guest Additions was not found",
        &["download-iso"],
        &[
            "VBoxGuestAdditions.iso.*(not found|No such file)",
            "Could not find the VirtualBox Guest Additions disk image",
            "Could not autodetect the correct location of the Virtualbox Guest Additions",
        ],
    ),
    fails(
        "vbguest",
        "vbguest-plugin-broken",
        "the plug-in vagrant-vbguest dies of a fault of its own",
        &["remove-vbguest", "mend-vbguest"],
        &[
            r"vagrant-vbguest.*undefined method .exists\?",
            r"vagrant-vbguest-[\d.]+/lib/.*(NoMethodError|NameError|LoadError|undefined (method|local variable))",
        ],
    ),
    // The guest.
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
        ],
    ),
    // Package managers.
    fails(
        "locked",
        "kernel-versionlock",
        "a version lock or hold keeps the kernel packages back",
        &["headers-past-lock", "kernel-pair-past-lock"],
        &[
            r"exclud\w* .*versionlock",
            r"(linux|kernel)-\S+ .*(is|are) locked",
            "you have held broken packages",
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
            r"No (package|match for argument:?) '?kernel(-\w+)*-devel",
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
    // The Guest Additions.
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
            r"mount\.vboxsf cannot be used with mainline vboxsf",
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
            r"mount: \S+: No such device\W*$",
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
    // Shares.
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
            r"sf_read_super_aux err=-71",
            r"Host rejected mount of '[^']*' with error",
        ],
    ),
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
            r"\b(uid|gid)= requires an argument",
            r"mount.*: (invalid|unknown) (uid|gid|user|group)\b",
        ],
    )
    .only_with(MOUNT),
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
            r"mount -t vboxsf .*(failed|error)",
            "Only root can mount shared folders from the host",
        ],
    ),
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
    // Kerberos.
    fails(
        "krb5-syntax",
        "krb5-syntax",
        "Kerberos cannot read its configuration",
        &["edit-krb5-conf"],
        &["Improper format of Kerberos configuration file"],
    ),
    fails(
        "krb5-include",
        "krb5-include",
        "what the Kerberos configuration includes cannot be read",
        &["make-included-folder", "edit-krb5-conf"],
        &[
            r"Included profile (directory|file) could not be read",
            r"Permission denied while initializing (Kerberos|krb5)",
        ],
    ),
    fails(
        "krb5-default-realm",
        "krb5-default-realm",
        "the Kerberos configuration names no default realm",
        &["edit-krb5-conf"],
        &[
            "Configuration file does not specify default realm",
            "KrbException: Cannot locate default realm",
        ],
    ),
    fails(
        "krb5-realm-kdc",
        "krb5-realm-kdc",
        "no KDC of the realm is known",
        &["edit-krb5-conf"],
        &[
            "Cannot find KDC for (requested )?realm",
            "KrbException: Cannot locate KDC",
            // Active Directory answers a realm in the wrong case so.
            "KDC reply did not match expectations",
        ],
    ),
    fails(
        "krb5-enctypes",
        "krb5-enctypes",
        "client and KDC have no encryption type in common",
        &["edit-krb5-conf"],
        &[
            "KDC has no support for encryption type",
            "No supported encryption types",
            r"Encryption type .*not (supported|permitted)",
        ],
    ),
    fails(
        "krb5-lifetime",
        "krb5-lifetime",
        "a lifetime in the Kerberos configuration is not understood",
        &["edit-krb5-conf"],
        &["Invalid format of Kerberos lifetime or clock skew string"],
    ),
    fails(
        "krb5-kdc",
        "krb5-kdc-unreachable",
        "no KDC of the realm answers",
        &["reach-kdc"],
        &[
            "Cannot contact any KDC for (requested )?realm",
            r"Cannot resolve (network address|servers) for KDC",
        ],
    ),
    fails(
        "krb5-clock",
        "krb5-clock-skew",
        "the clocks of client and KDC differ by too much",
        &["set-clock"],
        &["Clock skew too great"],
    ),
    fails(
        "krb5-ccache",
        "krb5-ccache",
        "the cache for tickets cannot be used",
        &["choose-ccache"],
        &[
            "Invalid UID in persistent keyring name",
            "No KCM server found",
            "Credentials cache permissions incorrect",
            r"Credential cache directory \S+ does not exist",
        ],
    ),
    fails(
        "krb5-ticket",
        "krb5-ticket",
        "there is no ticket that is still good",
        &["get-ticket"],
        &[
            r"(Ticket|credentials) (has |have |is )?expired",
            r"Credentials cache .*expired",
        ],
    ),
    fails(
        "no-ticket",
        "krb5-ticket",
        "there is no ticket",
        &["get-ticket"],
        &[
            "No Kerberos credentials available",
            "No credentials cache found",
            "Failed to find any Kerberos (tgt|credentials)",
            r"Matching credential not found",
        ],
    ),
    Rule {
        id: "ticket",
        patterns: &[
            r"^\d\d/\d\d/\d{2,4} \d\d:\d\d:\d\d +\d\d/\d\d/\d{2,4} \d\d:\d\d:\d\d +krbtgt/",
        ],
        effect: Effect::Ends(&["no-ticket", "krb5-keytab"]),
    },
    fails(
        "krb5-keytab",
        "krb5-keytab",
        "the keytab is missing, or its key is not the KDC's any more",
        &["renew-keytab"],
        &[
            r"Key table file '[^']*' not found",
            r"Key table entry not found",
            r"Keytab contains no suitable keys",
            r"kinit: (Preauthentication failed|Password incorrect) while getting initial credentials",
        ],
    ),
    fails(
        "sasl",
        "sasl-gssapi-missing",
        "SASL lacks its plug-in for Kerberos",
        &["install-sasl-gssapi"],
        &["No worthy mechs found", "Couldn't find mech GSSAPI"],
    ),
];
