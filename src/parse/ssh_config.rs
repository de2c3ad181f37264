//! How to log in to hosts, in the form of `~/.ssh/config`, which `vagrant ssh-config` prints, too.

use std::path::PathBuf;

use super::wildcard;

/// How to log in to one host.
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
    pub proxy_jump: Option<String>,
}

impl SshConfig {
    /// What only the `ssh` program can do, in its words.
    pub fn options(&self) -> Vec<String> {
        let command = self.proxy_command.iter();
        let jump = self.proxy_jump.iter();
        let command = command.map(|command| format!("ProxyCommand={command}"));
        let jump = jump.map(|jump| format!("ProxyJump={jump}"));
        command.chain(jump).collect()
    }
}

/// `Host PATTERN…` and the settings below it.
struct Block<'a> {
    patterns: Vec<&'a str>,
    settings: Vec<(String, &'a str)>,
}

impl Block<'_> {
    fn is_for(&self, host: &str) -> bool {
        let is_meant = |pattern: &&str| wildcard::matches(pattern, host);
        let excluded = self
            .patterns
            .iter()
            .filter_map(|word| word.strip_prefix('!'));
        self.patterns.iter().any(is_meant) && !excluded.into_iter().any(|word| is_meant(&word))
    }
}

/// All hosts that the text names, in its order. What stands below patterns holds for those that they
/// match; what is said first counts, as with `ssh`. `Match` and `Include` are not followed.
pub fn parse(text: &str) -> Vec<SshConfig> {
    let blocks = blocks(text);
    let is_name = |word: &&&str| !word.contains(['*', '?', '!']);
    let mut names: Vec<&str> = Vec::new();
    for name in blocks
        .iter()
        .flat_map(|block| block.patterns.iter().filter(is_name))
    {
        if !names.contains(name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| host(name, &blocks)).collect()
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![Block {
        patterns: vec!["*"],
        settings: Vec::new(),
    }];
    for line in text.lines().map(str::trim) {
        let end = line.find(|c: char| c.is_whitespace() || c == '=');
        let (key, value) = line.split_at(end.unwrap_or(line.len()));
        let value = value.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
        let key = key.to_ascii_lowercase();
        match key.as_str() {
            "host" => blocks.push(Block {
                patterns: value.split_whitespace().map(unquoted).collect(),
                settings: Vec::new(),
            }),
            // Whom it is for only `ssh` could tell.
            "match" => blocks.push(Block {
                patterns: Vec::new(),
                settings: Vec::new(),
            }),
            _ => {
                if let Some(block) = blocks.last_mut() {
                    block.settings.push((key, value));
                }
            }
        }
    }
    blocks
}

fn host(name: &str, blocks: &[Block<'_>]) -> SshConfig {
    let settings: Vec<(&str, &str)> = blocks
        .iter()
        .filter(|block| block.is_for(name))
        .flat_map(|block| &block.settings)
        .map(|(key, value)| (key.as_str(), *value))
        .collect();
    let all = |wanted: &'static str| {
        let settings = settings.iter();
        settings.filter_map(move |(key, value)| (*key == wanted).then_some(*value))
    };
    let first = |wanted| all(wanted).next();
    let word = |wanted| first(wanted).map(unquoted);
    // A proxy's value is a command line with quotes of its own.
    let proxy = |wanted| {
        first(wanted)
            .filter(|value| *value != "none")
            .map(str::to_owned)
    };
    SshConfig {
        machine: name.to_owned(),
        host: word("hostname").unwrap_or(name).replace("%h", name),
        port: word("port")
            .and_then(|port| port.parse().ok())
            .unwrap_or(22),
        user: word("user").unwrap_or("vagrant").to_owned(),
        identities: all("identityfile")
            .map(unquoted)
            .map(PathBuf::from)
            .collect(),
        trusts_any_host_key: matches!(word("stricthostkeychecking"), Some("no" | "off")),
        proxy_command: proxy("proxycommand"),
        proxy_jump: proxy("proxyjump"),
    }
}

fn unquoted(value: &str) -> &str {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(value)
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

    #[test]
    fn what_patterns_say_holds_for_those_that_they_match() {
        let text = "Port 2200\nHost web db *.test !db.test\n  user = deploy\nHost db\n User late\n HostName %h.test\n\
            Match user x\n  Port 9\nHost *\n  ProxyJump hop\n  IdentityFile ~/k\n  StrictHostKeyChecking off\n";
        let hosts = parse(text);
        let seen: Vec<_> = hosts
            .iter()
            .map(|host| {
                (
                    host.machine.as_str(),
                    host.host.as_str(),
                    host.user.as_str(),
                    host.port,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("web", "web", "deploy", 2200),
                ("db", "db.test", "deploy", 2200)
            ]
        );
        assert_eq!(hosts[1].options(), ["ProxyJump=hop"]);
        assert_eq!(hosts[0].identities, [PathBuf::from("~/k")]);
        assert!(hosts[0].trusts_any_host_key);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, tail in "(Host|Port|User|IdentityFile)[ \"a0\\n]{0,20}") {
            let _ = parse(&text);
            let _ = parse(&format!("Host a\nHostName b\n{tail}"));
        }
    }
}
