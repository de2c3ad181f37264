//! What logs say.

use super::{Fact, GuestFacts, PackageManager, Reader, Source, State, packages};
use crate::observe::Side;
use crate::observe::log as asked;
use crate::parse::log::{Effect, Rule, Shown, rule, wanted_headers};
use crate::parse::text;

/// All that logs say of one machine, in the order in which it was said.
pub type Log = Vec<Said>;

/// What one line says.
#[derive(Clone)]
pub struct Said {
    pub rule: &'static Rule,
    pub file: String,
    pub line: u32,
    pub text: String,
}

pub(super) fn read(reader: &Reader<'_>) -> Log {
    let Some(seen) = reader.find(asked::SAID) else {
        return Log::new();
    };
    let mut log = Log::new();
    for line in text(&seen.stdout).lines() {
        let fields: Vec<&str> = line.splitn(4, '\t').collect();
        let &[number, file, id, text] = &fields[..] else {
            continue;
        };
        let (Ok(line), Some(rule)) = (number.parse(), rule(id)) else {
            continue;
        };
        log.push(Said {
            rule,
            file: file.to_owned(),
            line,
            text: text.to_owned(),
        });
    }
    log
}

/// What the missing headers in a log tell of its guest, so that a remedy can name the package.
pub(super) fn tell(log: &Log, guest: &mut GuestFacts) {
    let names = |said: &&Said| match said.rule.effect {
        Effect::Fails(fails) => fails.check == "kernel-headers-missing",
        Effect::Shows(shown) => shown == Shown::RunningKernel,
        _ => false,
    };
    let mut named = log.iter().filter(names);
    let Some(release) = named.find_map(|said| wanted_headers(&said.text)) else {
        return;
    };
    let manager = manager(release);
    let known = Source {
        side: Side::Guest,
        command: "log".to_owned(),
    };
    guest.packages.fitting_headers = Fact {
        source: known.clone(),
        state: packages::fitting_headers(manager, release, "", &[]),
    };
    guest.packages.manager = Fact {
        source: known.clone(),
        state: State::Known(manager),
    };
    guest.kernel = Fact {
        source: known,
        state: State::Known(release.to_owned()),
    };
}

/// That of the distribution whose kernel has this release.
fn manager(release: &str) -> PackageManager {
    let is_of = |names: &[&str]| names.iter().any(|name| release.contains(name));
    if is_of(&[".el5", ".el6", ".el7", ".amzn1.", ".amzn2."]) {
        PackageManager::Yum3
    } else if is_of(&[".el", ".fc", ".amzn"]) {
        PackageManager::Dnf4
    } else {
        PackageManager::Apt
    }
}
