//! Whether Kerberos comes to the end of its configuration, and where it gives up.

use super::krb5_problem::Spot;
use super::{Undecided, asked, kerberos};
use crate::escape;
use crate::facts::{Facts, Source};
use crate::krb5::words::boolean;
use crate::krb5::{Code, Configuration, Fault, NodeId, Part, Place, Unreadable, Value};

const DEFAULT_REALM: &[u8] = b"default_realm";

/// Where Kerberos gives up, if it does.
///
/// # Errors
/// Skipped where nothing shows that Kerberos is used, unknown where too little was looked at.
pub fn fault(facts: &Facts) -> Result<Option<(&Part, &Fault)>, Undecided> {
    let Some(configuration) = facts.krb5.configuration.need()? else {
        return Err(Undecided::skipped(
            "there is no krb5.conf: Kerberos is not used",
        ));
    };
    match configuration.fault() {
        Some((part, fault)) => match not_looked_at(part, fault) {
            Some(path) => {
                // What stands behind the include may be all there is to show the use.
                if default_realm_line(configuration).is_none() {
                    kerberos::in_use(facts)?;
                }
                Err(unknown(facts, path))
            }
            // No package comes with a file that stops Kerberos: somebody has set this up.
            None => Ok(Some((part, fault))),
        },
        None => kerberos::in_use(facts).map(|_| None),
    }
}

/// The configuration where Kerberos can read it.
///
/// # Errors
/// As [`fault`]; and skipped where Kerberos gives up.
pub fn readable(facts: &Facts) -> Result<&Configuration, Undecided> {
    match fault(facts)? {
        None => kerberos::in_use(facts),
        Some(_) => Err(Undecided::skipped(
            "Kerberos gives up on the configuration before it comes to this",
        )),
    }
}

/// The realms that have a block, each name once.
pub fn realms(configuration: &Configuration) -> Vec<(&Part, NodeId)> {
    configuration.subsections(&["realms"])
}

/// Whether Kerberos asks DNS for the servers of a realm that has none here. What is not yes is no.
pub fn asks_dns(configuration: &Configuration) -> bool {
    dns_setting(configuration).is_none_or(|value| boolean(&value.text) == Some(true))
}

/// The line that decides that, where there is one.
pub fn dns_setting(configuration: &Configuration) -> Option<Value<'_>> {
    let mut names = ["dns_lookup_kdc", "dns_fallback"].iter();
    names.find_map(|name| configuration.first(&["libdefaults", name]))
}

/// The first line that was to name a default realm, be it in a section of another name, with a name
/// that is not quite the right one, or behind the place where the reading ended.
pub fn default_realm_line(configuration: &Configuration) -> Option<Spot<'_>> {
    let in_file = |part: &Part, number: usize| {
        let bytes = &part.reading.profile.files[number].bytes;
        let mut start = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let lower = line.to_ascii_lowercase();
            if let Some(at) = memchr::memmem::find(&lower, DEFAULT_REALM)
                && memchr::memchr2(b'#', b';', &line[..at]).is_none()
                && line[at + DEFAULT_REALM.len()..].trim_ascii_start().first() == Some(&b'=')
            {
                let from = start + at;
                return Some(Place::of(number, bytes, from..from + DEFAULT_REALM.len()));
            }
            start += line.len();
        }
        None
    };
    configuration.parts.iter().find_map(|part| {
        let mut numbers = 0..part.reading.profile.files.len();
        let place = numbers.find_map(|number| in_file(part, number))?;
        Some(Spot { part, place })
    })
}

/// The path that could hold anything.
fn not_looked_at<'a>(part: &'a Part, fault: &'a Fault) -> Option<&'a [u8]> {
    match &fault.included {
        Some(included) => (included.reason == Unreadable::NotAsked).then_some(&included.path),
        None => (fault.code == Code::Unreadable(Unreadable::NotAsked)).then_some(&part.path),
    }
}

fn unknown(facts: &Facts, path: &[u8]) -> Undecided {
    let path = String::from_utf8_lossy(path).into_owned();
    let shown = escape::line(&path, 200);
    Undecided::Unknown {
        reason: format!("{shown} is a part of the configuration and was not looked at"),
        decide_with: asked(&Source {
            side: facts.krb5.configuration.source.side,
            command: format!("ls -l {path}"),
        }),
    }
}
