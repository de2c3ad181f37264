//! What a guest is asked after it has been looked at: what is slow, leaves the guest, or is an
//! attempt to log in. The names in it were found in the guest, so each is checked and quoted.

use super::krb5_request;
use super::questions::{Question, question};

/// The most KDCs that are tried.
const KDCS: usize = 3;

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

/// Whether the KDCs of a realm answer; where none is named, those that DNS names.
pub fn kdcs(realm: &str, named: &[(String, u16)]) -> Option<Further> {
    if !is_host(realm) {
        return None;
    }
    let named: Vec<&(String, u16)> = named
        .iter()
        .filter(|(host, _)| is_host(host))
        .take(KDCS)
        .collect();
    let request = krb5_request::for_ticket(realm);
    let request: String = request
        .iter()
        .map(|byte| format!("\\x{byte:02x}"))
        .collect();
    let (command, asked) = match named.first() {
        Some((host, port)) => {
            let each = named.iter();
            let each = each.map(|(host, port)| format!("kdc {host} {port}\n"));
            (format!("nc -v -w 3 {host} {port}"), each.collect())
        }
        None => (
            format!("host -t SRV _kerberos._tcp.{realm}"),
            format!("from_dns {realm}\n"),
        ),
    };
    let functions = include_str!("krb5_kdcs.sh");
    Some(Further {
        id: "krb5-kdcs",
        command,
        script: format!("{functions}request='{request}'\n{asked}"),
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
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    !name.is_empty() && name.len() <= 253 && !name.starts_with('-') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let named: Vec<(String, u16)> = hostile
            .iter()
            .chain(&["kdc.example.com", "fd00::1"])
            .map(|host| ((*host).to_owned(), 88))
            .collect();
        let asked = kdcs("EXAMPLE.COM", &named).unwrap();
        assert!(
            asked
                .script
                .ends_with("'\nkdc kdc.example.com 88\nkdc fd00::1 88\n")
        );
        for realm in hostile {
            assert!(kdcs(realm, &[]).is_none(), "{realm}");
        }
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
        assert!(keytab("a\nb", None).is_none());
    }
}
