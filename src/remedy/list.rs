//! The list of remedies. Every word of a guest that gets into a command line is quoted.

use super::Need::{KernelChange, Network, Reboot, Sudo};
use super::packages::{
    PAST_EXCLUDES, PAST_LOCK, PLAIN, Wanted, by_hand, by_name, manager, pair_by_hand,
};
use super::{Remedy, Risk, archive, kerberos, quoted};
use crate::escape;
use crate::facts::{Facts, PackageManager};
use crate::medium::download::{PUBLISHED_AT, address_of};
use crate::medium::{Processor, name_of};
use crate::observe::Side::{Guest, Host};
use crate::parse::fitting_additions::first_for;
use crate::parse::log::{Effect, Shown};
use crate::target::{Kind, address};
use crate::transport::http::Address;

pub const REMEDIES: &[Remedy] = &[
    Remedy {
        id: "install-virtualbox",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network],
        covers: &["check-connection"],
        title: "Install VirtualBox, or put VBoxManage on PATH",
        how: |_| vec!["https://www.virtualbox.org/wiki/Downloads".to_owned()],
    },
    Remedy {
        id: "load-host-driver",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &["check-connection"],
        title: "Build and load VirtualBox's driver (on a Linux host; elsewhere install VirtualBox again)",
        how: |_| vec!["sudo /sbin/vboxconfig".to_owned()],
    },
    Remedy {
        id: "update-vagrant",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Install a Vagrant that knows this VirtualBox",
        how: |_| vec!["https://developer.hashicorp.com/vagrant/install".to_owned()],
    },
    Remedy {
        id: "older-virtualbox",
        vagrant_side: Host,
        risk: Risk::Medium,
        needs: &[Network],
        covers: &[],
        title: "Or go back to the VirtualBox that this Vagrant knows",
        how: |_| vec!["https://www.virtualbox.org/wiki/Download_Old_Builds".to_owned()],
    },
    Remedy {
        id: "switch-off-hyper-v",
        vagrant_side: Host,
        risk: Risk::Medium,
        needs: &[Sudo, Reboot],
        covers: &["check-connection"],
        title: "Switch Hyper-V off, as administrator, and start Windows again (WSL 2, Docker and sandboxes need it)",
        how: |_| vec!["bcdedit /set hypervisorlaunchtype off".to_owned()],
    },
    Remedy {
        id: "update-powershell",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network, Reboot],
        covers: &[],
        title: "Install Windows Management Framework 5.1, which brings PowerShell 5.1",
        how: |_| vec!["https://www.microsoft.com/download/details.aspx?id=54616".to_owned()],
    },
    Remedy {
        id: "box-by-hand",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Fetch the box with a program that resumes, then add the file under the box's name",
        how: |facts| {
            let last = |wanted: Shown| {
                let mut said = facts.log.iter().rev();
                said.find(
                    |said| matches!(said.rule.effect, Effect::Shows(shown) if shown == wanted),
                )
            };
            let address = last(Shown::BoxAddress).and_then(|said| {
                let (_, address) = said.text.split_once("Downloading: ")?;
                let address = address.split_whitespace().next();
                // One that would not be shown whole is of no use.
                address.filter(|address| address.len() < 120)
            });
            let name = last(Shown::BoxName).and_then(|said| said.text.split('\'').nth(1));
            vec![
                format!(
                    "curl -L -C - --retry 20 -o box.box {}",
                    address.map_or_else(|| "ADDRESS".to_owned(), quoted)
                ),
                format!(
                    "vagrant box add --name {} box.box",
                    name.map_or_else(|| "NAME".to_owned(), quoted)
                ),
            ]
        },
    },
    Remedy {
        id: "remove-vbguest",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Take the plug-in away; boxdoctor fix installs the Guest Additions in its place",
        how: |_| vec!["vagrant plugin uninstall vagrant-vbguest".to_owned()],
    },
    Remedy {
        id: "mend-vbguest",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Or mend it: write File.exist? in place of File.exists? in line 84 of hosts/virtualbox.rb",
        how: |facts| {
            let plugin = facts.host.vbguest_plugin.known();
            let ruby = plugin.and_then(|plugin| plugin.ruby.as_ref());
            let version = plugin.and_then(|plugin| plugin.version.as_ref());
            let shown = |number: Option<&semver::Version>| {
                number.map_or_else(|| "VERSION".to_owned(), ToString::to_string)
            };
            vec![format!(
                "~/.vagrant.d/gems/{}/gems/vagrant-vbguest-{}/lib/vagrant-vbguest/hosts/virtualbox.rb",
                shown(ruby),
                shown(version)
            )]
        },
    },
    Remedy {
        id: "download-iso",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Download the ISO that fits the host's VirtualBox",
        how: |facts| {
            let version = facts.host.virtualbox.known();
            let base = Address::parse(PUBLISHED_AT).ok();
            vec![match version.zip(base) {
                Some((version, base)) => address_of(version, &base).to_string(),
                None => format!("{PUBLISHED_AT}/"),
            }]
        },
    },
    Remedy {
        id: "check-connection",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "See whether you get in without boxdoctor",
        how: |facts| vec![log_in(facts)],
    },
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
    Remedy {
        id: "make-included-folder",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "If the path is right, make the folder; it may be empty",
        how: |facts| Vec::from_iter(kerberos::included_folder(facts)),
    },
    Remedy {
        id: "rename-included-file",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Give the file a name that counts, if it is to be read",
        how: kerberos::overlooked_files,
    },
    Remedy {
        id: "let-users-read-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Let everybody read the configuration: there are no secrets in it",
        how: kerberos::let_users_read,
    },
    Remedy {
        id: "edit-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Correct the lines that are named above; keep a copy",
        how: kerberos::edit_krb5_conf,
    },
    Remedy {
        id: "remove-stray-bytes",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Take the stray bytes out, and nothing else: shows every byte, asks, can be undone",
        how: kerberos::remove_stray_bytes,
    },
    Remedy {
        id: "transcode-krb5-conf",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Write the file as UTF-8: shows what it does, asks, can be undone",
        how: kerberos::remove_stray_bytes,
    },
    Remedy {
        id: "edit-stray-bytes",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "The bytes stand inside a word, and only you know what was meant: edit a copy of the file",
        how: kerberos::edit_stray_bytes,
    },
    Remedy {
        id: "set-clock",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Set the guest's clock, once the host's is right",
        how: kerberos::set_clock,
    },
    Remedy {
        id: "reach-kdc",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Network],
        covers: &["get-ticket"],
        title: "See where the way to the KDC ends",
        how: |_| vec!["KRB5_TRACE=/dev/stderr kinit".to_owned()],
    },
    Remedy {
        id: "choose-ccache",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[],
        covers: &[],
        title: "Keep tickets in a file; for good in default_ccache_name of krb5.conf",
        how: |_| vec!["export KRB5CCNAME=FILE:/tmp/krb5cc_$(id -u)".to_owned()],
    },
    Remedy {
        id: "get-ticket",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Get a new ticket",
        how: kerberos::get_ticket,
    },
    Remedy {
        id: "renew-keytab",
        vagrant_side: Guest,
        risk: Risk::Medium,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Have the realm's administrators write the guest's keytab anew",
        how: |_| {
            vec![
                "in a realm of MIT's: sudo kadmin -q 'ktadd -k /etc/krb5.keytab PRINCIPAL'"
                    .to_owned(),
                "in Active Directory: sudo adcli update --computer-password-lifetime=0".to_owned(),
            ]
        },
    },
    Remedy {
        id: "install-sasl-gssapi",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install SASL's plug-in for Kerberos",
        how: |facts| {
            let package = match manager(facts) {
                Some(PackageManager::Apt) => "libsasl2-modules-gssapi-mit",
                Some(PackageManager::Pacman) => "libsasl",
                Some(PackageManager::Apk) => "cyrus-sasl-gssapiv2",
                _ => "cyrus-sasl-gssapi",
            };
            by_name(facts, package)
        },
    },
];

/// Runs the installer of an ISO of this name that is in the guest.
fn install_from(facts: &Facts, name: &str) -> Vec<String> {
    let processor = facts.guest.processor.known();
    let installer = processor.and_then(|machine| Processor::of(machine));
    let installer = installer.map_or("VBoxLinuxAdditions.run", Processor::installer);
    vec![
        format!("sudo mount -o loop,ro /tmp/{name} /mnt"),
        format!("sudo sh /mnt/{installer} --nox11"),
    ]
}

/// Points the mount helper to that of the installed Guest Additions. `None` where no record says
/// which those are, or it cannot be shown as it is.
pub fn link_mount_helper(facts: &Facts) -> Option<String> {
    let record = facts.guest.record.known()?;
    let directory = record
        .directory
        .as_deref()
        .unwrap_or("/opt/VBoxGuestAdditions");
    // The helper moved with 5.1.22, because 5.1.20 linked to a file that it did not have.
    let is_old = record
        .version
        .as_ref()
        .is_some_and(|version| version.number < semver::Version::new(5, 1, 22));
    let folder = if is_old {
        "lib/VBoxGuestAdditions"
    } else {
        "other"
    };
    let helper = format!("{directory}/{folder}/mount.vboxsf");
    let is_shown_whole = escape::line(&helper, 120) == helper;
    let helper = quoted(&helper);
    (directory.starts_with('/') && is_shown_whole)
        .then(|| format!("ln -sfn {helper} /sbin/mount.vboxsf"))
}

/// The program of the installed Guest Additions that builds their modules.
pub fn additions_service(facts: &Facts) -> &'static str {
    let recorded = facts.guest.record.known();
    let recorded = recorded.and_then(|record| record.version.as_ref());
    let is_old = recorded
        .or_else(|| facts.additions_version())
        .is_some_and(|version| version.number < semver::Version::new(5, 1, 0));
    if is_old {
        "/etc/init.d/vboxadd"
    } else {
        "/sbin/rcvboxadd"
    }
}

fn reload(facts: &Facts) -> String {
    match facts.target.kind {
        Kind::Vagrant if facts.target.name == "default" => "vagrant reload".to_owned(),
        Kind::Vagrant => format!("vagrant reload {}", quoted(&facts.target.name)),
        // Whether its name is a machine's, a log does not always say.
        Kind::Log => "vagrant reload".to_owned(),
        _ => "sudo reboot".to_owned(),
    }
}

fn log_in(facts: &Facts) -> String {
    let name = &facts.target.name;
    match (facts.target.kind, address::parse(name)) {
        (Kind::Vagrant, _) => format!("vagrant ssh {}", quoted(name)),
        (Kind::Ssh, Ok(address)) => format!(
            "ssh -p {} {}",
            address.port,
            quoted(&format!("{}@{}", address.user, address.host))
        ),
        _ => "log in with ssh through the forwarded port".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_once() {
        let mut ids: Vec<_> = REMEDIES.iter().map(|remedy| remedy.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), REMEDIES.len());
    }
}
