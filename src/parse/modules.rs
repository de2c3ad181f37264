//! Kernel modules: what is loaded, and what lies on disk.

/// The names in /proc/modules.
pub fn loaded(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Whether /proc/filesystems lists `name`: true also where it is built into the kernel.
pub fn has_file_system(text: &str, name: &str) -> bool {
    text.lines()
        .any(|line| line.split_whitespace().last() == Some(name))
}

/// The module file that `modprobe` would take, as `modinfo` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    pub path: String,
    /// Modules of the kernel's own tree have none.
    pub version: Option<String>,
    /// The kernel loads it by itself for this file system.
    pub mounts: Option<String>,
    pub is_signed: bool,
    /// SUSE's word that it cares for it.
    pub is_supported: bool,
}

impl ModuleFile {
    /// Whether it came with the kernel rather than from the Guest Additions.
    pub fn is_in_kernel(&self) -> bool {
        self.path.contains("/kernel/") || self.path == "(builtin)"
    }
}

pub fn modinfo(text: &str) -> Option<ModuleFile> {
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            (found == key).then(|| value.trim().to_owned())
        })
    };
    Some(ModuleFile {
        path: value("filename")?,
        version: value("version").filter(|version| !version.is_empty()),
        is_signed: value("signer").is_some() || value("sig_id").is_some(),
        is_supported: value("supported").is_some_and(|by_whom| by_whom != "no"),
        mounts: text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            let name = value.trim().strip_prefix("fs-")?;
            (key == "alias").then(|| name.to_owned())
        }),
    })
}

/// `path:content` of the version files below /sys/module: the version of `module`, once it is
/// loaded and has one.
pub fn loaded_version(text: &str, module: &str) -> Option<String> {
    let path = format!("/sys/module/{module}/version:");
    text.lines()
        .find_map(|line| line.strip_prefix(&path))
        .map(|version| version.trim().to_owned())
}

/// A file with the time of its last change, in seconds since 1970: `stat -c '%Y %n'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    pub changed: i64,
    pub path: String,
}

pub fn dated(text: &str) -> Vec<Dated> {
    text.lines()
        .filter_map(|line| {
            let (changed, path) = line.split_once(' ')?;
            Some(Dated {
                changed: changed.parse().ok()?,
                path: path.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn loaded_modules_and_their_versions() {
        let text = "vboxsf 38491 1 - Live 0x0 (O)\nvboxguest 279823 2 vboxsf, Live 0x0 (O)\n";
        assert_eq!(loaded(text), ["vboxsf", "vboxguest"]);
        assert!(has_file_system(
            "nodev\tsysfs\nnodev\tvboxsf\n\text4\n",
            "vboxsf"
        ));
        assert!(!has_file_system("nodev\tsysfs\n", "vboxsf"));
        let versions = "/sys/module/vboxguest/version:7.0.10 r158379\n";
        assert_eq!(
            loaded_version(versions, "vboxguest").as_deref(),
            Some("7.0.10 r158379")
        );
        assert_eq!(loaded_version(versions, "vboxsf"), None);
    }

    #[test]
    fn a_module_of_the_kernel_has_no_version() {
        let own = modinfo("filename:       /lib/modules/6.1.0-18-amd64/kernel/fs/vboxsf/vboxsf.ko\nlicense:        GPL\n").unwrap();
        assert!(own.is_in_kernel());
        assert_eq!(own.version, None);
        let oracle = modinfo("filename:       /lib/modules/3.10.0-1160.el7.x86_64/misc/vboxguest.ko\nversion:        6.1.30 r148432\nsrcversion:     AB\n").unwrap();
        assert!(!oracle.is_in_kernel());
        assert_eq!(oracle.version.as_deref(), Some("6.1.30 r148432"));
        assert!(!oracle.is_signed && !oracle.is_supported);
        let signed = modinfo("filename:       /lib/modules/5.3.18-22-default/updates/vboxsf.ko\nsupported:      external\nsig_id:         PKCS#7\nsigner:         openSUSE Secure Boot Signkey\n").unwrap();
        assert!(signed.is_signed && signed.is_supported);
        assert_eq!(modinfo(""), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (loaded(&text), modinfo(&text), dated(&text), loaded_version(&text, "vboxsf"));
        }
    }
}
