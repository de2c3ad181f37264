//! What PowerShell tells of a Windows host.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The major version of PowerShell.
    pub powershell: u32,
    /// Whether a hypervisor runs. `None` where Windows is too old to know of one.
    pub hypervisor: Option<bool>,
}

/// `PowerShell 5.1.19041.4412` and `Hypervisor True`.
pub fn parse(text: &str) -> Option<Windows> {
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.trim().split_once(' '));
        lines.find(|(found, _)| *found == key)
    };
    // PowerShell 1 had no variable that says its version.
    let version = value("PowerShell").map_or("1", |(_, version)| version);
    let hypervisor = value("Hypervisor").map(|(_, present)| present.trim());
    if text.trim().is_empty() {
        return None;
    }
    Some(Windows {
        powershell: version.split('.').next()?.trim().parse().ok()?,
        hypervisor: match hypervisor {
            Some("True") => Some(true),
            Some("False") => Some(false),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn version_and_hypervisor_are_read() {
        let read = |text| parse(text).map(|windows| (windows.powershell, windows.hypervisor));
        let new = "PowerShell 5.1.19041.4412\r\nHypervisor True\r\n";
        assert_eq!(read(new), Some((5, Some(true))));
        assert_eq!(read("PowerShell 2.0\r\nHypervisor \r\n"), Some((2, None)));
        assert_eq!(
            read("PowerShell \r\nHypervisor False\r\n"),
            Some((1, Some(false)))
        );
        assert_eq!(read(""), None);
        assert_eq!(read("PowerShell five\r\n"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(PowerShell|Hypervisor|[0-9.]{0,12}|True| |\r|\n|é|.){0,12}") {
            let _ = parse(&text);
        }
    }
}
