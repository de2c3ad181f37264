//! What is known of a target, read from its observations. Pure: the same observations give the
//! same facts, whether they were made just now or come from a bundle.

mod guest;
mod host;
mod krb5;
mod krb5_client;
mod locks;
mod log;
mod packages;
mod shares;
mod synced_folders;
mod vbguest;

pub use guest::{BuildLog, GuestFacts, LoadedVersions, Service};
pub use host::{DriverState, HostFacts, Iso, MachineInfo};
pub use krb5::Krb5Facts;
pub use krb5_client::{Clock, Krb5Client, Login, Sasl};
pub use locks::{Exclude, PackagePolicy};
pub use log::{Log, Said};
pub use packages::{PackageManager, Packages};
pub use shares::{Account, Manner, Wanted};
pub use vbguest::{Plugin, Vbguest};

use crate::escape;
use crate::observe::host as asked;
use crate::observe::{Examination, Observation, Side};
use crate::parse::version::Version;
use crate::target::Target;
use crate::transport::Ended;

/// Why a fact is not known that the examination has no answer for: an older boxdoctor made it, or
/// nobody wanted to know.
pub const NOT_ASKED: &str = "it was not asked";

/// Where a fact comes from: `guest: uname -r`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub side: Side,
    pub command: String,
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.side, self.command)
    }
}

/// A value that is known, known to be absent, or unknown with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    pub source: Source,
    pub state: State<T>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State<T> {
    Known(T),
    /// Looked for, and not there.
    Absent,
    Unknown(String),
}

impl<T> Fact<T> {
    pub fn known(&self) -> Option<&T> {
        match &self.state {
            State::Known(value) => Some(value),
            State::Absent | State::Unknown(_) => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.state, State::Absent)
    }

    /// Why it is not known, with the command that was to tell.
    pub fn unknown(&self) -> Option<String> {
        match &self.state {
            State::Unknown(why) => Some(format!("{}: {why}", self.source)),
            State::Known(_) | State::Absent => None,
        }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        Fact {
            source: self.source,
            state: match self.state {
                State::Known(value) => State::Known(change(value)),
                State::Absent => State::Absent,
                State::Unknown(why) => State::Unknown(why),
            },
        }
    }
}

/// Everything that checks may know.
pub struct Facts {
    pub target: Target,
    /// When it was looked at: a day, and more behind it.
    pub today: String,
    pub host: HostFacts,
    pub guest: GuestFacts,
    pub krb5: Krb5Facts,
    /// What would be known without the stray bytes of the Kerberos configuration, where it has some:
    /// what then still fails is not their doing.
    pub without_stray_bytes: Option<Box<Facts>>,
    /// The shares that somebody wants mounted.
    pub wanted: Fact<Vec<Wanted>>,
    /// Vagrant is about to mount them, and has not yet.
    pub is_before_mount: bool,
    /// What logs say.
    pub log: Log,
}

impl Facts {
    pub fn read(examination: &Examination) -> Self {
        let cleaned = krb5::without_stray_bytes(examination);
        Facts {
            without_stray_bytes: cleaned.map(|cleaned| Box::new(Facts::read_as_is(&cleaned))),
            ..Facts::read_as_is(examination)
        }
    }

    fn read_as_is(examination: &Examination) -> Self {
        let reader = Reader(examination);
        let host = HostFacts::read(&reader);
        let guest = GuestFacts::read(&reader);
        let wanted = shares::wanted(&reader, &host, &guest);
        let krb5 = Krb5Facts::read(&reader, &guest);
        let log = log::read(&reader);
        let mut guest = guest;
        log::tell(&log, &mut guest);
        Facts {
            target: examination.target.clone(),
            today: examination.captured_at.clone(),
            host,
            guest,
            krb5,
            without_stray_bytes: None,
            wanted,
            is_before_mount: reader.find(asked::MOMENT).is_some(),
            log,
        }
    }

    /// The wanted shares that are not mounted. `None` while either is not known.
    pub fn missing_shares(&self) -> Option<Vec<&Wanted>> {
        let mounted = self.guest.mounted.known()?;
        let wanted = self.wanted.known()?;
        Some(
            wanted
                .iter()
                .filter(|share| !share.is_among(mounted))
                .collect(),
        )
    }

    /// Whether nobody wants a shared folder, and none is mounted.
    pub fn wants_no_share(&self) -> bool {
        self.wanted.known().is_some_and(Vec::is_empty)
            && self.guest.mounted.known().is_none_or(Vec::is_empty)
    }

    /// Whether the machine does what it is for: every wanted share is mounted, or could be where
    /// nobody has tried yet; or none is wanted and the modules are there.
    pub fn shares_work(&self) -> bool {
        if self.is_before_mount {
            return self.guest.can_mount();
        }
        match (self.missing_shares(), self.wanted.known()) {
            (Some(missing), Some(wanted)) if !wanted.is_empty() => missing.is_empty(),
            _ => {
                self.wanted.known().is_none_or(Vec::is_empty)
                    && self.guest.module_is_loaded("vboxguest") == Some(true)
                    && self.guest.vboxsf_is_ready() == Some(true)
            }
        }
    }

    /// The version of the Guest Additions in effect: the loaded module decides; where none is
    /// loaded, what the guest last told the host, then what its tools and its record say. The
    /// fixed number of the kernel's own driver says nothing.
    pub fn additions_version(&self) -> Option<&Version> {
        self.additions_version_source().map(|(version, _)| version)
    }

    /// As [`Facts::additions_version`], with where it comes from.
    pub fn additions_version_source(&self) -> Option<(&Version, &Source)> {
        let reported = self
            .host
            .machine
            .known()
            .and_then(|machine| machine.additions.as_ref());
        let reported = reported
            .filter(|version| !version.is_in_kernel_placeholder())
            .map(|version| (version, &self.host.machine.source));
        let guest = &self.guest;
        known(&guest.loaded_versions.vboxguest)
            .or(reported)
            .or_else(|| known(&guest.service))
            .or_else(|| {
                let record = guest.record.known()?;
                Some((record.version.as_ref()?, &guest.record.source))
            })
    }

    /// Why the guest's checks do not apply to this target, where they do not.
    pub fn no_virtualbox_guest(&self) -> Option<String> {
        if self.target.has_host() || self.guest.shows_traces_of_additions() {
            return None;
        }
        match &self.guest.product.state {
            State::Known(name) if name == "VirtualBox" => None,
            State::Known(name) => Some(format!(
                "the guest runs on '{}', not on VirtualBox",
                escape::line(name, 40)
            )),
            State::Absent | State::Unknown(_) => {
                Some("nothing shows that the guest runs on VirtualBox".to_owned())
            }
        }
    }
}

fn known(fact: &Fact<Version>) -> Option<(&Version, &Source)> {
    fact.known().map(|version| (version, &fact.source))
}

/// Reads facts from observations.
struct Reader<'a>(&'a Examination);

impl Reader<'_> {
    fn find(&self, id: &str) -> Option<&Observation> {
        self.0.find(id)
    }

    fn source(&self, id: &str, side: Side) -> Source {
        match self.find(id) {
            Some(seen) => Source {
                side: seen.side,
                command: seen.command.clone(),
            },
            None => Source {
                side,
                command: id.to_owned(),
            },
        }
    }

    /// The fact that `parse` reads from the answer to `id`: `None` from it means that the answer
    /// makes no sense, which is as good as no answer.
    fn read<T>(
        &self,
        id: &str,
        side: Side,
        parse: impl FnOnce(&Observation) -> Option<T>,
    ) -> Fact<T> {
        let state = match self.find(id) {
            None => State::Unknown(NOT_ASKED.to_owned()),
            Some(seen) => match seen.ended {
                Ended::Exit => {
                    parse(seen).map_or_else(|| State::Unknown(unreadable(seen)), State::Known)
                }
                Ended::NotFound => State::Absent,
                Ended::Timeout => State::Unknown("it did not answer in time".to_owned()),
                Ended::Denied => {
                    State::Unknown(match escape::line(&crate::parse::text(&seen.stderr), 80) {
                        none if none.is_empty() => "permission denied".to_owned(),
                        said => said,
                    })
                }
            },
        };
        Fact {
            source: self.source(id, side),
            state,
        }
    }

    /// As [`Reader::read`], for answers that are text.
    fn read_text<T>(&self, id: &str, side: Side, parse: impl FnOnce(&str) -> Option<T>) -> Fact<T> {
        self.read(id, side, |seen| parse(&crate::parse::text(&seen.stdout)))
    }
}

fn unreadable(seen: &Observation) -> String {
    let said = if seen.stdout.is_empty() {
        &seen.stderr
    } else {
        &seen.stdout
    };
    let said = escape::line(&crate::parse::text(said), 80);
    match (said.is_empty(), seen.status) {
        (true, Some(0)) => "it answered nothing".to_owned(),
        (true, Some(status)) => format!("it ended with status {status}"),
        (true, None) => "it was ended by a signal".to_owned(),
        (false, _) => format!("its answer was not understood: {said}"),
    }
}
