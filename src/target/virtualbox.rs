//! Where VirtualBox keeps its programs and files on a host.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::environment::{Environment, System};
use crate::files;
use crate::transport::local;

/// Nobody keeps more ISOs than this in one folder.
const MOST_ISOS: usize = 50;

/// All that can be VBoxManage, best first: what is on PATH, then what is where VirtualBox is.
pub fn programs(environment: &Environment) -> impl Iterator<Item = PathBuf> {
    let on_path = names(environment.system).iter();
    on_path
        .filter_map(|name| local::find(name))
        .chain(installed(environment))
}

/// By which names VBoxManage goes: in WSL it is the program of Windows, started with its whole name.
fn names(system: System) -> &'static [&'static str] {
    match system {
        System::Linux | System::MacOs => &["VBoxManage"],
        System::Windows => &["VBoxManage.exe", "VBoxManage"],
        System::Wsl(_) => &["VBoxManage", "VBoxManage.exe"],
    }
}

fn installed(environment: &Environment) -> Vec<PathBuf> {
    let names = names(environment.system);
    directories(environment)
        .into_iter()
        .flat_map(|directory| names.iter().map(move |name| directory.join(name)))
        .collect()
}

/// The directories in which VBoxManage and the Guest Additions' ISO can be.
pub fn directories(environment: &Environment) -> Vec<PathBuf> {
    let variables = ["VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH"];
    let set = variables.iter().filter_map(|name| environment.set(name));
    let mut named: Vec<PathBuf> = set.flat_map(|value| parts(&value)).collect();
    let registry = environment.install_dir.as_deref();
    named.extend(registry.map(parts).unwrap_or_default());
    let named = named.iter().map(|folder| environment.system.path(folder));
    let mut directories: Vec<PathBuf> = Vec::new();
    for directory in named.chain(usual(environment)) {
        if !directories.contains(&directory) {
            directories.push(directory);
        }
    }
    directories
}

/// Either variable may hold several directories, separated by semicolons on every system.
/// Installers leave a backslash at the end, and users put them in quotes.
fn parts(value: &OsStr) -> Vec<PathBuf> {
    let value = value.to_string_lossy();
    // A quotation mark without a fellow quotes nothing.
    let are_paired = value.matches('"').count().is_multiple_of(2);
    let mut quoted = false;
    let parts = value.split(|c| {
        quoted ^= are_paired && c == '"';
        c == ';' && !quoted
    });
    let parts = parts.map(|part| part.replace('"', ""));
    let parts = parts.map(|part| {
        let part = part.trim();
        match part.trim_end_matches(['\\', '/']) {
            // The root of a drive or of everything is what its last sign makes it.
            root if root.is_empty() || root.ends_with(':') => part.to_owned(),
            folder => folder.to_owned(),
        }
    });
    parts
        .filter(|part| !part.is_empty())
        .map(PathBuf::from)
        .collect()
}

/// Where the installers of this system put it.
fn usual(environment: &Environment) -> Vec<PathBuf> {
    let unix = [
        "/usr/share/virtualbox",
        "/usr/lib/virtualbox",
        "/opt/VirtualBox",
        "/usr/bin",
    ]
    .map(PathBuf::from);
    match environment.system {
        System::Linux => unix.to_vec(),
        System::MacOs => vec![
            PathBuf::from("/Applications/VirtualBox.app/Contents/MacOS"),
            PathBuf::from("/usr/local/bin"),
        ],
        System::Windows => {
            let names = ["ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"];
            let named = names.iter().filter_map(|name| environment.folder(name));
            let drive = environment.set("SystemDrive").unwrap_or("C:".into());
            let mut root = drive;
            root.push("\\");
            let root = PathBuf::from(root);
            named
                .chain([root.join("Program Files"), root.join("Program Files (x86)")])
                .map(|programs| of_oracle(&programs))
                .collect()
        }
        System::Wsl(_) => {
            let drive = Path::new("/mnt/c");
            let programs = ["Program Files", "Program Files (x86)"];
            let windows = programs.map(|name| of_oracle(&drive.join(name)));
            // A VirtualBox in the distribution itself is rare, and not impossible.
            windows.into_iter().chain(unix).collect()
        }
    }
}

fn of_oracle(programs: &Path) -> PathBuf {
    programs.join("Oracle").join("VirtualBox")
}

/// The files that can be an ISO of the Guest Additions: what comes with VirtualBox, then what was
/// downloaded into the user's own folders.
pub fn isos(environment: &Environment) -> Vec<PathBuf> {
    let mut isos = brought(environment);
    for folder in user_folders(environment) {
        let is_iso =
            |name: &String| name.starts_with("VBoxGuestAdditions") && name.ends_with(".iso");
        let names = files::names(&folder).into_iter().filter(is_iso);
        isos.extend(names.take(MOST_ISOS).map(|name| folder.join(name)));
    }
    isos
}

/// Where the ISO is that comes with VirtualBox.
fn brought(environment: &Environment) -> Vec<PathBuf> {
    directories(environment)
        .into_iter()
        .flat_map(|directory| {
            [
                directory.join("VBoxGuestAdditions.iso"),
                directory.join("additions").join("VBoxGuestAdditions.iso"),
            ]
        })
        .collect()
}

/// Where VirtualBox keeps the user's settings, and what it downloads.
fn user_folders(environment: &Environment) -> Vec<PathBuf> {
    let home = environment.home.as_deref();
    let in_home = |steps: &[&str]| {
        let folder = |home: &Path| steps.iter().fold(home.to_owned(), |at, step| at.join(step));
        home.map(folder)
    };
    let linux = || {
        let settings = environment.folder("XDG_CONFIG_HOME");
        let settings = settings.or_else(|| in_home(&[".config"]));
        [
            settings.map(|folder| folder.join("VirtualBox")),
            in_home(&[".VirtualBox"]),
        ]
    };
    let of_windows = |home: PathBuf| home.join(".VirtualBox");
    let usual: Vec<Option<PathBuf>> = match environment.system {
        System::Linux => linux().to_vec(),
        System::MacOs => vec![in_home(&["Library", "VirtualBox"])],
        System::Windows => vec![in_home(&[".VirtualBox"])],
        // Only where it is known without asking Windows, which takes its time.
        System::Wsl(_) => ["VAGRANT_WSL_WINDOWS_ACCESS_USER_HOME_PATH", "USERPROFILE"]
            .map(|name| environment.folder(name).map(of_windows))
            .into_iter()
            .chain(linux())
            .collect(),
    };
    let set = environment.folder("VBOX_USER_HOME");
    set.into_iter().chain(usual.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::environment::Generation;
    use crate::target::environment::tests::environment;

    const WSL: System = System::Wsl(Generation::Second);

    /// As on the system in question: a test runs on another one, whose paths have other separators.
    fn shown(paths: &[PathBuf], system: System) -> Vec<String> {
        let shown = paths.iter().map(|path| path.display().to_string());
        shown
            .map(|path| match system {
                System::Windows => path.replace('/', "\\").replace(r"\\", r"\"),
                _ => path.replace('\\', "/"),
            })
            .collect()
    }

    fn directories_of(system: System, variables: &[(&str, &str)]) -> Vec<String> {
        shown(&directories(&environment(system, "", variables)), system)
    }

    #[test]
    fn every_system_has_its_usual_directories() {
        assert_eq!(
            directories_of(System::Linux, &[]),
            [
                "/usr/share/virtualbox",
                "/usr/lib/virtualbox",
                "/opt/VirtualBox",
                "/usr/bin"
            ]
        );
        assert_eq!(
            directories_of(System::MacOs, &[]),
            [
                "/Applications/VirtualBox.app/Contents/MacOS",
                "/usr/local/bin"
            ]
        );
        assert_eq!(
            directories_of(System::Windows, &[]),
            [
                r"C:\Program Files\Oracle\VirtualBox",
                r"C:\Program Files (x86)\Oracle\VirtualBox"
            ]
        );
        let wsl = directories_of(WSL, &[]);
        assert_eq!(
            wsl[..2],
            [
                "/mnt/c/Program Files/Oracle/VirtualBox",
                "/mnt/c/Program Files (x86)/Oracle/VirtualBox"
            ]
        );
        assert_eq!(wsl[2], "/usr/share/virtualbox");
    }

    #[test]
    fn the_installers_variables_come_first_however_they_are_written() {
        let parted = r#"C:\A\;; "D:\B;C\" ;E:\;"#;
        let set = [
            ("VBOX_INSTALL_PATH", r"F:\Old"),
            ("VBOX_MSI_INSTALL_PATH", parted),
        ];
        assert_eq!(
            directories_of(System::Windows, &set)[..4],
            [r"C:\A", r"D:\B;C", r"E:\", r"F:\Old"]
        );
        // WSLENV passes them on as they are in Windows, or translated.
        assert_eq!(
            directories_of(WSL, &set)[..4],
            ["/mnt/c/A", "/mnt/d/B;C", "/mnt/e", "/mnt/f/Old"]
        );
        let translated = [("VBOX_MSI_INSTALL_PATH", "/mnt/d/VirtualBox/")];
        assert_eq!(directories_of(WSL, &translated)[0], "/mnt/d/VirtualBox");
        let none = [
            ("VBOX_MSI_INSTALL_PATH", " ;;\";"),
            ("VBOX_INSTALL_PATH", ""),
        ];
        assert_eq!(
            directories_of(System::Windows, &none),
            directories_of(System::Windows, &[])
        );
    }

    #[test]
    fn the_registry_and_the_folders_of_programs_are_asked_in_windows() {
        let mut windows = environment(
            System::Windows,
            "",
            &[
                ("ProgramW6432", r"D:\Programs"),
                ("ProgramFiles", r"D:\Programs"),
                ("ProgramFiles(x86)", r"D:\Programs (x86)"),
                ("SystemDrive", "D:"),
            ],
        );
        windows.install_dir = Some(r"G:\VirtualBox\".into());
        assert_eq!(
            shown(&directories(&windows), System::Windows),
            [
                r"G:\VirtualBox",
                r"D:\Programs\Oracle\VirtualBox",
                r"D:\Programs (x86)\Oracle\VirtualBox",
                r"D:\Program Files\Oracle\VirtualBox",
                r"D:\Program Files (x86)\Oracle\VirtualBox",
            ]
        );
    }

    #[test]
    fn the_program_is_looked_for_by_its_name_there() {
        for (system, expected) in [
            (System::Linux, "/usr/bin/VBoxManage"),
            (
                System::MacOs,
                "/Applications/VirtualBox.app/Contents/MacOS/VBoxManage",
            ),
            (System::MacOs, "/usr/local/bin/VBoxManage"),
            (
                System::Windows,
                r"C:\Program Files\Oracle\VirtualBox\VBoxManage.exe",
            ),
            (WSL, "/mnt/c/Program Files/Oracle/VirtualBox/VBoxManage.exe"),
            (WSL, "/usr/bin/VBoxManage"),
        ] {
            let found = shown(&installed(&environment(system, "", &[])), system);
            assert!(found.iter().any(|path| path == expected), "{found:?}");
        }
    }

    #[test]
    fn the_iso_is_beside_the_program_or_where_the_distribution_puts_it() {
        for (system, expected) in [
            (
                System::Linux,
                "/usr/share/virtualbox/VBoxGuestAdditions.iso",
            ),
            (
                System::Linux,
                "/usr/lib/virtualbox/additions/VBoxGuestAdditions.iso",
            ),
            (
                System::Linux,
                "/opt/VirtualBox/additions/VBoxGuestAdditions.iso",
            ),
            (
                System::MacOs,
                "/Applications/VirtualBox.app/Contents/MacOS/VBoxGuestAdditions.iso",
            ),
            (
                System::Windows,
                r"C:\Program Files\Oracle\VirtualBox\VBoxGuestAdditions.iso",
            ),
            (
                WSL,
                "/mnt/c/Program Files/Oracle/VirtualBox/VBoxGuestAdditions.iso",
            ),
        ] {
            let found = shown(&brought(&environment(system, "", &[])), system);
            assert!(found.iter().any(|path| path == expected), "{found:?}");
        }
    }

    #[test]
    fn the_users_own_folders_are_those_of_the_system() {
        let folders = |system, home: &str, variables: &[(&str, &str)]| {
            shown(&user_folders(&environment(system, home, variables)), system)
        };
        assert_eq!(
            folders(System::Linux, "/home/me", &[]),
            ["/home/me/.config/VirtualBox", "/home/me/.VirtualBox"]
        );
        assert_eq!(
            folders(System::Linux, "/home/me", &[("XDG_CONFIG_HOME", "/etc/me")])[0],
            "/etc/me/VirtualBox"
        );
        assert_eq!(
            folders(System::MacOs, "/Users/me", &[("VBOX_USER_HOME", "/v")]),
            ["/v", "/Users/me/Library/VirtualBox"]
        );
        assert_eq!(
            folders(System::Windows, r"C:\Users\me", &[]),
            [r"C:\Users\me\.VirtualBox"]
        );
        assert_eq!(
            folders(WSL, "/home/me", &[("USERPROFILE", r"C:\Users\me")]),
            [
                "/mnt/c/Users/me/.VirtualBox",
                "/home/me/.config/VirtualBox",
                "/home/me/.VirtualBox"
            ]
        );
        assert!(folders(System::MacOs, "", &[]).is_empty());
    }
}
