//! How root is had in a guest: the one place where a script for root becomes the script that is sent.

use std::fmt;

use zeroize::Zeroizing;

/// Defines `become_root`, and what else is done with sudo.
const THROUGH_SUDO: &str = include_str!("root.sh");

/// What root and the user find: messages in English, and the programs for administrators.
pub(super) const SETTING: &str =
    "LC_ALL=C; export LC_ALL\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH\n";

/// A password that a person has typed. It is kept in memory, wiped there, and shown to nobody.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Nothing where this can be no password: it is one line.
    pub fn new(typed: Zeroizing<String>) -> Option<Self> {
        let is_line = !typed.is_empty() && !typed.contains(['\0', '\n', '\r']);
        is_line.then_some(Password(typed))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password")
    }
}

/// What sudo wants in this guest before it makes the user root.
#[derive(Clone, Debug, Default)]
pub struct Sudo {
    password: Option<Password>,
}

impl Sudo {
    pub fn with(password: Password) -> Self {
        let password = Some(password);
        Sudo { password }
    }

    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// The script that runs this one as root. Where root cannot be had it runs as the user all the
    /// same, so it looks whom it is run by, and says so.
    pub fn script(&self, as_root: &str) -> Zeroizing<String> {
        self.script_unless("false", as_root)
    }

    /// As [`Sudo::script`], but root is not asked for where this condition of the user's shell holds.
    pub fn script_unless(&self, needless: &str, as_root: &str) -> Zeroizing<String> {
        let as_root = quoted(&format!("{SETTING}{as_root}"));
        self.before(&format!(
            "as_root={as_root}\n\
             if [ \"$(id -u)\" = 0 ] || {{ {needless}; }}; then eval \"$as_root\"\n\
             else become_root; [ \"$?\" != 1 ] || eval \"$as_root\"; fi\nexit 3\n"
        ))
    }

    /// This script of the user's, with all that it needs to become root.
    pub(super) fn before(&self, script: &str) -> Zeroizing<String> {
        let typed = self.password.as_ref().map_or("", |password| &password.0);
        let password = Zeroizing::new(quoted(typed));
        // A variable that is exported already would stay so, and everybody could read it.
        let parts = [
            SETTING,
            "unset password\npassword=",
            &password,
            "\n",
            THROUGH_SUDO,
            "\n",
            script,
        ];
        // In one piece, because a text that grows leaves copies behind.
        Zeroizing::new(parts.concat())
    }
}

/// Quotes one of our own texts for the guest's shell.
pub(super) fn quoted(text: &str) -> String {
    shlex::try_quote(text)
        .expect("only a NUL cannot be quoted, and neither a script nor a password has one")
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(typed: &str) -> Option<Password> {
        Password::new(Zeroizing::new(typed.to_owned()))
    }

    #[test]
    fn a_password_is_one_line() {
        for odd in ["", "a\nb", "a\r", "a\0b"] {
            assert!(password(odd).is_none(), "{odd:?}");
        }
        assert!(password(" a 'b' $c ").is_some());
    }

    #[test]
    fn nobody_is_shown_a_password() {
        let sudo = Sudo::with(password("geheim").expect("one line"));
        assert!(!format!("{sudo:?} {sudo:#?}").contains("geheim"));
        assert!(sudo.script("id").contains("password=geheim\n"));
    }
}
