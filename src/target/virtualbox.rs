//! Where VirtualBox keeps its programs and files on a host.

use std::path::PathBuf;

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
