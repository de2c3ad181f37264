//! Vagrant's own list of the folders that it has mounted, and the names that it gives to shares.

use serde_json::Value;

use super::shares::Manner;

/// More options than these, or a longer word, are nobody's: such a list is not one of Vagrant's.
const MOST_OPTIONS: usize = 64;
const LONGEST: usize = 4096;

/// A folder of VirtualBox's own type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    pub share: String,
    /// `None` where Vagrant does not mount it.
    pub guest_path: Option<String>,
    pub manner: Manner,
}

/// `{"virtualbox":{"/vagrant":{"guestpath":"/vagrant","hostpath":"…"}}}`. Only folders of
/// VirtualBox's own type are shares; rsync, nfs and smb folders are not.
pub(super) fn read(said: &str) -> Option<Vec<Folder>> {
    let file: Value = serde_json::from_str(said).ok()?;
    let Some(folders) = file.as_object()?.get("virtualbox") else {
        return Some(Vec::new());
    };
    folders
        .as_object()?
        .iter()
        .filter(|(_, folder)| folder.get("disabled") != Some(&Value::Bool(true)))
        .map(|(id, folder)| {
            Some(Folder {
                share: share_name(id),
                guest_path: match folder.get("guestpath") {
                    Some(Value::Null) => None,
                    Some(path) => Some(
                        path.as_str()
                            .filter(|path| path.len() <= LONGEST)?
                            .to_owned(),
                    ),
                    None => Some(id.clone()),
                },
                manner: Manner {
                    owner: account(folder.get("owner"))?,
                    group: account(folder.get("group"))?,
                    options: options(folder.get("mount_options"))?,
                },
            })
        })
        .collect()
}

/// A user or a group, which a Vagrantfile can give by name or by number.
fn account(said: Option<&Value>) -> Option<Option<String>> {
    Some(match said {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(name) => Some(
            name.as_str()
                .filter(|name| name.len() <= LONGEST)?
                .to_owned(),
        ),
    })
}

/// Vagrant adds `uid=…` and `gid=…` to them when it mounts, and so they are in its list, too.
fn options(said: Option<&Value>) -> Option<Vec<String>> {
    let options = match said {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(options) => options.as_array()?,
    };
    if options.len() > MOST_OPTIONS {
        return None;
    }
    let text = |option: &Value| {
        let option = option.as_str().filter(|option| option.len() <= LONGEST)?;
        Some(option.to_owned())
    };
    options.iter().map(text).collect()
}

/// The name that Vagrant gives to the share of a synced folder.
pub(super) fn share_name(id: &str) -> String {
    let name: String = id
        .chars()
        .map(|character| match character {
            '/' | '\\' => '_',
            space if space.is_whitespace() => '_',
            other => other,
        })
        .collect();
    name.strip_prefix('_').map_or(name.clone(), str::to_owned)
}

/// Where in the guest the share of this name belongs, where Vagrant's way to name it leaves but one
/// answer: a line below may have been a slash, a space or itself. Nothing is mounted over a folder
/// of the system because a share happens to have its name.
pub(super) fn implied_path(share: &str) -> Option<String> {
    const SYSTEM: &str = "bin boot dev etc home lib lib32 lib64 libx32 lost+found media mnt opt proc \
        root run sbin selinux snap srv sys tmp usr var";
    // What old releases of Vagrant called the folder of the project.
    if matches!(share, "v-root" | "vagrant-root") {
        return Some("/vagrant".to_owned());
    }
    let is_plain = |character: char| character.is_alphanumeric() || "-.+".contains(character);
    let is_ambiguous = share.is_empty()
        || share.starts_with('.')
        || !share.chars().all(is_plain)
        || SYSTEM.split_whitespace().any(|folder| folder == share);
    (!is_ambiguous).then(|| format!("/{share}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_those_that_vagrant_gives() {
        assert_eq!(share_name("/vagrant"), "vagrant");
        assert_eq!(share_name("/home/rc/"), "home_rc_");
        assert_eq!(share_name("my folder"), "my_folder");
    }

    #[test]
    fn a_name_says_where_it_belongs_only_where_there_is_no_doubt() {
        let implied = |name: &str| implied_path(name);
        assert_eq!(implied("vagrant").as_deref(), Some("/vagrant"));
        assert_eq!(implied("vagrant-root").as_deref(), Some("/vagrant"));
        assert_eq!(implied("data").as_deref(), Some("/data"));
        for doubtful in [
            "home_rc_", "my_data", "", ".", "..", "a/b", "a b", "home", "etc", "a\0",
        ] {
            assert_eq!(implied(doubtful), None, "{doubtful}");
        }
    }

    fn folder(share: &str, guest_path: Option<&str>) -> Folder {
        Folder {
            share: share.to_owned(),
            guest_path: guest_path.map(str::to_owned),
            manner: Manner::default(),
        }
    }

    #[test]
    fn only_folders_of_virtualbox_are_shares() {
        let read_list = read(
            r#"{"rsync":{"/r":{"guestpath":"/r"}},"virtualbox":{"/vagrant":{"guestpath":"/vagrant","hostpath":"D:/p"},"tools":{"guestpath":null},"/off":{"guestpath":"/off","disabled":true}}}"#,
        );
        let expected = vec![folder("vagrant", Some("/vagrant")), folder("tools", None)];
        assert_eq!(read_list, Some(expected));
        assert_eq!(read(r#"{"nfs":{}}"#), Some(Vec::new()));
        assert_eq!(read("[]"), None);
    }

    #[test]
    fn who_owns_it_and_how_it_is_mounted_is_read() {
        let read_list = read(
            r#"{"virtualbox":{"/www":{"guestpath":"/www","owner":33,"group":"www-data","mount_options":["dmode=775,fmode=664","uid=33"]}}}"#,
        );
        let mut expected = folder("www", Some("/www"));
        expected.manner = Manner {
            owner: Some("33".to_owned()),
            group: Some("www-data".to_owned()),
            options: vec!["dmode=775,fmode=664".to_owned(), "uid=33".to_owned()],
        };
        assert_eq!(read_list, Some(vec![expected]));
    }

    #[test]
    fn a_list_that_is_not_vagrants_is_none() {
        for odd in [
            r#"{"virtualbox":{"/a":{"guestpath":7}}}"#.to_owned(),
            r#"{"virtualbox":{"/a":{"owner":["x"]}}}"#.to_owned(),
            r#"{"virtualbox":{"/a":{"mount_options":"ro"}}}"#.to_owned(),
            format!(
                r#"{{"virtualbox":{{"/a":{{"owner":"{}"}}}}}}"#,
                "x".repeat(5000)
            ),
            format!(
                r#"{{"virtualbox":{{"/a":{{"mount_options":[{}"ro"]}}}}}}"#,
                r#""ro","#.repeat(64)
            ),
        ] {
            assert_eq!(read(&odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = read(&text);
            let _ = share_name(&text);
            let _ = implied_path(&text);
        }
    }
}
