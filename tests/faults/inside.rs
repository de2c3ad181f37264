//! What fails in the guest itself.

use crate::doctor::Doctor;
use crate::guest::Guest;
use crate::trial::{plain, recover};

type Run = fn() -> Result<(), String>;

pub fn all() -> Vec<(&'static str, Run)> {
    vec![
        ("build-fails", build_fails as Run),
        (
            "repository-loses-its-packages",
            repository_loses_its_packages,
        ),
        (
            "sudo-is-refused-in-the-middle",
            sudo_is_refused_in_the_middle,
        ),
    ]
}

/// A guest that a repair refuses to mend, and that the next one mends once the obstacle is gone.
fn refused(
    name: &str,
    break_it: &str,
    at: Option<usize>,
    mend: &str,
    telling: &str,
) -> Result<(), String> {
    let guest = Guest::start(name, "headers-missing")?;
    let doctor = Doctor::new(guest.port, &[])?;
    if at.is_none() {
        guest.run(break_it)?;
    }
    let mut call = doctor.fix()?;
    if let Some(boundary) = at {
        while call.boundaries() < boundary && !call.has_ended() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        guest.run(break_it)?;
    }
    let first = call.end()?;
    drop(call);
    plain(&first)?;
    if first.status.code() == Some(0) || !first.said.contains(telling) {
        return Err(format!(
            "{}: it does not say {telling:?}:\n{}",
            first.status, first.said
        ));
    }
    guest.run(mend)?;
    recover(&guest, &doctor, &first)
}

fn build_fails() -> Result<(), String> {
    refused(
        "build-fails",
        "mv /usr/bin/make /usr/bin/make.real && printf '#!/bin/sh\\necho the compiler is broken\\nexit 2\\n' >/usr/bin/make && chmod 755 /usr/bin/make",
        None,
        "mv /usr/bin/make.real /usr/bin/make",
        "Look at /var/log/vboxadd-setup.log",
    )
}

/// Its index is there, and its packages are not.
fn repository_loses_its_packages() -> Result<(), String> {
    refused(
        "repository-loses-its-packages",
        "mkdir /srv/away && mv /srv/vault/*.rpm /srv/away",
        None,
        "mv /srv/away/* /srv/vault && rmdir /srv/away",
        "kernel-devel",
    )
}

fn sudo_is_refused_in_the_middle() -> Result<(), String> {
    refused(
        "sudo-is-refused-in-the-middle",
        "mv /etc/sudoers.d/vagrant /root",
        Some(2),
        "mv /root/vagrant /etc/sudoers.d",
        "sudo",
    )
}
