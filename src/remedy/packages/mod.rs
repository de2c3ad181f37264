//! What is asked of a package manager, and what it is told: text in, values out.
//!
//! Before a transaction stands its rehearsal, with the same options: what a query says of a package
//! behind a lock or with a broken dependency is not what happens when it is installed.

mod apk;
mod apt;
mod boot;
mod dnf;
mod pacman;
mod pair;
mod rehearsal;
pub mod repin;
mod rpm;
mod table;
mod yum;
mod zypper;

use super::quoted;
use crate::facts::{Facts, PackageManager};
use crate::parse::kernel_package::HeaderPackage;
use crate::parse::package::Package;
use crate::target::Kind;

pub use pair::Pair;
use pair::is_plain;
pub use rehearsal::{Change, Does, Rehearsal};

/// What a transaction goes past, this once and without changing a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// A version lock or a hold.
    pub lock: bool,
    /// Lines that hide packages. For dnf 5 both are one.
    pub excludes: bool,
}

pub const PLAIN: Past = Past {
    lock: false,
    excludes: false,
};
pub const PAST_LOCK: Past = Past {
    lock: true,
    excludes: false,
};
pub const PAST_EXCLUDES: Past = Past {
    lock: false,
    excludes: true,
};

/// What is to be installed.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// Those of the running kernel.
    Headers,
    /// The same, though the package manager says that they are there.
    HeadersAgain,
    /// A kernel and its headers, in one transaction.
    Pair(&'a Pair),
    /// What is missing of compiler, make and perl.
    BuildTools,
}

/// A package to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub name: String,
    /// As the package manager writes it, with the architecture for RPM; `None` where any will do.
    pub version: Option<String>,
}

impl Spec {
    fn is_plain(&self) -> bool {
        is_plain(&self.name) && self.version.as_deref().is_none_or(is_plain)
    }
}

/// How one package manager is spoken to. Commands are for root, with nobody to answer.
trait Manager: Sync {
    fn install(&self, past: Past, specs: &[Spec]) -> String;

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String;

    /// Does nothing, and says what [`Manager::install`] or [`Manager::reinstall`] would do.
    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String;

    fn changes(&self, said: &str) -> Vec<Change>;

    /// Whether the transaction needs what it has not been allowed, and only the rehearsal goes on.
    fn is_held_back(&self, _past: Past, _said: &str) -> bool {
        false
    }

    /// Which kernels and headers of the running kernel's kind can be had.
    fn ask_offers(&self, past: Past, running: &Running<'_>) -> Option<String>;

    fn offers(&self, said: &str, running: &Running<'_>) -> Vec<Offer>;

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair>;

    /// What a person types to install it.
    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String>;

    /// The same for the newest kernel and its headers, by the names of their packages.
    fn pair_by_hand(&self, past: Past, running: &Running<'_>) -> Vec<String> {
        let headers = running.headers;
        let words = format!("{} {}", quoted(&headers.image), quoted(&headers.name));
        self.by_hand(past, &words, false)
    }

    /// The package as the command line names it.
    fn word(&self, spec: &Spec) -> String;

    /// The package as a person names it.
    fn typed(&self, spec: &Spec) -> String {
        self.word(spec)
    }

    /// Whether one transaction can go past it while every file stays as it is.
    fn has_way_past(&self, _past: Past) -> bool {
        true
    }

    /// Why it does not work, by its own words.
    fn reason(&self, said: &str) -> String {
        rehearsal::reason(said)
    }

    /// Makes the kernel of the pair the one that starts; `mend` installs its packages again.
    fn make_default(&self, pair: &Pair, mend: &str) -> String {
        boot::make_default(&pair.release, mend)
    }
}

/// A package that a repository has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    name: String,
    version: String,
}

/// The kernel that runs, as far as it decides about packages.
struct Running<'a> {
    /// `uname -r`.
    release: &'a str,
    headers: &'a HeaderPackage,
    installed: &'a [Package],
}

impl<'a> Running<'a> {
    fn of(facts: &'a Facts) -> Option<Self> {
        let packages = &facts.guest.packages;
        let (release, headers) = (
            facts.guest.kernel.known()?,
            packages.fitting_headers.known()?,
        );
        let words = [release, &headers.name, &headers.image, &headers.version];
        // Debian's have no version, and no image of their own.
        let is_plain = |word: &&String| word.is_empty() || is_plain(word);
        words.iter().all(is_plain).then_some(Running {
            release,
            headers,
            installed: packages.installed.known().map_or(&[][..], Vec::as_slice),
        })
    }
}

fn voice(manager: PackageManager) -> &'static dyn Manager {
    match manager {
        PackageManager::Yum3 => &yum::Yum,
        PackageManager::Dnf4 => &dnf::Dnf::Four,
        PackageManager::Dnf5 => &dnf::Dnf::Five,
        PackageManager::Zypper => &zypper::Zypper,
        PackageManager::Apt => &apt::Apt,
        PackageManager::Pacman => &pacman::Pacman,
        PackageManager::Apk => &apk::Apk,
    }
}

/// `None` where the package manager is not known, or has no way past for one transaction.
fn voice_past(facts: &Facts, past: Past) -> Option<&'static dyn Manager> {
    let voice = voice(manager(facts)?);
    voice.has_way_past(past).then_some(voice)
}

/// What is to be installed, package by package. `None` where too little is known of this guest, and
/// where nothing is missing.
pub fn specs(facts: &Facts, wanted: Wanted<'_>) -> Option<Vec<Spec>> {
    let specs = wanted_specs(facts, wanted)?;
    // A kernel may be called by any name, and package managers read patterns into words.
    specs.iter().all(Spec::is_plain).then_some(specs)
}

fn wanted_specs(facts: &Facts, wanted: Wanted<'_>) -> Option<Vec<Spec>> {
    match wanted {
        Wanted::Headers | Wanted::HeadersAgain => {
            let headers = facts.guest.packages.fitting_headers.known()?;
            let version = (!headers.version.is_empty()).then(|| headers.version.clone());
            Some(vec![Spec {
                name: headers.name.clone(),
                version,
            }])
        }
        Wanted::Pair(pair) => Some(pair.packages.clone()),
        Wanted::BuildTools => {
            let there = facts.guest.build_tools.known()?;
            let is_missing = |tool: &&str| !there.iter().any(|name| name == tool);
            let missing = BUILD_TOOLS.into_iter().filter(is_missing);
            let specs: Vec<Spec> = missing
                .map(|tool| Spec {
                    name: tool.to_owned(),
                    version: None,
                })
                .collect();
            (!specs.is_empty()).then_some(specs)
        }
    }
}

/// Without these no module is built. Each is the name of its package, too.
pub const BUILD_TOOLS: [&str; 3] = ["gcc", "make", "perl"];

/// What root runs in the guest to install it. The exit status is not 0 where not all of it came, or
/// where another kernel than that of the pair would start next.
pub fn install(facts: &Facts, past: Past, wanted: Wanted<'_>) -> Option<String> {
    let (voice, specs) = (voice_past(facts, past)?, specs(facts, wanted)?);
    let install = voice.install(past, &specs);
    let again = || voice.reinstall(past, &specs);
    Some(match wanted {
        Wanted::Headers | Wanted::BuildTools => install,
        Wanted::HeadersAgain => again(),
        Wanted::Pair(pair) => {
            let default = voice.make_default(pair, &again());
            format!("( {install} ) || exit 1\n{default}")
        }
    })
}

/// What root runs to learn what [`install`] would do; [`rehearsal`] understands the answer.
pub fn rehearse(facts: &Facts, past: Past, wanted: Wanted<'_>) -> Option<String> {
    let (voice, specs) = (voice_past(facts, past)?, specs(facts, wanted)?);
    let again = matches!(wanted, Wanted::HeadersAgain);
    Some(voice.rehearse(past, &specs, again))
}

/// What [`install`] would do, by what the package manager put out.
pub fn rehearsal(facts: &Facts, past: Past, wanted: Wanted<'_>, said: &[u8]) -> Option<Rehearsal> {
    let (voice, specs) = (voice(manager(facts)?), specs(facts, wanted)?);
    let said = crate::parse::text(said);
    let again = matches!(wanted, Wanted::HeadersAgain);
    let installed = facts.guest.packages.installed.known();
    let installed = installed.filter(|_| !again).map_or(&[][..], Vec::as_slice);
    let changes = voice.changes(&said);
    if voice.is_held_back(past, &said) {
        return Some(Rehearsal::Refused(voice.reason(&said)));
    }
    let why = || voice.reason(&said);
    Some(rehearsal::judge(changes, &specs, installed, why))
}

/// What root runs to learn which kernels and headers can be had; [`pair`] understands the answer.
pub fn ask_pair(facts: &Facts, past: Past) -> Option<String> {
    voice_past(facts, past)?.ask_offers(past, &Running::of(facts)?)
}

/// The newest kernel of the running one's kind, and not older, whose headers can be had too.
pub fn pair(facts: &Facts, said: &[u8]) -> Option<Pair> {
    let (voice, running) = (voice(manager(facts)?), Running::of(facts)?);
    let offers = voice.offers(&crate::parse::text(said), &running);
    voice.pair(&offers, &running)
}

/// What a person types to install it.
pub fn by_hand(facts: &Facts, past: Past, wanted: Wanted<'_>) -> Vec<String> {
    let (Some(manager), Some(specs)) = (manager(facts), specs(facts, wanted)) else {
        return vec!["install the package with the headers of the running kernel".to_owned()];
    };
    let voice = voice(manager);
    let words: Vec<String> = specs
        .iter()
        .map(|spec| quoted(&voice.typed(spec)))
        .collect();
    let again = matches!(wanted, Wanted::HeadersAgain);
    voice.by_hand(past, &words.join(" "), again)
}

/// What a person types to install packages of these names.
pub fn by_name(facts: &Facts, names: &str) -> Vec<String> {
    match manager(facts) {
        Some(manager) => voice(manager).by_hand(PLAIN, names, false),
        None if facts.target.kind == Kind::Log => {
            vec![format!(
                "install {names} with the package manager of the guest"
            )]
        }
        None => voice(PackageManager::Yum3).by_hand(PLAIN, names, false),
    }
}

/// The same for a kernel with its headers, before anybody has asked which there are.
pub fn pair_by_hand(facts: &Facts, past: Past) -> Vec<String> {
    let (Some(manager), Some(running)) = (manager(facts), Running::of(facts)) else {
        return vec!["install a kernel together with its headers".to_owned()];
    };
    voice(manager).pair_by_hand(past, &running)
}

pub fn manager(facts: &Facts) -> Option<PackageManager> {
    facts.guest.packages.manager.known().copied()
}

/// The packages as words of a shell, a space between them.
fn words(manager: &dyn Manager, specs: &[Spec]) -> String {
    let words: Vec<String> = specs
        .iter()
        .filter_map(|spec| shlex::try_quote(&manager.word(spec)).map(Into::into).ok())
        .collect();
    words.join(" ")
}
