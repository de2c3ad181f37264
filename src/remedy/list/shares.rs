//! The shared folders.

use super::reload;
use crate::observe::Side::Host;
use crate::remedy::Need::Reboot;
use crate::remedy::{Remedy, Risk};
use crate::target::Kind;

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "define-share",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Reboot],
        covers: &[],
        title: "Define the shared folder on the machine",
        how: |facts| {
            vec![match facts.target.kind {
                Kind::Vagrant | Kind::Log => reload(facts),
                _ => {
                    "VBoxManage sharedfolder add MACHINE --name SHARE --hostpath FOLDER".to_owned()
                }
            }]
        },
    },
    Remedy {
        id: "name-an-owner-that-is-there",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Give the folder to somebody who is there before Vagrant provisions, or to a number",
        how: |_| {
            vec![
                "in the Vagrantfile: config.vm.synced_folder \".\", \"/PATH\", owner: 1000, group: 1000"
                    .to_owned(),
            ]
        },
    },
    Remedy {
        id: "mount-again",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Reboot],
        covers: &[],
        title: "Mount the shared folders",
        how: |facts| {
            vec![match facts.target.kind {
                // vagrant up would not: it mounts only while it starts a machine.
                Kind::Vagrant | Kind::Log => reload(facts),
                _ => "sudo mount -a -t vboxsf".to_owned(),
            }]
        },
    },
];
