//! A Vagrant project and its machines, read from Vagrant's own files: starting Vagrant takes
//! seconds, reading its files none.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf, Prefix};

use thiserror::Error;

use super::environment::{Environment, System};
use super::vagrant_home;
use crate::files;

/// A machine that Vagrant knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub name: String,
    /// VirtualBox's UUID, once the machine is created there.
    pub id: Option<String>,
    /// The provider that it was created with, where that is another one.
    pub other_provider: Option<String>,
    /// Vagrant's folder for this machine and provider.
    pub folder: PathBuf,
    /// By which Vagrant finds it from any folder.
    pub global_id: Option<String>,
}

/// The project around a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    pub root: PathBuf,
    pub machines: Vec<Machine>,
}

#[derive(Debug, Error)]
pub enum ProjectError {
    #[error(
        "no Vagrantfile here or in a folder above ({0}); go to your project, or name the machine with --vm, --ssh or --bundle"
    )]
    NoProject(PathBuf),
    #[error("the project has no machine '{wanted}'; name one of: {known}")]
    NoMachine { wanted: String, known: String },
}

/// What the environment says of Vagrant; a value of its own, so that it can be tested.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub system: System,
    pub folder: PathBuf,
    pub vagrantfile: Option<OsString>,
    pub dotfile_path: Option<PathBuf>,
    /// Where Vagrant keeps what belongs to the user.
    pub home: Option<PathBuf>,
}

impl Surroundings {
    pub fn here() -> Self {
        Surroundings::of(&Environment::here())
    }

    fn of(environment: &Environment) -> Self {
        Surroundings {
            system: environment.system,
            folder: folder(environment.folder("VAGRANT_CWD")),
            vagrantfile: environment.set("VAGRANT_VAGRANTFILE"),
            dotfile_path: environment.folder("VAGRANT_DOTFILE_PATH"),
            home: vagrant_home::of(environment),
        }
    }

    /// Finds the project: the nearest folder upwards that has a Vagrantfile.
    ///
    /// # Errors
    /// Where there is none.
    pub fn project(&self) -> Result<Project, ProjectError> {
        let root = self
            .root()
            .ok_or_else(|| ProjectError::NoProject(self.folder.clone()))?;
        Ok(Project {
            root: root.to_owned(),
            machines: machines(&self.data(root).join("machines")),
        })
    }

    fn vagrantfile_names(&self) -> Vec<OsString> {
        match &self.vagrantfile {
            Some(name) => vec![name.clone()],
            None => vec!["Vagrantfile".into(), "vagrantfile".into()],
        }
    }

    /// The Vagrantfile in this folder. Only the first, as in Vagrant: Windows and macOS find the same file
    /// by both names.
    fn vagrantfile_in(&self, folder: &Path) -> Option<PathBuf> {
        let names = self.vagrantfile_names().into_iter();
        let mut paths = names.map(|name| folder.join(name));
        paths.find(|path| path.is_file())
    }

    fn root(&self) -> Option<&Path> {
        let mut folders = self.folder.ancestors();
        folders.find(|folder| self.vagrantfile_in(folder).is_some())
    }

    /// Where Vagrant keeps what belongs to the project with this root.
    fn data(&self, root: &Path) -> PathBuf {
        let folder = self.dotfile_path.as_deref();
        root.join(folder.unwrap_or(Path::new(".vagrant")))
    }

    /// The lists of plug-ins that Vagrant would load: the user's and the project's.
    pub fn plugin_lists(&self) -> Vec<PathBuf> {
        let project = self.root().map(|root| self.data(root));
        let folders = self.home.clone().into_iter().chain(project);
        folders.map(|folder| folder.join("plugins.json")).collect()
    }

    /// The Vagrantfiles whose settings Vagrant would take: the user's and the project's.
    pub fn vagrantfiles(&self) -> Vec<PathBuf> {
        let folders = [self.home.as_deref(), self.root()].into_iter().flatten();
        folders
            .filter_map(|folder| self.vagrantfile_in(folder))
            .collect()
    }

    /// The project's Vagrantfile.
    ///
    /// # Errors
    /// Where there is none.
    pub fn vagrantfile(&self) -> Result<PathBuf, ProjectError> {
        self.root()
            .and_then(|root| self.vagrantfile_in(root))
            .ok_or_else(|| ProjectError::NoProject(self.folder.clone()))
    }

    /// The private keys that Vagrant would log in with, unless the Vagrantfile says otherwise.
    pub fn identities(&self, machine: &Machine) -> Vec<PathBuf> {
        let own = machine.folder.join("private_key");
        if own.is_file() {
            return vec![own];
        }
        let Some(home) = &self.home else {
            return Vec::new();
        };
        let keys = home.join("insecure_private_keys");
        [
            keys.join("vagrant.key.ed25519"),
            keys.join("vagrant.key.rsa"),
            home.join("insecure_private_key"),
        ]
        .into_iter()
        .filter(|path| path.is_file())
        .collect()
    }
}

/// The folder that Vagrant would start from: absolute, without the steps back, as Ruby writes it. A
/// machine is known by it.
fn folder(named: Option<PathBuf>) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let mut folder = PathBuf::new();
    for step in here.join(named.unwrap_or_default()).components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir => {
                folder.pop();
            }
            // Terminals of Windows write the letter of a drive in either way.
            Component::Prefix(prefix) => match prefix.kind() {
                Prefix::Disk(letter) => {
                    folder.push(format!("{}:", char::from(letter.to_ascii_uppercase())))
                }
                _ => folder.push(step),
            },
            step => folder.push(step),
        }
    }
    folder
}

/// `machines/NAME/PROVIDER/id`. A project without any is one whose machine was never created.
fn machines(folder: &Path) -> Vec<Machine> {
    let mut found: Vec<Machine> = files::names(folder)
        .into_iter()
        .filter(|name| folder.join(name).is_dir())
        .map(|name| machine(&folder.join(&name), name))
        .collect();
    if found.is_empty() {
        found.push(Machine {
            name: "default".to_owned(),
            id: None,
            other_provider: None,
            folder: folder.join("default").join("virtualbox"),
            global_id: None,
        });
    }
    found
}

/// It goes to VBoxManage as an argument, so it must be what VirtualBox's identifiers are.
pub(super) fn identifier(id: &str) -> Option<String> {
    let is_one = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    (id.len() == 36 && id.bytes().all(is_one)).then(|| id.to_owned())
}

pub(super) fn machine(folder: &Path, name: String) -> Machine {
    let id = |provider: &str| {
        let bytes = files::read(&folder.join(provider).join("id"), 1024).ok()?;
        let id = String::from_utf8(bytes).ok()?.trim().to_owned();
        (!id.is_empty()).then_some(id)
    };
    let own = id("virtualbox").and_then(|id| identifier(&id));
    let other_provider = match own {
        Some(_) => None,
        None => files::names(folder)
            .into_iter()
            .find(|provider| provider != "virtualbox" && id(provider).is_some()),
    };
    Machine {
        name,
        id: own,
        other_provider,
        folder: folder.join("virtualbox"),
        global_id: None,
    }
}

impl Project {
    /// The machines of these names, in their order; all of them where none is named.
    ///
    /// # Errors
    /// Names the machine that the project does not have.
    pub fn select(&self, names: &[String]) -> Result<Vec<Machine>, ProjectError> {
        if names.is_empty() {
            return Ok(self.machines.clone());
        }
        names
            .iter()
            .map(|name| {
                self.machines
                    .iter()
                    .find(|machine| machine.name == *name)
                    .cloned()
                    .ok_or_else(|| {
                        let known: Vec<&str> = self
                            .machines
                            .iter()
                            .map(|machine| machine.name.as_str())
                            .collect();
                        ProjectError::NoMachine {
                            wanted: crate::escape::line(name, 60),
                            known: crate::escape::line(&known.join(", "), 200),
                        }
                    })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn project(paths: &[(&str, &str)]) -> (tempfile::TempDir, Surroundings) {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in paths {
            let path = folder.path().join(path);
            make_folder(path.parent().unwrap());
            files::write(&path, content.as_bytes()).unwrap();
        }
        let below = folder.path().join("src").join("deep");
        make_folder(&below);
        let surroundings = Surroundings {
            folder: below,
            home: Some(folder.path().join("home").join(".vagrant.d")),
            ..Surroundings::default()
        };
        (folder, surroundings)
    }

    #[expect(clippy::disallowed_methods, reason = "a test lays out a project")]
    fn make_folder(path: &Path) {
        std::fs::create_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_is_written_in_one_way() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(folder(None), here);
        assert_eq!(folder(Some("a/../b/.".into())), here.join("b"));
        assert_eq!(folder(Some("..".into())), here.parent().unwrap());
    }

    #[test]
    fn the_project_is_found_from_a_folder_below_it() {
        let (folder, surroundings) = project(&[
            ("Vagrantfile", ""),
            (".vagrant/machines/web/virtualbox/id", ID),
            (".vagrant/machines/db/libvirt/id", "abc"),
            (".vagrant/machines/new/virtualbox/vagrant_cwd", "x"),
            (".vagrant/machines/odd/virtualbox/id", "--help"),
        ]);
        let found = surroundings.project().unwrap();
        assert_eq!(found.root, folder.path());
        let seen: Vec<_> = found
            .machines
            .iter()
            .map(|machine| {
                (
                    machine.name.as_str(),
                    machine.id.as_deref(),
                    machine.other_provider.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("db", None, Some("libvirt")),
                ("new", None, None),
                ("odd", None, None),
                ("web", Some(ID), None)
            ]
        );
        assert_eq!(found.select(&["web".into()]).unwrap().len(), 1);
        let error = found.select(&["nope".into()]).unwrap_err().to_string();
        assert_eq!(
            error,
            "the project has no machine 'nope'; name one of: db, new, odd, web"
        );
    }

    #[test]
    fn a_project_whose_machine_was_never_created_has_one_machine() {
        let (_folder, surroundings) = project(&[("Vagrantfile", "")]);
        let found = surroundings.project().unwrap();
        assert_eq!(found.machines.len(), 1);
        assert_eq!(
            (found.machines[0].name.as_str(), &found.machines[0].id),
            ("default", &None)
        );
    }

    #[test]
    fn the_user_and_the_project_have_plug_ins_and_settings() {
        let (folder, surroundings) =
            project(&[("Vagrantfile", ""), ("home/.vagrant.d/Vagrantfile", "")]);
        let at = |path: &str| folder.path().join(path);
        let lists = ["home/.vagrant.d/plugins.json", ".vagrant/plugins.json"].map(at);
        assert_eq!(surroundings.plugin_lists(), lists);
        let files = ["home/.vagrant.d/Vagrantfile", "Vagrantfile"].map(at);
        assert_eq!(surroundings.vagrantfiles(), files);
    }

    #[test]
    fn the_machines_own_key_comes_first() {
        let (folder, surroundings) = project(&[
            ("Vagrantfile", ""),
            (".vagrant/machines/default/virtualbox/id", ID),
            ("home/.vagrant.d/insecure_private_key", "old"),
        ]);
        let machine = surroundings.project().unwrap().machines.remove(0);
        let insecure = folder.path().join("home/.vagrant.d/insecure_private_key");
        assert_eq!(surroundings.identities(&machine), [insecure]);
        let own = machine.folder.join("private_key");
        files::write(&own, b"key").unwrap();
        assert_eq!(surroundings.identities(&machine), [own]);
    }
}
