//! Where an SSH server is and who logs in.

use std::fmt;

use super::SshError;

/// An SSH server and the user who logs in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The user name on the server.
    pub user: String,
}

impl Address {
    /// Refuses what could be taken for an option, or for something else than one word, on its way to the server.
    ///
    /// # Errors
    /// [`SshError::InvalidAddress`] says what is wrong with it.
    pub(super) fn validate(&self) -> Result<(), SshError> {
        for (what, word) in [("host", &self.host), ("user", &self.user)] {
            let reason = if word.is_empty() {
                "is empty"
            } else if word.starts_with('-') {
                "begins with a dash"
            } else if word.chars().any(|c| c.is_control() || c.is_whitespace()) {
                "has a space or a control character"
            } else {
                continue;
            };
            return Err(SshError::InvalidAddress {
                address: self.to_string(),
                reason: format!("the {what} {reason}"),
            });
        }
        Ok(())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user } = self;
        if host.contains(':') {
            write!(f, "{user}@[{host}]:{port}")
        } else {
            write!(f, "{user}@{host}:{port}")
        }
    }
}
