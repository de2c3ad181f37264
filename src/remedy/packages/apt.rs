//! apt-get, of Debian and Ubuntu.

use std::cmp::Ordering;

use super::pair::is_plain;
use super::rehearsal::MOST;
use super::{Change, Does, Manager, Offer, Pair, Past, Running, Spec, rpm, words};
use crate::parse::kernel_package::debian_flavour;
use crate::parse::package::compare_deb;

pub struct Apt;

/// Boxes come without the lists of packages, and one repository that is gone does not matter for the
/// others.
const UPDATE: &str = "apt-get -q update";

/// With nobody to answer, and keeping the settings that somebody has changed.
const APT: &str = "DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::=--force-confold";

/// Ends what an earlier transaction was cut off in: apt refuses to begin another before that.
const MEND: &str = "DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a";

/// What was held before, in a place that outlasts a restart of the guest in the middle.
const HELD: &str = "/var/lib/boxdoctor/held";

fn options(past: Past) -> &'static str {
    if past.lock {
        " --allow-change-held-packages"
    } else {
        ""
    }
}

impl Apt {
    /// The options, the verb and the packages.
    fn transaction(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let mut transaction = options(past).to_owned();
        // What a kernel only recommends would be more than was asked for.
        if specs.iter().all(|spec| spec.name.starts_with("linux-")) {
            transaction.push_str(" --no-install-recommends");
        }
        transaction.push_str(" install ");
        if again {
            transaction.push_str("--reinstall ");
        }
        transaction + &words(self, specs)
    }

    /// apt takes the hold off what it installs past one, so all are put on again.
    fn carry_out(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let transaction = self.transaction(past, specs, again);
        let all = format!("{MEND}; {UPDATE}; {APT}{transaction}");
        if !past.lock {
            return all;
        }
        format!(
            "apt-mark showhold >>{HELD}\n{all}\nstatus=$?\n\
             [ ! -s {HELD} ] || apt-mark hold $(cat {HELD}) >/dev/null || status=1\n\
             rm -f {HELD}\nexit $status"
        )
    }
}

impl Manager for Apt {
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        self.carry_out(past, specs, false)
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        self.carry_out(past, specs, true)
    }

    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let transaction = self.transaction(past, specs, again);
        format!("{UPDATE} >/dev/null 2>&1; apt-get -s{transaction}")
    }

    /// `Inst NAME [OLD] (NEW FROM… [ARCH])` and `Remv NAME [OLD]`.
    fn changes(&self, said: &str) -> Vec<Change> {
        let change = |line: &str| {
            let (verb, rest) = line.split_once(' ')?;
            let (name, rest) = rest.split_once(' ')?;
            let between = |open, close| Some(rest.split_once(open)?.1.split_once(close)?.0);
            let (does, version) = match verb {
                "Remv" => (Does::Remove, between('[', ']')?),
                "Inst" => {
                    let new = between('(', ')')?.split(' ').next()?;
                    let old = rest.strip_prefix('[').and_then(|_| between('[', ']'));
                    let does = old.map_or(Does::Install, |old| match compare_deb(new, old) {
                        Ordering::Less => Does::Downgrade,
                        Ordering::Equal => Does::Reinstall,
                        Ordering::Greater => Does::Upgrade,
                    });
                    (does, new)
                }
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

    fn is_held_back(&self, past: Past, said: &str) -> bool {
        // Only without `-s` does apt stop at that.
        !past.lock && said.contains("The following held packages will be changed:")
    }

    /// A repository has a package where a line below its candidate names another source than dpkg's
    /// own list.
    fn ask_offers(&self, _: Past, running: &Running<'_>) -> Option<String> {
        let flavour = debian_flavour(running.release)?;
        Some(format!(
            "{UPDATE} >/dev/null 2>&1
names=$(apt-cache search --names-only '^linux-(image|headers|modules-extra)-[0-9].*-{flavour}$' | cut -d' ' -f1)
[ -z \"$names\" ] || apt-cache policy $names | awk '
/^[^ ]/ {{ name = $1; sub(/:$/, \"\", name); candidate = \"\" }}
$1 == \"Candidate:\" {{ candidate = $2 }}
/^ (\\*\\*\\*|   ) [^ ]/ {{ version = $1 == \"***\" ? $2 : $1 }}
/^        / && version == candidate && $2 !~ /dpkg\\/status$/ {{ print \"offer\", name, version; candidate = \"\" }}'"
        ))
    }

    fn offers(&self, said: &str, _: &Running<'_>) -> Vec<Offer> {
        rpm::offers(said)
    }

    /// Of the running kernel's own series where there is one: a newer series is another kernel, not
    /// a newer build of the same. The kernel's name is part of the packages' names.
    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        let flavour = debian_flavour(running.release)?;
        let offered = |name: &str| offers.iter().find(|offer| offer.name == name);
        let installed = |name: &str| running.installed.iter().any(|package| package.name == name);
        let candidates = || {
            offers
                .iter()
                .filter_map(|offer| offer.name.strip_prefix("linux-headers-"))
                .filter(|release| is_whole(release) && debian_flavour(release) == Some(flavour))
                .filter(|release| compare_deb(release, running.release) != Ordering::Less)
                .filter(|release| {
                    let image = format!("linux-image-{release}");
                    offered(&image).is_some() || installed(&image)
                })
        };
        let newest = |a: &&str, b: &&str| compare_deb(a, b);
        let of_series = candidates().filter(|release| series(release) == series(running.release));
        let release = of_series
            .max_by(newest)
            .or_else(|| candidates().max_by(newest))?;
        // Ubuntu parts the modules that few need from the others.
        let extra = format!("linux-modules-extra-{}", running.release);
        let names = [
            Some(format!("linux-image-{release}")),
            installed(&extra).then(|| format!("linux-modules-extra-{release}")),
            Some(format!("linux-headers-{release}")),
        ];
        let packages = names.into_iter().flatten().filter_map(|name| {
            let version = offered(&name)?.version.clone();
            Some(Spec {
                name,
                version: Some(version),
            })
        });
        Some(Pair {
            release: release.to_owned(),
            version: offered(&format!("linux-headers-{release}"))?
                .version
                .clone(),
            packages: packages.collect(),
        })
    }

    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String> {
        let again = if again { " --reinstall" } else { "" };
        vec![format!(
            "sudo apt-get{} install{again} {words}",
            options(past)
        )]
    }

    fn pair_by_hand(&self, past: Past, running: &Running<'_>) -> Vec<String> {
        // A kernel of somebody's own making has no packages that lead to the newest one.
        let Some(flavour) = debian_flavour(running.release) else {
            return Vec::new();
        };
        let words = format!("linux-image-{flavour} linux-headers-{flavour}");
        self.by_hand(past, &words, false)
    }

    fn word(&self, spec: &Spec) -> String {
        match &spec.version {
            Some(version) => format!("{}={version}", spec.name),
            None => spec.name.clone(),
        }
    }
}

/// Whether it is the name of a kernel, and not of a package that only leads to the newest one.
fn is_whole(release: &str) -> bool {
    let version = release.split('-').next().unwrap_or(release);
    is_plain(release) && version.split('.').count() > 2
}

/// `6.1` of `6.1.0-18-amd64`.
fn series(release: &str) -> Vec<&str> {
    release.split(['.', '-']).take(2).collect()
}
