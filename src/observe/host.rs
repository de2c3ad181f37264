//! Asks the host's VirtualBox, while the guest is being asked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Observation, Side};
use crate::files;
use crate::medium::iso9660::Image;
use crate::parse::{text, vboxmanage};
use crate::target::environment::Environment;
use crate::target::virtualbox;
use crate::transport::{Deadline, Ended, Limits, local};

pub const VERSION: &str = "virtualbox-version";
pub const MACHINE: &str = "machine";
pub const ISO: &str = "additions-iso";
pub const SYNCED_FOLDERS: &str = "synced-folders";
/// Whether Vagrant is about to mount the shared folders.
pub const MOMENT: &str = "moment";
pub const CLOCK: &str = "host-clock";
/// What only a Windows host is asked.
pub const WINDOWS: &str = "windows";
const SNAPSHOT: &str = "snapshot";

/// VBoxManage says little; a machine with a thousand rules says a megabyte.
const LIMITS: Limits = Limits {
    stdout: 4 * 1024 * 1024,
    stderr: 64 * 1024,
};

/// One start of it answers all. What it says must not depend on the language of Windows; and
/// `Get-CimInstance` is younger than what is looked for.
const ASK_WINDOWS: &str = "'PowerShell ' + $PSVersionTable.PSVersion; \
    'Hypervisor ' + (Get-WmiObject Win32_ComputerSystem).HypervisorPresent";

/// What Vagrant and VirtualBox need of Windows. `None` on other hosts.
pub fn windows(deadline: Deadline) -> Option<Observation> {
    cfg!(windows).then(|| ask_powershell(local::find("powershell"), deadline))
}

fn ask_powershell(program: Option<PathBuf>, deadline: Deadline) -> Observation {
    let arguments = ["-NoProfile", "-NonInteractive", "-Command", ASK_WINDOWS];
    let command = format!("powershell -NoProfile -Command \"{ASK_WINDOWS}\"");
    let Some(program) = program else {
        return Observation::unanswered(
            WINDOWS,
            Side::Host,
            command,
            Ended::NotFound,
            "no powershell on PATH",
        );
    };
    let arguments = arguments.map(OsString::from);
    let output = local::ask(&program, &arguments, LIMITS, deadline);
    Observation::from_output(WINDOWS, Side::Host, command, output)
}

/// The program that speaks for VirtualBox, found or not.
pub struct VBoxManage(Option<PathBuf>);

impl VBoxManage {
    pub fn find() -> Self {
        VBoxManage(files::first_existing(virtualbox::programs(
            &Environment::here(),
        )))
    }

    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    fn ask(&self, id: &str, arguments: &[&str], deadline: Deadline) -> Observation {
        let command = format!("VBoxManage {}", arguments.join(" "));
        let Some(program) = &self.0 else {
            return Observation::unanswered(
                id,
                Side::Host,
                command,
                Ended::NotFound,
                "no VBoxManage on PATH or in VirtualBox's usual directories",
            );
        };
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let output = local::ask(program, &arguments, LIMITS, deadline);
        Observation::from_output(id, Side::Host, command, output)
    }

    pub fn version(&self, deadline: Deadline) -> Observation {
        self.ask(VERSION, &["--version"], deadline)
    }

    /// The machines that run, by name and UUID.
    ///
    /// # Errors
    /// Why VirtualBox could not be asked.
    pub fn running(&self, deadline: Deadline) -> Result<Vec<(String, String)>, String> {
        let listed = self.ask("running", &["list", "runningvms"], deadline);
        let said = String::from_utf8_lossy(&listed.stderr);
        let said = crate::escape::line(said.trim(), 300);
        match listed.ended {
            Ended::Exit if vboxmanage::error(&said).is_none() => {
                Ok(vboxmanage::running(&text(&listed.stdout)))
            }
            Ended::Timeout => Err("VBoxManage list runningvms did not answer in time".to_owned()),
            _ => Err(said),
        }
    }

    /// All that VirtualBox knows of one machine, by name or UUID.
    pub fn machine(&self, name: &str, deadline: Deadline) -> Observation {
        let mut seen = self.ask(
            MACHINE,
            &["showvminfo", name, "--machinereadable"],
            deadline,
        );
        // VBoxManage can fail with status 0, and says so on standard error.
        let said = String::from_utf8_lossy(&seen.stderr);
        if vboxmanage::error(&said)
            .is_some_and(|said| said.contains("Could not find a registered machine"))
        {
            seen.ended = Ended::NotFound;
        }
        seen
    }

    /// Takes a snapshot of a machine while it runs.
    ///
    /// # Errors
    /// What VBoxManage said against it.
    pub fn take_snapshot(
        &self,
        machine: &str,
        name: &str,
        deadline: Deadline,
    ) -> Result<(), String> {
        let take = ["snapshot", machine, "take", name, "--live"];
        let taken = self.ask(SNAPSHOT, &take, deadline);
        let list = ["snapshot", machine, "list", "--machinereadable"];
        let listed = self.ask(SNAPSHOT, &list, deadline);
        // VBoxManage can fail with status 0: only what it lists is there.
        let is_there = String::from_utf8_lossy(&listed.stdout)
            .lines()
            .any(|line| line.contains(&format!("=\"{name}\"")));
        if is_there {
            return Ok(());
        }
        let said =
            [&taken.stderr, &taken.stdout].map(|said| String::from_utf8_lossy(said).into_owned());
        let said = said.iter().find(|said| !said.trim().is_empty());
        Err(format!(
            "VirtualBox took no snapshot: {}; leave --snapshot away to do without",
            crate::escape::line(said.map_or("it gave no reason", |said| said.trim()), 300)
        ))
    }

    /// Where the Guest Additions' ISO is, and the volume identifier that carries its version.
    pub fn iso(&self, deadline: Deadline) -> Observation {
        let command = "VBoxManage list systemproperties".to_owned();
        let properties = self.ask(ISO, &["list", "systemproperties"], deadline);
        let here = Environment::here();
        let set = vboxmanage::default_additions_iso(&String::from_utf8_lossy(&properties.stdout))
            .map(|path| here.system.path(Path::new(&path)));
        match files::first_existing(set.into_iter().chain(virtualbox::isos(&here))) {
            Some(path) => {
                let volume = volume_identifier(&path).unwrap_or_default();
                let mut said = path.to_string_lossy().into_owned();
                said.push('\n');
                said.push_str(&volume);
                Observation::answered(ISO, Side::Host, command, said.into_bytes())
            }
            None => Observation::unanswered(
                ISO,
                Side::Host,
                command,
                Ended::NotFound,
                "no VBoxGuestAdditions.iso in VirtualBox's usual directories",
            ),
        }
    }
}

/// The volume identifier of an ISO 9660 file, which is whole.
fn volume_identifier(iso: &Path) -> Option<String> {
    let (file, metadata) = files::open_ordinary(iso).ok()?;
    let image = Image::read(file, metadata.len()).ok()?;
    Some(image.volume)
}

/// Vagrant's own list of what it mounted last.
pub fn synced_folders(file: &Path) -> Observation {
    let command = format!("cat {}", file.display());
    match files::read(file, 1024 * 1024) {
        Ok(bytes) => Observation::answered(SYNCED_FOLDERS, Side::Host, command, bytes),
        Err(error) => {
            let ended = match error.kind() {
                std::io::ErrorKind::PermissionDenied => Ended::Denied,
                _ => Ended::NotFound,
            };
            Observation::unanswered(
                SYNCED_FOLDERS,
                Side::Host,
                command,
                ended,
                &error.to_string(),
            )
        }
    }
}

/// The same, as Vagrant itself tells it in a trigger: what it is about to mount.
pub fn folders_told(folders: &str) -> Observation {
    let command = "vagrant: its synced folders".to_owned();
    Observation::answered(SYNCED_FOLDERS, Side::Host, command, folders.into())
}

/// That Vagrant has not mounted anything yet.
pub fn before_mount() -> Observation {
    let command = "vagrant: its trigger before the mount".to_owned();
    Observation::answered(MOMENT, Side::Host, command, b"before the mount\n".to_vec())
}

/// The host's time before the guest was asked and after it had answered: the guest's clock was read
/// in between.
pub fn clock(asked: SystemTime, answered: SystemTime) -> Observation {
    let seconds = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs())
    };
    let said = format!("{} {}\n", seconds(asked), seconds(answered));
    Observation::answered(CLOCK, Side::Host, "date +%s".to_owned(), said.into_bytes())
}
