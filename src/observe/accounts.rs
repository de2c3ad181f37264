//! Whether the guest knows the users and groups that Vagrant is to give shared folders to. Vagrant
//! asks in the same way, and gives up where one is not there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Observation;
use super::questions::{Question, question};

/// The most names that are asked for; a Vagrantfile has two or three.
const MOST: usize = 20;

const LONGEST: usize = 64;

/// The question about those names that a Vagrantfile gives; the user who logs in is there anyway.
pub struct Accounts {
    command: String,
    script: String,
}

impl Accounts {
    /// `None` where Vagrant's list of folders names nobody.
    pub fn of(folders: &Observation) -> Option<Self> {
        let list: Value = serde_json::from_slice(&folders.stdout).ok()?;
        let folders = list.get("virtualbox")?.as_object()?;
        let names = |key: &str| -> BTreeSet<String> {
            let named = folders.values().filter_map(|folder| folder.get(key));
            let named = named.filter_map(Value::as_str).map(str::to_owned);
            named.filter(|name| is_name(name)).take(MOST).collect()
        };
        let (users, groups) = (names("owner"), names("group"));
        let commands: Vec<String> = users
            .iter()
            .map(|user| format!("id -u {user}"))
            .chain(groups.iter().map(|group| format!("getent group {group}")))
            .collect();
        let script: String = users
            .iter()
            .map(|user| line("user", user, &format!("id -u {user}")))
            .chain(
                groups
                    .iter()
                    .map(|group| line("group", group, &format!("getent group {group}"))),
            )
            .collect();
        (!commands.is_empty()).then(|| Accounts {
            command: commands.join("; "),
            script,
        })
    }

    pub fn question(&self) -> Question<'_> {
        question("share-owners", &self.command).run(&self.script)
    }
}

/// A status above 2 says nothing of the name: the tool is not there, or its server is not.
fn line(kind: &str, name: &str, command: &str) -> String {
    format!(
        "{command} >/dev/null 2>&1\ncase $? in 0) echo {kind} {name} there ;; 1 | 2) echo {kind} {name} missing ;; esac\n"
    )
}

/// A plain name. A number needs no account, and nothing else gets into a command line.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.len() <= LONGEST
        && name.bytes().all(is_plain)
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::host;

    fn asked(folders: &str) -> Option<String> {
        Accounts::of(&host::folders_told(folders)).map(|accounts| accounts.command)
    }

    #[test]
    fn only_plain_names_are_asked_for_and_each_once() {
        let folders = r#"{"virtualbox":{
            "/a":{"owner":"www-data","group":"www-data"},"/b":{"owner":"www-data","group":33},
            "/c":{"owner":"a;id","group":"-x"},"/d":{"owner":"1000"},"/e":{}},
            "rsync":{"/f":{"owner":"elsewhere"}}}"#;
        let expected = "id -u www-data; getent group www-data";
        assert_eq!(asked(folders).as_deref(), Some(expected));
        for nobody in [r#"{"virtualbox":{"/a":{}}}"#, r#"{"nfs":{}}"#, "[]", ""] {
            assert_eq!(asked(nobody), None, "{nobody}");
        }
    }
}
