//! The files in which a guest's package manager is told where its packages are, and the same files
//! with the archive in place of addresses that are gone. Nothing else in them changes, and a file of
//! which a part is not understood is left alone as a whole.

mod apt;
pub mod releases;
mod yum;

use releases::{Archive, Release};

/// One such file, as the guest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub text: String,
}

/// A line in force that leads nowhere any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Counted from 1.
    pub line: u32,
    pub text: String,
}

/// Why a file is left to a person: the line that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strange {
    /// Counted from 1.
    pub line: u32,
}

/// The files that `grep -n '' /dev/null FILE…` printed. The last one may have been cut off where the
/// answer was.
pub fn grepped(said: &str) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    // Not by `lines`, which would lose a carriage return.
    for line in said.split_inclusive('\n') {
        let Some((path, rest)) = line.split_once(':') else {
            continue;
        };
        let Some((number, content)) = rest.split_once(':') else {
            continue;
        };
        if number.parse::<u32>().is_err() {
            continue;
        }
        match files.last_mut() {
            Some(file) if file.path == path => file.text.push_str(content),
            _ => files.push(File {
                path: path.to_owned(),
                text: content.to_owned(),
            }),
        }
    }
    files
}

/// The lines in force that name an address which the packages of this release have left.
pub fn dead(file: &File, release: &Release) -> Vec<Dead> {
    match release.archive {
        Archive::CentOs(_) | Archive::Fedora(_) => yum::dead(&file.text, release),
        Archive::Debian(_) | Archive::Ubuntu(_) if is_deb822(&file.path) => {
            apt::dead_in_stanzas(&file.text, release)
        }
        Archive::Debian(_) | Archive::Ubuntu(_) => apt::dead(&file.text, release),
    }
}

/// The hosts that are asked for packages, with their ports. `gone` is the release where its packages
/// have left the mirrors: in place of these stands its archive.
pub fn hosts(file: &File, gone: Option<&Release>) -> Vec<(String, u16)> {
    let moved = gone.map(|release| (dead(file, release), release.archive.published_at()));
    let urls = if file.path.ends_with(".repo") {
        yum::urls(&file.text)
    } else if is_deb822(&file.path) {
        apt::urls_of_stanzas(&file.text)
    } else {
        apt::urls(&file.text)
    };
    let host = |(line, url): (u32, &str)| {
        let url = match &moved {
            Some((dead, archive)) if dead.iter().any(|dead| dead.line == line) => archive,
            _ => url,
        };
        let (host, _) = address(url)?;
        let port = if url.starts_with("https") { 443 } else { 80 };
        match host.split_once(':') {
            Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
            None => Some((host.to_owned(), port)),
        }
    };
    urls.into_iter().filter_map(host).collect()
}

/// The text with the archive in place of what is gone. `archive` is where that is published, without
/// a slash at its end. `None` where there is nothing to change.
///
/// # Errors
/// Where one of the lines cannot be rewritten for sure.
pub fn archived(
    path: &str,
    text: &str,
    release: &Release,
    archive: &str,
) -> Result<Option<String>, Strange> {
    let changed = match release.archive {
        Archive::CentOs(_) | Archive::Fedora(_) => yum::archived(text, release, archive)?,
        Archive::Debian(_) | Archive::Ubuntu(_) if is_deb822(path) => {
            apt::stanzas_archived(text, release, archive)?
        }
        Archive::Debian(_) | Archive::Ubuntu(_) => apt::archived(text, release, archive)?,
    };
    Ok((changed != text).then_some(changed))
}

fn is_deb822(path: &str) -> bool {
    path.ends_with(".sources")
}

/// The host and the path of an address, with a slash before it; none where it is another thing.
fn address(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !["http", "https", "ftp"].contains(&scheme) {
        return None;
    }
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some((host, path))
}

/// A line without its end, and that end.
fn split_end(line: &str) -> (&str, &str) {
    let bare = line.trim_end_matches(['\r', '\n']);
    (bare, &line[bare.len()..])
}

#[cfg(test)]
mod tests {
    use super::releases::RELEASES;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn files_come_back_as_they_are() {
        let said = "/a.repo:1:[a]\r\n/a.repo:2:x=http://h:80/\r\n/b.repo:1:\n/b.repo:2:y=1\n";
        let files = grepped(said);
        assert_eq!(files[0].text, "[a]\r\nx=http://h:80/\r\n");
        assert_eq!(files[1].text, "\ny=1\n");
    }

    /// Lines as people and distributions write them, and some that nobody would.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~\u{e9}\t]{0,30}",
            "\\[[a-z ]{0,5}\\]?",
            "#? ?(baseurl|mirrorlist|metalink|enabled|name) ?= ?(0|1|x)?",
            "#?(baseurl|mirrorlist|metalink)=https?://(mirror|mirrorlist|vault|dl|mirrors)\\.(centos|fedoraproject|example)\\.org/(pub/fedora/linux|centos|altarch|\\$contentdir)?/(\\$releasever|\\$stream|7|6\\.4)/(os|updates)/\\$basearch/?",
            "mirrorlist=http://mirrorlist\\.centos\\.org/\\?release=\\$releasever&arch=\\$basearch&repo=(os|AppStream|x)",
            "(deb|deb-src|# deb|URIs:|Suites:|Types:) ?(\\[[a-z=]{0,6}\\] )?https?://(deb|ftp\\.de|security)\\.debian\\.org/(debian|debian-security)? (buster|jessie|stretch)(/updates|-updates|-backports)? main",
            "(deb|URIs:) https?://(de\\.archive|security|ports)\\.ubuntu\\.com/ubuntu(-ports)?/? groovy(-security)? main",
            "(Suites|Types|Components): [a-z -]{0,20}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// What is rewritten is about addresses alone, and needs no second time.
        #[test]
        fn nothing_but_addresses_changes(
            lines in prop::collection::vec((line(), "\r?\n"), 0..12),
            release in 0..RELEASES.len(),
            path in "/etc/a\\.(repo|list|sources)",
        ) {
            let text: String = lines.iter().map(|(line, end)| format!("{line}{end}")).collect();
            let release = &RELEASES[release];
            let file = File { path: path.clone(), text: text.clone() };
            let dead = dead(&file, release);
            let archive = "http://archive.test/a";
            let Ok(changed) = archived(&path, &text, release, archive) else {
                return Ok(());
            };
            prop_assert_eq!(changed.is_some(), !dead.is_empty());
            let Some(changed) = changed else {
                return Ok(());
            };
            let is_address = |line: &&str| {
                let line = line.trim_start_matches(['#', ' ']);
                let words = ["baseurl", "mirrorlist", "metalink", "deb", "URIs:"];
                words.iter().any(|word| line.starts_with(word))
            };
            let others = |text: &str| -> Vec<String> {
                let lines = text.split_inclusive('\n').filter(|line| !is_address(line));
                lines.map(str::to_owned).collect()
            };
            prop_assert_eq!(others(&text), others(&changed));
            prop_assert!(changed.lines().count() >= text.lines().count());
            let again = File { path: path.clone(), text: changed.clone() };
            prop_assert_eq!(super::dead(&again, release), Vec::new());
            prop_assert_eq!(archived(&path, &changed, release, archive), Ok(None));
        }

        #[test]
        fn no_text_makes_it_panic(text: String, release in 0..RELEASES.len()) {
            for path in ["a.repo", "a.list", "a.sources"] {
                let file = File { path: path.to_owned(), text: text.clone() };
                let _ = dead(&file, &RELEASES[release]);
                let _ = archived(path, &text, &RELEASES[release], "http://a");
                let _ = grepped(&text);
            }
        }
    }
}
