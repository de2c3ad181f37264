//! One fault in one repair, and what must hold after it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::doctor::{Call, Doctor, Ended};
use crate::fault::{Chance, Fault, When};
use crate::guest::Guest;
use crate::proxy::Proxy;
use crate::reference::{Left, Reference};

/// How long the connection stays away, in milliseconds at most.
const LONGEST_CUT: u64 = 6000;

pub fn run(
    name: &str,
    reference: &Reference,
    fault: Fault,
    when: When,
    chance: &mut Chance,
) -> Result<(), String> {
    let guest = Guest::start(name, reference.state)?;
    let before = Left::of(&guest)?;
    let proxy = Proxy::before(guest.port).map_err(|error| error.to_string())?;
    let doctor = Doctor::new(proxy.port, reference.allowed)?;

    let pause = Duration::from_millis(chance.below(LONGEST_CUT));
    let at_once = chance.below(2) == 0;
    let mut call = doctor.fix()?;
    if let When::Byte(bytes) = when {
        proxy.cut_after(bytes, pause);
    } else {
        wait_for(when, &mut call);
        match fault {
            Fault::Cut => proxy.cut(pause),
            Fault::Restart => guest.restart(at_once)?,
            Fault::Kill => call.kill(),
        }
    }
    let first = call.end()?;
    drop(call);
    if fault != Fault::Kill {
        plain(&first)?;
    }
    proxy.mend();
    recover(&guest, &doctor, &first)?;
    nothing_is_left(&guest, &doctor, &before, reference)
}

fn wait_for(when: When, call: &mut Call) {
    while !call.has_ended() {
        let is_now = match when {
            When::Boundary(number) => call.boundaries() >= number,
            When::After(time) => call.runs_for() >= time,
            When::Byte(_) => true,
        };
        if is_now {
            return;
        }
        sleep(Duration::from_millis(1));
    }
}

/// A call ends with health, or says what it could not do.
pub fn plain(ended: &Ended) -> Result<(), String> {
    let said = &ended.said;
    let why = match ended.status.code() {
        Some(0) => return Ok(()),
        Some(1..=3) if said.contains("panicked") => "it panicked",
        Some(1..=3) if said.trim().is_empty() => "it says nothing",
        Some(1..=3) => return Ok(()),
        _ => "its status is none of the contract",
    };
    Err(format!("{why}: {}\n{said}", ended.status))
}

/// The next call reaches health, or refuses clearly while the guest is still busy with the first.
pub fn recover(guest: &Guest, doctor: &Doctor, first: &Ended) -> Result<(), String> {
    let second = doctor.fix()?.end()?;
    plain(&second)?;
    let story = |more: &str| {
        format!(
            "{more}\n--- the first call ended with {} and said\n{}\n--- the second ended with {} and said\n{}",
            first.status, first.said, second.status, second.said
        )
    };
    match second.status.code() {
        Some(0) => {}
        Some(2) => {
            wait_until_calm(guest)?;
            let third = doctor.fix()?.end()?;
            if third.status.code() != Some(0) {
                return Err(story(&format!(
                    "the third call does not help either: {}",
                    third.said
                )));
            }
        }
        _ => return Err(story("the second call does not help, and does not refuse")),
    }
    healthy(guest, doctor).map_err(|problem| story(&problem))
}

fn wait_until_calm(guest: &Guest) -> Result<(), String> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) {
        if guest
            .run("ps -eo args=")?
            .lines()
            .all(|process| !is_work(process))
        {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    Err("the guest is still busy with the first call".to_owned())
}

/// A process that works on what boxdoctor has begun.
fn is_work(process: &str) -> bool {
    [
        "boxdoctor",
        "dnf",
        "apt-get",
        "dpkg",
        "vboxadd",
        "VBoxLinux",
        "install.sh",
    ]
    .iter()
    .any(|word| process.contains(word))
}

/// Nothing is wrong, and the share is there.
pub fn healthy(guest: &Guest, doctor: &Doctor) -> Result<(), String> {
    let check = doctor.check()?;
    if check.status.code() != Some(0) {
        return Err(format!("the guest is not healthy: {}", check.said));
    }
    let mounts = guest.run("cat /proc/mounts")?;
    let count = mounts
        .lines()
        .filter(|line| line.starts_with("vagrant /vagrant vboxsf "));
    match count.count() {
        1 => Ok(()),
        count => Err(format!("the share is mounted {count} times: {mounts}")),
    }
}

/// Settings as they were, and nothing that a repair without a fault would not leave.
fn nothing_is_left(
    guest: &Guest,
    doctor: &Doctor,
    before: &Left,
    reference: &Reference,
) -> Result<(), String> {
    wait_until_calm(guest)?;
    let left = Left::of(guest)?;
    if left.settings != before.settings {
        return Err(format!(
            "settings were changed:\n{}\n{}",
            before.settings, left.settings
        ));
    }
    if left.mounts != reference.left.mounts {
        return Err(format!(
            "mounts:\n{}\ninstead of\n{}",
            left.mounts, reference.left.mounts
        ));
    }
    let beyond = left.beyond(&reference.left);
    if !beyond.is_empty() {
        return Err(format!("this is left: {beyond:#?}"));
    }
    doctor.state_problem().map_or(Ok(()), Err)
}
