//! zypper, of SUSE and openSUSE.

use std::sync::LazyLock;

use regex::Regex;

use super::pair::is_plain;
use super::rehearsal::{self, MOST};
use super::{Change, Does, Manager, Offer, Pair, Past, Running, Spec, rpm, words};

pub struct Zypper;

impl Zypper {
    /// zypper has no option that goes past its locks: its settings say whether they count. They are
    /// read from a stream, so that no file is changed and none is left.
    fn command(&self, past: Past, arguments: &str) -> String {
        let zypper = format!("zypper --non-interactive{arguments}");
        if !past.lock {
            return zypper;
        }
        format!(
            "sed -e '/^[[:space:]]*locksfile\\.apply/d' -e '/^\\[main\\]/a locksfile.apply = false' \
             \"$(ls /etc/zypp/zypp.conf /usr/etc/zypp/zypp.conf 2>/dev/null | head -n 1)\" |\n\
             {{ ZYPP_CONF=/dev/fd/9 {zypper} 9<&0 </dev/null; }}"
        )
    }
}

impl Manager for Zypper {
    /// zypper ends with other numbers than 0 where all went well and a restart is due, so rpm is
    /// asked after it.
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        let words = words(self, specs);
        let install = self.command(past, &format!(" install --no-recommends {words}"));
        format!("{install}\nrpm -q {words}")
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        let words = words(self, specs);
        let install = self.command(past, &format!(" install --force --no-recommends {words}"));
        format!("{install}\nrpm -q {words}")
    }

    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let force = if again { " --force" } else { "" };
        let words = words(self, specs);
        self.command(
            past,
            &format!(" --xmlout install --dry-run{force} --no-recommends {words}"),
        )
    }

    fn changes(&self, said: &str) -> Vec<Change> {
        let mut does = None;
        let mut changes = Vec::new();
        for line in said.lines() {
            match line.trim() {
                "<to-install>" => does = Some(Does::Install),
                "<to-reinstall>" => does = Some(Does::Reinstall),
                "<to-upgrade>" | "<to-upgrade-change-arch>" => does = Some(Does::Upgrade),
                "<to-downgrade>" | "<to-downgrade-change-arch>" => does = Some(Does::Downgrade),
                "<to-remove>" => does = Some(Does::Remove),
                end if end.starts_with("</to-") => does = None,
                line => {
                    let package = does.zip(package(line)).map(|(does, package)| Change {
                        does,
                        name: package.name,
                        version: package.version,
                    });
                    changes.extend(package);
                }
            }
            if changes.len() >= MOST {
                break;
            }
        }
        changes
    }

    fn ask_offers(&self, _: Past, running: &Running<'_>) -> Option<String> {
        let names = shlex::try_join(rpm::names(running).iter().map(String::as_str)).ok()?;
        Some(format!(
            "zypper --non-interactive --quiet refresh >/dev/null 2>&1\n\
             zypper --non-interactive --xmlout search -s --match-exact -t package {names}"
        ))
    }

    fn offers(&self, said: &str, _: &Running<'_>) -> Vec<Offer> {
        let lines = said
            .lines()
            .filter(|line| !line.contains("(System Packages)"));
        lines
            .filter_map(package)
            .filter(|offer| is_plain(&offer.name) && is_plain(&offer.version))
            .collect()
    }

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        rpm::pair(offers, running)
    }

    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String> {
        let force = if again { " --force" } else { "" };
        let install = format!("sudo zypper install{force} {words}");
        if past.lock {
            vec![
                "sudo zypper locks; sudo zypper removelock NAME".to_owned(),
                install,
                "sudo zypper addlock NAME".to_owned(),
            ]
        } else {
            vec![install]
        }
    }

    fn word(&self, spec: &Spec) -> String {
        rpm::word(spec)
    }

    fn reason(&self, said: &str) -> String {
        static TAG: LazyLock<Regex> =
            LazyLock::new(|| Regex::new("<[^>]*>").expect("a constant expression"));
        let known = |line: &&str| {
            line.contains("type=\"error\"") || line.contains("Problem: ") || !line.contains('<')
        };
        let lines: Vec<&str> = said.lines().filter(known).collect();
        let text = TAG
            .replace_all(&lines.join("\n"), "")
            .replace("&apos;", "'");
        rehearsal::reason(&text)
    }
}

/// The package that one `<solvable …>` is about.
fn package(line: &str) -> Option<Offer> {
    let line = line.trim().strip_prefix("<solvable ")?;
    let attribute = |name: &str| {
        let (_, rest) = line.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let (name, version, arch) = (
        attribute(" name")?,
        attribute(" edition")?,
        attribute(" arch")?,
    );
    Some(Offer {
        name: name.to_owned(),
        version: format!("{version}.{arch}"),
    })
}
