//! Private key files: read, bounded, and sorted into usable and not.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::SshError;

/// No private key is larger (bytes).
const LARGEST: u64 = 256 * 1024;
/// How the Base64 of an unencrypted key in OpenSSH's own format begins: its magic word, then the cipher "none".
const OPENSSH_PLAIN: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUA";

/// The text of a private key file that can be used without a passphrase.
///
/// # Errors
/// [`SshError::KeyUnreadable`] or [`SshError::KeyNeedsPassphrase`].
#[expect(
    clippy::disallowed_methods,
    reason = "bounded, and on a thread that may hang"
)]
pub(super) fn read(path: &Path) -> Result<String, SshError> {
    let unreadable = |reason: String| SshError::KeyUnreadable {
        path: path.to_owned(),
        reason,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable("it is too large for a key".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not text".to_owned()))?;
    if text.starts_with("PuTTY-User-Key-File") {
        return Err(unreadable(
            "it is in PuTTY's format; convert it with: puttygen -O private-openssh".to_owned(),
        ));
    }
    if !text.contains("PRIVATE KEY-----") {
        return Err(unreadable("it holds no private key".to_owned()));
    }
    if is_encrypted(&text) {
        return Err(SshError::KeyNeedsPassphrase {
            path: path.to_owned(),
        });
    }
    // Keys that went through a Windows editor or a clipboard: libssh2 wants plain, complete lines.
    let mut text = text.replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn is_encrypted(text: &str) -> bool {
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return true;
    }
    let Some((_, body)) = text.split_once("-----BEGIN OPENSSH PRIVATE KEY-----") else {
        return false;
    };
    let beginning: String = body
        .chars()
        .filter(|character| !character.is_whitespace())
        .take(OPENSSH_PLAIN.len())
        .collect();
    beginning != OPENSSH_PLAIN
}
