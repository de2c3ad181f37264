//! From what the user named to examinations of it.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::terminal;
use crate::cli::TargetArgs;
use crate::files;
use crate::observe::{Examination, bundle, guest, local_krb5, look};
use crate::target::vagrant::Surroundings;
use crate::target::{Kind, Target, address};
use crate::transport::Deadline;
use crate::transport::ssh::{self, HostKeys, Login};

/// Everything that was asked for, and whether the user asked for it by name.
pub struct Examined {
    pub examinations: Vec<Examination>,
    pub by_name: bool,
}

/// Looks at every target that the arguments name.
///
/// # Errors
/// Where they name nothing that can be looked at.
pub fn targets(arguments: &TargetArgs) -> Result<Examined> {
    let progress = terminal::Progress::show("Looking at host and guest...");
    let examined = look_at(arguments)?;
    drop(progress);
    if arguments.bundle.is_none() {
        examined.examinations.iter().for_each(notes);
    }
    Ok(examined)
}

/// What the user may want to know of a connection that works: an unknown host key, say.
fn notes(examination: &Examination) {
    let connection = examination.find(guest::CONNECTION);
    let said = connection.map(|seen| crate::parse::text(&seen.stdout));
    for note in said.iter().flat_map(|said| said.lines()) {
        terminal::say(&format!("note: {note}"));
    }
}

fn look_at(arguments: &TargetArgs) -> Result<Examined> {
    let deadline = Deadline::after(Duration::from_secs(arguments.timeout.into()));
    let one = |examination| {
        Ok(Examined {
            examinations: vec![examination],
            by_name: true,
        })
    };
    if arguments.identity.is_some() && arguments.ssh.is_none() && arguments.vm.is_none() {
        bail!("--identity goes with --ssh or --vm; Vagrant's own keys are found without it");
    }
    if let Some(identity) = &arguments.identity {
        // A file that is no key is wrong usage, not something that is wrong with the machine.
        ssh::check_identity(identity)?;
    }
    if let Some(path) = &arguments.bundle {
        return one(read_bundle(path)?);
    }
    if let Some(path) = &arguments.krb5_conf {
        return one(read_krb5_conf(path)?);
    }
    if let Some(text) = &arguments.ssh {
        let address = address::parse(text)?;
        let login = look::login(arguments.identity.clone(), HostKeys::Known);
        return one(look::at_address(&address, &login, deadline));
    }
    let surroundings = Surroundings::here();
    if let Some(name) = &arguments.vm {
        if name.is_empty() || name.starts_with('-') {
            bail!("'{name}' is no name of a virtual machine; `VBoxManage list vms` shows them");
        }
        let login: Login = look::login(arguments.identity.clone(), HostKeys::Ignore);
        return one(look::at_virtual_machine(name, &login, deadline));
    }
    let machines = surroundings.project()?.select(&arguments.machines)?;
    // Side by side: a machine that hangs delays nobody.
    let examinations = thread::scope(|scope| {
        let looks: Vec<_> = machines
            .iter()
            .map(|machine| {
                let surroundings = &surroundings;
                scope.spawn(move || look::at_vagrant_machine(machine, surroundings, deadline))
            })
            .collect();
        looks
            .into_iter()
            .map(|look| look.join())
            .collect::<Result<_, _>>()
    })
    .map_err(|_| anyhow!("looking at a machine failed inside boxdoctor; please report this"))?;
    Ok(Examined {
        examinations,
        by_name: !arguments.machines.is_empty(),
    })
}

fn read_bundle(path: &Path) -> Result<Examination> {
    let bytes = files::read(path, bundle::LARGEST)
        .with_context(|| format!("the bundle {} cannot be read", path.display()))?;
    bundle::read(&bytes).with_context(|| format!("{} is not usable", path.display()))
}

fn read_krb5_conf(path: &Path) -> Result<Examination> {
    let shown = path.display().to_string();
    let seen = local_krb5::observe(path).with_context(|| format!("{shown} cannot be read"))?;
    let mut examination = Examination::begin(Target::running(&shown, Kind::File));
    examination.observations = seen;
    Ok(examination)
}
