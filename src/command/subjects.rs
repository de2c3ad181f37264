//! What the arguments name, before anything of it is looked at.

use std::env::VarError;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::examine::Subject;
use crate::cli::TargetArgs;
use crate::escape;
use crate::files;
use crate::next_step::unreadable;
use crate::observe::host::VBoxManage;
use crate::observe::way::{self, Route, Way};
use crate::observe::{Examination, bundle, log};
use crate::parse::ssh_config::{self, SshConfig};
use crate::target::address;
use crate::target::index::{self, Listed};
use crate::target::told::{self, Told};
use crate::target::vagrant::{Machine, Surroundings};
use crate::transport::Deadline;
use crate::transport::home;
use crate::transport::ssh::{self, HostKeys, Login};

/// Longer than any list of hosts that a person keeps.
const LONGEST_SSH_CONFIG: u64 = 4 * 1024 * 1024;

/// What the arguments name, and whether the user named it.
pub struct Subjects {
    pub subjects: Vec<Subject>,
    pub by_name: bool,
}

impl Subjects {
    /// The machines of the project, of which Vagrant is about to mount the shared folders.
    ///
    /// # Errors
    /// Where there is no such project or machine.
    pub fn before_mount(machines: &TargetArgs) -> Result<Self> {
        let mut subjects = match std::env::var(told::VARIABLE) {
            Ok(said) => told(&said)?,
            Err(VarError::NotPresent) => subjects(machines)?,
            Err(VarError::NotUnicode(_)) => bail!(
                "{} is no text; leave it to the block in the Vagrantfile, which sets it",
                told::VARIABLE
            ),
        };
        for subject in &mut subjects.subjects {
            if let Subject::Guest(way) = subject {
                way.is_before_mount = true;
            }
        }
        Ok(subjects)
    }
}

/// What the arguments name. Nothing is looked at yet.
///
/// # Errors
/// Where they name nothing that can be looked at.
pub fn subjects(arguments: &TargetArgs) -> Result<Subjects> {
    let these = |subjects| {
        Ok(Subjects {
            subjects,
            by_name: true,
        })
    };
    if arguments.identity.is_some() && arguments.ssh.is_empty() && arguments.vm.is_none() {
        bail!("--identity goes with --ssh or --vm; Vagrant's own keys are found without it");
    }
    if let Some(identity) = &arguments.identity {
        // A file that is no key is wrong usage, not something that is wrong with the machine.
        ssh::check_identity(identity)?;
    }
    if let Some(path) = &arguments.bundle {
        return these(vec![Subject::Bundle(read_bundle(path)?)]);
    }
    if !arguments.log.is_empty() {
        let seen = log::read(&arguments.log)?.into_iter();
        return these(seen.map(Subject::Bundle).collect());
    }
    if let Some(path) = &arguments.krb5_conf {
        return these(vec![Subject::File(path.clone())]);
    }
    if !arguments.ssh.is_empty() {
        let addresses = arguments.ssh.iter();
        let addresses: Result<Vec<_>, _> = addresses.map(|text| address::parse(text)).collect();
        let guest = |address| {
            Subject::Guest(Way::new(Route::Address {
                address,
                login: way::login(arguments.identity.clone(), HostKeys::Known),
                options: Vec::new(),
            }))
        };
        return these(addresses?.into_iter().map(guest).collect());
    }
    if let Some(path) = &arguments.ssh_config {
        return these(listed(path, &arguments.machines)?);
    }
    if let Some(name) = &arguments.vm {
        if name.is_empty() || name.starts_with('-') {
            bail!("'{name}' is no name of a virtual machine; see `VBoxManage list vms`");
        }
        let login = way::login(arguments.identity.clone(), HostKeys::Ignore);
        return these(vec![virtual_machine(name.clone(), login)]);
    }
    if arguments.all {
        return Ok(Subjects {
            subjects: all_that_run(arguments.deadline())?,
            by_name: false,
        });
    }
    let mut surroundings = Surroundings::here();
    let project = surroundings.project()?;
    let machines = project.select(&arguments.machines)?;
    // One machine has one journal, from wherever in the project it is mended.
    surroundings.folder = project.root;
    let subject = |machine| vagrant_machine(machine, &surroundings);
    Ok(Subjects {
        subjects: machines.into_iter().map(subject).collect(),
        by_name: !arguments.machines.is_empty(),
    })
}

/// The one machine of which the block in a Vagrantfile tells.
fn told(said: &str) -> Result<Subjects> {
    let told = Told::parse(said).with_context(|| {
        format!(
            "{} is not understood; `boxdoctor hook install` writes the block of the Vagrantfile anew",
            told::VARIABLE
        )
    })?;
    let way = Way::new(Route::Vagrant {
        machine: told.machine(),
        surroundings: told.surroundings(),
        told: Some(Box::new(told)),
    });
    Ok(Subjects {
        subjects: vec![Subject::Guest(way)],
        by_name: true,
    })
}

/// The hosts of a file such as `vagrant ssh-config` writes, or those of these names.
fn listed(path: &Path, wanted: &[String]) -> Result<Vec<Subject>> {
    let shown = path.display();
    let bytes = files::read(path, LONGEST_SSH_CONFIG)
        .map_err(unreadable(format!("the SSH configuration {shown}")))?;
    let mut hosts = ssh_config::parse(&String::from_utf8_lossy(&bytes));
    let known = |hosts: &[SshConfig]| {
        let names: Vec<&str> = hosts.iter().map(|host| host.machine.as_str()).collect();
        escape::line(&names.join(", "), 200)
    };
    if hosts.is_empty() {
        bail!("{shown} names no host; write it with `vagrant ssh-config`");
    }
    if let Some(name) = wanted
        .iter()
        .find(|name| hosts.iter().all(|host| host.machine != **name))
    {
        let name = escape::line(name, 60);
        bail!(
            "{shown} names no host '{name}'; name one of: {}",
            known(&hosts)
        );
    }
    if !wanted.is_empty() {
        hosts.retain(|host| wanted.contains(&host.machine));
    }
    for host in &mut hosts {
        // `ssh` does without a key that is not there, too.
        let identities = host.identities.iter().map(|path| home::expand(path));
        host.identities = identities.filter(|path| path.is_file()).collect();
    }
    Ok(hosts
        .iter()
        .map(|host| Subject::Guest(way::along(host)))
        .collect())
}

/// Every machine that VirtualBox runs; those of Vagrant by what Vagrant knows of them.
fn all_that_run(deadline: Deadline) -> Result<Vec<Subject>> {
    let running = VBoxManage::find().running(deadline);
    let running = running.map_err(|why| {
        anyhow!("--all asks VirtualBox which machines run, and could not: {why}; --ssh and --ssh-config do without it")
    })?;
    let listed = index::machines(&Surroundings::here());
    let subject = |(name, id): (String, String)| {
        let of_vagrant = listed
            .iter()
            .find(|listed| listed.machine.id.as_ref() == Some(&id));
        let Some(Listed {
            machine,
            surroundings,
        }) = of_vagrant
        else {
            let login = way::login(None, HostKeys::Ignore);
            let mut subject = virtual_machine(id, login);
            subject.call(name);
            return subject;
        };
        // Most are called `default` by Vagrant.
        let mut subject = vagrant_machine(machine.clone(), surroundings);
        subject.call(name);
        subject
    };
    Ok(running.into_iter().map(subject).collect())
}

fn virtual_machine(name: String, login: Login) -> Subject {
    Subject::Guest(Way::new(Route::VirtualBox { name, login }))
}

fn vagrant_machine(machine: Machine, surroundings: &Surroundings) -> Subject {
    Subject::Guest(Way::new(Route::Vagrant {
        machine,
        surroundings: surroundings.clone(),
        told: None,
    }))
}

fn read_bundle(path: &Path) -> Result<Examination> {
    let bytes = files::read(path, bundle::LARGEST)
        .map_err(unreadable(format!("the bundle {}", path.display())))?;
    bundle::read(&bytes).with_context(|| format!("{} is not usable", path.display()))
}
