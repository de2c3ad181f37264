//! `[USER@]HOST[:PORT]`, as a user types it.

use thiserror::Error;

use crate::escape;
use crate::transport::ssh::Address;

#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "'{text}' is no address: {why}; write [USER@]HOST[:PORT], for example vagrant@127.0.0.1:2222"
)]
pub struct AddressError {
    text: String,
    why: &'static str,
}

/// Reads an address. The user is `vagrant` and the port 22 where they are left out; an IPv6
/// address with a port stands in brackets.
///
/// # Errors
/// Says which part makes no sense.
pub fn parse(text: &str) -> Result<Address, AddressError> {
    let wrong = |why| AddressError {
        text: escape::line(text, 80),
        why,
    };
    let (user, place) = match text.rsplit_once('@') {
        Some((user, place)) => (user, place),
        None => ("vagrant", text),
    };
    let (host, port) = if let Some(inside) = place.strip_prefix('[') {
        let (host, after) = inside
            .split_once(']')
            .ok_or_else(|| wrong("its bracket is not closed"))?;
        match after.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if after.is_empty() => (host, None),
            None => return Err(wrong("something other than a port follows the bracket")),
        }
    } else {
        match place.split_once(':') {
            // More than one colon: an IPv6 address without a port.
            Some((_, rest)) if rest.contains(':') => {
                if place.parse::<std::net::Ipv6Addr>().is_err() {
                    return Err(wrong("it has several colons and is no IPv6 address"));
                }
                (place, None)
            }
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        }
    };
    let port = match port {
        None => 22,
        Some(text) => match text.parse::<u16>() {
            Ok(port) if port > 0 => port,
            _ => return Err(wrong("its port is not a number from 1 to 65535")),
        },
    };
    for (word, missing) in [
        (host, "it has no host"),
        (user, "it has no user before the @"),
    ] {
        if word.is_empty() {
            return Err(wrong(missing));
        }
        // It may reach the command line of the ssh program.
        if word.starts_with('-') {
            return Err(wrong("no part of it may begin with a dash"));
        }
        if word.contains(['/', '\\']) {
            return Err(wrong("it has a slash"));
        }
        if !word
            .chars()
            .all(|c| escape::is_plain(c) && !c.is_whitespace())
        {
            return Err(wrong("it has a space or an invisible character"));
        }
    }
    Ok(Address {
        host: host.to_owned(),
        port,
        user: user.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_may_be_left_out() {
        for (text, expected) in [
            ("box", "vagrant@box:22"),
            ("root@box:2222", "root@box:2222"),
            ("::1", "vagrant@[::1]:22"),
            ("me@[fe80::1]:2200", "me@[fe80::1]:2200"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "@box",
            "me@",
            "box:",
            "box:0",
            "box:65536",
            "[::1",
            "[::1]x",
            "-oProxyCommand=x",
            "a b",
            "ssh://vagrant@box",
            "box:2222:22",
            "me@box/path",
            "a\u{202E}b",
            "-l@h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, other in "[]@:\\[a1-]{0,12}") {
            let _ = (parse(&text), parse(&other));
        }
    }
}
