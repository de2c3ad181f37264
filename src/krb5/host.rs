//! The names of servers as MIT reads them: `kdc01.example.com`, `kdc01:88`, `[2001:db8::1]:88`.

use super::lines::is_space;
use super::release::Release;

/// What is wrong with the name of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Kerberos refuses it, and with it all servers of the realm.
    Refused,
    /// Kerberos accepts it, and no host can have such a name.
    NoHost,
    /// Kerberos drops a port behind a space, and asks another one.
    PortLost,
    /// Kerberos takes the name alone and drops what stands behind it, such as a second name.
    CutShort,
}

/// What is wrong with this value of a `kdc`, if something is.
pub fn wrong(value: &[u8], release: Release) -> Option<Wrong> {
    let (value, usual_port) = match value.strip_prefix(b"https://") {
        // What follows the host is the path at the proxy.
        Some(rest) if release >= Release::of(1, 13) => {
            let host = rest.split(|byte| *byte == b'/').next();
            (host.unwrap_or_default(), &b"443"[..])
        }
        _ => (value, &b"88"[..]),
    };
    // Up to 1.14 everything behind a space was cut off first.
    let value = if release < Release::of(1, 15) {
        value
            .split(|byte| is_space(*byte))
            .next()
            .unwrap_or_default()
    } else {
        value
    };
    let is_number = value.iter().all(u8::is_ascii_digit);
    if is_number || value.first() == Some(&b':') {
        return Some(Wrong::Refused);
    }
    let Parts {
        host,
        port,
        dropped,
        is_bracketed,
    } = split(value);
    if port.is_some_and(|port| !is_port(port)) {
        return Some(Wrong::Refused);
    }
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    // Behind a % stands the name of a network card.
    let mut pieces = host.split(|byte| *byte == b'%');
    let address = pieces.next().unwrap_or_default();
    let is_zoned = is_bracketed && address.iter().all(is_address) && pieces.flatten().all(is_host);
    let is_possible = host.iter().all(is_host) || is_zoned;
    if !is_possible || host.is_empty() {
        return Some(Wrong::NoHost);
    }
    match dropped.trim_ascii() {
        // What looks like a comment is one, by chance.
        [] | [b'#' | b';', ..] => None,
        [b':', port @ ..] if port != usual_port => Some(Wrong::PortLost),
        _ => Some(Wrong::CutShort),
    }
}

struct Parts<'a> {
    host: &'a [u8],
    /// What stands where the port does.
    port: Option<&'a [u8]>,
    /// What Kerberos does not look at.
    dropped: &'a [u8],
    is_bracketed: bool,
}

fn split(value: &[u8]) -> Parts<'_> {
    let bracketed = value.strip_prefix(b"[").and_then(|inner| {
        let close = memchr::memchr(b']', inner)?;
        Some((&inner[..close], &inner[close + 1..]))
    });
    let (host, rest) = bracketed.unwrap_or_else(|| {
        let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b':');
        value.split_at(value.iter().position(is_end).unwrap_or(value.len()))
    });
    let port = rest.strip_prefix(b":");
    Parts {
        host,
        port,
        dropped: if port.is_none() { rest } else { b"" },
        is_bracketed: bracketed.is_some(),
    }
}

/// A number as C reads it: with white space and a sign in front, and nothing behind.
fn is_port(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(digits).unwrap_or_default();
    is_number && number.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each tried with kinit of 1.20.1: `Invalid argument` for what is refused, and
    /// `Cannot contact any KDC` for what is not.
    #[test]
    fn every_value_is_what_kinit_makes_of_it() {
        for (value, expected) in [
            (&b"127.0.0.1:9"[..], None),
            (b"kdc-01.example.com", None),
            (b"[::1]:9", None),
            (b"127.0.0.1 # x", None),
            (b"127.0.0.1: 88", None),
            (b"127.0.0.1:+9", None),
            (b"https://127.0.0.1:9/x", None),
            (b"127.0.0.1:9 # x", Some(Wrong::Refused)),
            (b"127.0.0.1:99999", Some(Wrong::Refused)),
            (b"127.0.0.1:-9", Some(Wrong::Refused)),
            (b"127.0.0.1:kerberos", Some(Wrong::Refused)),
            (b"127.0.0.1:9, 127.0.0.2:9", Some(Wrong::Refused)),
            (b"127.0.0.1:9\xC2\xA0", Some(Wrong::Refused)),
            (b"http://127.0.0.1:9", Some(Wrong::Refused)),
            (b":88", Some(Wrong::Refused)),
            (b"88", Some(Wrong::Refused)),
            (b"", Some(Wrong::Refused)),
            (b"::1", Some(Wrong::Refused)),
            (b"[::1", Some(Wrong::Refused)),
            (b"[fe80::1%eth0]:88", None),
            (b"127.0.0.1 ; x", None),
            (b"127.0.0.1 :88", Some(Wrong::CutShort)),
            (b"[::1]9", Some(Wrong::CutShort)),
            (b"127.0.0.1 :9", Some(Wrong::PortLost)),
            (b"127.0.0.1 127.0.0.2", Some(Wrong::CutShort)),
            (b"udp/127.0.0.1:9", Some(Wrong::NoHost)),
            (b"127.0.0.1;88", Some(Wrong::NoHost)),
            (b"kdc\xE2\x80\x8B", Some(Wrong::NoHost)),
        ] {
            let said = wrong(value, Release::of(1, 20));
            assert_eq!(said, expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn an_old_release_stops_at_a_space_and_knows_no_proxy() {
        let old = |value| wrong(value, Release::of(1, 10));
        assert_eq!(old(b"127.0.0.1:9 # x"), None);
        assert_eq!(old(b"https://127.0.0.1:9/x"), Some(Wrong::Refused));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(value: Vec<u8>, minor in 0_u16..30) {
            let _ = wrong(&value, Release::of(1, minor));
        }
    }
}
