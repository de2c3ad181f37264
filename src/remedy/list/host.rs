//! What is done on the host.

use super::log_in;
use crate::medium::download::{PUBLISHED_AT, address_of};
use crate::observe::Side::Host;
use crate::parse::log::{Effect, Shown};
use crate::remedy::Need::{Network, Reboot, Sudo};
use crate::remedy::{Remedy, Risk, quoted};
use crate::transport::http::Address;

pub(super) const REMEDIES: &[Remedy] = &[
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
];
