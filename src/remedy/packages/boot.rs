//! The kernel that the guest starts from now on.

const SCRIPT: &str = include_str!("boot_default.sh");

/// The script that makes this kernel the one that starts. `mend` installs its packages again.
pub fn make_default(release: &str, mend: &str) -> String {
    let quoted = |text: &str| shlex::try_quote(text).map(Into::into).ok();
    let setting = |name: &str, value: &str| -> Option<String> {
        let value: String = quoted(value)?;
        Some(format!("{name}={value}\n"))
    };
    // A NUL is in no name of a kernel that was found to be plain.
    let settings: Option<String> = [("release", release), ("mend", mend)]
        .into_iter()
        .map(|(name, value)| setting(name, value))
        .collect();
    settings.map_or_else(|| "exit 1".to_owned(), |settings| settings + SCRIPT)
}
