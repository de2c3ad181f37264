//! What `vagrant ssh-config` prints.

use std::path::PathBuf;

/// How Vagrant would log in to one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshConfig {
    pub machine: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub identities: Vec<PathBuf>,
    /// `StrictHostKeyChecking no`, Vagrant's default.
    pub trusts_any_host_key: bool,
    pub proxy_command: Option<String>,
}

/// All machines of the output. A block without an address is left out.
pub fn parse(text: &str) -> Vec<SshConfig> {
    let mut machines: Vec<SshConfig> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let value = value.trim();
        let plain = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(value)
            .to_owned();
        if key == "Host" {
            machines.push(SshConfig {
                machine: plain,
                host: String::new(),
                port: 22,
                user: "vagrant".to_owned(),
                identities: Vec::new(),
                trusts_any_host_key: false,
                proxy_command: None,
            });
            continue;
        }
        let Some(machine) = machines.last_mut() else {
            continue;
        };
        match key {
            "HostName" => machine.host = plain,
            "Port" => machine.port = plain.parse().unwrap_or(machine.port),
            "User" => machine.user = plain,
            "IdentityFile" => machine.identities.push(PathBuf::from(plain)),
            "StrictHostKeyChecking" => machine.trusts_any_host_key = plain == "no",
            // Its value is a command line with quotes of its own.
            "ProxyCommand" => machine.proxy_command = Some(value.to_owned()),
            _ => {}
        }
    }
    machines.retain(|machine| !machine.host.is_empty());
    machines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_machines_of_one_project() {
        let text = concat!(
            "Host web\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n",
            "  UserKnownHostsFile /dev/null\n  StrictHostKeyChecking no\n",
            "  IdentityFile \"C:/Users/Some One/.vagrant.d/key\"\n  IdentityFile /second\n  LogLevel FATAL\n\n",
            "Host db\r\n  HostName 10.0.0.7\r\n  User root\r\n  ProxyCommand ssh -W %h:%p \"jump host\"\r\n",
        );
        let machines = parse(text);
        assert_eq!(machines.len(), 2);
        assert_eq!(machines[0].machine, "web");
        assert_eq!(
            (machines[0].host.as_str(), machines[0].port),
            ("127.0.0.1", 2222)
        );
        assert!(machines[0].trusts_any_host_key);
        assert_eq!(
            machines[0].identities,
            [
                PathBuf::from("C:/Users/Some One/.vagrant.d/key"),
                PathBuf::from("/second")
            ]
        );
        assert_eq!((machines[1].user.as_str(), machines[1].port), ("root", 22));
        assert!(!machines[1].trusts_any_host_key);
        assert_eq!(
            machines[1].proxy_command.as_deref(),
            Some("ssh -W %h:%p \"jump host\"")
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, tail in "(Host|Port|User|IdentityFile)[ \"a0\\n]{0,20}") {
            let _ = parse(&text);
            let _ = parse(&format!("Host a\nHostName b\n{tail}"));
        }
    }
}
