//! `.repo` files of yum and dnf, of CentOS and Fedora.

use super::releases::{Archive, Release};
use super::{Dead, Strange, address, split_end};
use crate::parse::ini;

/// What a line is, as far as addresses are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Section,
    /// A setting in force.
    Setting {
        key: &'a str,
        value: &'a str,
    },
    /// An address that is commented out.
    OffBaseUrl {
        value: &'a str,
    },
    /// Blank, or a comment.
    Other,
    /// It continues the line before, or is no line of such a file.
    Strange,
}

fn kind(line: &str) -> Kind<'_> {
    let (bare, _) = split_end(line);
    let trimmed = bare.trim();
    if let Some(comment) = trimmed.strip_prefix(['#', ';']) {
        return match comment.trim_start().split_once('=') {
            Some((key, value)) if key.trim_end() == "baseurl" => Kind::OffBaseUrl {
                value: value.trim(),
            },
            _ => Kind::Other,
        };
    }
    if trimmed.is_empty() {
        return Kind::Other;
    }
    if bare.starts_with([' ', '\t']) {
        return Kind::Strange;
    }
    if trimmed.starts_with('[') {
        return if trimmed.contains(']') {
            Kind::Section
        } else {
            Kind::Strange
        };
    }
    match trimmed.split_once('=') {
        Some((key, value)) => Kind::Setting {
            key: key.trim_end(),
            value: value.trim_start(),
        },
        None => Kind::Strange,
    }
}

/// One section with its lines, the first of which names it; the lines before the first have none.
struct Section<'a> {
    /// Of its first line, counted from 0.
    first: usize,
    lines: Vec<(&'a str, Kind<'a>)>,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section {
        first: 0,
        lines: Vec::new(),
    }];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let kind = kind(line);
        if kind == Kind::Section {
            sections.push(Section {
                first: number,
                lines: Vec::new(),
            });
        }
        if let Some(section) = sections.last_mut() {
            section.lines.push((line, kind));
        }
    }
    sections
}

impl Section<'_> {
    fn is_enabled(&self) -> bool {
        let enabled = self.lines.iter().rev().find_map(|(_, kind)| match kind {
            Kind::Setting {
                key: "enabled",
                value,
            } => Some(ini::is_yes(value)),
            _ => None,
        });
        enabled.unwrap_or(true)
    }

    /// The lines in force that lead nowhere, by their places in it.
    fn dead(&self, release: &Release) -> Vec<usize> {
        let is_dead = |(_, kind): &(&str, Kind<'_>)| match kind {
            Kind::Setting {
                key: "baseurl",
                value,
            } => ini::words(value).any(|url| base_is_gone(url, release)),
            Kind::Setting {
                key: "mirrorlist" | "metalink",
                value,
            } => list_is_gone(value, release),
            _ => false,
        };
        if !self.is_enabled() {
            return Vec::new();
        }
        (0..self.lines.len())
            .filter(|at| is_dead(&self.lines[*at]))
            .collect()
    }
}

/// The addresses in force, with their lines.
pub(super) fn urls(text: &str) -> Vec<(u32, &str)> {
    let mut urls = Vec::new();
    for section in sections(text) {
        let lines = (section.first..).zip(&section.lines);
        for (at, (_, kind)) in lines.filter(|_| section.is_enabled()) {
            if let Kind::Setting {
                key: "baseurl" | "mirrorlist" | "metalink",
                value,
            } = kind
            {
                let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
                urls.extend(ini::words(value).next().map(|url| (line, url)));
            }
        }
    }
    urls
}

fn base_is_gone(url: &str, release: &Release) -> bool {
    match address(url) {
        Some(("mirror.centos.org", _)) => matches!(release.archive, Archive::CentOs(_)),
        // What mirrors.fedoraproject.org lists leads into the archive by itself.
        Some((
            "download.fedoraproject.org" | "dl.fedoraproject.org" | "download.fedora.redhat.com",
            path,
        )) => matches!(release.archive, Archive::Fedora(_)) && path.starts_with("/pub/fedora/"),
        _ => false,
    }
}

fn list_is_gone(url: &str, release: &Release) -> bool {
    matches!(address(url), Some(("mirrorlist.centos.org", _)))
        && matches!(release.archive, Archive::CentOs(_))
}

/// The same packages in the archive.
fn in_archive(url: &str, release: &Release, archive: &str) -> Option<String> {
    if !base_is_gone(url, release) {
        return None;
    }
    // Several addresses in one line are more than is rewritten.
    if ini::words(url).count() != 1 {
        return None;
    }
    let (_, path) = address(url)?;
    let Archive::CentOs(folder) = release.archive else {
        return Some(format!(
            "{archive}/pub/archive/{}",
            path.strip_prefix("/pub/")?
        ));
    };
    let mut parts = path.strip_prefix('/')?.splitn(3, '/');
    let (kind, named, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = match kind {
        "centos" | "$contentdir" => "",
        "altarch" => "/altarch",
        _ => return None,
    };
    // A minor release that is named is meant.
    let folder = match named {
        "$releasever" | "$stream" => folder,
        named if named.contains('.') || named.contains('-') => named,
        named if named.bytes().all(|byte| byte.is_ascii_digit()) => folder,
        _ => return None,
    };
    Some(format!("{archive}{kind}/{folder}/{rest}"))
}

/// The address that stands behind a list of mirrors, for a section that does not say it.
fn behind_list(url: &str, release: &Release, archive: &str) -> Option<String> {
    let Archive::CentOs(folder) = release.archive else {
        return None;
    };
    let (_, query) = url.split_once('?')?;
    let repository = query
        .split('&')
        .find_map(|word| word.strip_prefix("repo="))?;
    let path = match repository {
        "os" | "updates" | "extras" | "centosplus" | "contrib" | "fasttrack" => {
            format!("{repository}/$basearch/")
        }
        "BaseOS" | "AppStream" | "PowerTools" | "HighAvailability" | "Devel" => {
            format!("{repository}/$basearch/os/")
        }
        _ => return None,
    };
    // The extras of CentOS 8 lie otherwise than those before.
    let path = match (path.as_str(), folder.starts_with('8')) {
        ("extras/$basearch/" | "centosplus/$basearch/", true) => format!("{path}os/"),
        (_, true) if !path.ends_with("os/") => return None,
        _ => path,
    };
    Some(format!("{archive}/{folder}/{path}"))
}

pub(super) fn dead(text: &str, release: &Release) -> Vec<Dead> {
    let mut dead = Vec::new();
    for section in sections(text) {
        for at in section.dead(release) {
            dead.push(Dead {
                line: u32::try_from(section.first + at + 1).unwrap_or(u32::MAX),
                text: split_end(section.lines[at].0).0.to_owned(),
            });
        }
    }
    dead
}

pub(super) fn archived(text: &str, release: &Release, archive: &str) -> Result<String, Strange> {
    let mut changed = String::with_capacity(text.len() + 256);
    for section in sections(text) {
        let dead = section.dead(release);
        if dead.is_empty() {
            changed.extend(section.lines.iter().map(|(line, _)| *line));
            continue;
        }
        section.archived(&dead, release, archive, &mut changed)?;
    }
    Ok(changed)
}

impl Section<'_> {
    fn archived(
        &self,
        dead: &[usize],
        release: &Release,
        archive: &str,
        changed: &mut String,
    ) -> Result<(), Strange> {
        let strange = |at: usize| Strange {
            line: u32::try_from(self.first + at + 1).unwrap_or(u32::MAX),
        };
        let odd = self
            .lines
            .iter()
            .position(|(_, kind)| *kind == Kind::Strange);
        if let Some(at) = odd {
            return Err(strange(at));
        }
        let has_base = self
            .lines
            .iter()
            .any(|(_, kind)| matches!(kind, Kind::Setting { key: "baseurl", .. }));
        // Where no address is in force, the one that is commented out is the same without a list.
        let off = (0..self.lines.len()).find_map(|at| match self.lines[at].1 {
            Kind::OffBaseUrl { value } if !has_base => {
                Some((at, value, in_archive(value, release, archive)?))
            }
            _ => None,
        });
        for (at, (line, kind)) in self.lines.iter().enumerate() {
            let (bare, end) = split_end(line);
            match kind {
                Kind::Setting {
                    key: "baseurl",
                    value,
                } if dead.contains(&at) => {
                    let url = in_archive(value, release, archive).ok_or_else(|| strange(at))?;
                    changed.push_str(&bare.replacen(value.trim_end(), &url, 1));
                    changed.push_str(end);
                }
                Kind::OffBaseUrl { .. } if off.as_ref().is_some_and(|(place, ..)| *place == at) => {
                    let (_, value, url) = off.as_ref().ok_or_else(|| strange(at))?;
                    let bare = bare.trim_start().trim_start_matches(['#', ';', ' ', '\t']);
                    changed.push_str(&bare.replacen(value, url, 1));
                    changed.push_str(end);
                }
                Kind::Setting { value, .. } if dead.contains(&at) => {
                    changed.push('#');
                    changed.push_str(line);
                    if !has_base && off.is_none() {
                        let url =
                            behind_list(value, release, archive).ok_or_else(|| strange(at))?;
                        if end.is_empty() {
                            changed.push('\n');
                        }
                        changed.push_str(&format!("baseurl={url}"));
                        changed.push_str(end);
                    }
                }
                _ => changed.push_str(line),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::releases::RELEASES;
    use super::*;

    const EL6: &str = "\
# CentOS-Base.repo\r
[base]\r
name=CentOS-$releasever - Base\r
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra\r
#baseurl=http://mirror.centos.org/centos/$releasever/os/$basearch/\r
gpgcheck=1\r
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-6\r
\r
[contrib]\r
name=CentOS-$releasever - Contrib\r
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=contrib&infra=$infra\r
#baseurl=http://mirror.centos.org/centos/$releasever/contrib/$basearch/\r
enabled=0\r
";

    const EL7: &str = "\
[base]
name=CentOS-$releasever - Base
mirrorlist = http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra
# baseurl = http://mirror.centos.org/centos/$releasever/os/$basearch/
gpgcheck=1

[updates]
name=CentOS-$releasever - Updates
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=updates&infra=$infra
enabled = 1

[pinned]
baseurl=http://mirror.centos.org/centos/7.4.1708/updates/$basearch/

[arm]
baseurl=http://mirror.centos.org/altarch/$releasever/os/$basearch/

[ours]
name=Ours
baseurl=http://packages.example.com/el7/
";

    const EL8: &str = "\
[appstream]
name=CentOS Linux $releasever - AppStream
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=AppStream&infra=$infra
#baseurl=http://mirror.centos.org/$contentdir/$releasever/AppStream/$basearch/os/
gpgcheck=1
enabled=1

[extras]
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=extras&infra=$infra
";

    const STREAM8: &str = "\
[baseos]
name=CentOS Stream $releasever - BaseOS
mirrorlist=http://mirrorlist.centos.org/?release=$stream&arch=$basearch&repo=BaseOS&infra=$infra
#baseurl=http://mirror.centos.org/$contentdir/$stream/BaseOS/$basearch/os/
";

    const FEDORA: &str = "\
[fedora]
name=Fedora $releasever - $basearch
#baseurl=http://download.example/pub/fedora/linux/releases/$releasever/Everything/$basearch/os/
metalink=https://mirrors.fedoraproject.org/metalink?repo=fedora-$releasever&arch=$basearch

[updates]
baseurl=https://dl.fedoraproject.org/pub/fedora/linux/updates/$releasever/Everything/$basearch/
";

    fn release(name: &str) -> &'static Release {
        let mut all = RELEASES.iter();
        all.find(|release| release.name == name).expect(name)
    }

    fn moved(text: &str, name: &str) -> String {
        let release = release(name);
        let archive = release.archive.published_at();
        let moved = archived(text, release, archive).expect("it is understood");
        assert!(dead(&moved, release).is_empty(), "{moved}");
        assert_eq!(archived(&moved, release, archive).as_deref(), Ok(&*moved));
        moved
    }

    #[test]
    fn the_files_of_each_release_lead_to_its_archive() {
        let all = [
            (EL6, "CentOS 6"),
            (EL7, "CentOS 7"),
            (EL8, "CentOS 8"),
            (STREAM8, "CentOS Stream 8"),
            (FEDORA, "Fedora 38"),
        ];
        let moved: Vec<String> = all
            .iter()
            .map(|(text, name)| format!("{name}\n{}", moved(text, name)))
            .collect();
        let expected = include_str!("yum_archived.txt");
        assert_eq!(moved.join("\n").replace('\r', "<CR>"), expected);
    }

    #[test]
    fn a_file_that_is_not_understood_is_left_alone() {
        let el7 = release("CentOS 7");
        for (text, line) in [
            (
                "[a]\nbaseurl=http://mirror.centos.org/centos/7/os/x/\n  http://other.example/\n",
                3,
            ),
            (
                "[a]\nbaseurl=http://mirror.centos.org/centos/7/os/x/ http://other.example/\n",
                2,
            ),
            ("[a]\nbaseurl=http://mirror.centos.org/somewhere/else/\n", 2),
            (
                "[a]\nmirrorlist=http://mirrorlist.centos.org/?release=7&repo=sclo-rh\n",
                2,
            ),
            ("[a\nbaseurl=http://mirror.centos.org/centos/7/os/x/\n", 1),
        ] {
            assert_eq!(
                archived(text, el7, "http://a"),
                Err(Strange { line }),
                "{text}"
            );
        }
        // What is strange and leads nowhere dead is nobody's business.
        let odd = "[b]\nbaseurl=http://packages.example.com/\n  more\n";
        assert_eq!(archived(odd, el7, "http://a").as_deref(), Ok(odd));
    }

    #[test]
    fn only_what_is_in_force_is_dead() {
        let lines: Vec<u32> = dead(EL6, release("CentOS 6"))
            .iter()
            .map(|dead| dead.line)
            .collect();
        assert_eq!(lines, [4]);
        let lines: Vec<u32> = dead(EL7, release("CentOS 7"))
            .iter()
            .map(|dead| dead.line)
            .collect();
        assert_eq!(lines, [3, 9, 13, 16]);
        assert!(dead(EL7, release("Fedora 38")).is_empty());
    }
}
