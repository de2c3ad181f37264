//! Repositories, kernels, headers and tools.

use super::reload;
use crate::facts::PackageManager;
use crate::observe::Side::Guest;
use crate::remedy::Need::{KernelChange, Network, Reboot, Sudo};
use crate::remedy::packages::{
    PAST_EXCLUDES, PAST_LOCK, PLAIN, Wanted, by_hand, by_name, manager, pair_by_hand,
};
use crate::remedy::{Remedy, Risk, archive};

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "wait-for-package-manager",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Wait until the package manager that is at work is done",
        how: |facts| {
            let holders = facts.guest.policy.holders.known();
            let process = holders.and_then(|holders| holders.first()?.process);
            vec![match process {
                Some(process) => format!("while [ -d /proc/{process} ]; do sleep 5; done"),
                None => {
                    "ps -e -o pid,etime,args | grep -E '[a]pt|[d]pkg|[d]nf|[y]um|[z]ypp|[p]acman'"
                        .to_owned()
                }
            }]
        },
    },
    Remedy {
        id: "use-archive-repositories",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Let the package manager ask the archive of the release instead of mirrors that are gone",
        how: archive::by_hand,
    },
    Remedy {
        id: "reach-repositories",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "See where the way to the repositories ends: names, a proxy, or lists that are too old",
        how: |facts| {
            vec![
                match manager(facts) {
                    Some(PackageManager::Apt) => "cat /etc/resolv.conf; sudo apt-get update",
                    Some(PackageManager::Zypper) => "cat /etc/resolv.conf; sudo zypper refresh",
                    Some(PackageManager::Yum3) => {
                        "cat /etc/resolv.conf; sudo yum clean metadata; sudo yum makecache"
                    }
                    Some(PackageManager::Dnf4 | PackageManager::Dnf5) => {
                        "cat /etc/resolv.conf; sudo dnf clean metadata; sudo dnf makecache"
                    }
                    Some(PackageManager::Pacman) => "cat /etc/resolv.conf; sudo pacman -Syy",
                    Some(PackageManager::Apk) => "cat /etc/resolv.conf; sudo apk update",
                    None => "cat /etc/resolv.conf",
                }
                .to_owned(),
            ]
        },
    },
    Remedy {
        id: "remove-left-lock",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &[],
        title: "Once you are sure that no pacman runs, remove what one has left behind",
        how: |_| vec!["sudo rm /var/lib/pacman/db.lck".to_owned()],
    },
    Remedy {
        id: "headers-past-lock",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &["install-headers"],
        title: "Install the headers of the running kernel, past the lock this once",
        how: |facts| by_hand(facts, PAST_LOCK, Wanted::Headers),
    },
    Remedy {
        id: "kernel-pair-past-lock",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot, KernelChange],
        covers: &["kernel-pair"],
        title: "If no repository has those any more: kernel and headers as one pair, past the lock, then restart",
        how: |facts| pair_by_hand(facts, PAST_LOCK),
    },
    Remedy {
        id: "headers-past-excludes",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &["install-headers"],
        title: "Install the headers of the running kernel, past the exclude line this once",
        how: |facts| by_hand(facts, PAST_EXCLUDES, Wanted::Headers),
    },
    Remedy {
        id: "kernel-pair-past-excludes",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot, KernelChange],
        covers: &["kernel-pair"],
        title: "If no repository has those any more: kernel and headers as one pair, past the exclude line, then restart",
        how: |facts| pair_by_hand(facts, PAST_EXCLUDES),
    },
    Remedy {
        id: "install-headers",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install the headers of the running kernel",
        how: |facts| by_hand(facts, PLAIN, Wanted::Headers),
    },
    Remedy {
        id: "reinstall-headers",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install the headers of the running kernel again",
        how: |facts| by_hand(facts, PLAIN, Wanted::HeadersAgain),
    },
    Remedy {
        id: "kernel-pair",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot, KernelChange],
        covers: &[],
        title: "If no repository has those any more: kernel and headers as one pair, then restart",
        how: |facts| pair_by_hand(facts, PLAIN),
    },
    Remedy {
        id: "restart-into-kernel",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Reboot, KernelChange],
        covers: &[],
        title: "Restart the guest into the new kernel",
        how: |facts| vec![reload(facts)],
    },
    Remedy {
        id: "repin-lock",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Let the version lock hold the new kernel instead of the old one",
        how: |_| vec!["sudo dnf versionlock list".to_owned()],
    },
    Remedy {
        id: "install-build-tools",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install compiler and make",
        how: |facts| by_name(facts, "gcc make perl bzip2"),
    },
];
