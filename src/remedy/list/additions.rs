//! The Guest Additions, their modules and what keeps these from being loaded.

use super::{additions_service, install_from, link_mount_helper, reload};
use crate::escape;
use crate::facts::PackageManager;
use crate::medium::download::{PUBLISHED_AT, address_of};
use crate::medium::name_of;
use crate::observe::Side::{Guest, Host};
use crate::parse::fitting_additions::first_for;
use crate::remedy::Need::{Network, Reboot, Sudo};
use crate::remedy::packages::manager;
use crate::remedy::{Remedy, Risk, quoted};
use crate::target::Kind;
use crate::transport::http::Address;

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "switch-off-secure-boot",
        vagrant_side: Host,
        risk: Risk::Medium,
        needs: &[Reboot],
        covers: &["load-modules", "rebuild-additions"],
        title: "Switch Secure Boot off for the virtual machine (VirtualBox 7.0 and newer), which must not run",
        how: |facts| {
            let name = quoted(&facts.target.name);
            let machine = match facts.target.kind {
                Kind::VirtualBox => name.clone(),
                _ => "MACHINE".to_owned(),
            };
            let secure_boot = format!("VBoxManage modifynvram {machine} secureboot --disable");
            match facts.target.kind {
                Kind::Vagrant => vec![
                    format!("vagrant halt {name}"),
                    secure_boot,
                    format!("vagrant up {name}"),
                ],
                _ => vec![secure_boot],
            }
        },
    },
    Remedy {
        id: "sign-modules",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo, Network, Reboot],
        covers: &[],
        title: "Or sign them: enroll a key (at the console, while it starts), and build again",
        how: |facts| {
            let service = additions_service(facts);
            vec![
                "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der".to_owned(),
                format!("after the restart: sudo {service} setup"),
            ]
        },
    },
    Remedy {
        id: "stop-enforcing-signatures",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo, Reboot],
        covers: &["load-modules", "rebuild-additions"],
        title: "Take module.sig_enforce and lockdown= from the kernel's command line, and restart",
        how: |_| {
            vec![
                "sudoedit /etc/default/grub".to_owned(),
                "sudo update-grub, or sudo grub2-mkconfig -o /boot/grub2/grub.cfg".to_owned(),
            ]
        },
    },
    Remedy {
        id: "allow-unsupported-modules",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &["load-modules", "rebuild-additions"],
        title: "Let SUSE's modprobe load modules that SUSE does not support",
        how: |_| {
            vec![
                "echo 'allow_unsupported_modules 1' | sudo tee /etc/modprobe.d/10-unsupported-modules.conf"
                    .to_owned(),
                "sudo modprobe vboxguest && sudo modprobe vboxsf".to_owned(),
            ]
        },
    },
    Remedy {
        id: "move-stale-helper",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Move the helper out of the way: the kernel's own vboxsf needs none",
        how: |facts| {
            let helper = facts.guest.mount_helper.known();
            let path = helper.map_or("/sbin/mount.vboxsf", |helper| helper.path.as_str());
            vec![format!(
                "sudo mv {} {}",
                quoted(path),
                quoted(&format!("{path}.old"))
            )]
        },
    },
    Remedy {
        id: "remove-distribution-additions",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &[],
        title: "Keep Oracle's Guest Additions: remove the distribution's, build again, restart",
        how: |facts| {
            let names: Vec<String> = facts.guest.distribution_additions().map(quoted).collect();
            let packages = if names.is_empty() {
                "virtualbox-guest-utils virtualbox-guest-x11 virtualbox-guest-dkms".to_owned()
            } else {
                names.join(" ")
            };
            let remove = match manager(facts) {
                Some(PackageManager::Zypper) => "zypper remove",
                Some(PackageManager::Pacman) => "pacman -R",
                Some(PackageManager::Apk) => "apk del",
                Some(PackageManager::Apt) | None => "apt-get purge",
                Some(PackageManager::Yum3) => "yum remove",
                Some(PackageManager::Dnf4 | PackageManager::Dnf5) => "dnf remove",
            };
            vec![
                format!("sudo {remove} {packages}"),
                format!("sudo {} setup", additions_service(facts)),
                reload(facts),
            ]
        },
    },
    Remedy {
        id: "remove-oracle-additions",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &[],
        title: "Or keep the distribution's: remove Oracle's, then restart",
        how: |facts| {
            let record = facts.guest.record.known();
            let folder = record.and_then(|record| record.directory.as_deref());
            let folder = folder.unwrap_or("/opt/VBoxGuestAdditions-VERSION");
            vec![
                format!("sudo {}", quoted(&format!("{folder}/uninstall.sh"))),
                reload(facts),
            ]
        },
    },
    Remedy {
        id: "load-modules",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Load the modules",
        how: |_| vec!["sudo modprobe vboxguest && sudo modprobe vboxsf".to_owned()],
    },
    Remedy {
        id: "rebuild-additions",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &[],
        title: "Build the Guest Additions' modules for the running kernel",
        how: |facts| vec![format!("sudo {} setup", additions_service(facts))],
    },
    Remedy {
        id: "newer-additions",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo, Network],
        covers: &["install-additions", "rebuild-additions", "load-modules"],
        title: "Install Guest Additions that know this kernel, or on the host a VirtualBox that brings them",
        how: |facts| {
            let kernel = facts.guest.kernel.known();
            let version = kernel.and_then(|kernel| first_for(kernel));
            let base = Address::parse(PUBLISHED_AT).ok();
            let (name, address) = match version.zip(base) {
                Some((version, base)) => {
                    (name_of(&version), address_of(&version, &base).to_string())
                }
                None => (
                    "VBoxGuestAdditions.iso".to_owned(),
                    format!("{PUBLISHED_AT}/"),
                ),
            };
            let fetch = format!("download {address} into the guest, to /tmp/{name}");
            let install = install_from(facts, &name);
            [vec![fetch], install].concat()
        },
    },
    Remedy {
        id: "install-additions",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo],
        covers: &["rebuild-additions", "load-modules"],
        title: "Install the Guest Additions that fit the host",
        how: |facts| {
            let name = match facts.host.virtualbox.known() {
                Some(version) => name_of(version),
                None => "VBoxGuestAdditions.iso".to_owned(),
            };
            let from = match facts.host.iso.known() {
                Some(iso) => escape::line(&iso.path, 200),
                None => name.clone(),
            };
            let copy = format!("copy {from} of the host into the guest, to /tmp/{name}");
            [vec![copy], install_from(facts, &name)].concat()
        },
    },
    Remedy {
        id: "reload-modules",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Take the old modules out of memory and load the new ones",
        how: |facts| {
            let service = additions_service(facts);
            vec![
                format!("sudo {service} stop"),
                "sudo modprobe -r vboxsf vboxguest".to_owned(),
                "sudo modprobe vboxguest && sudo modprobe vboxsf".to_owned(),
                format!("sudo {service} start"),
            ]
        },
    },
    Remedy {
        id: "restart-guest",
        vagrant_side: Host,
        risk: Risk::Medium,
        needs: &[Reboot],
        covers: &[],
        title: "Restart the guest",
        how: |facts| vec![reload(facts)],
    },
    Remedy {
        id: "repair-mount-helper",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Point the helper to the file of the installed Guest Additions",
        how: |facts| {
            vec![match link_mount_helper(facts) {
                Some(command) => format!("sudo {command}"),
                None => "ls /opt/VBoxGuestAdditions-*/other/mount.vboxsf".to_owned(),
            }]
        },
    },
];
