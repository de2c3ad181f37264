//! From what the user named to examinations of it.

use std::env::VarError;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use super::{further, terminal};
use crate::cli::{Further, TargetArgs};
use crate::facts::Facts;
use crate::files;
use crate::observe::way::{self, Route, Way};
use crate::observe::{Examination, bundle, guest, local_krb5, log, look};
use crate::target::told::{self, Told};
use crate::target::vagrant::Surroundings;
use crate::target::{Kind, Target, address};
use crate::transport::Deadline;
use crate::transport::ssh::{self, HostKeys};

/// Everything that was asked for, and whether the user asked for it by name.
pub struct Examined {
    pub examinations: Vec<Examination>,
    pub by_name: bool,
}

/// Something that can be looked at, and looked at again.
pub enum Subject {
    /// A bundle or a log: what was seen some other time.
    Bundle(Examination),
    /// A krb5.conf of this computer.
    File(PathBuf),
    Guest(Way),
}

/// What the arguments name, and whether the user named it.
pub struct Subjects {
    pub subjects: Vec<Subject>,
    pub by_name: bool,
}

impl Subjects {
    /// The machines of the project, of which Vagrant is about to mount the shared folders.
    ///
    /// # Errors
    /// Where there is no such project or machine.
    pub fn before_mount(machines: &TargetArgs) -> Result<Self> {
        let mut subjects = match std::env::var(told::VARIABLE) {
            Ok(said) => told(&said)?,
            Err(VarError::NotPresent) => subjects(machines)?,
            Err(VarError::NotUnicode(_)) => bail!("{} is no text", told::VARIABLE),
        };
        for subject in &mut subjects.subjects {
            if let Subject::Guest(way) = subject {
                way.is_before_mount = true;
            }
        }
        Ok(subjects)
    }
}

/// Looks at every target that the arguments name.
///
/// # Errors
/// Where they name nothing that can be looked at.
pub fn targets(arguments: &TargetArgs, further: &Further) -> Result<Examined> {
    let Subjects { subjects, by_name } = subjects(arguments)?;
    let deadline = arguments.deadline();
    Ok(Examined {
        examinations: look_further(&subjects, deadline, further)?,
        by_name,
    })
}

/// Looks at all of them, and tells what is worth a note.
///
/// # Errors
/// Where one of them cannot be looked at.
pub fn look(subjects: &[Subject], deadline: Deadline) -> Result<Vec<Examination>> {
    look_further(subjects, deadline, &Further::default())
}

fn look_further(
    subjects: &[Subject],
    deadline: Deadline,
    further: &Further,
) -> Result<Vec<Examination>> {
    let progress = terminal::Progress::show("Looking at host and guest...");
    let examinations = side_by_side(subjects, deadline, further)?;
    drop(progress);
    for (subject, examination) in subjects.iter().zip(&examinations) {
        subject.notes(examination);
    }
    Ok(examinations)
}

/// A machine that hangs delays nobody.
fn side_by_side(
    subjects: &[Subject],
    deadline: Deadline,
    further: &Further,
) -> Result<Vec<Examination>> {
    let look = |subject: &Subject| {
        let mut examination = subject.look(deadline)?;
        if further.deep || further.try_keytab {
            subject.ask_further(&mut examination, deadline, further);
        }
        Ok(examination)
    };
    thread::scope(|scope| {
        let looks: Vec<_> = subjects
            .iter()
            .map(|subject| scope.spawn(move || look(subject)))
            .collect();
        looks
            .into_iter()
            .map(|look| {
                let failed = "looking at a machine failed inside boxdoctor; please report this";
                look.join().map_err(|_| anyhow!(failed))?
            })
            .collect()
    })
}

impl Subject {
    /// # Errors
    /// Where a file cannot be read. A guest that cannot be asked is a finding, not an error.
    pub fn look(&self, deadline: Deadline) -> Result<Examination> {
        match self {
            Subject::Bundle(examination) => Ok(examination.clone()),
            Subject::File(path) => read_krb5_conf(path),
            Subject::Guest(way) => Ok(look::look(way, deadline)),
        }
    }

    /// Looks only at what decides whether its shared folders could be mounted.
    ///
    /// # Errors
    /// As of [`Subject::look`].
    pub fn glance(&self, deadline: Deadline) -> Result<Examination> {
        match self {
            Subject::Guest(way) => Ok(look::glance(way, deadline)),
            other => other.look(deadline),
        }
    }

    /// Asks a guest what could not be known before it was looked at.
    fn ask_further(&self, examination: &mut Examination, deadline: Deadline, wanted: &Further) {
        let Subject::Guest(way) = self else {
            return;
        };
        let questions = further::questions(&Facts::read(examination), wanted);
        let questions: Vec<_> = questions.iter().map(|asked| asked.question()).collect();
        if !questions.is_empty() {
            let answers = look::ask_further(way, &questions, deadline);
            examination.observations.extend(answers);
        }
    }

    /// What the user may want to know of a connection that works: an unknown host key, say.
    pub fn notes(&self, examination: &Examination) {
        if !matches!(self, Subject::Guest(_)) {
            return;
        }
        let connection = examination.find(guest::CONNECTION);
        let said = connection.map(|seen| crate::parse::text(&seen.stdout));
        for note in said.iter().flat_map(|said| said.lines()) {
            terminal::say(&format!("note: {note}"));
        }
    }
}

/// What the arguments name. Nothing is looked at yet.
///
/// # Errors
/// Where they name nothing that can be looked at.
pub fn subjects(arguments: &TargetArgs) -> Result<Subjects> {
    let one = |subject| {
        Ok(Subjects {
            subjects: vec![subject],
            by_name: true,
        })
    };
    if arguments.identity.is_some() && arguments.ssh.is_none() && arguments.vm.is_none() {
        bail!("--identity goes with --ssh or --vm; Vagrant's own keys are found without it");
    }
    if let Some(identity) = &arguments.identity {
        // A file that is no key is wrong usage, not something that is wrong with the machine.
        ssh::check_identity(identity)?;
    }
    if let Some(path) = &arguments.bundle {
        return one(Subject::Bundle(read_bundle(path)?));
    }
    if !arguments.log.is_empty() {
        let seen = log::read(&arguments.log)?.into_iter();
        return Ok(Subjects {
            subjects: seen.map(Subject::Bundle).collect(),
            by_name: true,
        });
    }
    if let Some(path) = &arguments.krb5_conf {
        return one(Subject::File(path.clone()));
    }
    if let Some(text) = &arguments.ssh {
        return one(Subject::Guest(Way::new(Route::Address {
            address: address::parse(text)?,
            login: way::login(arguments.identity.clone(), HostKeys::Known),
        })));
    }
    if let Some(name) = &arguments.vm {
        if name.is_empty() || name.starts_with('-') {
            bail!("'{name}' is no name of a virtual machine; `VBoxManage list vms` shows them");
        }
        return one(Subject::Guest(Way::new(Route::VirtualBox {
            name: name.clone(),
            login: way::login(arguments.identity.clone(), HostKeys::Ignore),
        })));
    }
    let mut surroundings = Surroundings::here();
    let project = surroundings.project()?;
    let machines = project.select(&arguments.machines)?;
    // One machine has one journal, from wherever in the project it is mended.
    surroundings.folder = project.root;
    let subject = |machine| {
        Subject::Guest(Way::new(Route::Vagrant {
            machine,
            surroundings: surroundings.clone(),
            told: None,
        }))
    };
    Ok(Subjects {
        subjects: machines.into_iter().map(subject).collect(),
        by_name: !arguments.machines.is_empty(),
    })
}

/// The one machine of which the block in a Vagrantfile tells.
fn told(said: &str) -> Result<Subjects> {
    let told = Told::parse(said).with_context(|| {
        format!(
            "{} is not understood; `boxdoctor hook install` writes the block of the Vagrantfile anew",
            told::VARIABLE
        )
    })?;
    let way = Way::new(Route::Vagrant {
        machine: told.machine(),
        surroundings: told.surroundings(),
        told: Some(Box::new(told)),
    });
    Ok(Subjects {
        subjects: vec![Subject::Guest(way)],
        by_name: true,
    })
}

fn read_bundle(path: &Path) -> Result<Examination> {
    let bytes = files::read(path, bundle::LARGEST)
        .with_context(|| format!("the bundle {} cannot be read", path.display()))?;
    bundle::read(&bytes).with_context(|| format!("{} is not usable", path.display()))
}

fn read_krb5_conf(path: &Path) -> Result<Examination> {
    let shown = path.display().to_string();
    let seen = local_krb5::observe(path).with_context(|| format!("{shown} cannot be read"))?;
    let mut examination = Examination::begin(Target::running(&shown, Kind::File));
    examination.observations = seen;
    Ok(examination)
}
