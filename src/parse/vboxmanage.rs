//! What `VBoxManage` prints. Programs change, so every value is looked for, never counted off.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::version::Version;

/// The version among warnings that the Linux wrapper prints to the same stream: the last line that
/// is one.
pub fn version(text: &str) -> Option<Version> {
    text.lines()
        .rev()
        .find_map(|line| Version::parse(line.trim()))
}

/// What the host says of its kernel driver, whatever the exit status was.
pub fn driver_complaint(text: &str) -> Option<&str> {
    const COMPLAINTS: [&str; 6] = [
        "The vboxdrv kernel module is not loaded",
        "The character device /dev/vboxdrv does not exist",
        "The compilation of the vboxdrv.ko kernel module failed",
        "Kernel driver not installed (rc=-1908)",
        "VERR_VM_DRIVER_NOT_INSTALLED",
        "VERR_VM_DRIVER_NOT_ACCESSIBLE",
    ];
    text.lines()
        .find(|line| COMPLAINTS.iter().any(|complaint| line.contains(complaint)))
        .map(str::trim)
}

/// The message of a failure. VBoxManage can end with status 0 and still have failed: it then says
/// so with this line on standard error.
pub fn error(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix("VBoxManage")?;
        let rest = rest.strip_prefix(".exe").unwrap_or(rest);
        rest.strip_prefix(": error:").map(str::trim)
    })
}

/// The names and UUIDs of `list runningvms`: `"NAME" {UUID}`, where a name may hold anything.
pub fn running(text: &str) -> Vec<(String, String)> {
    let machine = |line: &str| {
        let (name, id) = line.trim().strip_suffix('}')?.rsplit_once(" {")?;
        let is_one = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        let is_id = id.len() == 36 && id.bytes().all(is_one);
        let name = name.strip_prefix('"')?.strip_suffix('"')?;
        is_id.then(|| (name.to_owned(), id.to_owned()))
    };
    text.lines().filter_map(machine).collect()
}

/// `key=value` lines of `showvminfo --machinereadable`, quotes and escapes taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineReadable(BTreeMap<String, String>);

static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:"(?<quoted>[^"]+)"|(?<bare>[^"=]+))=(?<value>.*)$"#)
        .expect("a constant expression")
});

impl MachineReadable {
    pub fn parse(text: &str) -> Self {
        let mut values = BTreeMap::new();
        for line in text.lines() {
            let Some(entry) = ENTRY.captures(line) else {
                continue;
            };
            let key = entry.name("quoted").or_else(|| entry.name("bare"));
            if let Some(key) = key {
                values
                    .entry(key.as_str().to_owned())
                    .or_insert_with(|| unquote(&entry["value"]));
            }
        }
        MachineReadable(values)
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// A TCP forwarding to the guest's SSH port: the host's address and port. The rule that
    /// Vagrant names `ssh` is preferred, then one that listens on loopback.
    pub fn forwarded_ssh(&self) -> Option<(String, u16)> {
        let mut rules: Vec<(u8, String, u16)> = self
            .0
            .iter()
            .filter(|(key, _)| key.starts_with("Forwarding("))
            .filter_map(|(_, rule)| {
                let fields: Vec<&str> = rule.rsplitn(6, ',').collect();
                let [guest_port, _, host_port, host, protocol, name] = fields.as_slice() else {
                    return None;
                };
                if *protocol != "tcp" || *guest_port != "22" {
                    return None;
                }
                let rank = match (*name, *host) {
                    ("ssh", _) => 0,
                    (_, "127.0.0.1") => 1,
                    _ => 2,
                };
                let host = match *host {
                    "" | "0.0.0.0" | "::" => "127.0.0.1",
                    given => given,
                };
                Some((rank, host.to_owned(), host_port.parse().ok()?))
            })
            .collect();
        rules.sort();
        rules.into_iter().next().map(|(_, host, port)| (host, port))
    }

    /// The shared folders that are defined on the machine, whether for good or until it stops.
    pub fn shares(&self) -> Vec<Share> {
        let mut shares = Vec::new();
        for kind in ["Global", "Machine", "Transient"] {
            for number in 1.. {
                let Some(name) = self.get(&format!("SharedFolderName{kind}Mapping{number}")) else {
                    break;
                };
                let path = self.get(&format!("SharedFolderPath{kind}Mapping{number}"));
                shares.push(Share {
                    name: name.to_owned(),
                    host_path: path.unwrap_or_default().to_owned(),
                });
            }
        }
        shares
    }
}

/// A shared folder as VirtualBox knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub name: String,
    pub host_path: String,
}

/// Some values are quoted without their own quotes being escaped, so the outermost pair decides.
fn unquote(value: &str) -> String {
    let value = value.trim_end();
    let Some(inside) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut plain = String::with_capacity(inside.len());
    let mut characters = inside.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('"' | '\\')) => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

/// The path in `list systemproperties`, where one is set.
pub fn default_additions_iso(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("Default Guest Additions ISO:"))
        .map(str::trim)
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn machines_that_run_are_told_by_name_and_identifier() {
        const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
        let text = format!("\"a \"b\" {{c}}\" {{{ID}}}\r\nWARNING {{x}}\n\"no\" {{--help}}\n");
        assert_eq!(running(&text), [("a \"b\" {c}".to_owned(), ID.to_owned())]);
    }

    #[test]
    fn the_version_stands_below_the_wrappers_warnings() {
        let text = "WARNING: The vboxdrv kernel module is not loaded. Either there is no module\n         available for the current kernel (6.1.0-18-amd64) or it failed to\n         load.\n7.0.14r161095\n";
        assert_eq!(version(text).unwrap().to_string(), "7.0.14");
        assert_eq!(
            driver_complaint(text),
            Some("WARNING: The vboxdrv kernel module is not loaded. Either there is no module")
        );
        assert_eq!(version("版本未知\n"), None);
    }

    #[test]
    fn success_with_an_error_line_is_a_failure() {
        let text = "VBoxManage.exe: error: Could not find a registered machine named 'x'\n";
        assert_eq!(
            error(text),
            Some("Could not find a registered machine named 'x'")
        );
        assert_eq!(error("name=\"VBoxManage: error: x\"\n"), None);
    }

    #[test]
    fn machine_readable_values_are_unquoted() {
        let info = MachineReadable::parse(concat!(
            "name=\"a \\\"b\\\" \\\\ = c\"\n",
            "VMState=\"running\"\r\n",
            "memory=512\n",
            "\"SATA-0-0\"=\"none\"\n",
            "Forwarding(0)=\"other,tcp,,2200,,22\"\n",
            "Forwarding(1)=\"ssh,tcp,127.0.0.1,2222,,22\"\n",
            "Forwarding(2)=\"a,b,tcp,,80,,80\"\n",
            "SharedFolderNameMachineMapping1=\"home_rc_\"\n",
            "SharedFolderPathMachineMapping1=\"\\\\\\\\?\\\\D:\\\\project\"\n",
        ));
        assert_eq!(info.get("name"), Some("a \"b\" \\ = c"));
        assert_eq!(info.get("VMState"), Some("running"));
        assert_eq!(info.get("memory"), Some("512"));
        assert_eq!(info.get("SATA-0-0"), Some("none"));
        assert_eq!(info.forwarded_ssh(), Some(("127.0.0.1".to_owned(), 2222)));
        assert_eq!(
            info.shares(),
            [Share {
                name: "home_rc_".into(),
                host_path: r"\\?\D:\project".into()
            }]
        );
    }

    #[test]
    fn an_empty_host_address_means_every_address() {
        let info = MachineReadable::parse("Forwarding(0)=\"guestssh,tcp,,2022,10.0.2.15,22\"\n");
        assert_eq!(info.forwarded_ssh(), Some(("127.0.0.1".to_owned(), 2022)));
    }

    #[test]
    fn an_iso_that_is_not_set_is_none() {
        let line = "Default Guest Additions ISO:     ";
        assert_eq!(default_additions_iso(line), None);
        let set = format!("API version: 7_0\n{line}/usr/share/virtualbox/VBoxGuestAdditions.iso\n");
        assert_eq!(
            default_additions_iso(&set),
            Some("/usr/share/virtualbox/VBoxGuestAdditions.iso")
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, value in "[\"\\\\=a,0-9()\\n]{0,80}") {
            for text in [text, format!("Forwarding(0)={value}")] {
                let _ = (version(&text), error(&text), driver_complaint(&text), default_additions_iso(&text));
                let info = MachineReadable::parse(&text);
                let _ = (info.forwarded_ssh(), info.shares());
            }
        }
    }
}
