//! What keeps a kernel from loading modules that it does not trust, and what it said of the Guest
//! Additions' own.

/// The answer to the question `module-signing`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signing {
    /// The setting by which the kernel loads only what is signed: its file and what that says.
    pub enforced: Option<String>,
    /// Whether the firmware started only what is signed. `None` where it has no such setting.
    pub secure_boot: Option<bool>,
    /// SUSE's line that forbids modules which it does not support.
    pub supported_only: Option<String>,
    /// Lines of the kernel's log about the modules.
    pub log: Vec<String>,
    /// Whether that log could be read.
    pub has_log: bool,
}

/// `FILE:CONTENT` lines, then `==> log` and lines of the kernel's log; at its end `==> whole` where it
/// could be read.
pub fn parse(text: &str) -> Signing {
    let mut signing = Signing::default();
    let mut allowed = None;
    let mut is_log = false;
    for line in text.lines() {
        match line {
            "==> log" => is_log = true,
            "==> whole" if is_log => signing.has_log = true,
            _ if is_log => signing.log.push(line.to_owned()),
            _ => {
                let Some((file, value)) = line.split_once(':') else {
                    continue;
                };
                let value = value.trim();
                let locked = ["[integrity]", "[confidentiality]"];
                if file.ends_with("/lockdown") && locked.iter().any(|mode| value.contains(mode))
                    || file.ends_with("/sig_enforce") && ["Y", "1"].contains(&value)
                {
                    signing
                        .enforced
                        .get_or_insert_with(|| format!("{file}: {value}"));
                } else if file == "secure-boot" {
                    signing.secure_boot = Some(value == "1");
                } else if let Some(allows) = value.strip_prefix("allow_unsupported_modules") {
                    // modprobe reads its folders in this order, and the first one counts.
                    allowed.get_or_insert((allows.trim() != "0", line.to_owned()));
                }
            }
        }
    }
    signing.supported_only = allowed.and_then(|(allows, line)| (!allows).then_some(line));
    signing
}

impl Signing {
    /// The line in which the kernel refused a module because of its signature.
    pub fn rejection(&self) -> Option<&str> {
        const REFUSED: [&str; 4] = [
            "is rejected",
            "module loading is restricted",
            "Required key not available",
            "Key was rejected by service",
        ];
        // Other modules are refused, too; older kernels name none.
        let is_about_it = |line: &str| {
            line.contains("vbox")
                || line.contains("Lockdown: ")
                || line
                    .trim_start_matches(|c: char| c != ']')
                    .trim_start_matches("] ")
                    .starts_with("Loading of ")
                || line.starts_with("Loading of ")
        };
        self.find(&REFUSED, is_about_it)
    }

    /// The line in which the kernel's modules and other Guest Additions did not understand each
    /// other.
    pub fn misunderstanding(&self) -> Option<&str> {
        let marks = [
            "Old binary mount data not supported",
            "vboxsf: Unknown symbol",
            "vboxsf: disagrees about version of symbol",
        ];
        self.find(&marks, |_| true)
    }

    /// The last line with one of these marks that is wanted.
    fn find(&self, marks: &[&str], is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
        let mut lines = self.log.iter().rev().map(String::as_str);
        lines.find(|line| marks.iter().any(|mark| line.contains(mark)) && is_wanted(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_enforces_signatures_is_read() {
        let locked = parse(
            "/sys/kernel/security/lockdown:none [integrity] confidentiality\n/sys/module/module/parameters/sig_enforce:Y\nsecure-boot:   1\n==> log\n[    9.1] Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7\n==> whole\n",
        );
        assert!(
            locked
                .enforced
                .clone()
                .unwrap()
                .starts_with("/sys/kernel/security/lockdown: ")
        );
        assert_eq!(locked.secure_boot, Some(true));
        assert!(locked.has_log && locked.rejection().is_some());
        let free = parse(
            "/sys/kernel/security/lockdown:[none] integrity confidentiality\n/sys/module/module/parameters/sig_enforce:N\n==> log\n[  9.1] vboxguest: module verification failed: signature and/or required key missing - tainting kernel\n",
        );
        assert_eq!((free.enforced.clone(), free.secure_boot), (None, None));
        assert_eq!(free.rejection(), None);
        assert_eq!(parse(""), Signing::default());
        let other = "==> log\n[ 9.1] nvidia: Loading of unsigned module is rejected\n";
        assert_eq!(parse(other).rejection(), None);
        let unnamed = "==> log\n[ 9.1] Loading of unsigned module is rejected\n";
        assert!(parse(unnamed).rejection().is_some());
    }

    #[test]
    fn the_first_line_about_unsupported_modules_counts() {
        let shipped = "/lib/modprobe.d/10-unsupported-modules.conf:allow_unsupported_modules 0\n";
        let own = "/etc/modprobe.d/10-unsupported-modules.conf:allow_unsupported_modules 1\n";
        assert!(parse(shipped).supported_only.is_some());
        assert_eq!(
            parse(&format!("{own}{shipped}==> log\n")).supported_only,
            None
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(==> log|==> whole|secure-boot:|/lockdown:|allow_unsupported_modules|is rejected|:|\n|.){0,30}") {
            let signing = parse(&text);
            let _ = (signing.rejection(), signing.misunderstanding());
        }
    }
}
