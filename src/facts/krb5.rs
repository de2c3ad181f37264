//! What is known of a guest's Kerberos, or of a krb5.conf that was given by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Fact, GuestFacts, Krb5Client, Reader, State};
use crate::krb5::{Configuration, Files, Release, Unreadable, repair};
use crate::observe::Examination;
use crate::observe::Side::Guest;
use crate::parse::krb5_files::{self, Record};
use crate::parse::os_release::Family;

pub struct Krb5Facts {
    /// The files that it is made of, as they were seen.
    pub seen: Seen,
    /// What the user's programs read. Absent where there is no krb5.conf.
    pub configuration: Fact<Configuration>,
    /// The value of `KRB5_CONFIG`, where it is set.
    pub setting: Option<Vec<u8>>,
    pub client: Krb5Client,
}

/// The files as they were seen.
#[derive(Default)]
pub struct Seen {
    files: BTreeMap<Vec<u8>, Result<Arc<[u8]>, Unreadable>>,
    folders: BTreeMap<Vec<u8>, Result<Vec<Vec<u8>>, Unreadable>>,
}

impl Files for Seen {
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
        if let Some(seen) = self.files.get(path) {
            return seen.clone();
        }
        // Such as what stands behind the last colon of a setting.
        if path.is_empty() {
            return Err(Unreadable::Missing);
        }
        match self.folders.get(path) {
            // Opening a folder works in C, and reading it gives nothing.
            Some(Ok(_)) => Ok(Arc::default()),
            Some(Err(why)) => Err(*why),
            None => Err(Unreadable::NotAsked),
        }
    }

    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
        let seen = self.folders.get(path).cloned();
        seen.unwrap_or(Err(Unreadable::NotAsked))
    }
}

impl Seen {
    /// Every file of the folders that are included, with its folder, be it read or passed over.
    pub fn names(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.folders.iter().flat_map(|(folder, names)| {
            let names = names.iter().flatten();
            names.map(|name| (&folder[..], &name[..]))
        })
    }

    fn add(&mut self, record: Record) {
        match record {
            Record::Setting(_) => {}
            Record::File { path, bytes } => {
                self.files.insert(path, Ok(bytes.into()));
            }
            Record::Folder { path, names } => {
                self.folders.insert(path, Ok(names));
            }
            Record::Unread { path, why } => {
                self.files.insert(path.clone(), Err(why));
                self.folders.insert(path, Err(why));
            }
        }
    }
}

impl Krb5Facts {
    pub(super) fn read(reader: &Reader<'_>, guest: &GuestFacts) -> Self {
        let records = reader.find("krb5-files");
        let records = records.map_or_else(Vec::new, |seen| krb5_files::parse(&seen.stdout));
        let setting = records.iter().find_map(|record| match record {
            Record::Setting(value) => Some(value.clone()),
            _ => None,
        });
        let release = release(guest);
        let (configuration, seen) = configuration(reader, records, setting.as_deref(), release);
        Krb5Facts {
            seen,
            configuration,
            setting,
            client: Krb5Client::read(reader),
        }
    }
}

fn configuration(
    reader: &Reader<'_>,
    records: Vec<Record>,
    setting: Option<&[u8]>,
    release: Release,
) -> (Fact<Configuration>, Seen) {
    let default = reader.read("krb5-conf", Guest, |seen| {
        Some(if seen.truncated {
            Err(Unreadable::TooLarge)
        } else {
            Ok(seen.stdout.clone().into())
        })
    });
    let command = default.source.command.as_str();
    let path = command.strip_prefix("cat ").unwrap_or(command);
    let path = path.as_bytes().to_vec();
    // Root may read what the user's programs may not.
    let refused = records
        .iter()
        .any(|record| matches!(record, Record::Unread { path: unread, .. } if *unread == path));
    let mut seen = Seen::default();
    if let State::Known(content) = &default.state {
        seen.files.insert(path.clone(), content.clone());
    } else if default.is_absent() {
        seen.files.insert(path.clone(), Err(Unreadable::Missing));
    }
    records.into_iter().for_each(|record| seen.add(record));
    let (source, paths) = match setting {
        Some(setting) => {
            let paths = setting.split(|byte| *byte == b':').collect();
            (reader.source("krb5-files", Guest), paths)
        }
        None => (default.source.clone(), vec![&path[..]]),
    };
    let known = || State::Known(Configuration::read(&paths, &seen, release));
    let state = match default.state {
        _ if setting.is_some() => known(),
        State::Absent => State::Absent,
        State::Known(_) => known(),
        State::Unknown(_) if refused => known(),
        State::Unknown(why) => State::Unknown(why),
    };
    (Fact { source, state }, seen)
}

/// The same examination of a configuration without its stray bytes; `None` where it has none.
pub(super) fn without_stray_bytes(examination: &Examination) -> Option<Examination> {
    let mut cleaned = examination.clone();
    let mut is_other = false;
    for seen in &mut cleaned.observations {
        match seen.id.as_str() {
            "krb5-conf" => {
                if let Some(bare) = repair::bare(&seen.stdout) {
                    seen.stdout = bare;
                    is_other = true;
                }
            }
            "krb5-files" => {
                let mut records = krb5_files::parse(&seen.stdout);
                for record in &mut records {
                    if let Record::File { bytes, .. } = record
                        && let Some(bare) = repair::bare(bytes)
                    {
                        *bytes = bare;
                        is_other = true;
                    }
                }
                seen.stdout = krb5_files::write(&records);
            }
            _ => {}
        }
    }
    is_other.then_some(cleaned)
}

/// The package's own version; where that is not known, that of the distribution.
fn release(guest: &GuestFacts) -> Release {
    let mut packages = guest.packages.installed.known().into_iter().flatten();
    let library = packages.find(|package| ["krb5-libs", "libkrb5-3"].contains(&&*package.name));
    let installed = library.and_then(|library| Release::parse(&library.version));
    let of_distribution = || {
        let distribution = guest.distribution.known()?;
        match (distribution.family, distribution.major?) {
            (Family::RedHat, ..=6) => Some(Release::of(1, 10)),
            (Family::RedHat, 7) => Some(Release::of(1, 15)),
            (Family::RedHat, 8) => Some(Release::of(1, 18)),
            (Family::Debian, ..=8) => Some(Release::of(1, 12)),
            (Family::Debian, 9) => Some(Release::of(1, 15)),
            _ => None,
        }
    };
    installed.or_else(of_distribution).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krb5::Code;
    use crate::observe::{Examination, Observation};
    use crate::target::{Kind, Target};
    use crate::transport::Ended;

    fn facts(observations: &[(&str, &[u8])]) -> Krb5Facts {
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        examination.observations = observations
            .iter()
            .map(|(id, said)| {
                let command = if *id == "krb5-conf" {
                    "cat /etc/krb5.conf"
                } else {
                    id
                };
                Observation::answered(id, Guest, command.to_owned(), said.to_vec())
            })
            .collect();
        read(&examination)
    }

    fn read(examination: &Examination) -> Krb5Facts {
        let reader = Reader(examination);
        Krb5Facts::read(&reader, &GuestFacts::read(&reader))
    }

    fn realm(facts: &Krb5Facts) -> Option<String> {
        let configuration = facts.configuration.known()?;
        let value = configuration.first(&["libdefaults", "default_realm"])?;
        Some(value.shown().into_owned())
    }

    #[test]
    fn what_krb5_conf_includes_is_part_of_it() {
        let conf = b"[logging]\nincludedir /d\n";
        let files = b"folder 2 4\n/d\na/b/\nfile 4 33\n/d/a\n[libdefaults]\n default_realm = IN\n\nmissing 4 0\n/d/b\n\n";
        let seen = facts(&[("krb5-conf", conf), ("krb5-files", files)]);
        assert_eq!(realm(&seen).as_deref(), Some("IN"));
        let fault = seen.configuration.known().unwrap().fault().unwrap().1;
        assert_eq!(fault.code, Code::FailIncludeFile);
        assert_eq!(fault.included.as_ref().unwrap().path, b"/d/b");
    }

    #[test]
    fn the_setting_decides_which_files_are_read() {
        let files = krb5_files::write(&[
            Record::Setting(b"/a::/etc/krb5.conf".to_vec()),
            Record::File {
                path: b"/a".to_vec(),
                bytes: b"[libdefaults]\n default_realm = SET\n".to_vec(),
            },
        ]);
        let conf = b"[libdefaults]\n default_realm = DEFAULT\n";
        let seen = facts(&[("krb5-conf", conf), ("krb5-files", &files)]);
        assert_eq!(realm(&seen).as_deref(), Some("SET"));
        assert_eq!(seen.configuration.known().unwrap().parts.len(), 3);
        // Without krb5.conf there is still what the variable names.
        let seen = facts(&[("krb5-files", &files)]);
        assert_eq!(realm(&seen).as_deref(), Some("SET"));
    }

    #[test]
    fn an_empty_path_in_the_setting_is_a_file_that_is_missing() {
        let file = Record::File {
            path: b"/a".to_vec(),
            bytes: b"[libdefaults]\n default_realm = SET\n".to_vec(),
        };
        for (setting, expected) in [("/a:", Some("SET")), (":/a", Some("SET")), ("", None)] {
            let setting = Record::Setting(setting.as_bytes().to_vec());
            let files = krb5_files::write(&[setting, file.clone()]);
            let seen = facts(&[("krb5-files", &files)]);
            assert_eq!(realm(&seen).as_deref(), expected);
            assert!(seen.configuration.known().unwrap().fault().is_none());
        }
    }

    #[test]
    fn a_krb5_conf_that_only_root_may_read_is_of_no_use_to_the_user() {
        let refused = b"denied 14 0\n/etc/krb5.conf\n\n";
        let seen = facts(&[("krb5-conf", b"[libdefaults]\n"), ("krb5-files", refused)]);
        let fault = seen.configuration.known().unwrap().fault().unwrap().1;
        assert_eq!(fault.code, Code::Unreadable(Unreadable::Denied));
    }

    #[test]
    fn the_package_says_which_release_it_is_else_the_distribution() {
        let release = |id: &str, said: &[u8]| {
            let old = (
                "redhat-release",
                &b"CentOS Linux release 7.9.2009 (Core)\n"[..],
            );
            let managers = (
                "package-managers",
                &b"rpm /usr/bin/rpm\nyum /usr/bin/yum\n"[..],
            );
            let debian = ("package-managers", &b"dpkg-query /usr/bin/dpkg-query\n"[..]);
            let managers = if id == "deb-kernels" {
                debian
            } else {
                managers
            };
            let seen = facts(&[("krb5-conf", b""), old, managers, (id, said)]);
            seen.configuration.known().unwrap().release
        };
        let libraries =
            b"kernel (none) 4.18.0 1.el8 x86_64\nkrb5-libs (none) 1.18.2 25.el8_8 x86_64\n";
        assert_eq!(release("rpm-kernels", libraries), Release::of(1, 18));
        let library = b"libkrb5-3 1.19.2-2ubuntu0.4 amd64 install ok installed\n";
        assert_eq!(release("deb-kernels", library), Release::of(1, 19));
        assert_eq!(release("rpm-kernels", b""), Release::of(1, 15));
    }

    #[test]
    fn an_older_bundle_has_only_the_file_itself() {
        let seen = facts(&[("krb5-conf", b"[libdefaults]\ninclude /x\n")]);
        let fault = seen.configuration.known().unwrap().fault().unwrap().1;
        assert_eq!(fault.code, Code::FailIncludeFile);
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        examination.observations = vec![Observation::unanswered(
            "krb5-conf",
            Guest,
            "cat /etc/krb5.conf".to_owned(),
            Ended::NotFound,
            "",
        )];
        assert!(read(&examination).configuration.is_absent());
    }
}
