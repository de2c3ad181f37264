//! What MIT's `klist` says of tickets and keytabs.

/// The user's ticket cache, in the words of `klist`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tickets {
    /// `klist -s`: plain `klist` is content with a ticket that has expired.
    pub is_valid: bool,
    /// The value of `KRB5CCNAME`, where it is set.
    pub setting: Option<String>,
    pub cache: Cache,
    /// The folder in which a cache cannot be made.
    pub closed_folder: Option<String>,
    /// What lies where the cache would be, and cannot be replaced.
    pub foreign_file: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cache {
    Of {
        name: String,
        principal: String,
        /// The line of the ticket for further tickets, as it stands there.
        ticket: Option<String>,
    },
    /// There is none that can be read, which is how every login begins. `kinit` makes a file anew.
    None(String),
    /// No ticket can be kept there.
    Unusable(String),
    /// Kerberos did not come so far.
    NoConfiguration(String),
    /// This `klist` is Heimdal's, which has words of its own.
    OfHeimdal,
}

/// What `klist` says of a cache that no `kinit` can fill either, from its first release on.
const UNUSABLE: [&str; 8] = [
    "Invalid UID in persistent keyring name",
    "No KCM server found",
    "Unknown credential cache type",
    "Credential cache name malformed",
    "Credential cache directory ",
    "contains invalid filename",
    "Credentials cache I/O operation failed",
    "Permission denied",
];

/// What it says of a file that `kinit` puts another one in place of. Whether it can, the folder
/// decides.
const REPLACEABLE: [&str; 5] = [
    "Credentials cache permissions incorrect",
    "Credentials cache file permissions incorrect",
    "Bad format in credentials cache",
    "Unsupported credentials cache format version number",
    "End of credential cache reached",
];

/// Reads `status N`, `setting NAME`, `closed FOLDER` and `foreign FILE`, each on a line where it is
/// known, then an empty line, then all that `klist` said. `None` for what is no answer of `klist`.
pub fn tickets(text: &str) -> Option<Tickets> {
    let (head, said) = text.split_once("\n\n")?;
    let value = |key: &str| {
        let mut lines = head.lines();
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
    };
    Some(Tickets {
        is_valid: value("status")? == "0",
        setting: value("setting").map(str::to_owned),
        cache: cache(said)?,
        closed_folder: value("closed").map(str::to_owned),
        foreign_file: value("foreign").map(str::to_owned),
    })
}

fn cache(said: &str) -> Option<Cache> {
    let value = |key: &str| said.lines().find_map(|line| line.strip_prefix(key));
    if let (Some(name), Some(principal)) = (value("Ticket cache: "), value("Default principal: ")) {
        let ticket = said.lines().find(|line| line.contains(" krbtgt/"));
        return Some(Cache::Of {
            name: name.to_owned(),
            principal: principal.to_owned(),
            ticket: ticket.map(|line| line.trim().to_owned()),
        });
    }
    if value("Credentials cache: ").is_some() {
        return Some(Cache::OfHeimdal);
    }
    let complaint = value("klist: ")?;
    if complaint.starts_with("No ticket file") || complaint.starts_with("krb5_cc_") {
        return Some(Cache::OfHeimdal);
    }
    let has_one_of = |list: &[&str]| list.iter().any(|words| complaint.contains(words));
    let is_file = has_one_of(&["(filename: ", "(ticket cache FILE:"]);
    let is_none = complaint.starts_with("No credentials cache found")
        || has_one_of(&REPLACEABLE)
        || (is_file && complaint.contains("Permission denied"))
        || complaint.starts_with("No Kerberos credentials available")
        || (complaint.starts_with("Credentials cache ") && complaint.contains(" not found"));
    let words = complaint.to_owned();
    if complaint.ends_with("while initializing krb5") {
        Some(Cache::NoConfiguration(words))
    } else if is_none {
        Some(Cache::None(words))
    } else if has_one_of(&UNUSABLE) {
        Some(Cache::Unusable(words))
    } else {
        None
    }
}

/// A keytab as `klist -kte` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keytab {
    Keys(Vec<Key>),
    /// What `klist` said of a file that is none.
    Unreadable(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub number: u32,
    pub principal: String,
    pub enctype: String,
}

/// `None` for what is no answer of MIT's `klist`.
pub fn keytab(said: &str, complaint: &str) -> Option<Keytab> {
    let mut complaints = complaint.lines().chain(said.lines());
    if let Some(complaint) = complaints.find_map(|line| line.strip_prefix("klist: ")) {
        return Some(Keytab::Unreadable(complaint.to_owned()));
    }
    let mut lines = said.lines();
    lines.by_ref().find(|line| line.starts_with("----"))?;
    Some(Keytab::Keys(lines.filter_map(key).collect()))
}

fn key(line: &str) -> Option<Key> {
    let (before, enctype) = line.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let mut words = before.split_whitespace();
    Some(Key {
        number: words.next()?.parse().ok()?,
        principal: words.last()?.to_owned(),
        enctype: enctype.to_owned(),
    })
}

impl Key {
    pub fn realm(&self) -> &str {
        self.principal
            .rsplit_once('@')
            .map_or("", |(_, realm)| realm)
    }

    /// Whether it is a kind of key that no realm gives out any more. Old releases write
    /// `ArcFour with HMAC/md5`, new ones `DEPRECATED:arcfour-hmac`.
    pub fn is_weak(&self) -> bool {
        let name = self.enctype.to_ascii_lowercase();
        let has = |word: &str| name.contains(word);
        (has("des") || has("arcfour") || has("rc4")) && !has("aes") && !has("camellia")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(klist: &str) -> Option<Cache> {
        Some(tickets(&format!("status 1\n\n{klist}"))?.cache)
    }

    #[test]
    fn a_cache_is_read_with_its_ticket() {
        let text = "status 1\nsetting FILE:/tmp/cc\n\nTicket cache: FILE:/tmp/cc\nDefault principal: alice@EXAMPLE.COM\n\nValid starting     Expires            Service principal\n11/23/26 01:16:58  11/23/26 01:17:00  krbtgt/EXAMPLE.COM@EXAMPLE.COM\n";
        let read = tickets(text).unwrap();
        assert!(!read.is_valid);
        assert_eq!(read.setting.as_deref(), Some("FILE:/tmp/cc"));
        let Cache::Of {
            name,
            principal,
            ticket,
        } = read.cache
        else {
            panic!("{read:?}");
        };
        assert_eq!(
            (name.as_str(), principal.as_str()),
            ("FILE:/tmp/cc", "alice@EXAMPLE.COM")
        );
        assert!(ticket.unwrap().ends_with("krbtgt/EXAMPLE.COM@EXAMPLE.COM"));
    }

    #[test]
    fn no_cache_is_told_from_one_that_cannot_be() {
        for (said, expected) in [
            (
                "No credentials cache found (filename: /tmp/krb5cc_0)",
                "none",
            ),
            (
                "No credentials cache found (ticket cache FILE:/tmp/krb5cc_0)",
                "none",
            ),
            (
                "Credentials cache keyring 'persistent:0:0' not found",
                "none",
            ),
            ("Credentials cache 'KCM:0' not found", "none"),
            (
                "Invalid UID in persistent keyring name while resolving ccache",
                "unusable",
            ),
            ("No KCM server found while resolving ccache", "unusable"),
            (
                "Unknown credential cache type while resolving ccache",
                "unusable",
            ),
            (
                "Credential cache directory /x exists but is not a directory while resolving ccache",
                "unusable",
            ),
            (
                "DIR:/c/primary contains invalid filename while resolving ccache",
                "unusable",
            ),
            // Behind each of these kinit succeeded.
            ("Bad format in credentials cache (filename: /tmp/x)", "none"),
            (
                "Unsupported credentials cache format version number (filename: /tmp/x)",
                "none",
            ),
            ("End of credential cache reached", "none"),
            (
                "Credentials cache permissions incorrect (filename: /tmp/x)",
                "none",
            ),
            ("Permission denied (filename: /tmp/x)", "none"),
            ("Permission denied while resolving ccache", "unusable"),
            (
                "Improper format of Kerberos configuration file while initializing krb5",
                "configuration",
            ),
        ] {
            let kind = match of(&format!("klist: {said}\n")) {
                Some(Cache::None(words)) if words == said => "none",
                Some(Cache::Unusable(words)) if words == said => "unusable",
                Some(Cache::NoConfiguration(words)) if words == said => "configuration",
                other => panic!("{said}: {other:?}"),
            };
            assert_eq!(kind, expected, "{said}");
        }
        // Heimdal's and Java's have words of their own.
        for said in [
            "klist: No ticket file: /tmp/krb5cc_0\n",
            "Credentials cache: FILE:/tmp/krb5cc_0\n        Principal: alice@EXAMPLE.COM\n",
        ] {
            assert_eq!(of(said), Some(Cache::OfHeimdal), "{said}");
        }
        assert_eq!(of("\nCredentials cache /tmp/krb5cc_0 not found.\n"), None);
    }

    #[test]
    fn keys_of_old_and_new_releases_are_read() {
        let said = "Keytab name: FILE:/etc/krb5.keytab\nKVNO Timestamp         Principal\n---- ----------------- ----\n   2 11/23/26 01:16:57 host/box.example.com@EXAMPLE.COM (aes256-cts-hmac-sha1-96) \n   3 11/23/26 01:16:57 host/box.example.com@EXAMPLE.COM (DEPRECATED:arcfour-hmac) \n   3 11/23/26 01:16:57 a@B (ArcFour with HMAC/md5) \n   3 11/23/26 01:16:57 a@B (AES-256 CTS mode with 96-bit SHA-1 HMAC) \n   3 11/23/26 01:16:57 a@B (DES cbc mode with CRC-32) \n";
        let Some(Keytab::Keys(keys)) = keytab(said, "") else {
            panic!("not read");
        };
        let weak: Vec<bool> = keys.iter().map(Key::is_weak).collect();
        assert_eq!(weak, [false, true, true, false, true]);
        assert_eq!((keys[0].number, keys[0].realm()), (2, "EXAMPLE.COM"));
        assert_eq!(
            keytab(
                "Keytab name: FILE:/etc/krb5.keytab\n",
                "klist: Is a directory while starting keytab scan\n"
            ),
            Some(Keytab::Unreadable(
                "Is a directory while starting keytab scan".to_owned()
            ))
        );
        assert_eq!(keytab("", ""), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, line in "[ 0-9]{0,3}[a-z@/]{0,5} ?[(]{0,2}[a-z]{0,3}[)]{0,2}") {
            let _ = tickets(&text);
            let _ = tickets(&format!("status 0\n\nklist: {text}"));
            let _ = keytab(&format!("----\n{line}"), "");
        }
    }
}
