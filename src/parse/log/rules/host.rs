//! What is said of the host.

use crate::parse::log::rule::{Effect, Rule, Shown, fails};

pub(super) const RULES: &[Rule] = &[
    fails(
        "virtualbox-not-found",
        "virtualbox-not-found",
        "VirtualBox was not found on the host",
        &["install-virtualbox"],
        &[
            "Vagrant could not detect VirtualBox",
            "Could not find VirtualBox installation",
            r#"The "VBoxManage(\.exe)?" command or one of its dependencies could not"#,
            r"VBoxManage(\.exe)?.?: (command )?not found",
            r"VBoxManage(\.exe)?\W* is not recognized as (an internal|the name)",
            "No usable default provider could be found for your system",
        ],
    ),
    fails(
        "virtualbox-is-mute",
        "virtualbox-not-found",
        "VBoxManage does not tell the version of VirtualBox",
        &["install-virtualbox"],
        &["calls to detect the version are returning empty"],
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
            "modprobe vboxdrv failed",
            r"could not insert .?vboxdrv",
            "There were problems setting up VirtualBox",
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
            // Releases of Vagrant before curl.
            r"Progress: \d{1,2}% \(\d+ / \d+\).*Timeout::Error",
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
];
