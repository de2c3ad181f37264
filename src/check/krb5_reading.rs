//! Whether Kerberos comes to the end of its configuration, and where it gives up.

use super::krb5_problem::Spot;
use super::{Undecided, asked, kerberos};
use crate::escape;
use crate::facts::{Facts, Source};
use crate::krb5::words::boolean;
use crate::krb5::{Code, Configuration, Fault, NodeId, Part, Place, ROOT, Unreadable, Value};
use crate::parse::klist::Cache;

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
            Some(unseen) => {
                // What stands behind the include may be all there is to show the use.
                if default_realm_line(configuration).is_none() {
                    kerberos::in_use(facts)?;
                }
                Err(unknown(facts, &unseen))
            }
            // No package comes with a file that stops Kerberos: somebody has set this up.
            None => Ok(Some((part, fault))),
        },
        None => kerberos::in_use(facts).map(|_| None),
    }
}

/// As [`fault`], for the checks beside krb5-include: what was not looked at is told once, there.
///
/// # Errors
/// As [`fault`]; and skipped where krb5-include is unknown.
pub fn fault_otherwise(facts: &Facts) -> Result<Option<(&Part, &Fault)>, Undecided> {
    let known = facts.krb5.configuration.known();
    let fault_of = known.and_then(Configuration::fault);
    let is_told = fault_of.is_some_and(|(part, fault)| not_looked_at(part, fault).is_some());
    fault(facts).map_err(|undecided| match undecided {
        Undecided::Unknown { .. } if is_told => {
            Undecided::skipped("krb5-include could not be decided")
        }
        undecided => undecided,
    })
}

/// The configuration where Kerberos can read it.
///
/// # Errors
/// As [`fault_otherwise`]; and skipped where Kerberos gives up.
pub fn readable(facts: &Facts) -> Result<&Configuration, Undecided> {
    match fault_otherwise(facts)? {
        None => kerberos::in_use(facts),
        Some(_) => Err(Undecided::skipped(
            "Kerberos gives up on the configuration before it comes to this",
        )),
    }
}

/// Whether something stands in a section such as `[ realms ]`, which is krb5-syntax' to say.
pub fn is_misnamed(configuration: &Configuration, section: &str) -> bool {
    configuration.parts.iter().any(|part| {
        let mut sections = part.reading.profile.children(ROOT).iter();
        sections.any(|node| is_nearly(part.name(*node), section))
    })
}

/// Whether this is the name of a section but for spaces and capitals, and so that of another.
pub fn is_nearly(name: &[u8], section: &str) -> bool {
    name != section.as_bytes() && name.trim_ascii().eq_ignore_ascii_case(section.as_bytes())
}

/// Whether the user has a valid ticket of this realm, however it was got.
pub fn has_ticket(facts: &Facts, realm: Option<&[u8]>) -> bool {
    let tickets = facts.krb5.client.tickets.known();
    tickets.is_some_and(|tickets| match &tickets.cache {
        Cache::Of { principal, .. } if tickets.is_valid => {
            let of = principal
                .rsplit_once('@')
                .map(|(_, realm)| realm.as_bytes());
            realm.is_none() || of == realm
        }
        _ => false,
    })
}

/// Whether something beside the configuration may name servers: a plug-in that is named, or sssd,
/// which brings its own.
pub fn has_locator(configuration: &Configuration) -> bool {
    let plugins = configuration.subsections(&["plugins"]);
    let is_named = plugins
        .iter()
        .any(|(part, node)| part.name(*node) == b"locate");
    let files = configuration
        .parts
        .iter()
        .flat_map(|part| &part.reading.profile.files);
    let mut lines = files.flat_map(|file| file.bytes.split(|byte| *byte == b'\n'));
    is_named
        || lines.any(|line| {
            line.starts_with(b"include") && memchr::memmem::find(line, b"/var/lib/sss/").is_some()
        })
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
    dns_setting_of(configuration, "dns_lookup_kdc")
}

/// The line that says whether DNS is asked for something: its own, or that for everything.
pub fn dns_setting_of<'a>(configuration: &'a Configuration, name: &str) -> Option<Value<'a>> {
    let mut names = [name, "dns_fallback"].into_iter();
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

/// What could hold anything, and why nobody looked.
struct Unseen<'a> {
    path: &'a [u8],
    is_folder: bool,
    why: &'static str,
}

fn not_looked_at<'a>(part: &'a Part, fault: &'a Fault) -> Option<Unseen<'a>> {
    let (path, reason) = match (&fault.included, fault.code) {
        (Some(included), _) => (&included.path, included.reason),
        (None, Code::Unreadable(reason)) => (&part.path, reason),
        (None, _) => return None,
    };
    let why = match reason {
        Unreadable::NotAsked => "was not looked at",
        // Kerberos itself has no limit.
        Unreadable::TooLarge => "is larger than what boxdoctor reads",
        _ => return None,
    };
    let is_folder = fault.code == Code::FailIncludeDir;
    Some(Unseen {
        path,
        is_folder,
        why,
    })
}

fn unknown(facts: &Facts, unseen: &Unseen<'_>) -> Undecided {
    let Unseen { why, is_folder, .. } = unseen;
    let path = String::from_utf8_lossy(unseen.path);
    let all = if *is_folder { "/*" } else { "" };
    let shown = escape::line(&path, 200);
    Undecided::Unknown {
        reason: format!("{shown} is a part of the configuration and {why}"),
        decide_with: asked(&Source {
            side: facts.krb5.configuration.source.side,
            command: format!("cat {}{all}", escape::word(path.trim_end_matches('/'))),
        }),
    }
}
