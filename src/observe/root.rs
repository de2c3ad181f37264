//! How root is had in a guest: the one place where a script for root becomes the script that is sent.

use zeroize::Zeroizing;

/// Defines `become_root`.
pub(super) const BECOME_ROOT: &str = include_str!("root.sh");

/// What root and the user find: messages in English, and the programs for administrators.
pub(super) const SETTING: &str =
    "LC_ALL=C; export LC_ALL\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH\n";

/// What sudo wants in this guest before it makes the user root.
#[derive(Clone, Debug, Default)]
pub struct Sudo {}

impl Sudo {
    /// The script that runs this one as root. Where root cannot be had it runs as the user all the
    /// same, so it looks whom it is run by, and says so.
    pub fn script(&self, as_root: &str) -> Zeroizing<String> {
        self.script_unless("false", as_root)
    }

    /// As [`Sudo::script`], but root is not asked for where this condition of the user's shell holds.
    pub fn script_unless(&self, needless: &str, as_root: &str) -> Zeroizing<String> {
        let as_root = quoted(&format!("{SETTING}{as_root}"));
        Zeroizing::new(format!(
            "{SETTING}{BECOME_ROOT}\nas_root={as_root}\n\
             if [ \"$(id -u)\" = 0 ] || {{ {needless}; }}; then eval \"$as_root\"\n\
             else become_root; [ \"$?\" != 1 ] || eval \"$as_root\"; fi\nexit 3\n"
        ))
    }
}

/// Quotes one of our own texts for the guest's shell.
pub(super) fn quoted(text: &str) -> String {
    shlex::try_quote(text)
        .expect("only a NUL cannot be quoted, and our own scripts have none")
        .into_owned()
}
