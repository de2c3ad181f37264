//! The files of a guest's repositories with the archive of its release in them.

use super::change::{Change, Content};
use super::plan::Refused;
use crate::escape;
use crate::facts::{Facts, Said};
use crate::parse::repositories::releases::Release;
use crate::parse::repositories::{self, File, Strange};

pub const REMEDY: &str = "use-archive-repositories";

/// More files than these nobody has.
pub const MOST: usize = 40;

/// The release of the guest, where its packages are gone from the mirrors.
pub fn release(facts: &Facts) -> Option<&'static Release> {
    let distribution = facts.guest.distribution.known()?;
    repositories::releases::gone(distribution, &facts.today)
}

/// The files that name an address which is gone.
pub fn files(facts: &Facts) -> Vec<&File> {
    let (Some(release), Some(files)) =
        (release(facts), facts.guest.policy.repository_files.known())
    else {
        return Vec::new();
    };
    // No other file of a guest is read or written for it, whatever the guest says.
    let is_ours = |path: &str| {
        let folders = ["/etc/yum.repos.d/", "/etc/apt/"];
        folders.iter().any(|folder| path.starts_with(folder)) && !path.contains("..")
    };
    let is_dead =
        |file: &&File| is_ours(&file.path) && !repositories::dead(file, release).is_empty();
    files.iter().filter(is_dead).take(MOST).collect()
}

/// What becomes of these files, and which of them are left to a person. `archive` is a mirror of the
/// archive, where the user has named one.
pub fn changes(
    facts: &Facts,
    files: &[(String, Vec<u8>)],
    archive: Option<&str>,
) -> (Vec<Change>, Vec<Refused>) {
    let (mut changes, mut refused) = (Vec::new(), Vec::new());
    let Some(release) = release(facts) else {
        return (changes, refused);
    };
    let archive = archive.unwrap_or(release.archive.published_at());
    for (path, before) in files {
        let text = std::str::from_utf8(before).map_err(|_| Strange { line: 1 });
        let after = text.and_then(|text| repositories::archived(path, text, release, archive));
        match after {
            Ok(Some(after)) => changes.push(Change {
                path: path.clone().into_bytes(),
                content: Content::Archived {
                    before: before.clone(),
                    after: after.into_bytes(),
                },
            }),
            Ok(None) => {}
            Err(Strange { line }) => refused.push(Refused {
                remedy: REMEDY,
                what: escape::line(path, 200),
                why: format!("line {line} is not one that boxdoctor rewrites; `boxdoctor explain repositories-end-of-life` says how to do it by hand"),
            }),
        }
    }
    (changes, refused)
}

/// The release that a log speaks of.
fn in_log(facts: &Facts) -> Option<&'static Release> {
    let is_gone = |said: &&Said| {
        said.rule.fails().map(|fails| fails.check) == Some("repositories-end-of-life")
    };
    let mut gone = facts.log.iter().filter(is_gone);
    gone.find_map(|said| repositories::releases::named(&said.text))
}

/// What a person types.
pub fn by_hand(facts: &Facts) -> Vec<String> {
    use repositories::releases::Archive;
    let Some(release) = release(facts).or_else(|| in_log(facts)) else {
        return vec!["point the files of the repositories to the archive of the release; boxdoctor explain repositories-end-of-life says how".to_owned()];
    };
    let archive = release.archive.published_at();
    let sed = match release.archive {
        Archive::CentOs(folder) => {
            let before = if folder.starts_with('8') {
                r"$contentdir/\$\(releasever\|stream\)"
            } else {
                "centos/$releasever"
            };
            format!(
                "-e 's/^mirrorlist=/#mirrorlist=/' -e 's|^#*baseurl=http://mirror.centos.org/{before}/|baseurl={archive}/{folder}/|' /etc/yum.repos.d/CentOS-*.repo"
            )
        }
        Archive::Fedora(_) => format!(
            "-e 's|https*://[a-z.]*fedoraproject.org/pub/fedora/|{archive}/pub/archive/fedora/|' /etc/yum.repos.d/fedora*.repo"
        ),
        Archive::Debian(_) => format!(
            "-e 's|http://security.debian.org/* |{archive}/debian-security |' -e 's|http://[a-z.]*debian.org|{archive}|' -e '/-updates /s/^deb/# deb/' /etc/apt/sources.list"
        ),
        Archive::Ubuntu(_) => format!(
            "-e 's|http://[a-z.]*\\(archive\\|security\\).ubuntu.com|{archive}|' /etc/apt/sources.list"
        ),
    };
    vec![format!("sudo sed -i.old {sed}")]
}

/// Where packages are kept that have left the mirrors: an address that a guest's package manager can
/// be given. They are signed, so that it need not be encrypted.
///
/// # Errors
/// Says what such an address has to look like.
pub fn parse_address(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]%+".contains(&byte);
    match rest {
        Some(rest) if !rest.is_empty() && rest.len() < 500 && rest.bytes().all(is_plain) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("write it as http://HOST/PATH or https://HOST/PATH".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_become_more_than_one() {
        assert_eq!(
            parse_address("http://vault.test:8080/centos/").as_deref(),
            Ok("http://vault.test:8080/centos")
        );
        for odd in [
            "",
            "http://",
            "ftp://a",
            "http://a b",
            "http://a\nb",
            "http://a$x",
            "/srv",
        ] {
            assert!(parse_address(odd).is_err(), "{odd}");
        }
    }
}
