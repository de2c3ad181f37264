//! A live look at one machine: the host and the guest are asked at the same time.

use std::thread;
use std::time::SystemTime;

use super::accounts::Accounts;
use super::host::VBoxManage;
use super::questions::{QUESTIONS, Question};
use super::root::Sudo;
use super::way::{Forwarded, Route, Way};
use super::{Examination, Observation, Side, guest, host, vagrant, vbguest};
use crate::parse::text;
use crate::parse::vboxmanage::MachineReadable;
use crate::target::vagrant::{Machine, Surroundings};
use crate::target::{Kind, NOT_CREATED, RUNNING, Target, UNKNOWN};
use crate::transport::ssh::{Remote, SshError};
use crate::transport::{Deadline, Ended};

/// Looks at a guest, and at its host where that is this computer.
pub fn look(way: &Way, deadline: Deadline) -> Examination {
    let mut examination = look_along(way, deadline);
    if way.is_before_mount {
        examination.observations.push(host::before_mount());
    }
    if let Some(name) = &way.called {
        examination.target.name.clone_from(name);
    }
    examination
}

fn look_along(way: &Way, deadline: Deadline) -> Examination {
    match &way.route {
        Route::Address { address, .. } => {
            let target = Target::running(&address.to_string(), Kind::Ssh);
            let mut examination = Examination::begin(target);
            let shown = format!("ssh {address}");
            examination.observations = ask_guest(&shown, QUESTIONS, &way.sudo, |script| {
                way.run_through(None, script, guest::LIMITS, deadline)
            });
            examination
        }
        Route::Vagrant {
            machine,
            surroundings,
            told,
        } => {
            let told = told.as_ref().and_then(|told| told.folders());
            at_vagrant_machine(way, machine, surroundings, told, deadline)
        }
        Route::VirtualBox { name, .. } => {
            let target = Target::running(name, Kind::VirtualBox);
            at_machine(way, target, name, None, deadline)
        }
    }
}

/// What decides whether shared folders could be mounted, beside the names of their owners; all of it is
/// answered in no time.
pub const OF_THE_MOUNT: [&str; 9] = [
    "uname",
    "modules",
    "filesystems",
    "mounts",
    "loaded-versions",
    "modinfo-vboxguest",
    "modinfo-vboxsf",
    "additions-record",
    "mount-helper",
];

/// Looks only at what decides whether the shared folders could be mounted, at a machine of which
/// Vagrant has told all that leads to it; at others it looks as [`look`] does.
pub fn glance(way: &Way, deadline: Deadline) -> Examination {
    let Route::Vagrant {
        machine,
        told: Some(told),
        ..
    } = &way.route
    else {
        return look(way, deadline);
    };
    let Some(id) = &machine.id else {
        return look(way, deadline);
    };
    let folders = told.folders().map(|told| host::folders_told(&told));
    let accounts = folders.as_ref().and_then(Accounts::of);
    let questions = QUESTIONS.iter().copied();
    let questions: Vec<Question<'_>> = questions
        .filter(|question| OF_THE_MOUNT.contains(&question.id))
        .chain(accounts.as_ref().map(Accounts::question))
        .collect();
    let mut examination = Examination::begin(Target::running(&machine.name, Kind::Vagrant));
    thread::scope(|scope| {
        let host = scope.spawn(|| VBoxManage::find().machine(id, deadline));
        let shown = format!("vagrant ssh {}", machine.name);
        let answers = ask_guest(&shown, &questions, &way.sudo, |script| {
            way.run_through(None, script, guest::LIMITS, deadline)
        });
        examination.observations.extend(host.join());
        examination.observations.extend(folders);
        examination.observations.extend(answers);
    });
    examination.observations.push(host::before_mount());
    examination
}

fn at_vagrant_machine(
    way: &Way,
    machine: &Machine,
    surroundings: &Surroundings,
    folders_told: Option<String>,
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
    let folders = match folders_told {
        Some(told) => host::folders_told(&told),
        None => host::synced_folders(&machine.folder.join("synced_folders")),
    };
    let mut examination = at_machine(way, target, id, Accounts::of(&folders), deadline);
    let at = examination
        .observations
        .iter()
        .position(|seen| seen.side == Side::Guest)
        .unwrap_or(examination.observations.len());
    let said = [folders, vagrant::version()].into_iter();
    let said = said.chain(vbguest::ask(surroundings));
    examination.observations.splice(at..at, said);
    examination
}

/// Asks VirtualBox for the machine; then, where it runs, the guest, while the host goes on.
fn at_machine(
    way: &Way,
    mut target: Target,
    name: &str,
    accounts: Option<Accounts>,
    deadline: Deadline,
) -> Examination {
    let questions = QUESTIONS.iter().copied();
    let questions: Vec<Question<'_>> = questions
        .chain(accounts.as_ref().map(Accounts::question))
        .collect();
    let virtualbox = VBoxManage::find();
    // A VirtualBox that hangs must leave time to ask Vagrant and the guest.
    let half = deadline.min(deadline.remaining() / 2);
    thread::scope(|scope| {
        let version = scope.spawn(|| virtualbox.version(half));
        let iso = scope.spawn(|| virtualbox.iso(half));
        let windows = scope.spawn(|| host::windows(half));
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
        let forwarded: Forwarded = info.forwarded_ssh();
        let shown = match &forwarded {
            Some((host, port)) => format!("ssh -p {port} vagrant@{host}"),
            None if target.kind == Kind::Vagrant => format!("vagrant ssh {}", target.name),
            None => format!("ssh to {name}"),
        };
        let answers = if asks_guest {
            ask_guest(&shown, &questions, &way.sudo, |script| {
                way.run_through(forwarded, script, guest::LIMITS, deadline)
            })
        } else {
            Vec::new()
        };
        let mut examination = Examination::begin(target);
        let asked = [version.join(), Ok(machine), iso.join()]
            .into_iter()
            .flatten();
        let asked = asked.chain(windows.join().ok().flatten());
        examination.observations = asked.chain(answers).collect();
        examination
    })
}

fn ask_guest(
    shown: &str,
    questions: &[Question<'_>],
    sudo: &Sudo,
    log_in: impl FnOnce(&[u8]) -> Result<Remote, SshError>,
) -> Vec<Observation> {
    match guest::nonce() {
        Ok(nonce) => {
            let script = guest::script(&nonce, sudo, questions);
            let asked = SystemTime::now();
            let answer = log_in(script.as_bytes());
            let clock = host::clock(asked, SystemTime::now());
            let mut seen = guest::observations(&nonce, questions, shown, answer);
            seen.push(clock);
            seen
        }
        Err(error) => vec![Observation::unanswered(
            guest::CONNECTION,
            Side::Guest,
            shown.to_owned(),
            Ended::NotFound,
            &format!("this computer has no source of random numbers ({error}); restart it"),
        )],
    }
}

/// Asks a guest that has been looked at what could not be known before. Over a connection of its
/// own, of which nothing is told: the first one says how the guest is to be reached.
pub fn ask_further(way: &Way, questions: &[Question<'_>], deadline: Deadline) -> Vec<Observation> {
    let Ok(nonce) = guest::nonce() else {
        return Vec::new();
    };
    let script = guest::script(&nonce, &way.sudo, questions);
    let answer = way.run(script.as_bytes(), guest::LIMITS, deadline);
    let said = answer.as_ref().err().map(ToString::to_string);
    let mut seen = guest::observations(&nonce, questions, "", answer);
    seen.retain(|seen| seen.id != guest::CONNECTION);
    if seen.is_empty() {
        let why = said.unwrap_or_else(|| "the guest did not answer a second time".to_owned());
        let unanswered = |question: &Question<'_>| {
            let command = question.command.to_owned();
            Observation::unanswered(question.id, Side::Guest, command, Ended::Denied, &why)
        };
        seen = questions.iter().map(unanswered).collect();
    }
    seen
}
