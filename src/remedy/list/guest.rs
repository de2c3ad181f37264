//! What makes room and way for a repair of the guest.

use crate::facts::PackageManager;
use crate::observe::Side::{Guest, Host};
use crate::remedy::Need::Sudo;
use crate::remedy::packages::manager;
use crate::remedy::{Remedy, Risk, quoted};
use crate::target::Kind;

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "free-disk",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &[],
        title: "Make room in the guest",
        how: |facts| {
            vec![
            match manager(facts) {
                Some(PackageManager::Apt) => "sudo apt-get clean && sudo apt-get autoremove --purge",
                Some(PackageManager::Yum3) => "sudo yum clean all; old kernels: sudo package-cleanup --oldkernels --count=2",
                Some(PackageManager::Zypper) => "sudo zypper clean; old kernels: sudo zypper purge-kernels",
                Some(PackageManager::Pacman) => "sudo pacman -Sc",
                Some(PackageManager::Apk) => "sudo apk cache clean",
                None if facts.target.kind == Kind::Log => "sudo apt-get clean, sudo dnf clean all or sudo yum clean all; df -h shows which disk is full",
                _ => "sudo dnf clean all; old kernels: sudo dnf remove --oldinstallonly",
            }
            .to_owned(),
        ]
        },
    },
    Remedy {
        id: "take-snapshot",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Take a snapshot of the machine, to come back to",
        how: |facts| {
            vec![format!(
                "vagrant snapshot save {} before-repair",
                quoted(&facts.target.name)
            )]
        },
    },
];
