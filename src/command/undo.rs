//! `boxdoctor undo`: takes back what a fix has changed, last change first.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::gain_root::{self, Gained};
use super::{FINE, TERMINAL, UNUSABLE, terminal};
use crate::cli;
use crate::escape;
use crate::files::obstacle::Obstacle;
use crate::observe::way::{self, Route, Way};
use crate::remedy::hands::{Failed, Hands};
use crate::remedy::journal::{Journals, Machine, State};
use crate::remedy::unattended::NEEDLESS;
use crate::target::address;
use crate::target::vagrant::Surroundings;
use crate::transport::Deadline;
use crate::transport::ssh::HostKeys;

pub fn run(arguments: &cli::Undo) -> Result<u8> {
    let journals = Journals::here()?;
    let found = journals.find(arguments.run.as_deref())?;
    let _lock = journals.lock(&found.machine)?;
    // Whoever held the lock may have written to it.
    let mut journal = journals.find(Some(&found.run))?;
    if !journal.can_be_undone() {
        bail!(
            "run {} has changed nothing that still stands; `boxdoctor undo` without a name takes the last one that has",
            journal.run
        );
    }
    let mut way = way_to(&journal.machine)?;
    let mut refused = false;
    for at in (0..journal.changes.len()).rev() {
        let change = journal.changes[at].clone();
        if !matches!(change.state, State::Begun | State::Done) {
            continue;
        }
        let deadline = || Deadline::after(Duration::from_secs(arguments.timeout.into()));
        let shown = escape::line(&change.path, 300);
        let mut restored = hands(&way).restore(&change, deadline());
        if let (Err(Failed::Obstacle(Obstacle::NoRoot)), Some(way)) = (&restored, &mut way) {
            match gain_root::gain(way, &found.run, "false", &deadline).context(TERMINAL)? {
                Gained::Freely | Gained::ByPassword => {
                    restored = Hands::Guest(way).restore(&change, deadline());
                }
                Gained::Not(why) => terminal::say(&why),
            }
        }
        match restored {
            Ok(()) => {
                journal.changes[at].state = State::Undone;
                journals.write(&journal)?;
                terminal::print(&format!(
                    "{shown} holds again what it held before the repair\n"
                ))?;
            }
            Err(failed) => {
                refused = true;
                let word = if failed.changed_nothing() {
                    "was left as it is"
                } else {
                    "may have been changed"
                };
                let backup = if failed.has_backup() {
                    let backup = escape::line(&change.backup, 300);
                    format!("; the bytes from before the repair are in {backup}")
                } else {
                    String::new()
                };
                let run = &found.run;
                terminal::say(&format!("run {run}: {shown} {word}: {failed}{backup}"));
            }
        }
    }
    // Last one first, as a person would take them back.
    for command in journal.commands.iter_mut().rev() {
        if !matches!(command.state, State::Begun | State::Done) {
            continue;
        }
        command.state = State::Undone;
        // A restart leaves nothing to take back.
        if command.way_back != NEEDLESS {
            terminal::print(&format!(
                "not taken back: {}\n  by hand: {}\n",
                escape::line(&command.command, 300),
                escape::line(&command.way_back, 1000)
            ))?;
        }
    }
    journals.write(&journal)?;
    if refused && arguments.run.is_none() {
        terminal::say("an older run is undone by its name: boxdoctor undo RUN");
    }
    Ok(if refused { UNUSABLE } else { FINE })
}

fn hands(way: &Option<Way>) -> Hands<'_> {
    match way {
        None => Hands::Here,
        Some(way) => Hands::Guest(way),
    }
}

/// The way to the machine on which the run has worked; `None` for this computer.
fn way_to(machine: &Machine) -> Result<Option<Way>> {
    let login = |identity: &Option<PathBuf>, keys| way::login(identity.clone(), keys);
    Ok(Some(Way::new(match machine {
        Machine::File => return Ok(None),
        Machine::Ssh {
            address,
            identity,
            options,
        } => Route::Address {
            address: address::parse(address).context(
                "the journal is damaged; put the backups beside the changed files back by hand",
            )?,
            login: login(identity, HostKeys::Known),
            options: options.clone(),
        },
        Machine::VirtualBox { name, identity } => Route::VirtualBox {
            name: name.clone(),
            login: login(identity, HostKeys::Ignore),
        },
        Machine::Vagrant { folder, name, id } => {
            let surroundings = Surroundings {
                folder: folder.clone(),
                ..Surroundings::here()
            };
            let mut machines = surroundings.project()?.select(std::slice::from_ref(name))?;
            let machine = machines
                .pop()
                .context("the project has no such machine; see `vagrant status` there")?;
            if id.is_some() && machine.id != *id {
                bail!(
                    "the machine that was repaired is gone, and another one has its name; leave this run: nothing is to be taken back in the new one"
                );
            }
            Route::Vagrant {
                machine,
                surroundings,
                told: None,
            }
        }
    })))
}
