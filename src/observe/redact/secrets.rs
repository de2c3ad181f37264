//! Private keys, passwords, and what else is nobody's business, covered with stars.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?s-u)(-----BEGIN [A-Z ]*PRIVATE KEY-----)(.*?)(-----END [A-Z ]*PRIVATE KEY-----|\z)",
    )
    .expect("a constant expression")
});

static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)([a-z_]*(?:password|passwd|passphrase|secret|token|api_?key)[a-z_]*["']?[ \t]*[=:][ \t]*)([^\r\n]+)"#)
        .expect("a constant expression")
});

static IN_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)([a-zA-Z][a-zA-Z0-9+.-]*://)([^/\s@]+)(@)").expect("a constant expression")
});

/// A password as /etc/shadow and web servers keep it.
static HASHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)(\$[0-9a-z]{1,2}\$)([./A-Za-z0-9$=,]{8,})").expect("a constant expression")
});

/// What people write about a machine is for themselves.
static DESCRIPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m-u)^(description=")([^\r\n]*)("?)"#).expect("a constant expression")
});

/// In a configuration of Kerberos a key that speaks of passwords may name a server or open a block,
/// and a stray byte in the value is what we came to find.
pub(super) fn without_secrets_of_kerberos(bytes: &[u8]) -> Vec<u8> {
    let bytes = PASSWORD.replace_all(bytes, |found: &Captures<'_>| {
        let (key, value) = (&found[1], &found[2]);
        let key_text = key.to_ascii_lowercase();
        let is_server = memchr::memmem::find(&key_text, b"kpasswd").is_some();
        let is_block = value.trim_ascii_start().starts_with(b"{");
        if is_server || is_block {
            return found[0].to_vec();
        }
        let star = |byte: &u8| if byte.is_ascii_graphic() { b'*' } else { *byte };
        [key, &value.iter().map(star).collect::<Vec<u8>>()].concat()
    });
    without(&[&PRIVATE_KEY, &IN_URL, &HASHED], &bytes)
}

/// The bytes with stars for every secret, as long as they were.
pub(super) fn without_secrets(bytes: &[u8]) -> Vec<u8> {
    without(
        &[&PRIVATE_KEY, &PASSWORD, &IN_URL, &HASHED, &DESCRIPTION],
        bytes,
    )
}

fn without(secrets: &[&Regex], bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for secret in secrets {
        bytes = secret
            .replace_all(&bytes, |found: &Captures<'_>| {
                let part = |number| found.get(number).map_or(&b""[..], |part| part.as_bytes());
                // Line ends stay, so that what stands below keeps its line.
                let hidden: Vec<u8> = part(2)
                    .iter()
                    .map(|byte| {
                        if matches!(byte, b'\n' | b'\r') {
                            *byte
                        } else {
                            b'*'
                        }
                    })
                    .collect();
                [part(1), &hidden, part(3)].concat()
            })
            .into_owned();
    }
    bytes
}
