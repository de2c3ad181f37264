//! Where Vagrant's own files are.

use std::path::{Path, PathBuf};

use super::environment::System;
use crate::files;

/// Where the files of the Vagrant behind this program may be, in a folder that bears its version.
pub fn folders(system: System, program: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for gems in roots(system, program).iter().map(|root| root.join("gems")) {
        for name in files::names(&gems) {
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                folders.push(gems.join(name).join("gems"));
            }
        }
        folders.push(gems.join("gems"));
        folders.push(gems);
    }
    folders
}

/// The folders below which Ruby keeps its gems.
fn roots(system: System, program: &Path) -> Vec<PathBuf> {
    let real = program.canonicalize();
    let beside = [Some(program), real.as_deref().ok()];
    let beside = beside.into_iter().flatten();
    let installed = beside.filter_map(|program| Some(program.parent()?.parent()?.to_owned()));
    let mut roots: Vec<PathBuf> = installed.map(|root| root.join("embedded")).collect();
    // A script elsewhere starts HashiCorp's own packages; distributions install it as a gem.
    let hashicorp = || PathBuf::from("/opt/vagrant/embedded");
    match system {
        System::Windows => {}
        System::MacOs => roots.push(hashicorp()),
        System::Linux | System::Wsl(_) => roots.extend([
            hashicorp(),
            PathBuf::from("/usr/share/rubygems-integration/all"),
            PathBuf::from("/usr/share/vagrant"),
        ]),
    }
    roots.dedup();
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gems_are_beside_the_program_and_where_the_systems_packages_are() {
        let roots = |system, program: &str| roots(system, Path::new(program));
        assert_eq!(
            roots(System::Windows, "C:/HashiCorp/Vagrant/bin/vagrant.exe"),
            [PathBuf::from("C:/HashiCorp/Vagrant/embedded")]
        );
        assert_eq!(
            roots(System::MacOs, "/no/such/bin/vagrant"),
            ["/no/such/embedded", "/opt/vagrant/embedded"].map(PathBuf::from)
        );
        assert!(
            roots(System::Linux, "/no/such/bin/vagrant")
                .contains(&PathBuf::from("/usr/share/rubygems-integration/all"))
        );
    }
}
