//! What a person types to mend a guest's Kerberos.

use super::quoted;
use crate::check::{CATALOGUE, Group, Outcome};
use crate::facts::Facts;
use crate::krb5::{Configuration, Release, Unreadable, stray};
use crate::parse::klist::Cache;
use crate::parse::os_release::Family;
use crate::target::Kind;

/// Whatever keeps the time from now on: chrony on Red Hat's, systemd's own on Debian's.
pub fn set_clock(facts: &Facts) -> Vec<String> {
    let distribution = facts.guest.distribution.known();
    let step = match distribution.map(|distribution| (distribution.family, distribution.major)) {
        Some((Family::RedHat, Some(..=6))) => "sudo service ntpdate start",
        Some((Family::RedHat, _)) => "sudo chronyc makestep",
        _ => "sudo systemctl restart systemd-timesyncd",
    };
    let by_hand = "or by hand: sudo date -s @SECONDS, with what date +%s says on the host";
    vec![step.to_owned(), by_hand.to_owned()]
}

pub fn get_ticket(facts: &Facts) -> Vec<String> {
    let tickets = facts.krb5.client.tickets.known();
    vec![match tickets.map(|tickets| &tickets.cache) {
        Some(Cache::Of { principal, .. }) => format!("kinit {}", quoted(principal)),
        _ => "kinit".to_owned(),
    }]
}

/// The repair, for the target that was looked at.
pub fn remove_stray_bytes(facts: &Facts) -> Vec<String> {
    let target = &facts.target;
    let name = quoted(&target.name);
    match target.kind {
        Kind::File => vec![format!("boxdoctor fix --krb5-conf {name}")],
        Kind::Vagrant => vec![format!("boxdoctor fix {name}")],
        Kind::Log => vec!["boxdoctor fix".to_owned()],
        Kind::VirtualBox => vec![format!("boxdoctor fix --vm {name}")],
        Kind::Ssh => vec![
            format!("boxdoctor fix --ssh {name}"),
            "(with --identity FILE, where the look had it)".to_owned(),
        ],
    }
}

/// An editor that shows every byte, and a copy before it.
pub fn edit_stray_bytes(facts: &Facts) -> Vec<String> {
    let configuration = facts.krb5.configuration.known();
    let parts = configuration.map_or(&[][..], |configuration| &configuration.parts);
    let mut files = parts.iter().flat_map(|part| &part.reading.profile.files);
    let by_hand = files.find(|file| {
        let strays = stray::scan(&file.bytes);
        strays.iter().any(|stray| !stray.at_edge)
    });
    let path = by_hand.map_or_else(
        || krb5_conf(facts),
        |file| quoted(&String::from_utf8_lossy(&file.path)),
    );
    let sudo = sudo(facts);
    vec![
        format!("{sudo}cp -p {path} {path}.bak"),
        format!("{sudo}vim -b {path}"),
    ]
}

/// A copy and an editor, for every file of the configuration in which something is found.
pub fn edit_krb5_conf(facts: &Facts) -> Vec<String> {
    let checks = CATALOGUE.iter().filter(|check| check.group == Group::Krb5);
    let found = checks.filter_map(|check| match (check.examine)(facts) {
        Ok(Outcome::Fail(finding)) if finding.remedies.contains(&"edit-krb5-conf") => {
            finding.location
        }
        _ => None,
    });
    let mut files: Vec<String> = found.map(|location| quoted(&location.path)).collect();
    files.sort();
    files.dedup();
    if files.is_empty() {
        files.push(krb5_conf(facts));
    }
    let sudo = sudo(facts);
    let edit = |file: &String| {
        [
            format!("{sudo}cp -p {file} {file}.bak"),
            format!("{sudo}vi {file}"),
        ]
    };
    files.iter().flat_map(edit).collect()
}

/// What lets everybody read the file that may not be read.
pub fn let_users_read(facts: &Facts) -> Vec<String> {
    let known = facts.krb5.configuration.known();
    let fault = known.and_then(Configuration::fault);
    let path = fault.map(|(part, fault)| match &fault.included {
        Some(included) => &included.path,
        None => &part.path,
    });
    let path = path.map_or_else(
        || krb5_conf(facts),
        |path| quoted(&String::from_utf8_lossy(path)),
    );
    vec![format!("{}chmod a+r {path}", sudo(facts))]
}

fn sudo(facts: &Facts) -> &'static str {
    match facts.target.kind {
        Kind::File => "",
        _ => "sudo ",
    }
}

/// The file of the Kerberos configuration that is to be edited, quoted for a shell: the one at
/// which Kerberos gives up, otherwise the first.
fn krb5_conf(facts: &Facts) -> String {
    let known = facts.krb5.configuration.known();
    let fault = known.and_then(|known| known.fault());
    let faulty = fault.and_then(|(part, fault)| Some(part.path_of(fault.place.as_ref()?)));
    let first = known.and_then(|known| known.parts.first());
    let first = first.map_or(&b"/etc/krb5.conf"[..], |part| &part.path);
    let path = faulty.unwrap_or(first);
    quoted(&String::from_utf8_lossy(path))
}

/// What gives a name that counts to each file that Kerberos passes over.
pub fn overlooked_files(facts: &Facts) -> Vec<String> {
    let configuration = facts.krb5.configuration.known();
    let release = configuration.map_or_else(Release::default, |known| known.release);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let names = facts.krb5.seen.names();
    let overlooked = names.filter(|(_, name)| release.overlooks(name));
    let command = |(folder, name): (&[u8], &[u8])| {
        let folder = text(folder);
        let folder = folder.trim_end_matches('/');
        let stem = text(&name[..name.len() - ".conf".len()]);
        let plain = |character: char| {
            let counts = character.is_ascii_alphanumeric() || "-_".contains(character);
            if counts { character } else { '_' }
        };
        let to = if release.knows_conf() {
            format!("{stem}.conf")
        } else {
            stem.chars().map(plain).collect()
        };
        let from = text(name);
        let [from, to] = [from, to].map(|name| quoted(&format!("{folder}/{name}")));
        format!("sudo mv -n {from} {to}")
    };
    overlooked.take(5).map(command).collect()
}

/// What makes the folder that is included and missing.
pub fn included_folder(facts: &Facts) -> Option<String> {
    let (_, fault) = facts.krb5.configuration.known()?.fault()?;
    let included = fault.included.as_ref()?;
    let path = std::str::from_utf8(&included.path).ok()?;
    // A path with a space, a comment or quotes is not the one that was meant.
    let is_odd = |character: char| character.is_whitespace() || "#;\"'".contains(character);
    let is_meant =
        included.reason == Unreadable::Missing && path.starts_with('/') && !path.contains(is_odd);
    is_meant.then(|| format!("sudo mkdir -p {}", quoted(path)))
}
