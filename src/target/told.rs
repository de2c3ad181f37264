//! What Vagrant tells of a machine from inside a trigger, so that nobody has to ask it again.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use super::vagrant::{Machine, Surroundings, identifier};
use crate::parse::ssh_config::SshConfig;

/// The variable in which the block of a Vagrantfile tells it.
pub const VARIABLE: &str = "BOXDOCTOR_MACHINE";

/// As the block writes it: JSON.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    name: String,
    id: String,
    /// The folder of the project.
    root: PathBuf,
    /// Vagrant's folder for this machine and provider.
    data: PathBuf,
    host: String,
    port: u16,
    user: String,
    keys: Vec<PathBuf>,
    /// Vagrant's word for when it looks at the guest's host key.
    verify: String,
    proxy: Option<String>,
    /// What is to be mounted, as in Vagrant's own file `synced_folders`.
    folders: Option<Value>,
}

impl Told {
    /// `None` where it is not what the block writes.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn machine(&self) -> Machine {
        Machine {
            name: self.name.clone(),
            id: identifier(&self.id),
            other_provider: None,
            folder: self.data.clone(),
            global_id: None,
        }
    }

    pub fn surroundings(&self) -> Surroundings {
        Surroundings {
            folder: self.root.clone(),
            ..Surroundings::here()
        }
    }

    pub fn ssh_config(&self) -> SshConfig {
        SshConfig {
            machine: self.name.clone(),
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            identities: self.keys.clone(),
            trusts_any_host_key: !matches!(
                self.verify.as_str(),
                "true" | "always" | "accept_new" | "secure"
            ),
            proxy_command: self.proxy.clone(),
            proxy_jump: None,
        }
    }

    pub fn folders(&self) -> Option<String> {
        self.folders.as_ref().map(Value::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = r#"{"name":"web","id":"0f8fad5b-d9cb-469f-a165-70867728950e","root":"C:/p","data":"C:/p/.vagrant/machines/web/virtualbox",
        "host":"127.0.0.1","port":2222,"user":"vagrant","keys":["C:/Users/Some One/key"],"verify":"never","proxy":null,
        "folders":{"virtualbox":{"/vagrant":{"guestpath":"/vagrant"}}}}"#;

    #[test]
    fn what_the_block_writes_is_understood() {
        let told = Told::parse(TOLD).unwrap();
        let machine = told.machine();
        assert_eq!(machine.name, "web");
        assert_eq!(
            machine.id.as_deref(),
            Some("0f8fad5b-d9cb-469f-a165-70867728950e")
        );
        let config = told.ssh_config();
        assert_eq!((config.host.as_str(), config.port), ("127.0.0.1", 2222));
        assert_eq!(config.identities, [PathBuf::from("C:/Users/Some One/key")]);
        assert!(config.trusts_any_host_key);
        assert_eq!(
            told.folders().as_deref(),
            Some(r#"{"virtualbox":{"/vagrant":{"guestpath":"/vagrant"}}}"#)
        );
    }

    #[test]
    fn a_host_key_is_looked_at_where_vagrant_would() {
        let strict = TOLD.replace("\"never\"", "\"always\"");
        assert!(
            !Told::parse(&strict)
                .unwrap()
                .ssh_config()
                .trusts_any_host_key
        );
    }

    #[test]
    fn anything_else_is_not() {
        for odd in ["", "{}", "[]", "\u{0}", &TOLD.replace("2222", "70000")] {
            assert!(Told::parse(odd).is_none(), "{odd}");
        }
        let odd = TOLD.replace("0f8fad5b-d9cb", "--help");
        assert_eq!(Told::parse(&odd).unwrap().machine().id, None);
    }
}
