//! Where VirtualBox keeps its programs and files on a host.

use std::path::PathBuf;

use crate::files;

/// Nobody keeps more ISOs than this in one folder.
const MOST_ISOS: usize = 50;

/// The directories in which VBoxManage and the Guest Additions' ISO can be.
pub fn directories() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = ["VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH"]
        .iter()
        .filter_map(std::env::var_os)
        // Either may hold several directories, separated by semicolons on every system.
        .flat_map(|value| {
            value
                .to_string_lossy()
                .split(';')
                .filter(|part| !part.is_empty())
                .map(PathBuf::from)
                .collect::<Vec<_>>()
        })
        .collect();
    if cfg!(windows) {
        let program_files = std::env::var_os("ProgramW6432")
            .or_else(|| std::env::var_os("ProgramFiles"))
            .unwrap_or_else(|| "C:\\Program Files".into());
        directories.push(
            PathBuf::from(program_files)
                .join("Oracle")
                .join("VirtualBox"),
        );
    } else if cfg!(target_os = "macos") {
        directories.push("/Applications/VirtualBox.app/Contents/MacOS".into());
    } else {
        directories.extend(
            [
                "/usr/share/virtualbox",
                "/usr/lib/virtualbox",
                "/opt/VirtualBox",
                "/usr/bin",
            ]
            .map(PathBuf::from),
        );
    }
    directories
}

/// The files that can be an ISO of the Guest Additions: what comes with VirtualBox, then what was
/// downloaded into the user's own folders.
pub fn isos() -> Vec<PathBuf> {
    let mut isos: Vec<PathBuf> = directories()
        .into_iter()
        .flat_map(|directory| {
            [
                directory.join("VBoxGuestAdditions.iso"),
                directory.join("additions").join("VBoxGuestAdditions.iso"),
            ]
        })
        .collect();
    for folder in user_folders() {
        let is_iso =
            |name: &String| name.starts_with("VBoxGuestAdditions") && name.ends_with(".iso");
        let names = files::names(&folder).into_iter().filter(is_iso);
        isos.extend(names.take(MOST_ISOS).map(|name| folder.join(name)));
    }
    isos
}

/// Where VirtualBox keeps the user's settings, and what it downloads.
fn user_folders() -> Vec<PathBuf> {
    let set = std::env::var_os("VBOX_USER_HOME").filter(|value| !value.is_empty());
    let home = etcetera::home_dir().ok().into_iter().flat_map(|home| {
        [
            home.join(".config").join("VirtualBox"),
            home.join(".VirtualBox"),
            home.join("Library").join("VirtualBox"),
        ]
    });
    set.map(PathBuf::from).into_iter().chain(home).collect()
}
