//! A live look at one machine: the host and the guest are asked at the same time.

use std::path::PathBuf;
use std::thread;

use super::host::VBoxManage;
use super::{Examination, Observation, Side, guest, host};
use crate::parse::ssh_config::SshConfig;
use crate::parse::text;
use crate::parse::vboxmanage::MachineReadable;
use crate::target::vagrant::{Machine, Surroundings, ask_ssh_config};
use crate::target::{Kind, NOT_CREATED, RUNNING, Target, UNKNOWN};
use crate::transport::ssh::{self, Address, HostKeys, Login, Remote, SshError};
use crate::transport::{Deadline, Ended};

/// Looks at a guest that is known by its address alone.
pub fn at_address(address: &Address, login: &Login, deadline: Deadline) -> Examination {
    let target = Target::running(&address.to_string(), Kind::Ssh);
    let mut examination = Examination::begin(target);
    let shown = format!("ssh {address}");
    examination.observations = ask_guest(&shown, |script| {
        ssh::run_script(address, login, script, guest::LIMITS, deadline)
    });
    examination
}

/// Looks at a machine of a Vagrant project.
pub fn at_vagrant_machine(
    machine: &Machine,
    surroundings: &Surroundings,
    deadline: Deadline,
) -> Examination {
    let target = Target::running(&machine.name, Kind::Vagrant);
    if let Some(provider) = &machine.other_provider {
        let mut target = target.in_state(UNKNOWN);
        target.provider = Some(provider.clone());
        return Examination::begin(target);
    }
    let Some(id) = &machine.id else {
        return Examination::begin(target.in_state(NOT_CREATED));
    };
    let login = Login {
        identities: surroundings.identities(machine),
        agent: false,
        host_keys: HostKeys::Ignore,
    };
    let mut examination = at_machine(target, id, deadline, |forwarded, script| {
        log_in_to_vagrant(machine, forwarded, &login, script, deadline)
    });
    let folders = host::synced_folders(&machine.folder.join("synced_folders"));
    let at = examination
        .observations
        .iter()
        .position(|seen| seen.side == Side::Guest)
        .unwrap_or(examination.observations.len());
    examination.observations.insert(at, folders);
    examination
}

/// Looks at a virtual machine that Vagrant need not know.
pub fn at_virtual_machine(name: &str, login: &Login, deadline: Deadline) -> Examination {
    let target = Target::running(name, Kind::VirtualBox);
    at_machine(target, name, deadline, |forwarded, script| {
        let Some((host, port)) = forwarded else {
            return Err(SshError::NoWay {
                address: name.to_owned(),
                reason: "no port of the host is forwarded to the guest's port 22; add a rule, or use --ssh with the guest's address".to_owned(),
            });
        };
        let address = Address {
            host,
            port,
            user: "vagrant".to_owned(),
        };
        ssh::run_script(&address, login, script, guest::LIMITS, deadline)
    })
}

/// Asks VirtualBox for the machine; then, where it runs, the guest, while the host goes on.
fn at_machine(
    mut target: Target,
    name: &str,
    deadline: Deadline,
    log_in: impl Fn(Option<(String, u16)>, &[u8]) -> Result<Remote, SshError> + Sync,
) -> Examination {
    let virtualbox = VBoxManage::find();
    // A VirtualBox that hangs must leave time to ask Vagrant and the guest.
    let half = deadline.min(deadline.remaining() / 2);
    thread::scope(|scope| {
        let version = scope.spawn(|| virtualbox.version(half));
        let iso = scope.spawn(|| virtualbox.iso(half));
        let machine = virtualbox.machine(name, half);
        let info = MachineReadable::parse(&text(&machine.stdout));
        target.state = match info.get("VMState") {
            Some(state) => state.to_owned(),
            None if machine.ended == Ended::NotFound && virtualbox.is_there() => {
                NOT_CREATED.to_owned()
            }
            None => UNKNOWN.to_owned(),
        };
        // Without VirtualBox's word the guest may still be there, and Vagrant may know the way.
        let asks_guest =
            target.state == RUNNING || (target.state == UNKNOWN && target.kind == Kind::Vagrant);
        let shown = match info.forwarded_ssh() {
            Some((host, port)) => format!("ssh -p {port} vagrant@{host}"),
            None if target.kind == Kind::Vagrant => format!("vagrant ssh {}", target.name),
            None => format!("ssh to {name}"),
        };
        let answers = if asks_guest {
            ask_guest(&shown, |script| log_in(info.forwarded_ssh(), script))
        } else {
            Vec::new()
        };
        let mut examination = Examination::begin(target);
        let asked = [version.join(), Ok(machine), iso.join()];
        examination.observations = asked.into_iter().flatten().chain(answers).collect();
        examination
    })
}

/// Vagrant's files say how to log in. Where they do not suffice (no forwarded port, or keys and
/// users that only the Vagrantfile knows), Vagrant itself is asked.
fn log_in_to_vagrant(
    machine: &Machine,
    forwarded: Option<(String, u16)>,
    login: &Login,
    script: &[u8],
    deadline: Deadline,
) -> Result<Remote, SshError> {
    let fast = match forwarded {
        Some((host, port)) if !login.identities.is_empty() => {
            let address = Address {
                host,
                port,
                user: "vagrant".to_owned(),
            };
            match ssh::run_script(&address, login, script, guest::LIMITS, deadline) {
                Err(error) if error.ended() == Ended::Denied => Some(error),
                answer => return answer,
            }
        }
        _ => None,
    };
    match ask_ssh_config(&machine.name, deadline) {
        Ok(config) => log_in_as_configured(&config, script, deadline),
        Err(said) => Err(fast.unwrap_or(SshError::NoWay {
            address: machine.name.clone(),
            reason: said,
        })),
    }
}

fn log_in_as_configured(
    config: &SshConfig,
    script: &[u8],
    deadline: Deadline,
) -> Result<Remote, SshError> {
    let address = Address {
        host: config.host.clone(),
        port: config.port,
        user: config.user.clone(),
    };
    let login = Login {
        identities: config.identities.clone(),
        agent: true,
        host_keys: if config.trusts_any_host_key {
            HostKeys::Ignore
        } else {
            HostKeys::Known
        },
    };
    match &config.proxy_command {
        Some(proxy) => {
            let options = [format!("ProxyCommand={proxy}")];
            ssh::run_script_with_system_ssh(
                &address,
                &login,
                &options,
                script,
                guest::LIMITS,
                deadline,
            )
        }
        None => ssh::run_script(&address, &login, script, guest::LIMITS, deadline),
    }
}

fn ask_guest(
    shown: &str,
    log_in: impl FnOnce(&[u8]) -> Result<Remote, SshError>,
) -> Vec<Observation> {
    match guest::nonce() {
        Ok(nonce) => {
            let script = guest::script(&nonce);
            guest::observations(&nonce, shown, log_in(script.as_bytes()))
        }
        Err(error) => vec![Observation::unanswered(
            guest::CONNECTION,
            Side::Guest,
            shown.to_owned(),
            Ended::NotFound,
            &format!("this computer has no source of random numbers: {error}"),
        )],
    }
}

/// The private keys to try where the user named none and Vagrant has no say.
pub fn login(identity: Option<PathBuf>, host_keys: HostKeys) -> Login {
    Login {
        identities: identity.into_iter().collect(),
        agent: true,
        host_keys,
    }
}
