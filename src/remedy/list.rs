//! The list of remedies. Every word of a guest that gets into a command line is quoted.

use super::Need::{Network, Reboot, Sudo};
use super::{Remedy, Risk, kerberos};
use crate::escape;
use crate::facts::{Facts, PackageManager};
use crate::krb5::{Release, Unreadable};
use crate::observe::Side::{Guest, Host};
use crate::parse::kernel_package::debian_flavour;
use crate::target::{Kind, address};

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
        id: "download-iso",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Network],
        covers: &[],
        title: "Download the ISO that fits the host's VirtualBox",
        how: |facts| match facts.host.virtualbox.known() {
            Some(version) => vec![format!(
                "https://download.virtualbox.org/virtualbox/{version}/VBoxGuestAdditions_{version}.iso"
            )],
            None => vec!["https://download.virtualbox.org/virtualbox/".to_owned()],
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
                _ => "sudo dnf clean all; old kernels: sudo dnf remove --oldinstallonly",
            }
            .to_owned(),
        ]
        },
    },
    Remedy {
        id: "headers-past-lock",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &["install-headers"],
        title: "Install the headers of the running kernel, past the lock this once",
        how: |facts| install(facts, PAST_LOCK, Wanted::Headers),
    },
    Remedy {
        id: "kernel-pair-past-lock",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot],
        covers: &["kernel-pair"],
        title: "If no repository has those any more: kernel and headers as one pair, past the lock, then restart",
        how: |facts| install(facts, PAST_LOCK, Wanted::Pair),
    },
    Remedy {
        id: "headers-past-excludes",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &["install-headers"],
        title: "Install the headers of the running kernel, past the exclude line this once",
        how: |facts| install(facts, PAST_EXCLUDES, Wanted::Headers),
    },
    Remedy {
        id: "kernel-pair-past-excludes",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot],
        covers: &["kernel-pair"],
        title: "If no repository has those any more: kernel and headers as one pair, past the exclude line, then restart",
        how: |facts| install(facts, PAST_EXCLUDES, Wanted::Pair),
    },
    Remedy {
        id: "install-headers",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install the headers of the running kernel",
        how: |facts| install(facts, PLAIN, Wanted::Headers),
    },
    Remedy {
        id: "reinstall-headers",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install the headers of the running kernel again",
        how: |facts| install(facts, PLAIN, Wanted::Again),
    },
    Remedy {
        id: "kernel-pair",
        vagrant_side: Guest,
        risk: Risk::High,
        needs: &[Sudo, Network, Reboot],
        covers: &[],
        title: "If no repository has those any more: kernel and headers as one pair, then restart",
        how: |facts| install(facts, PLAIN, Wanted::Pair),
    },
    Remedy {
        id: "install-build-tools",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo, Network],
        covers: &[],
        title: "Install compiler and make",
        how: |facts| {
            vec![format!(
                "sudo {} install gcc make perl bzip2",
                program(facts)
            )]
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
        how: |facts| {
            let recorded = facts
                .guest
                .record
                .known()
                .and_then(|record| record.version.as_ref());
            let is_old = recorded
                .or_else(|| facts.additions_version())
                .is_some_and(|version| version.number < semver::Version::new(5, 1, 0));
            let program = if is_old {
                "/etc/init.d/vboxadd"
            } else {
                "/sbin/rcvboxadd"
            };
            vec![format!("sudo {program} setup")]
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
                Some(version) => format!("VBoxGuestAdditions_{version}.iso"),
                None => "VBoxGuestAdditions.iso".to_owned(),
            };
            let from = match facts.host.iso.known() {
                Some(iso) => escape::line(&iso.path, 200),
                None => name.clone(),
            };
            vec![
                format!("copy {from} of the host into the guest, to /tmp/{name}"),
                format!("sudo mount -o loop,ro /tmp/{name} /mnt"),
                "sudo sh /mnt/VBoxLinuxAdditions.run --nox11".to_owned(),
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
            let Some(record) = facts.guest.record.known() else {
                return vec!["ls /opt/VBoxGuestAdditions-*/other/mount.vboxsf".to_owned()];
            };
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
            vec![format!(
                "sudo ln -sf {} /sbin/mount.vboxsf",
                quoted(&format!("{directory}/{folder}/mount.vboxsf"))
            )]
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
                Kind::Vagrant => reload(facts),
                _ => {
                    "VBoxManage sharedfolder add MACHINE --name SHARE --hostpath FOLDER".to_owned()
                }
            }]
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
                Kind::Vagrant => reload(facts),
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
        how: |facts| Vec::from_iter(included_folder(facts)),
    },
    Remedy {
        id: "rename-included-file",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Give the file a name that counts, if it is to be read",
        how: overlooked_files,
    },
    Remedy {
        id: "let-users-read-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Let everybody read the configuration: there are no secrets in it",
        how: |facts| vec![format!("sudo chmod a+r {}", krb5_conf(facts))],
    },
    Remedy {
        id: "edit-krb5-conf",
        vagrant_side: Guest,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &[],
        title: "Correct the lines that are named above; keep a copy",
        how: |facts| {
            let file = krb5_conf(facts);
            let sudo = match facts.target.kind {
                Kind::File => "",
                _ => "sudo ",
            };
            vec![
                format!("{sudo}cp -p {file} {file}.bak"),
                format!("{sudo}vi {file}"),
            ]
        },
    },
    Remedy {
        id: "remove-stray-bytes",
        vagrant_side: Host,
        risk: Risk::Low,
        needs: &[Sudo],
        covers: &["edit-krb5-conf"],
        title: "Take the stray bytes out, and nothing else: shows every byte, asks, can be undone",
        how: kerberos::remove_stray_bytes,
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
                _ => "cyrus-sasl-gssapi",
            };
            vec![format!("sudo {} install {package}", program(facts))]
        },
    },
];

/// The first file of the Kerberos configuration, quoted for a shell.
fn krb5_conf(facts: &Facts) -> String {
    let parts = facts.krb5.configuration.known().map(|known| &known.parts);
    let first = parts.and_then(|parts| parts.first());
    let path = first.map_or(&b"/etc/krb5.conf"[..], |part| &part.path);
    quoted(&String::from_utf8_lossy(path))
}

/// What gives a name that counts to each file that Kerberos passes over.
fn overlooked_files(facts: &Facts) -> Vec<String> {
    let configuration = facts.krb5.configuration.known();
    let release = configuration.map_or_else(Release::default, |known| known.release);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let names = facts.krb5.seen.names();
    let overlooked = names.filter(|(_, name)| release.overlooks(name));
    let command = |(folder, name): (&[u8], &[u8])| {
        let folder = text(folder);
        let folder = folder.trim_end_matches('/');
        let stem = text(&name[..name.len() - ".conf".len()]);
        let ending = if release.knows_conf() { ".conf" } else { "" };
        let (from, to) = (text(name), format!("{stem}{ending}"));
        let [from, to] = [from, to].map(|name| quoted(&format!("{folder}/{name}")));
        format!("sudo mv {from} {to}")
    };
    overlooked.take(5).map(command).collect()
}

/// What makes the folder that is included and missing.
fn included_folder(facts: &Facts) -> Option<String> {
    let (_, fault) = facts.krb5.configuration.known()?.fault()?;
    let included = fault.included.as_ref()?;
    let path = std::str::from_utf8(&included.path).ok()?;
    // A path that ends in a space is not the one that was meant.
    let is_meant = included.reason == Unreadable::Missing && !path.ends_with(char::is_whitespace);
    is_meant.then(|| format!("sudo mkdir -p {}", quoted(path)))
}

enum Wanted {
    Headers,
    Again,
    Pair,
}

/// The options that let one transaction past a lock or an exclude line, and change no file.
struct Past {
    yum: &'static str,
    dnf: &'static str,
    dnf5: &'static str,
    apt: &'static str,
}

const PLAIN: Past = Past {
    yum: "",
    dnf: "",
    dnf5: "",
    apt: "",
};
const PAST_LOCK: Past = Past {
    yum: " --disableplugin=versionlock",
    dnf: " --disableplugin=versionlock",
    // The lock is part of dnf 5 itself; this lifts it together with the excludes.
    dnf5: " --setopt='disable_excludes=*'",
    apt: " --allow-change-held-packages",
};
const PAST_EXCLUDES: Past = Past {
    yum: " --disableexcludes=all",
    dnf: " --disableexcludes=all",
    dnf5: " --setopt='disable_excludes=*'",
    apt: "",
};

fn install(facts: &Facts, past: Past, wanted: Wanted) -> Vec<String> {
    let Some(package) = facts.guest.packages.fitting_headers.known() else {
        return vec!["install the package with the headers of the running kernel".to_owned()];
    };
    let options = match manager(facts) {
        Some(PackageManager::Yum3) => past.yum,
        Some(PackageManager::Dnf4) => past.dnf,
        Some(PackageManager::Dnf5) => past.dnf5,
        Some(PackageManager::Apt) | None => past.apt,
    };
    let is_rpm = manager(facts).is_some_and(PackageManager::is_rpm);
    let (verb, what) = match wanted {
        Wanted::Headers => ("install", quoted(&package.spec())),
        Wanted::Again if is_rpm => ("reinstall", quoted(&package.spec())),
        Wanted::Again => ("install --reinstall", quoted(&package.spec())),
        Wanted::Pair if is_rpm => (
            "install",
            format!("{} {}", quoted(&package.image), quoted(&package.name)),
        ),
        Wanted::Pair => {
            let flavour = facts
                .guest
                .kernel
                .known()
                .and_then(|kernel| debian_flavour(kernel));
            // A kernel of somebody's own making has no metapackage.
            let Some(flavour) = flavour else {
                return Vec::new();
            };
            let pair = format!("linux-image-{flavour} linux-headers-{flavour}");
            ("install", pair)
        }
    };
    vec![format!("sudo {}{options} {verb} {what}", program(facts))]
}

fn manager(facts: &Facts) -> Option<PackageManager> {
    facts.guest.packages.manager.known().copied()
}

fn program(facts: &Facts) -> &'static str {
    manager(facts).map_or("yum", PackageManager::program)
}

fn reload(facts: &Facts) -> String {
    match facts.target.kind {
        Kind::Vagrant if facts.target.name == "default" => "vagrant reload".to_owned(),
        Kind::Vagrant => format!("vagrant reload {}", quoted(&facts.target.name)),
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

/// A word for a shell, safe to show and safe to paste.
pub(super) fn quoted(word: &str) -> String {
    let shown = escape::line(word, 120);
    shlex::try_quote(&shown).map_or_else(|_| "?".to_owned(), std::borrow::Cow::into_owned)
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

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(quoted("kernel; rm -rf /"), "'kernel; rm -rf /'");
        assert_eq!(quoted("a\x1b[2Jb"), r#""a\\x1B[2Jb""#);
    }
}
