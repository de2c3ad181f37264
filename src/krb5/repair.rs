//! Takes the stray bytes out of a file, and nothing else.
//!
//! Only what stands at the edge of a word is taken out: inside of one nobody knows what was meant.
//! A file that Kerberos would still not read as it should is not a repaired one.

use std::sync::Arc;

use super::configuration::Configuration;
use super::fault::{Fault, Unreadable};
use super::invisible;
use super::lines::without;
use super::parse::Files;
use super::profile::{File, Profile, ROOT};
use super::release::Release;
use super::stray::{self, Stray};
use super::utf16;

/// A file as it was and as it would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    /// What is taken out, in the order in which it stands; offsets in what [`Repair::source`] gives.
    pub removed: Vec<Stray>,
    /// The file in UTF-8, where it was UTF-16.
    pub transcoded: Option<Vec<u8>>,
}

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No stray byte does harm in it.
    NothingToMend,
    /// Stray bytes stand inside a word, and taking them out could be wrong.
    InsideWord(Box<Stray>),
    /// Kerberos would still give up, for another reason, in this file.
    StillFaulty(Box<Fault>, Vec<u8>),
    /// A name would still hold what nobody sees.
    NameKeepsStray(Vec<u8>),
}

/// What a file would be without its stray bytes. Whether Kerberos reads it then is another
/// question, which [`accept`] answers.
///
/// # Errors
/// [`Refusal::NothingToMend`] and [`Refusal::InsideWord`].
pub fn propose(before: &[u8]) -> Result<Repair, Refusal> {
    let found = stray::all(before);
    if !found.iter().any(|stray| stray.effect.is_some()) {
        return Err(Refusal::NothingToMend);
    }
    let decoded = utf16::detect(before).and_then(|encoding| encoding.decode(before));
    let transcoded = decoded.map(String::into_bytes);
    let mut removed = transcoded.as_deref().map_or(found, stray::all);
    removed.retain(|stray| stray.at_edge && stray.changes);
    let source = transcoded.as_deref().unwrap_or(before);
    let repair = Repair {
        after: without(source, removed.iter().map(|stray| stray.bytes.clone())),
        before: before.to_vec(),
        removed,
        transcoded,
    };
    match stray::scan(&repair.after).into_iter().next() {
        Some(left) => Err(Refusal::InsideWord(Box::new(left))),
        None => Ok(repair),
    }
}

/// The file without any stray byte that changes what Kerberos reads, even those of which nobody
/// knows what was meant: to tell what is their doing. `None` where they do no harm.
pub fn bare(file: &[u8]) -> Option<Vec<u8>> {
    stray::scan(file).first()?;
    let decoded = utf16::detect(file).and_then(|encoding| encoding.decode(file));
    let source = decoded.map_or_else(|| file.to_vec(), String::into_bytes);
    let strays = stray::all(&source)
        .into_iter()
        .filter(|stray| stray.changes);
    Some(without(&source, strays.map(|stray| stray.bytes)))
}

/// The configuration as it would be with these files mended.
fn mended_configuration(
    configuration: &Configuration,
    mended: &[(Vec<u8>, Repair)],
    files: &dyn Files,
) -> Configuration {
    let paths: Vec<&[u8]> = configuration
        .parts
        .iter()
        .map(|part| part.path.as_slice())
        .collect();
    let overlaid = Mended {
        mended,
        others: files,
    };
    Configuration::read(&paths, &overlaid, configuration.release)
}

/// The files that Kerberos would read with these files mended, in their order.
pub fn files_read(
    configuration: &Configuration,
    mended: &[(Vec<u8>, Repair)],
    files: &dyn Files,
) -> Vec<File> {
    let parts = mended_configuration(configuration, mended, files).parts;
    let files = parts
        .into_iter()
        .flat_map(|part| part.reading.profile.files);
    files.collect()
}

/// Whether Kerberos would read the configuration, and read it as it is meant, with these files
/// mended.
///
/// # Errors
/// [`Refusal::StillFaulty`] and [`Refusal::NameKeepsStray`].
pub fn accept(
    configuration: &Configuration,
    mended: &[(Vec<u8>, Repair)],
    files: &dyn Files,
) -> Result<(), Refusal> {
    let configuration = mended_configuration(configuration, mended, files);
    if let Some((part, fault)) = configuration.fault() {
        let place = fault.place.as_ref();
        let path = place.map_or(&part.path[..], |place| part.path_of(place));
        return Err(Refusal::StillFaulty(Box::new(fault.clone()), path.to_vec()));
    }
    let mut profiles = configuration.parts.iter().map(|part| &part.reading.profile);
    match profiles.find_map(stray_name) {
        Some(name) => Err(Refusal::NameKeepsStray(name)),
        None => Ok(()),
    }
}

/// Mends one file, which holds `before`.
///
/// # Errors
/// Why nothing is to be written.
pub fn mend(
    path: &[u8],
    before: &[u8],
    files: &dyn Files,
    release: Release,
) -> Result<Repair, Refusal> {
    let mended = [(path.to_vec(), propose(before)?)];
    let configuration = Configuration::read(&[path], files, release);
    accept(&configuration, &mended, files)?;
    let [(_, repair)] = mended;
    Ok(repair)
}

impl Repair {
    /// The bytes from which others are taken out: those of the file, or the same in UTF-8.
    pub fn source(&self) -> &[u8] {
        self.transcoded.as_deref().unwrap_or(&self.before)
    }
}

fn stray_name(profile: &Profile) -> Option<Vec<u8>> {
    let mut sections = vec![ROOT];
    while let Some(section) = sections.pop() {
        for child in profile.children(section) {
            let name = profile.name(*child);
            // A bracket is what a sequence of a terminal leaves behind.
            let is_left_over = section == ROOT && name.contains(&b'[');
            if is_left_over || invisible::position(name).is_some() {
                return Some(name.to_vec());
            }
            if profile.is_section(*child) {
                sections.push(*child);
            }
        }
    }
    None
}

/// The files of a configuration, some of them as they would be.
struct Mended<'a> {
    mended: &'a [(Vec<u8>, Repair)],
    others: &'a dyn Files,
}

impl Mended<'_> {
    fn find(&self, path: &[u8]) -> Option<&Repair> {
        let path = plain(path);
        let found = self.mended.iter().find(|(mended, _)| plain(mended) == path);
        found.map(|(_, repair)| repair)
    }
}

impl Files for Mended<'_> {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        match self.find(path) {
            Some(repair) => Ok(repair.after.as_slice().into()),
            None => self.others.file(path),
        }
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        match self.find(path) {
            Some(_) => Err(Unreadable::Other),
            None => self.others.folder(path),
        }
    }
}

impl Refusal {
    /// What is in the way, for people. Whoever shows it escapes it.
    pub fn describe(&self) -> String {
        match self {
            Refusal::NothingToMend => "no stray byte does harm in it".to_owned(),
            Refusal::InsideWord(stray) => format!(
                "line {}, column {} would still hold stray bytes ({}): they stand inside a word, and only you know what was meant",
                stray.line,
                stray.column,
                stray.effect.map_or("harmless", stray::Effect::describe)
            ),
            Refusal::StillFaulty(fault, path) => {
                let place = fault.place.as_ref();
                let path = String::from_utf8_lossy(path);
                let line = place.map_or_else(
                    || format!("{path}: "),
                    |place| format!("line {} of {path}: ", place.line),
                );
                let included = fault.included.as_ref().map_or(String::new(), |included| {
                    format!(" ({})", String::from_utf8_lossy(&included.path))
                });
                format!(
                    "Kerberos would still give up: {line}{}{included}",
                    fault.code.describe()
                )
            }
            Refusal::NameKeepsStray(name) => format!(
                "the name {} would still hold stray bytes",
                String::from_utf8_lossy(name)
            ),
        }
    }
}

/// A path without what leads nowhere: `/a/./b` and `/a//b` are `/a/b`.
pub fn plain(path: &[u8]) -> Vec<u8> {
    let parts = path.split(|byte| *byte == b'/').enumerate();
    let kept = parts.filter(|(at, part)| *at == 0 || !matches!(*part, b"" | b"."));
    let kept: Vec<&[u8]> = kept.map(|(_, part)| part).collect();
    kept.join(&b'/')
}
