//! Mounts the shares of a machine as Vagrant would: at their places, for their owners, with their
//! options. The names in it are foreign, and reach the shell only quoted.

use crate::facts::{Facts, Wanted};

const SCRIPT: &str = include_str!("mount.sh");

/// What mounts some shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounts {
    /// What a person would type, one line a share.
    pub shown: Vec<String>,
    /// What root runs. It leaves alone what is mounted.
    pub script: String,
}

/// What mounts the shares that are not mounted. `None` where there is nothing to do.
pub fn missing(facts: &Facts) -> Option<Mounts> {
    mounts(facts.missing_shares()?)
}

/// What mounts every share that somebody wants, for a guest that is to be restarted before; nothing
/// where Vagrant is about to do it.
pub fn all(facts: &Facts) -> Option<Mounts> {
    if facts.is_before_mount {
        return None;
    }
    mounts(facts.wanted.known()?.iter().collect())
}

/// Whether every share is mounted that can be.
pub fn is_done(facts: &Facts) -> bool {
    facts
        .missing_shares()
        .is_some_and(|missing| missing.iter().all(|share| Mount::of(share).is_none()))
}

/// The shares that are not mounted and cannot be: nobody has said where, or there is no such share.
pub fn left_alone(facts: &Facts) -> Vec<&Wanted> {
    let missing = facts.missing_shares().unwrap_or_default();
    let cannot = missing
        .into_iter()
        .filter(|share| Mount::of(share).is_none());
    cannot.collect()
}

fn mounts(shares: Vec<&Wanted>) -> Option<Mounts> {
    let mut shares: Vec<Mount<'_>> = shares.into_iter().filter_map(Mount::of).collect();
    if shares.is_empty() {
        return None;
    }
    // A share may belong into the folder of another one.
    shares.sort_by_key(|share| share.place.len());
    let calls: String = shares.iter().map(Mount::call).collect();
    Some(Mounts {
        shown: shares.iter().map(Mount::shown).collect(),
        script: format!("{SCRIPT}{calls}exit \"$failed\"\n"),
    })
}

/// One share, with a place in the guest.
struct Mount<'a> {
    name: &'a str,
    place: &'a str,
    /// Without those that are written apart.
    options: String,
    owner: String,
    group: String,
}

impl<'a> Mount<'a> {
    /// `None` where it is not known where it belongs, where the virtual machine does not have it, or
    /// where no command line can carry its words.
    fn of(share: &'a Wanted) -> Option<Self> {
        if share.defined == Some(false) {
            return None;
        }
        let place = share.guest_path.as_deref()?;
        if !place.starts_with('/') {
            return None;
        }
        let mut options: Vec<&str> = share
            .manner
            .options
            .iter()
            .flat_map(|options| options.split(','))
            .filter(|option| !option.is_empty() && *option != "_netdev")
            .collect();
        let owner = take_id(&mut options, "uid=").or_else(|| share.manner.owner.clone());
        let group = take_id(&mut options, "gid=").or_else(|| share.manner.group.clone());
        let mount = Mount {
            name: &share.name,
            place,
            options: options.join(","),
            owner: owner.unwrap_or_default(),
            group: group.unwrap_or_default(),
        };
        let has_nul = mount.words().iter().any(|word| word.contains('\0'));
        // A dash in front is an option to the mount helper, which is called without anything before it.
        let is_name = !mount.name.is_empty() && !mount.name.starts_with('-');
        (!has_nul && is_name).then_some(mount)
    }

    fn words(&self) -> [&str; 5] {
        [
            self.name,
            self.place,
            &self.options,
            &self.owner,
            &self.group,
        ]
    }

    fn call(&self) -> String {
        let place = self.place.trim_end_matches('/');
        let listed = [self.name, place].map(as_listed);
        let words = self.words();
        let words = words.into_iter().chain(listed.iter().map(String::as_str));
        let words: Vec<_> = words.map(quoted).collect();
        format!("share {} || failed=1\n", words.join(" "))
    }

    fn shown(&self) -> String {
        let id = |said: &str, login: &str, look_up: &dyn Fn(&str) -> String| {
            if said.is_empty() {
                format!("\"${{{login}:-0}}\"")
            } else if said.bytes().all(|byte| byte.is_ascii_digit()) {
                said.to_owned()
            } else {
                format!("\"$({})\"", look_up(&quoted(said)))
            }
        };
        let user = id(&self.owner, "SUDO_UID", &|name| format!("id -u {name}"));
        let group = id(&self.group, "SUDO_GID", &|name| {
            format!("getent group {name} | cut -d: -f3")
        });
        let options = match self.options.as_str() {
            "" => String::new(),
            options => format!("{},", quoted(options)),
        };
        let (name, place) = (quoted(self.name), quoted(self.place));
        format!(
            "mkdir -p -- {place} && mount -t vboxsf -o {options}uid={user},gid={group},_netdev -- {name} {place}"
        )
    }
}

/// Takes out the option that gives a number: Vagrant puts it where it belongs.
fn take_id(options: &mut Vec<&str>, key: &str) -> Option<String> {
    let id = |option: &str| {
        let number = option.strip_prefix(key)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| number.to_owned())
    };
    let at = options.iter().position(|option| id(option).is_some())?;
    id(options.remove(at))
}

/// How the kernel writes a word into /proc/mounts.
fn as_listed(word: &str) -> String {
    let escaped = word.chars().map(|character| match character {
        ' ' => r"\040".to_owned(),
        '\t' => r"\011".to_owned(),
        '\n' => r"\012".to_owned(),
        '\\' => r"\134".to_owned(),
        '#' => r"\043".to_owned(),
        other => other.to_string(),
    });
    escaped.collect()
}

fn quoted(word: &str) -> std::borrow::Cow<'_, str> {
    shlex::try_quote(word).expect("words with a NUL were left out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Manner, Source};
    use crate::observe::Side;

    fn share(name: &str, guest_path: Option<&str>, options: &[&str]) -> Wanted {
        Wanted {
            name: name.to_owned(),
            guest_path: guest_path.map(str::to_owned),
            source: Source {
                side: Side::Host,
                command: String::new(),
            },
            defined: None,
            manner: Manner {
                owner: Some("www".to_owned()),
                group: None,
                options: options.iter().map(|option| (*option).to_owned()).collect(),
            },
        }
    }

    fn shown(shares: &[Wanted]) -> Vec<String> {
        mounts(shares.iter().collect()).map_or(Vec::new(), |mounts| mounts.shown)
    }

    #[test]
    fn a_person_sees_what_would_be_typed() {
        let shares = [
            share("a_b", Some("/a/b"), &["dmode=775,fmode=664"]),
            share("a", Some("/a"), &["ro", "uid=7,gid=8"]),
        ];
        assert_eq!(
            shown(&shares),
            [
                "mkdir -p -- /a && mount -t vboxsf -o ro,uid=7,gid=8,_netdev -- a /a",
                "mkdir -p -- /a/b && mount -t vboxsf -o 'dmode=775,fmode=664',uid=\"$(id -u www)\",gid=\"${SUDO_GID:-0}\",_netdev -- a_b /a/b",
            ]
        );
    }

    #[test]
    fn what_has_no_place_or_cannot_be_written_is_left_alone() {
        let shares = [
            share("a", None, &[]),
            share("a", Some("relative"), &[]),
            share("", Some("/a"), &[]),
            share("-o", Some("/a"), &[]),
            share("a\0", Some("/a"), &[]),
            share("a", Some("/a"), &["x=\0"]),
        ];
        assert_eq!(shown(&shares), Vec::<String>::new());
    }

    #[test]
    fn only_a_number_is_taken_out_of_the_options() {
        let mut options = vec!["uid=www", "fuid=3", "uid=", "uid=12", "uid=13"];
        assert_eq!(take_id(&mut options, "uid=").as_deref(), Some("12"));
        assert_eq!(options, ["uid=www", "fuid=3", "uid=", "uid=13"]);
    }
}
