//! The sources of apt: one line a source, and the stanzas of newer releases.

use super::releases::{Archive, Release};
use super::{Dead, Strange, address, split_end};

/// A source in one line: `deb [options] ADDRESS SUITE COMPONENT…`.
struct Source<'a> {
    options: Option<&'a str>,
    url: &'a str,
    suite: &'a str,
}

fn source(bare: &str) -> Option<Source<'_>> {
    let rest = bare.trim_start();
    let rest = rest
        .strip_prefix("deb-src")
        .or_else(|| rest.strip_prefix("deb"))
        .filter(|rest| rest.starts_with([' ', '\t']))?;
    let rest = rest.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(inner) => {
            let (options, rest) = inner.split_once(']')?;
            (Some(options), rest)
        }
        None => (None, rest),
    };
    let mut words = rest.split_whitespace();
    Some(Source {
        options,
        url: words.next()?,
        suite: words.next()?,
    })
}

/// The codename of the release, whose suites begin with it.
fn codename(release: &Release) -> &'static str {
    match release.archive {
        Archive::Debian(name) | Archive::Ubuntu(name) => name,
        Archive::CentOs(_) | Archive::Fedora(_) => "",
    }
}

/// Whether it is a suite of this release: `buster`, `buster/updates`, `buster-backports`.
fn is_of(suite: &str, release: &Release) -> bool {
    let rest = suite.strip_prefix(codename(release));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '-']))
}

/// What Debian keeps nowhere: all of it has become part of the last point release.
fn is_kept_nowhere(suite: &str, release: &Release) -> bool {
    let rest = suite.strip_prefix(codename(release));
    matches!(release.archive, Archive::Debian(_)) && rest == Some("-updates")
}

/// Where the archive keeps what was to be had at this address.
fn in_archive(url: &str, suite: &str, release: &Release, archive: &str) -> Option<String> {
    let (host, path) = address(url)?;
    let slash = if path.ends_with('/') { "/" } else { "" };
    let folder = path.trim_matches('/');
    let is = |suffix: &str| host == &suffix[1..] || host.ends_with(suffix);
    let is_security = host.starts_with("security.") || folder == "debian-security";
    match release.archive {
        Archive::Debian(_) => {
            let is_debian =
                is(".debian.org") && host != "archive.debian.org" || host == "http.debian.net";
            if !is_debian {
                return None;
            }
            let is_updates = suite.ends_with("/updates");
            match folder {
                "debian-security" | "" if is_security && is_updates => {
                    Some(format!("{archive}/debian-security{slash}"))
                }
                "debian" if !is_security => Some(format!("{archive}/debian{slash}")),
                "debian-backports" => Some(format!("{archive}/debian-backports{slash}")),
                _ => None,
            }
        }
        Archive::Ubuntu(_) => {
            let is_ubuntu = is(".archive.ubuntu.com")
                || matches!(host, "security.ubuntu.com" | "ports.ubuntu.com");
            let is_folder = matches!(folder, "ubuntu" | "ubuntu-ports" | "");
            (is_ubuntu && is_folder).then(|| format!("{archive}/ubuntu{slash}"))
        }
        Archive::CentOs(_) | Archive::Fedora(_) => None,
    }
}

/// The addresses in force, with their lines.
pub(super) fn urls(text: &str) -> Vec<(u32, &str)> {
    let lines = (1..).zip(text.lines());
    lines
        .filter_map(|(line, text)| Some((line, source(text)?.url)))
        .collect()
}

pub(super) fn urls_of_stanzas(text: &str) -> Vec<(u32, &str)> {
    let stanzas = stanzas(text).into_iter().filter(|stanza| stanza.is_enabled);
    let uris = stanzas.filter_map(|stanza| stanza.uris);
    uris.filter_map(|(line, uris)| Some((line, uris.split_whitespace().next()?)))
        .collect()
}

/// Whether the packages have left this address.
fn is_gone(url: &str, suite: &str, release: &Release) -> bool {
    is_of(suite, release) && in_archive(url, suite, release, "").is_some()
}

pub(super) fn dead(text: &str, release: &Release) -> Vec<Dead> {
    let lines = text.split_inclusive('\n').zip(1..);
    lines
        .filter_map(|(line, number)| {
            let (bare, _) = split_end(line);
            let source = source(bare)?;
            is_gone(source.url, source.suite, release).then(|| Dead {
                line: number,
                text: bare.to_owned(),
            })
        })
        .collect()
}

pub(super) fn archived(text: &str, release: &Release, archive: &str) -> Result<String, Strange> {
    let mut changed = String::with_capacity(text.len() + 256);
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let (bare, _) = split_end(line);
        let source = source(bare).filter(|source| is_gone(source.url, source.suite, release));
        let Some(source) = source else {
            changed.push_str(line);
            continue;
        };
        if is_kept_nowhere(source.suite, release) {
            changed.push_str("# ");
            changed.push_str(line);
            continue;
        }
        let strange = Strange { line: number };
        let url = in_archive(source.url, source.suite, release, archive).ok_or(strange)?;
        // The lists of an archive are as old as the last change of it; apt 1.1 and later can be
        // told so for one source.
        let moved = match (release.archive, source.options) {
            (Archive::Debian("stretch" | "buster"), None) => {
                line.replacen(source.url, &format!("[check-valid-until=no] {url}"), 1)
            }
            (Archive::Debian("stretch" | "buster"), Some(options))
                if !options.contains("check-valid-until") =>
            {
                let all = format!("[{} check-valid-until=no]", options.trim());
                line.replacen(&format!("[{options}]"), &all, 1)
                    .replacen(source.url, &url, 1)
            }
            _ => line.replacen(source.url, &url, 1),
        };
        changed.push_str(&moved);
    }
    Ok(changed)
}

/// The fields of a stanza that say where packages are: the number of the line, counted from 1, and
/// the words.
struct Stanza<'a> {
    uris: Option<(u32, &'a str)>,
    suites: Vec<&'a str>,
    is_enabled: bool,
    /// The first line that continues the one before.
    continued: Option<u32>,
}

fn stanzas(text: &str) -> Vec<Stanza<'_>> {
    let empty = || Stanza {
        uris: None,
        suites: Vec::new(),
        is_enabled: true,
        continued: None,
    };
    let mut stanzas = vec![empty()];
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let (bare, _) = split_end(line);
        if bare.trim().is_empty() {
            stanzas.push(empty());
            continue;
        }
        let Some(stanza) = stanzas.last_mut() else {
            continue;
        };
        if bare.starts_with('#') {
            continue;
        }
        if bare.starts_with([' ', '\t']) {
            stanza.continued.get_or_insert(number);
            continue;
        }
        let Some((key, value)) = bare.split_once(':') else {
            continue;
        };
        match key.to_ascii_lowercase().as_str() {
            "uris" => stanza.uris = Some((number, value)),
            "suites" => stanza.suites = value.split_whitespace().collect(),
            "enabled" => stanza.is_enabled = value.trim() != "no",
            _ => {}
        }
    }
    stanzas
}

impl Stanza<'_> {
    /// The line of its addresses, where one of them is gone.
    fn dead(&self, release: &Release) -> Option<(u32, &str)> {
        let (line, uris) = self.uris?;
        let gone = |url: &str| self.suites.iter().any(|suite| is_gone(url, suite, release));
        (self.is_enabled && uris.split_whitespace().any(gone)).then_some((line, uris))
    }
}

pub(super) fn dead_in_stanzas(text: &str, release: &Release) -> Vec<Dead> {
    let stanzas = stanzas(text);
    let dead = stanzas.iter().filter_map(|stanza| stanza.dead(release));
    dead.map(|(line, uris)| Dead {
        line,
        text: format!("URIs:{uris}"),
    })
    .collect()
}

pub(super) fn stanzas_archived(
    text: &str,
    release: &Release,
    archive: &str,
) -> Result<String, Strange> {
    let stanzas = stanzas(text);
    let mut moved: Vec<(u32, String)> = Vec::new();
    for stanza in &stanzas {
        let Some((line, uris)) = stanza.dead(release) else {
            continue;
        };
        let strange = Strange {
            line: stanza.continued.unwrap_or(line),
        };
        // Releases of Debian that are gone do not write stanzas, and what would have to go with the
        // address takes more than one line.
        let suites = &stanza.suites;
        let is_plain = matches!(release.archive, Archive::Ubuntu(_))
            && stanza.continued.is_none()
            && suites.iter().all(|suite| is_of(suite, release));
        if !is_plain {
            return Err(strange);
        }
        let suite = suites.first().ok_or(strange)?;
        let mut written = uris.to_owned();
        for url in uris.split_whitespace() {
            if let Some(new) = in_archive(url, suite, release, archive) {
                written = written.replacen(url, &new, 1);
            }
        }
        moved.push((line, written));
    }
    let mut changed = String::with_capacity(text.len() + 64);
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let uris = moved.iter().find(|(place, _)| *place == number);
        let (bare, end) = split_end(line);
        match (uris, bare.split_once(':')) {
            (Some((_, written)), Some((key, _))) => {
                changed.push_str(&format!("{key}:{written}{end}"));
            }
            _ => changed.push_str(line),
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::super::releases::RELEASES;
    use super::*;

    const STRETCH: &str = "\
# deb cdrom:[Debian GNU/Linux 9]/ stretch main
deb http://deb.debian.org/debian stretch main contrib
deb-src\thttp://ftp.de.debian.org/debian/ stretch main
deb [arch=amd64] http://security.debian.org/debian-security stretch/updates main\r
deb http://security.debian.org/ stretch/updates main
deb http://deb.debian.org/debian stretch-updates main
deb http://deb.debian.org/debian stretch-backports main # newer
deb https://download.docker.com/linux/debian stretch stable
deb http://deb.debian.org/debian bookworm main
";

    const JESSIE: &str = "deb http://httpredir.debian.org/debian jessie main\n";

    const GROOVY: &str = "\
deb http://de.archive.ubuntu.com/ubuntu/ groovy main restricted
deb http://security.ubuntu.com/ubuntu groovy-security main restricted
# deb http://archive.canonical.com/ubuntu groovy partner
deb http://ppa.launchpad.net/nginx/stable/ubuntu groovy main
";

    const ORACULAR: &str = "\
# Ubuntu sources
Types: deb
URIs: http://archive.ubuntu.com/ubuntu/
Suites: oracular oracular-updates
Components: main universe

Types: deb
URIs: http://security.ubuntu.com/ubuntu/
Suites: oracular-security
Components: main
Enabled: no
";

    fn release(name: &str) -> &'static Release {
        let mut all = RELEASES.iter();
        all.find(|release| release.name == name).expect(name)
    }

    #[test]
    fn the_lines_of_each_release_lead_to_its_archive() {
        let mut all = Vec::new();
        for (text, name) in [
            (STRETCH, "Debian 9"),
            (JESSIE, "Debian 8"),
            (GROOVY, "Ubuntu 20.10"),
        ] {
            let release = release(name);
            let archive = release.archive.published_at();
            let moved = archived(text, release, archive).expect("it is understood");
            assert!(dead(&moved, release).is_empty(), "{moved}");
            all.push(format!("{name}\n{moved}"));
        }
        let oracular = release("Ubuntu 24.10");
        let archive = oracular.archive.published_at();
        let moved = stanzas_archived(ORACULAR, oracular, archive).expect("it is understood");
        assert!(dead_in_stanzas(&moved, oracular).is_empty(), "{moved}");
        all.push(format!("Ubuntu 24.10\n{moved}"));
        let expected = include_str!("apt_archived.txt");
        assert_eq!(all.join("\n").replace('\r', "<CR>"), expected);
    }

    #[test]
    fn a_stanza_that_is_not_understood_is_left_alone() {
        let oracular = release("Ubuntu 24.10");
        let several = "Types: deb\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: oracular\n oracular-updates\n";
        let moved = stanzas_archived(several, oracular, "http://a");
        assert_eq!(moved, Err(Strange { line: 4 }));
        let buster = "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: buster\n";
        let moved = stanzas_archived(buster, release("Debian 10"), "http://a");
        assert_eq!(moved, Err(Strange { line: 2 }));
    }
}
