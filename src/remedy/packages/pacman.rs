//! pacman, of Arch Linux. A repository has one version of a package, and nothing but an upgrade of the
//! whole system brings another kernel in step with the rest, so a pair is left to a person.

use super::rehearsal::MOST;
use super::{Change, Does, Manager, Offer, Pair, Past, Running, Spec, words};

pub struct Pacman;

/// Lists of packages of our own: with the guest's own ones renewed and nothing upgraded, the next
/// installation by hand would be half an upgrade.
const LISTS: &str = "/var/lib/boxdoctor/pacman";

impl Manager for Pacman {
    /// What pacman is told to leave alone, it installs where it is named.
    fn install(&self, _: Past, specs: &[Spec]) -> String {
        format!("pacman -Sy --noconfirm {}", words(self, specs))
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        self.install(past, specs)
    }

    fn rehearse(&self, _: Past, specs: &[Spec], _: bool) -> String {
        format!(
            "rm -rf {LISTS}; mkdir -p {LISTS} && ln -s \"$(pacman-conf DBPath 2>/dev/null || echo /var/lib/pacman)/local\" {LISTS}/local &&\n\
             pacman -Sy --dbpath {LISTS} --logfile /dev/null >/dev/null &&\n\
             pacman -Sp --dbpath {LISTS} --noconfirm --print-format '%n %v' {}\n\
             rm -rf {LISTS}",
            words(self, specs)
        )
    }

    /// `NAME VERSION`, a line for a package.
    fn changes(&self, said: &str) -> Vec<Change> {
        let change = |line: &str| {
            let (name, version) = line.split_once(' ')?;
            let is_version = version.starts_with(|first: char| first.is_ascii_digit());
            (is_version && !version.contains(' ')).then(|| Change {
                does: Does::Install,
                name: name.to_owned(),
                version: version.to_owned(),
            })
        };
        said.lines().filter_map(change).take(MOST).collect()
    }

    fn ask_offers(&self, _: Past, _: &Running<'_>) -> Option<String> {
        None
    }

    fn offers(&self, _: &str, _: &Running<'_>) -> Vec<Offer> {
        Vec::new()
    }

    fn pair(&self, _: &[Offer], _: &Running<'_>) -> Option<Pair> {
        None
    }

    fn by_hand(&self, _: Past, words: &str, _: bool) -> Vec<String> {
        vec![format!("sudo pacman -Sy {words}")]
    }

    fn pair_by_hand(&self, _: Past, running: &Running<'_>) -> Vec<String> {
        let headers = running.headers;
        let (image, headers) = (super::quoted(&headers.image), super::quoted(&headers.name));
        vec![format!("sudo pacman -Syu {image} {headers}")]
    }

    fn word(&self, spec: &Spec) -> String {
        match &spec.version {
            Some(version) => format!("{}={version}", spec.name),
            None => spec.name.clone(),
        }
    }
}
