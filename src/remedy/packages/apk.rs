//! apk, of Alpine Linux. A version in an installation's own words stays in `/etc/apk/world` as a pin,
//! so what is installed is named without one, and looked at before and after.

use super::pair::is_plain;
use super::rehearsal::MOST;
use super::{Change, Does, Manager, Offer, Pair, Past, Running, Spec, words};
use crate::parse::package::compare_deb;

pub struct Apk;

impl Manager for Apk {
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
        let names = shlex::try_join(names).unwrap_or_default();
        let rehearsal = self.rehearse(past, specs, false);
        let words = words(self, specs);
        format!(
            "{rehearsal} && apk add --no-cache --upgrade {names} &&\n\
             for package in {words}; do apk info -e \"$package\" || exit 1; done"
        )
    }

    fn reinstall(&self, _: Past, specs: &[Spec]) -> String {
        let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
        let names = shlex::try_join(names).unwrap_or_default();
        format!("apk fix --no-cache --reinstall {names}")
    }

    fn rehearse(&self, _: Past, specs: &[Spec], again: bool) -> String {
        let verb = if again {
            "fix --reinstall"
        } else {
            "add --upgrade"
        };
        let words = words(self, specs);
        let (verb, option) = verb.split_once(' ').unwrap_or((verb, ""));
        format!("apk {verb} --no-cache --simulate {option} {words}")
    }

    /// `(1/2) Installing NAME (VERSION)`, `Upgrading NAME (OLD -> NEW)`, `Purging NAME (VERSION)`.
    fn changes(&self, said: &str) -> Vec<Change> {
        let change = |line: &str| {
            let (_, rest) = line.strip_prefix('(')?.split_once(") ")?;
            let (verb, rest) = rest.split_once(' ')?;
            let (name, rest) = rest.split_once(" (")?;
            let versions = rest.split_once(')')?.0;
            let version = versions.rsplit(" -> ").next()?;
            let does = match verb {
                "Installing" => Does::Install,
                "Reinstalling" | "Replacing" => Does::Reinstall,
                "Upgrading" => Does::Upgrade,
                "Downgrading" => Does::Downgrade,
                "Purging" => Does::Remove,
                _ => return None,
            };
            Some(Change {
                does,
                name: name.to_owned(),
                version: version.to_owned(),
            })
        };
        said.lines().filter_map(change).take(MOST).collect()
    }

    fn ask_offers(&self, _: Past, running: &Running<'_>) -> Option<String> {
        let headers = running.headers;
        let names = shlex::try_join([headers.image.as_str(), headers.name.as_str()]).ok()?;
        Some(format!("apk --no-cache policy {names}"))
    }

    /// `NAME policy:`, below it `VERSION:`, and below that where the version is.
    fn offers(&self, said: &str, _: &Running<'_>) -> Vec<Offer> {
        let (mut name, mut version) = (None, None);
        let mut offers = Vec::new();
        for line in said.lines() {
            let indent = line.len() - line.trim_start().len();
            let word = line.trim().trim_end_matches(':');
            match indent {
                0 => name = word.strip_suffix(" policy"),
                1..=2 => version = Some(word),
                // The list of what is installed is no repository, and a tagged one is not asked.
                _ if word.ends_with("/installed") || word.starts_with('@') => {}
                _ => offers.extend(name.zip(version).map(|(name, version)| Offer {
                    name: name.to_owned(),
                    version: version.to_owned(),
                })),
            }
        }
        offers.retain(|offer| is_plain(&offer.name) && is_plain(&offer.version));
        offers
    }

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        let headers = running.headers;
        let has = |name: &str, version: &str| {
            let is_it = |offer: &Offer| offer.name == name && offer.version == version;
            offers.iter().any(is_it)
        };
        let of_headers = offers.iter().filter(|offer| offer.name == headers.name);
        let version = of_headers
            .map(|offer| offer.version.as_str())
            .filter(|version| has(&headers.image, version))
            .filter(|version| compare_deb(version, &headers.version).is_ge())
            .max_by(|a, b| compare_deb(a, b))?;
        let spec = |name: &String| Spec {
            name: name.clone(),
            version: Some(version.to_owned()),
        };
        let release = headers.release_of(running.release, version);
        is_plain(&release).then(|| Pair {
            release,
            version: version.to_owned(),
            packages: vec![spec(&headers.image), spec(&headers.name)],
        })
    }

    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String> {
        if again {
            return vec![format!("sudo apk fix --reinstall {words}")];
        }
        let mut lines = vec![format!("sudo apk add --upgrade {words}")];
        if past.lock {
            lines.push(
                "what is named there takes the place of its pin in /etc/apk/world".to_owned(),
            );
        }
        lines
    }

    fn word(&self, spec: &Spec) -> String {
        match &spec.version {
            Some(version) => format!("{}={version}", spec.name),
            None => spec.name.clone(),
        }
    }

    fn typed(&self, spec: &Spec) -> String {
        spec.name.clone()
    }

    fn has_way_past(&self, past: Past) -> bool {
        // Whatever is named on the command line takes the place of its pin.
        !past.lock
    }

    /// The new kernel has taken the place of the old one, under the name that the boot menu knows.
    fn make_default(&self, pair: &Pair, _: &str) -> String {
        let folder = format!("/lib/modules/{}", pair.release);
        format!("[ -d {} ]", super::quoted(&folder))
    }
}
