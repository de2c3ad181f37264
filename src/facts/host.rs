//! What the host knows: VirtualBox, the virtual machine, the Guest Additions' ISO.

use super::{Fact, Plugin, Reader, Source, State, Vbguest};
use crate::observe::{Observation, Side, host as asked, vagrant as asked_of_vagrant};
use crate::parse::vboxmanage::{self, MachineReadable, Share};
use crate::parse::version::Version;
use crate::parse::windows::{self, Windows};
use crate::parse::{additions, text, vagrant};
use crate::transport::Ended;

pub struct HostFacts {
    pub virtualbox: Fact<Version>,
    pub driver: Fact<DriverState>,
    pub machine: Fact<MachineInfo>,
    pub iso: Fact<Iso>,
    pub vagrant: Fact<semver::Version>,
    /// Asked of a Windows host only.
    pub windows: Fact<Windows>,
    pub vbguest: Fact<Vbguest>,
    pub vbguest_plugin: Fact<Plugin>,
}

/// Whether the host's kernel driver is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverState {
    Loaded,
    /// What VBoxManage said.
    NotLoaded(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineInfo {
    pub state: String,
    /// What the guest reported last; stale for a while after a start.
    pub additions: Option<Version>,
    pub shares: Vec<Share>,
}

/// The Guest Additions' ISO on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iso {
    pub path: String,
    pub version: Option<Version>,
}

impl HostFacts {
    pub(super) fn read(reader: &Reader<'_>) -> Self {
        HostFacts {
            virtualbox: reader.read_text(asked::VERSION, Side::Host, vboxmanage::version),
            driver: driver(reader),
            machine: reader.read(asked::MACHINE, Side::Host, machine),
            iso: iso(reader),
            vagrant: reader.read_text(asked_of_vagrant::VERSION, Side::Host, vagrant::version),
            windows: reader.read_text(asked::WINDOWS, Side::Host, windows::parse),
            vbguest: super::vbguest::vbguest(reader),
            vbguest_plugin: super::vbguest::plugin(reader),
        }
    }
}

fn machine(seen: &Observation) -> Option<MachineInfo> {
    let info = MachineReadable::parse(&text(&seen.stdout));
    Some(MachineInfo {
        state: info.get("VMState")?.to_owned(),
        additions: info.get("GuestAdditionsVersion").and_then(Version::parse),
        shares: info.shares(),
    })
}

/// VBoxManage's own words decide; a running machine proves that the driver is there.
fn driver(reader: &Reader<'_>) -> Fact<DriverState> {
    let mut fact = reader.read(asked::VERSION, Side::Host, |seen| {
        let complaint = [asked::VERSION, asked::MACHINE]
            .iter()
            .filter_map(|id| reader.find(id))
            .find_map(|seen| {
                let said = [text(&seen.stdout), text(&seen.stderr)];
                said.iter()
                    .find_map(|text| vboxmanage::driver_complaint(text).map(str::to_owned))
            });
        match complaint {
            Some(said) => Some(DriverState::NotLoaded(said)),
            None => vboxmanage::version(&text(&seen.stdout)).map(|_| DriverState::Loaded),
        }
    });
    if reader.0.target.has_host() && reader.0.target.state == crate::target::RUNNING {
        fact.state = State::Known(DriverState::Loaded);
        fact.source = reader.source(asked::MACHINE, Side::Host);
    }
    fact
}

fn iso(reader: &Reader<'_>) -> Fact<Iso> {
    reader.read(asked::ISO, Side::Host, |seen| {
        let said = text(&seen.stdout);
        let (path, volume) = said.trim_end().split_once('\n').unwrap_or((&said, ""));
        Some(Iso {
            path: path.trim().to_owned(),
            version: additions::iso_version(volume),
        })
    })
}

/// How the connection to the guest went.
pub(super) fn connection(reader: &Reader<'_>) -> Fact<()> {
    let id = crate::observe::guest::CONNECTION;
    let source: Source = reader.source(id, Side::Guest);
    let state = match reader.find(id) {
        None => State::Unknown("the guest was not asked".to_owned()),
        // However it ended: what was answered counts.
        Some(_) if reader.find("uname").is_some() => State::Known(()),
        Some(seen) => match text(&seen.stderr).trim() {
            "" if seen.ended == Ended::Timeout => {
                State::Unknown("the guest did not answer in time".to_owned())
            }
            "" => State::Absent,
            said => State::Unknown(said.to_owned()),
        },
    };
    Fact { source, state }
}
