//! What a step tells of itself before it is done: what it runs, and how it is known to have worked.

use super::plan::{Action, Step};
use super::{Need, find};
use crate::escape;
use crate::medium::choose::Chosen;

/// The commands, or what stands for them.
pub fn runs(step: &Step) -> Vec<String> {
    match &step.action {
        Action::Replace(_) => Vec::new(),
        Action::Run(command) => vec![command.clone()],
        Action::InstallPair { pair, typed, .. } => {
            let mut runs: Vec<String> = typed
                .iter()
                .map(|line| line.trim_start_matches("sudo ").to_owned())
                .collect();
            runs.push(format!(
                "makes {} the kernel that starts next",
                pair.release
            ));
            runs
        }
        Action::Wait { shown, .. } => vec![shown.clone()],
        Action::Mount(mounts) => mounts.shown.clone(),
        Action::Restart { .. } => vec!["shutdown -r now".to_owned()],
        Action::InstallAdditions(chosen) => {
            let from = chosen
                .as_ref()
                .map_or("the ISO of the host".to_owned(), place);
            vec![
                format!("copies {from} into the guest, over SSH"),
                "sh VBoxLinuxAdditions.run --nox11".to_owned(),
            ]
        }
        Action::Snapshot(machine) => {
            let machine = escape::word(machine);
            vec![format!("VBoxManage snapshot {machine} take NAME --live")]
        }
    }
}

fn place(chosen: &Chosen) -> String {
    match chosen {
        Chosen::Local(medium) => medium.path.display().to_string(),
        Chosen::Recorded { path, .. } => path.clone(),
        Chosen::ToDownload { address, .. } => address.to_string(),
    }
}

/// What is looked for after it: no command is believed by its exit status.
pub fn proof(step: &Step) -> Option<String> {
    let proof = match &step.action {
        Action::InstallPair { .. } => "both packages are installed, of one version",
        Action::Restart {
            kernel: Some(kernel),
        } => return Some(format!("uname -r says {}", escape::line(kernel, 80))),
        Action::Restart { kernel: None } => "the modules in memory are those on disk",
        Action::InstallAdditions(_) => {
            "the record names this version, and vboxsf is built for the running kernel"
        }
        Action::Snapshot(_) => "VirtualBox lists it",
        Action::Replace(_) => "the file holds these bytes, and is read again",
        Action::Mount(_) => "/proc/mounts names every share",
        Action::Wait { .. } => "nobody holds the lock of a package manager",
        Action::Run(_) => match step.remedy {
            "install-build-tools" => "gcc, make and perl are there",
            "rebuild-additions" => "vboxsf is built for the running kernel",
            "load-modules" => "vboxsf is loaded",
            "reload-modules" => "the modules in memory are those on disk",
            "repair-mount-helper" => "/sbin/mount.vboxsf is a program",
            _ if find(step.remedy)?.needs.contains(&Need::Network) => {
                "the headers of the running kernel are there"
            }
            _ => return None,
        },
    };
    Some(proof.to_owned())
}
