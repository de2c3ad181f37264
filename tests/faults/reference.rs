//! A repair to which nothing happens: how long it takes, how many boundaries it has, what it leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::doctor::Doctor;
use crate::guest::Guest;
use crate::proxy::Proxy;
use crate::trial;

pub struct Reference {
    /// What the lab calls the broken guest.
    pub state: &'static str,
    /// What its repair is allowed.
    pub allowed: &'static [&'static str],
    pub took: Duration,
    pub boundaries: usize,
    pub bytes: u64,
    pub left: Left,
}

/// What a repair leaves in the guest.
pub struct Left {
    /// The settings of package managers, with their contents.
    pub settings: String,
    pub mounts: String,
    /// Files on the disk that were written or removed.
    written: BTreeSet<String>,
    /// Files in memory.
    temporary: BTreeSet<String>,
}

const SETTINGS: &str =
    "find /etc/dnf /etc/yum.repos.d /etc/apt -type f 2>/dev/null | sort | xargs -r sha256sum";

impl Left {
    pub fn of(guest: &Guest) -> Result<Self, String> {
        let temporary = guest.run("find /tmp /run /var/tmp /dev/shm -mindepth 1 -not -type s")?;
        Ok(Left {
            settings: guest.run(SETTINGS)?,
            mounts: guest.run("cut -d ' ' -f 1-4 /proc/mounts")?,
            written: guest.written()?,
            temporary: temporary.lines().map(str::to_owned).collect(),
        })
    }

    /// What is there that the other has not.
    pub fn beyond(&self, other: &Left) -> Vec<String> {
        let disk = self.written.difference(&other.written);
        let memory = self.temporary.difference(&other.temporary);
        let all = disk.filter(|path| !keeps_changing(path)).chain(memory);
        all.cloned().collect()
    }

    /// What is boxdoctor's own.
    pub fn of_boxdoctor(&self) -> Vec<String> {
        let all = self.written.iter().chain(&self.temporary);
        all.filter(|path| path.contains("boxdoctor"))
            .cloned()
            .collect()
    }
}

/// What package managers and the Guest Additions' own logs leave, more of it at each attempt, and what
/// an interrupted transaction of rpm leaves for ever. dnf opens for writing what it only reads from a
/// repository on the disk.
fn keeps_changing(path: &str) -> bool {
    let places = [
        "/var/log/",
        "/var/cache/",
        "/var/lib/dnf/",
        "/var/lib/rpm/",
        "/var/lib/apt/lists",
        "/srv/",
    ];
    let half = path
        .rsplit_once(';')
        .is_some_and(|(_, end)| end.len() == 8 && end.bytes().all(|byte| byte.is_ascii_hexdigit()));
    half || places.iter().any(|place| path.starts_with(place))
}

impl Reference {
    pub fn of(state: &'static str, allowed: &'static [&'static str]) -> Result<Self, String> {
        let guest = Guest::start(&format!("reference-{state}"), state)?;
        let before = Left::of(&guest)?;
        let proxy = Proxy::before(guest.port).map_err(|error| error.to_string())?;
        let doctor = Doctor::new(proxy.port, allowed)?;
        let mut call = doctor.fix()?;
        let ended = call.end()?;
        let took = call.runs_for();
        let boundaries = call.boundaries();
        let bytes = proxy.passed();
        if ended.status.code() != Some(0) {
            return Err(format!("{state}: {}", ended.said));
        }
        trial::healthy(&guest, &doctor)?;
        let left = Left::of(&guest)?;
        if left.settings != before.settings {
            return Err(format!("{state}: settings were changed: {}", left.settings));
        }
        let own = left.of_boxdoctor();
        if !own.is_empty() {
            return Err(format!("{state}: this is left: {own:?}"));
        }
        println!("{state}: {took:.1?}, {boundaries} boundaries, {bytes} bytes");
        Ok(Reference {
            state,
            allowed,
            took,
            boundaries,
            bytes,
            left,
        })
    }
}
