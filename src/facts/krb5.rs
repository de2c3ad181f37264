//! What is known of a guest's Kerberos, or of a krb5.conf that was given by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Fact, Reader, State};
use crate::krb5::{Configuration, Files, Release, Unreadable};
use crate::observe::Side::Guest;

pub struct Krb5Facts {
    /// Absent where there is no krb5.conf.
    pub configuration: Fact<Configuration>,
}

/// The files as they were seen.
#[derive(Default)]
struct Seen {
    files: BTreeMap<Vec<u8>, Result<Arc<[u8]>, Unreadable>>,
    folders: BTreeMap<Vec<u8>, Result<Vec<Vec<u8>>, Unreadable>>,
}

impl Files for Seen {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        let seen = self.files.get(path).cloned();
        seen.unwrap_or(Err(Unreadable::NotAsked))
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let seen = self.folders.get(path).cloned();
        seen.unwrap_or(Err(Unreadable::NotAsked))
    }
}

impl Krb5Facts {
    pub(super) fn read(reader: &Reader<'_>) -> Self {
        Krb5Facts {
            configuration: configuration(reader),
        }
    }
}

fn configuration(reader: &Reader<'_>) -> Fact<Configuration> {
    let mut fact = reader.read("krb5-conf", Guest, |seen| Some(seen.stdout.clone()));
    let path = fact
        .source
        .command
        .trim_start_matches("cat ")
        .as_bytes()
        .to_vec();
    let state = match std::mem::replace(&mut fact.state, State::Absent) {
        State::Known(bytes) => {
            let mut seen = Seen::default();
            seen.files.insert(path.clone(), Ok(bytes.into()));
            State::Known(Configuration::read(&[&path], &seen, Release::default()))
        }
        State::Absent => State::Absent,
        State::Unknown(why) => State::Unknown(why),
    };
    Fact {
        source: fact.source,
        state,
    }
}
