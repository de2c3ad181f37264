//! This computer, as far as the places of VirtualBox and Vagrant on it depend on it: a value, so that
//! the rules of every system can be tried on any.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::files;
use crate::transport::{Deadline, Limits, local};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum System {
    #[default]
    Linux,
    /// Linux beside Windows, where Windows has VirtualBox.
    Wsl(Generation),
    MacOs,
    Windows,
}

/// The first one shares the network of Windows, the second one is a virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    First,
    Second,
}

pub type Variable = Box<dyn Fn(&str) -> Option<OsString>>;

pub struct Environment {
    pub system: System,
    pub home: Option<PathBuf>,
    /// What a variable of the environment says.
    pub variable: Variable,
    /// `InstallDir` in the registry of Windows, as VirtualBox's installer wrote it.
    pub install_dir: Option<OsString>,
    /// What a variable says on the Windows side of WSL. To ask takes a good part of a second.
    pub windows_variable: Variable,
}

impl Environment {
    pub fn here() -> Self {
        let variable = |name: &str| std::env::var_os(name);
        Environment {
            system: System::here(),
            home: etcetera::home_dir().ok(),
            variable: Box::new(variable),
            install_dir: install_dir(),
            windows_variable: Box::new(ask_windows),
        }
    }

    /// A variable that says something.
    pub fn set(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// A variable that names a folder.
    pub fn folder(&self, name: &str) -> Option<PathBuf> {
        let value = self.set(name)?;
        Some(self.system.path(Path::new(&value)))
    }
}

impl System {
    /// The system that this program runs on. It does not change while it does.
    pub fn here() -> Self {
        static HERE: OnceLock<System> = OnceLock::new();
        *HERE.get_or_init(|| {
            let release = || files::read(Path::new("/proc/sys/kernel/osrelease"), 1024);
            System::of(
                std::env::consts::OS,
                |name| std::env::var_os(name),
                || String::from_utf8(release().unwrap_or_default()).unwrap_or_default(),
            )
        })
    }

    /// By the name that Rust has for it, and for Linux what tells whether Windows is around it. The
    /// variables are lost below sudo, the kernel's name is not.
    fn of(
        name: &str,
        variable: impl Fn(&str) -> Option<OsString>,
        kernel: impl Fn() -> String,
    ) -> Self {
        match name {
            "windows" => return System::Windows,
            "macos" => return System::MacOs,
            "linux" => {}
            _ => return System::Linux,
        }
        let kernel = kernel();
        let kernel = kernel.trim();
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let is_wsl = kernel.to_ascii_lowercase().contains("microsoft")
            || is_set("WSL_DISTRO_NAME")
            || is_set("WSL_INTEROP");
        match is_wsl {
            false => System::Linux,
            // 4.4.0-19041-Microsoft; the second one has a kernel of its own, by whatever name.
            true if kernel.ends_with("-Microsoft") => System::Wsl(Generation::First),
            true => System::Wsl(Generation::Second),
        }
    }

    pub fn is_wsl(self) -> bool {
        matches!(self, System::Wsl(_))
    }

    /// Where this program finds what Windows calls so: in WSL the drive `C:` is a folder. Elsewhere, and
    /// for any other path, that path itself.
    pub fn path(self, written: &Path) -> PathBuf {
        let translated = |system: Self| {
            if !system.is_wsl() {
                return None;
            }
            let text = written.to_str()?;
            let text = text.strip_prefix(r"\\?\").unwrap_or(text);
            let (drive, rest) = text.split_once(':')?;
            let is_letter = drive.len() == 1 && drive.chars().all(|c| c.is_ascii_alphabetic());
            if !is_letter || !rest.starts_with(['\\', '/']) {
                return None;
            }
            let drive = Path::new("/mnt").join(drive.to_ascii_lowercase());
            let steps = rest.split(['\\', '/']).filter(|step| !step.is_empty());
            Some(steps.fold(drive, |folder, step| folder.join(step)))
        };
        translated(self).unwrap_or_else(|| written.to_owned())
    }
}

#[cfg(windows)]
fn install_dir() -> Option<OsString> {
    let key = windows_registry::LOCAL_MACHINE.open(r"SOFTWARE\Oracle\VirtualBox");
    key.ok()?.get_string("InstallDir").ok().map(OsString::from)
}

#[cfg(not(windows))]
fn install_dir() -> Option<OsString> {
    None
}

/// Asks Windows from WSL, as Vagrant does, and only once. The name is one of ours, never foreign.
fn ask_windows(name: &str) -> Option<OsString> {
    static KNOWN: Mutex<BTreeMap<String, Option<OsString>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = || asked_of_windows(name);
    known.entry(name.to_owned()).or_insert_with(answer).clone()
}

fn asked_of_windows(name: &str) -> Option<OsString> {
    const LIMITS: Limits = Limits {
        stdout: 4096,
        stderr: 4096,
    };
    const PATIENCE: Duration = Duration::from_secs(5);
    let program = local::find("cmd.exe")
        .or_else(|| files::first_existing(["/mnt/c/Windows/System32/cmd.exe".into()]))?;
    // In UTF-16, whatever code page Windows has.
    let arguments = ["/u".into(), "/c".into(), format!("echo %{name}%").into()];
    let said = local::ask(&program, &arguments, LIMITS, Deadline::after(PATIENCE));
    let said = utf16(&said.stdout)?;
    let said = said.trim().trim_matches('"');
    // A variable that is not set is said as it was asked.
    (!said.is_empty() && !said.starts_with('%')).then(|| said.into())
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let units = bytes.chunks_exact(2);
    let units: Vec<u16> = units
        .map(|two| u16::from_le_bytes([two[0], two[1]]))
        .collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn what_windows_says_is_read() {
        assert_eq!(utf16(b"C\0:\0\\\0\x4E\x67\r\0\n\0").unwrap(), "C:\\李\r\n");
        assert_eq!(utf16(b"\x00\xD8\x41\x00"), None);
    }

    /// An environment of which only this is known.
    pub fn environment(system: System, home: &str, variables: &[(&str, &str)]) -> Environment {
        let known = |variables: &[(&str, &str)]| -> Variable {
            let variables: Vec<(String, OsString)> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
                .collect();
            Box::new(move |name| {
                let found = variables.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value.clone())
            })
        };
        Environment {
            system,
            home: (!home.is_empty()).then(|| home.into()),
            variable: known(variables),
            install_dir: None,
            windows_variable: known(&[("USERPROFILE", r"C:\Users\Some One")]),
        }
    }

    #[test]
    fn wsl_is_known_by_its_variables_or_its_kernel() {
        let of = |name: &str, set: &'static str, kernel: &str| {
            System::of(
                name,
                |name| (name == set).then(|| "x".into()),
                || format!("{kernel}\n"),
            )
        };
        let (first, second) = (Generation::First, Generation::Second);
        for (name, set, kernel, expected) in [
            ("linux", "", "6.1.0-18-amd64", System::Linux),
            ("linux", "", "", System::Linux),
            ("linux", "", "4.4.0-19041-Microsoft", System::Wsl(first)),
            (
                "linux",
                "WSL_DISTRO_NAME",
                "4.4.0-19041-Microsoft",
                System::Wsl(first),
            ),
            (
                "linux",
                "",
                "5.15.153.1-microsoft-standard-WSL2",
                System::Wsl(second),
            ),
            ("linux", "WSL_INTEROP", "6.6.9-mine", System::Wsl(second)),
            ("linux", "WSL_DISTRO_NAME", "", System::Wsl(second)),
            ("macos", "WSL_INTEROP", "", System::MacOs),
            ("windows", "WSL_INTEROP", "", System::Windows),
            ("freebsd", "", "", System::Linux),
        ] {
            assert_eq!(of(name, set, kernel), expected, "{name} {set} {kernel}");
        }
    }

    #[test]
    fn a_path_of_windows_is_found_in_wsl() {
        let wsl = System::Wsl(Generation::Second);
        for (written, expected) in [
            (r"C:\Program Files\Oracle\", "/mnt/c/Program Files/Oracle"),
            ("D:/project/vagrant", "/mnt/d/project/vagrant"),
            (r"\\?\E:\项目\x", "/mnt/e/项目/x"),
            ("/home/me/project", "/home/me/project"),
            ("/mnt/c/project", "/mnt/c/project"),
            ("C:relative", "C:relative"),
            ("CD:/x", "CD:/x"),
            ("", ""),
            ("項:/x", "項:/x"),
        ] {
            assert_eq!(wsl.path(Path::new(written)), Path::new(expected));
            for other in [System::Linux, System::MacOs, System::Windows] {
                assert_eq!(other.path(Path::new(written)), Path::new(written));
            }
        }
    }
}
