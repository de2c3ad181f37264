//! How a guest is got at: by its address, or through what VirtualBox and Vagrant know of it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::host::VBoxManage;
use super::root::Sudo;
use crate::parse::ssh_config::SshConfig;
use crate::parse::text;
use crate::parse::vboxmanage::MachineReadable;
use crate::target::asked::ask_ssh_config;
use crate::target::environment::{Generation, System};
use crate::target::told::Told;
use crate::target::vagrant::{Machine, Surroundings};
use crate::transport::ssh::{self, Address, HostKeys, Login, Piece, Remote, SshError};
use crate::transport::{Deadline, Ended, Limits};

/// A guest, by what leads to it and to its root.
pub struct Way {
    pub route: Route,
    /// What it is called in a report, where its own name would not tell it from others.
    pub called: Option<String>,
    pub sudo: Sudo,
    /// Vagrant is about to mount the shared folders, and has not yet.
    pub is_before_mount: bool,
}

/// What leads to a guest.
pub enum Route {
    Address {
        address: Address,
        login: Login,
        /// What only the `ssh` program can do: a proxy.
        options: Vec<String>,
    },
    /// A machine of a Vagrant project.
    Vagrant {
        machine: Machine,
        surroundings: Surroundings,
        /// What Vagrant has told by itself.
        told: Option<Box<Told>>,
    },
    /// A virtual machine that Vagrant need not know.
    VirtualBox { name: String, login: Login },
}

/// A port of the host that leads to the guest's SSH server.
pub type Forwarded = Option<(String, u16)>;

impl Way {
    /// A guest in which nothing is known yet of how root is had.
    pub fn new(route: Route) -> Self {
        Way {
            route,
            called: None,
            sudo: Sudo::default(),
            is_before_mount: false,
        }
    }

    /// Runs a script as root, or, where root cannot be had, as the user: it looks whom it is run by.
    ///
    /// # Errors
    /// As of [`Way::run`].
    pub fn run_as_root(
        &self,
        script: &str,
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Remote, SshError> {
        self.run(self.sudo.script(script).as_bytes(), limits, deadline)
    }

    /// Runs a script in the guest, over a connection of its own.
    ///
    /// # Errors
    /// As of [`ssh::run_script`], and where nothing leads to the guest.
    pub fn run(
        &self,
        script: &[u8],
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Remote, SshError> {
        let forwarded = self.ask_virtualbox(deadline);
        self.run_through(forwarded, script, limits, deadline)
    }

    /// Sends a piece of a file into the guest, as the user who logs in.
    ///
    /// # Errors
    /// As of [`ssh::upload`], and where nothing leads to the guest.
    pub fn upload(
        &self,
        piece: &Piece,
        stall: Duration,
        news: &mut dyn FnMut(u64),
    ) -> Result<(), SshError> {
        let deadline = Deadline::after(stall);
        let forwarded = self.ask_virtualbox(deadline);
        self.talk(forwarded, deadline, &mut |door| match &door.options[..] {
            [] => ssh::upload(&door.address, &door.login, piece, stall, news),
            options => {
                ssh::upload_with_system_ssh(&door.address, &door.login, options, piece, stall, news)
            }
        })
    }

    fn ask_virtualbox(&self, deadline: Deadline) -> Forwarded {
        if matches!(&self.route, Route::Vagrant { told: Some(_), .. }) {
            return None;
        }
        self.virtual_machine().and_then(|id| {
            // A VirtualBox that hangs must leave time to ask the guest.
            let half = deadline.min(deadline.remaining() / 2);
            let machine = VBoxManage::find().machine(id, half);
            MachineReadable::parse(&text(&machine.stdout)).forwarded_ssh()
        })
    }

    /// The name by which VirtualBox knows it.
    pub fn virtual_machine(&self) -> Option<&str> {
        match &self.route {
            Route::Address { .. } => None,
            Route::Vagrant { machine, .. } => machine.id.as_deref(),
            Route::VirtualBox { name, .. } => Some(name),
        }
    }

    /// As [`Way::run`], where VirtualBox has been asked already.
    pub(super) fn run_through(
        &self,
        forwarded: Forwarded,
        script: &[u8],
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Remote, SshError> {
        self.talk(forwarded, deadline, &mut |door| match &door.options[..] {
            [] => ssh::run_script(&door.address, &door.login, script, limits, deadline),
            options => ssh::run_script_with_system_ssh(
                &door.address,
                &door.login,
                options,
                script,
                limits,
                deadline,
            ),
        })
    }

    /// Finds the guest's door and talks through it.
    fn talk<T>(
        &self,
        forwarded: Forwarded,
        deadline: Deadline,
        talk: &mut dyn FnMut(&Door) -> Result<T, SshError>,
    ) -> Result<T, SshError> {
        let talk = &mut |door: &Door| {
            let refused = |error| refused_in(System::here(), door, error);
            talk(door).map_err(refused)
        };
        match &self.route {
            Route::Address {
                address,
                login,
                options,
            } => talk(&Door {
                address: address.clone(),
                login: login.clone(),
                options: options.clone(),
            }),
            Route::Vagrant {
                told: Some(told), ..
            } => talk(&Door::configured(&told.ssh_config())),
            Route::Vagrant {
                machine,
                surroundings,
                told: None,
            } => {
                let login = Login {
                    identities: surroundings.identities(machine),
                    agent: false,
                    host_keys: HostKeys::Ignore,
                };
                talk_to_vagrant(machine, forwarded, login, deadline, talk)
            }
            Route::VirtualBox { name, login } => {
                let Some(port) = forwarded else {
                    return Err(SshError::NoWay {
                        address: name.clone(),
                        reason: "no port of the host is forwarded to the guest's port 22; add a rule, or use --ssh with the guest's address".to_owned(),
                    });
                };
                talk(&Door::forwarded(port, login.clone()))
            }
        }
    }
}

/// Where the guest is let in, and as whom; with options for the `ssh` program.
struct Door {
    address: Address,
    login: Login,
    options: Vec<String>,
}

impl Door {
    fn forwarded((host, port): (String, u16), login: Login) -> Self {
        let address = Address {
            host,
            port,
            user: "vagrant".to_owned(),
        };
        Door {
            address,
            login,
            options: Vec::new(),
        }
    }

    fn configured(config: &SshConfig) -> Self {
        let (address, login, options) = configured(config);
        Door {
            address,
            login,
            options,
        }
    }
}

/// The way that a file such as `vagrant ssh-config` writes describes.
pub fn along(config: &SshConfig) -> Way {
    let (address, login, options) = configured(config);
    Way {
        called: Some(config.machine.clone()),
        ..Way::new(Route::Address {
            address,
            login,
            options,
        })
    }
}

fn configured(config: &SshConfig) -> (Address, Login, Vec<String>) {
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
    (address, login, config.options())
}

/// Vagrant's files say how to log in. Where they do not suffice (no forwarded port, or keys and
/// users that only the Vagrantfile knows), Vagrant itself is asked.
fn talk_to_vagrant<T>(
    machine: &Machine,
    forwarded: Forwarded,
    login: Login,
    deadline: Deadline,
    talk: &mut dyn FnMut(&Door) -> Result<T, SshError>,
) -> Result<T, SshError> {
    let fast = match forwarded {
        Some(port) if !login.identities.is_empty() => match talk(&Door::forwarded(port, login)) {
            Err(error) if error.ended() == Ended::Denied => Some(error),
            // A plug-in of Vagrant may know how Windows is got at.
            Err(error @ SshError::RefusedInWsl { .. }) => Some(error),
            answer => return answer,
        },
        _ => None,
    };
    let name = machine.global_id.as_ref().unwrap_or(&machine.name);
    match ask_ssh_config(name, deadline) {
        Ok(config) => talk(&Door::configured(&config)),
        Err(said) => Err(fast.unwrap_or(SshError::NoWay {
            address: machine.name.clone(),
            reason: said,
        })),
    }
}

/// The second WSL has a loopback of its own, and VirtualBox listens on that of Windows.
fn refused_in(system: System, door: &Door, error: SshError) -> SshError {
    let host = &door.address.host;
    let is_loopback = match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    match error {
        SshError::Refused { address }
            if is_loopback && system == System::Wsl(Generation::Second) =>
        {
            SshError::RefusedInWsl { address }
        }
        error => error,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_loopback_of_the_second_wsl_is_not_that_of_windows() {
        let refused = |system, host: &str| {
            let door = Door::forwarded((host.to_owned(), 2222), login(None, HostKeys::Ignore));
            let address = door.address.to_string();
            refused_in(system, &door, SshError::Refused { address }).to_string()
        };
        let (first, second) = (Generation::First, Generation::Second);
        let hint = "networkingMode=mirrored";
        for host in ["127.0.0.1", "::1", "localhost"] {
            assert!(refused(System::Wsl(second), host).contains(hint));
            assert!(!refused(System::Wsl(first), host).contains(hint));
            assert!(!refused(System::Linux, host).contains(hint));
        }
        assert!(!refused(System::Wsl(second), "10.0.0.1").contains(hint));
    }
}
