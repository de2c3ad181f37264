//! The machines of all projects, as Vagrant keeps count of them for the user.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::vagrant::{self, Machine, Surroundings};
use crate::files;

/// Nobody has so many machines that their list is longer.
const LONGEST: u64 = 4 * 1024 * 1024;

/// A machine of some project, and what Vagrant would go by there.
#[derive(Clone, Debug)]
pub struct Listed {
    pub machine: Machine,
    pub surroundings: Surroundings,
}

#[derive(Deserialize)]
struct Index {
    machines: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    provider: String,
    local_data_path: Option<PathBuf>,
    vagrantfile_path: Option<PathBuf>,
    vagrantfile_name: Option<Vec<String>>,
}

/// All machines of VirtualBox that Vagrant has created for this user. None where there is no such list,
/// or one that cannot be read: they are VirtualBox's machines all the same.
pub fn machines(here: &Surroundings) -> Vec<Listed> {
    let Some(home) = &here.home else {
        return Vec::new();
    };
    let path = home.join("data").join("machine-index").join("index");
    let bytes = files::read(&path, LONGEST).unwrap_or_default();
    let Ok(index) = serde_json::from_slice::<Index>(&bytes) else {
        return Vec::new();
    };
    let listed = |(id, entry)| listed(id, entry, here);
    index.machines.into_iter().filter_map(listed).collect()
}

fn listed(id: String, entry: Entry, here: &Surroundings) -> Option<Listed> {
    // In WSL, the list may be that of Windows.
    let data = here.system.path(&entry.local_data_path?);
    let is_plain = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    if entry.provider != "virtualbox" || !is_plain(&entry.name) {
        return None;
    }
    let folder = data.join("machines").join(&entry.name);
    let mut machine = vagrant::machine(&folder, entry.name);
    let is_id = |byte: u8| byte.is_ascii_alphanumeric();
    machine.global_id = Some(id).filter(|id| !id.is_empty() && id.bytes().all(is_id));
    let names = entry.vagrantfile_name.unwrap_or_default();
    Some(Listed {
        machine,
        surroundings: Surroundings {
            folder: here.system.path(&entry.vagrantfile_path?),
            vagrantfile: names.into_iter().next().map(Into::into),
            dotfile_path: Some(data),
            ..here.clone()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::environment::{Generation, System};
    use std::path::Path;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn read(index: &str) -> Vec<Listed> {
        let home = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = home.path().join(path);
            files::make_folder(path.parent().unwrap()).unwrap();
            files::write(&path, text.as_bytes()).unwrap();
        };
        let data = home.path().join("shop").join(".vagrant");
        write("shop/.vagrant/machines/web/virtualbox/id", ID);
        let data = serde_json::to_string(&data).unwrap();
        write("data/machine-index/index", &index.replace("DATA", &data));
        machines(&Surroundings {
            home: Some(home.path().into()),
            ..Surroundings::default()
        })
    }

    #[test]
    fn machines_of_virtualbox_are_found_with_what_leads_to_them() {
        let found = read(
            r#"{"version":1,"machines":{
            "0a1b":{"local_data_path":DATA,"name":"web","provider":"virtualbox","state":"running",
                "vagrantfile_name":null,"vagrantfile_path":"/shop","updated_at":null,"extra_data":{}},
            "0a1c":{"local_data_path":DATA,"name":"../web","provider":"virtualbox","vagrantfile_path":"/shop"},
            "0a1d":{"local_data_path":DATA,"name":"db","provider":"libvirt","vagrantfile_path":"/shop"},
            "-o x":{"local_data_path":DATA,"name":"gone","provider":"virtualbox","vagrantfile_path":"/shop"}}}"#,
        );
        let seen: Vec<_> = found
            .iter()
            .map(|listed| {
                let machine = &listed.machine;
                let global = machine.global_id.as_deref();
                (machine.name.as_str(), machine.id.as_deref(), global)
            })
            .collect();
        assert_eq!(
            seen,
            [("gone", None, None), ("web", Some(ID), Some("0a1b"))]
        );
        assert_eq!(found[1].surroundings.folder, PathBuf::from("/shop"));
    }

    #[test]
    fn the_list_of_windows_is_understood_in_wsl() {
        let list = r#"{"version":1,"machines":{"0a1b":{"local_data_path":"D:/shop/.vagrant",
            "name":"web","provider":"virtualbox","vagrantfile_path":"D:/shop"}}}"#;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data").join("machine-index").join("index");
        files::make_folder(path.parent().unwrap()).unwrap();
        files::write(&path, list.as_bytes()).unwrap();
        let found = machines(&Surroundings {
            system: System::Wsl(Generation::First),
            home: Some(home.path().into()),
            ..Surroundings::default()
        });
        let machine = Path::new("/mnt/d/shop/.vagrant/machines/web/virtualbox");
        assert_eq!(found[0].machine.folder, machine);
        let surroundings = &found[0].surroundings;
        assert_eq!(surroundings.folder, Path::new("/mnt/d/shop"));
        let data = surroundings.dotfile_path.as_deref();
        assert_eq!(data, Some(Path::new("/mnt/d/shop/.vagrant")));
    }

    #[test]
    fn what_is_no_list_names_nothing() {
        for index in ["", "[]", "{\"machines\":[]}", "\u{0}"] {
            assert!(read(index).is_empty(), "{index}");
        }
    }
}
