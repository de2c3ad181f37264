//! What a guest is asked after it has been looked at: what is slow, leaves the guest, or is an
//! attempt to log in. The names in it were found in the guest, so each is checked and quoted.

use super::krb5_request;
use super::questions::{Question, question};

/// The most KDCs that are tried.
const KDCS: usize = 3;

/// The most hosts of repositories that are tried, ten seconds each.
const REPOSITORIES: usize = 4;

/// The most KDCs of which anything is told.
const MOST: usize = 20;

/// The most letters of a realm that are sent to a KDC.
const LONGEST_REALM: usize = 253;

/// How long trying all of them may take, in seconds; each is asked three things at most.
const SECONDS: u32 = 40;

/// A question with what was found in the guest.
pub struct Further {
    id: &'static str,
    command: String,
    script: String,
    root: bool,
}

impl Further {
    pub fn question(&self) -> Question<'_> {
        let asked = question(self.id, &self.command)
            .run(&self.script)
            .within(SECONDS);
        if self.root { asked.by_root() } else { asked }
    }
}

/// A KDC as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    At(String, u16),
    /// What cannot be asked as a KDC is.
    Other(String),
}

/// Whether the first KDCs of a realm answer. The others are only told.
pub fn kdcs(realm: &str, named: &[Named]) -> Further {
    let mut tried = 0;
    let mut command = None;
    let lines = named.iter().map(|named| match named {
        Named::At(host, port) if is_host(host) && tried < KDCS => {
            tried += 1;
            command.get_or_insert_with(|| format!("nc -v -w 3 {host} {port}"));
            format!("kdc {host} {port}\n")
        }
        Named::At(host, port) => format!("echo tcp {} {port} untried\n", shown(host)),
        Named::Other(text) => format!("echo tcp {} 0 untried\n", shown(text)),
    });
    let asked: String = lines.take(MOST).collect();
    let command = command.unwrap_or_else(|| "getent hosts KDC".to_owned());
    about_kdcs(realm, command, &asked)
}

/// Whether the KDCs that DNS names answer.
pub fn kdcs_of_dns(realm: &str) -> Further {
    if is_host(realm) {
        let command = format!("host -t SRV _kerberos._tcp.{realm}");
        about_kdcs(realm, command, &format!("from_dns {realm}\n"))
    } else {
        let asked = format!("echo dns {} 0 untried\n", shown(realm));
        about_kdcs(realm, "host -t SRV _kerberos._tcp.REALM".to_owned(), &asked)
    }
}

fn about_kdcs(realm: &str, command: String, asked: &str) -> Further {
    let realm: String = realm.chars().take(LONGEST_REALM).collect();
    let request = krb5_request::for_ticket(&realm);
    let request: String = request
        .iter()
        .map(|byte| format!("\\x{byte:02x}"))
        .collect();
    let functions = include_str!("krb5_kdcs.sh");
    Further {
        id: "krb5-kdcs",
        command,
        script: format!("{functions}request='{request}'\n{asked}"),
        root: false,
    }
}

/// Whether the hosts of the guest's repositories are found and answer.
pub fn repositories(hosts: &[(String, u16)]) -> Option<Further> {
    let hosts: Vec<_> = hosts
        .iter()
        .filter(|(host, _)| is_host(host))
        .take(REPOSITORIES)
        .collect();
    let (host, _) = hosts.first()?;
    let asked: String = hosts
        .iter()
        .map(|(host, port)| format!("reach {host} {port}\n"))
        .collect();
    Some(Further {
        id: "repository-hosts",
        command: format!("curl -sSI http://{host}/"),
        script: format!("{}{asked}", include_str!("repository_hosts.sh")),
        root: false,
    })
}

/// Whether the realm accepts a key of the keytab: one attempt to log in. The ticket stays in the
/// memory of `kinit`.
pub fn keytab(principal: &str, setting: Option<&str>) -> Option<Further> {
    if principal.starts_with('-') || principal.len() > 256 || principal.contains(char::is_control) {
        return None;
    }
    let word = |text: &str| shlex::try_quote(text).ok().map(|word| word.into_owned());
    let kinit = format!(
        "kinit -k -t /etc/krb5.keytab -c MEMORY:boxdoctor {}",
        word(principal)?
    );
    // Root's shell has lost the user's environment.
    let setting = match setting {
        Some(setting) => format!("KRB5_CONFIG={}; export KRB5_CONFIG\n", word(setting)?),
        None => String::new(),
    };
    Some(Further {
        id: "krb5-keytab-login",
        script: format!("with kinit\n{setting}{kinit}"),
        command: kinit,
        root: true,
    })
}

/// A host's name or address, or a realm, and nothing that a shell or a tool could take for more.
fn is_host(name: &str) -> bool {
    !name.is_empty() && name.len() <= 253 && !name.starts_with('-') && name.chars().all(is_plain)
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':')
}

/// A name as one word that every shell takes for itself.
fn shown(name: &str) -> String {
    let plain = |letter| {
        if is_plain(letter) || letter == '/' {
            letter
        } else {
            '?'
        }
    };
    let shown: String = name.chars().take(100).map(plain).collect();
    format!("'{shown}'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::guest;
    use crate::observe::root::Sudo;

    #[test]
    fn only_names_of_hosts_are_asked() {
        let hostile = [
            "-e",
            "a b",
            "$(id)",
            "a;b",
            "",
            "a\nb",
            "\u{e9}",
            &"a".repeat(254),
        ];
        let hosts = hostile.iter().chain(&["kdc.example.com", "fd00::1"]);
        let mut named: Vec<Named> = hosts
            .map(|host| Named::At((*host).to_owned(), 88))
            .collect();
        named.push(Named::Other("https://a';id;'/x".to_owned()));
        let asked = kdcs("EXAMPLE.COM", &named);
        let (_, lines) = asked.script.split_once("request='").expect("a request");
        let mut lines = lines.lines().skip(1);
        for line in lines.by_ref().take(hostile.len()) {
            let words = shlex::split(line).expect("words");
            assert_eq!(words.len(), 5, "{line}");
            assert_eq!((&*words[0], &*words[4]), ("echo", "untried"), "{line}");
        }
        let expected = [
            "kdc kdc.example.com 88",
            "kdc fd00::1 88",
            "echo tcp 'https://a??id??/x' 0 untried",
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        for realm in hostile {
            let asked = kdcs_of_dns(realm);
            let last = asked.script.lines().last().expect("a line");
            assert!(last.starts_with("echo dns '"), "{last}");
            assert_eq!(shlex::split(last).expect("words").len(), 5, "{last}");
        }
    }

    #[test]
    fn no_more_than_three_are_tried_and_the_others_are_told() {
        let named = ["a", "b", "c", "d"].map(|host| Named::At(host.to_owned(), 88));
        let asked = kdcs("R", &named);
        let end = "'\nkdc a 88\nkdc b 88\nkdc c 88\necho tcp 'd' 88 untried\n";
        assert!(asked.script.ends_with(end), "{}", asked.script);
    }

    #[test]
    fn a_principal_is_one_word() {
        let asked = keytab("host/a$(id)'b@R", Some("/a b")).unwrap();
        assert_eq!(
            shlex::split(&asked.command).unwrap().last().unwrap(),
            "host/a$(id)'b@R"
        );
        assert!(asked.script.contains("KRB5_CONFIG='/a b'"));
        assert!(keytab("-R", None).is_none());
        // Root's part must not end before the attempt does: a second one would follow.
        let script = guest::script("0", &Sudo::default(), &[asked.question()]);
        let limit = format!("elif ! bounded {} become_root\n", SECONDS + 5);
        assert!(script.contains(&limit));
        assert!(keytab("a\nb", None).is_none());
    }
}
