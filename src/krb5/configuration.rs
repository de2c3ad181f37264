//! All files that `KRB5_CONFIG` names, as one configuration: what MIT's library answers from.

use std::borrow::Cow;
use std::collections::HashSet;

use super::fault::{Code, Fault, Place, Unreadable};
use super::parse::{self, Files, Reading};
use super::profile::{NodeId, Profile};
use super::release::Release;

/// The files that a configuration is made of, in the order in which they are asked.
pub struct Configuration {
    pub release: Release,
    pub parts: Vec<Part>,
}

/// One of the files that are named, with what it includes.
pub struct Part {
    pub path: Vec<u8>,
    pub reading: Reading,
}

/// A value, and where it stands.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    pub text: Cow<'a, [u8]>,
    pub part: &'a Part,
    pub node: NodeId,
}

impl Configuration {
    /// The configuration that these paths name.
    pub fn read(paths: &[&[u8]], files: &dyn Files, release: Release) -> Self {
        let part = |path: &&[u8]| Part {
            path: path.to_vec(),
            reading: parse::read(path, files, release),
        };
        Configuration {
            release,
            parts: paths.iter().map(part).collect(),
        }
    }

    /// Why Kerberos uses none of it: the first fault. A file that is missing is passed over; one
    /// that may not be read matters where no other one can be.
    pub fn fault(&self) -> Option<(&Part, &Fault)> {
        let faults = self
            .parts
            .iter()
            .filter_map(|part| Some((part, part.reading.fault.as_ref()?)));
        let passed_over = |fault: &Fault| {
            fault.place.is_none()
                && matches!(
                    fault.code,
                    Code::Unreadable(Unreadable::Missing | Unreadable::Denied)
                )
        };
        let mut fatal = faults.clone().filter(|(_, fault)| !passed_over(fault));
        fatal.next().or_else(|| {
            let readable = self.parts.iter().any(|part| part.reading.fault.is_none());
            let denied = Code::Unreadable(Unreadable::Denied);
            let mut denied = faults.filter(|(_, fault)| fault.code == denied);
            denied.next().filter(|_| !readable)
        })
    }

    /// Whether none of the files is there: Kerberos then goes on with an empty configuration.
    pub fn is_missing(&self) -> bool {
        let missing = Code::Unreadable(Unreadable::Missing);
        self.parts.iter().all(|part| {
            let fault = part.reading.fault.as_ref();
            fault.is_some_and(|fault| fault.code == missing && fault.place.is_none())
        })
    }

    /// The values of all relations at the end of these names, in the order in which they are asked.
    pub fn all(&self, names: &[&str]) -> Vec<Value<'_>> {
        let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        self.all_named(&names)
    }

    /// As [`Configuration::all`], with names that are no text.
    pub fn all_named(&self, names: &[&[u8]]) -> Vec<Value<'_>> {
        let Some((relation, sections)) = names.split_last() else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for part in &self.parts {
            let profile = &part.reading.profile;
            values.extend(profile.relations(sections, relation).filter_map(|node| {
                Some(Value {
                    text: profile.value(node)?,
                    part,
                    node,
                })
            }));
            if ends_at(profile, sections) {
                break;
            }
        }
        values
    }

    /// The first value: the one that counts where only one can.
    pub fn first(&self, names: &[&str]) -> Option<Value<'_>> {
        self.all(names).into_iter().next()
    }

    /// The subsections of the section at the end of these names, each name once.
    pub fn subsections(&self, names: &[&str]) -> Vec<(&Part, NodeId)> {
        let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let mut found: Vec<(&Part, NodeId)> = Vec::new();
        let mut known: HashSet<&[u8]> = HashSet::new();
        for part in &self.parts {
            let profile = &part.reading.profile;
            let section = profile.section(&names);
            for child in section.map_or(&[][..], |section| profile.children(section)) {
                if profile.is_section(*child) && known.insert(profile.name(*child)) {
                    found.push((part, *child));
                }
            }
            if ends_at(profile, &names) {
                break;
            }
        }
        found
    }
}

/// Whether one of these sections is final: later files are then not asked.
fn ends_at(profile: &Profile, names: &[&[u8]]) -> bool {
    (1..=names.len()).any(|count| {
        let section = profile.section(&names[..count]);
        section.is_some_and(|section| profile.is_final(section))
    })
}

impl Part {
    pub fn name(&self, node: NodeId) -> &[u8] {
        self.reading.profile.name(node)
    }

    /// The path of the file in which `place` lies.
    pub fn path_of(&self, place: &Place) -> &[u8] {
        let files = &self.reading.profile.files;
        files.get(place.file).map_or(&self.path, |file| &file.path)
    }
}

impl Value<'_> {
    /// The value as text. Bytes that are no UTF-8 are replaced.
    pub fn shown(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text)
    }

    pub fn place(&self) -> Place {
        let profile = &self.part.reading.profile;
        let place = profile.value_place(self.node);
        place.unwrap_or_else(|| profile.place(self.node))
    }

    pub fn path(&self) -> &[u8] {
        self.part.path_of(&self.place())
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&String::from_utf8_lossy(&self.path))
    }
}
