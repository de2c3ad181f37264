//! yum 3, of Enterprise Linux 5 to 7 and Amazon Linux 1 and 2.

use super::dnf::words_of;
use super::pair::is_plain;
use super::{Change, Manager, Offer, Pair, Past, Running, Spec, rpm, table, words};

pub struct Yum;

/// Where yum keeps what it did not do.
const KEPT: &str = "/var/lib/boxdoctor/yum";

impl Yum {
    /// The options that let one transaction past, with a space before each.
    fn options(&self, past: Past) -> String {
        let mut options = String::new();
        if past.lock {
            options.push_str(" --disableplugin=versionlock");
        }
        if past.excludes {
            options.push_str(" --disableexcludes=all");
        }
        options
    }
}

impl Manager for Yum {
    /// yum ends with 0 where only some of the packages exist, so rpm is asked after it.
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        let words = words(self, specs);
        format!(
            "yum -y{} install {words} && rpm -q {words}",
            self.options(past)
        )
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        format!(
            "yum -y{} reinstall {}",
            self.options(past),
            words(self, specs)
        )
    }

    /// The yum of Enterprise Linux 5 and 6 has no option to answer no. Without anybody to ask it does
    /// so by itself, unless its settings say otherwise. What was not done, yum keeps in a file.
    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let verb = if again { "reinstall" } else { "install" };
        let transaction = format!("{} {verb} {}", self.options(past), words(self, specs));
        format!(
            "TMPDIR={KEPT}; export TMPDIR; mkdir -p {KEPT} || exit 1
if yum --help 2>/dev/null | grep -q -e --assumeno; then yum --assumeno{transaction}
elif grep -qi '^[[:space:]]*assumeyes[[:space:]]*=[[:space:]]*[1ty]' /etc/yum.conf; then
echo 'Error: assumeyes in /etc/yum.conf: yum would not only say what it does'
else yum{transaction} </dev/null
fi
rm -rf {KEPT}"
        )
    }

    fn changes(&self, said: &str) -> Vec<Change> {
        table::changes(said)
    }

    fn ask_offers(&self, past: Past, running: &Running<'_>) -> Option<String> {
        let names = words_of(&rpm::names(running))?;
        Some(format!(
            "yum -q{} --showduplicates list available {names}",
            self.options(past)
        ))
    }

    /// `name.arch  version  repository`, on the next line where it does not fit.
    fn offers(&self, said: &str, running: &Running<'_>) -> Vec<Offer> {
        let Some(arch) = running.headers.version.rsplit('.').next() else {
            return Vec::new();
        };
        let names = rpm::names(running);
        let words: Vec<&str> = said.split_whitespace().collect();
        words
            .windows(2)
            .filter_map(|pair| {
                let name = pair[0].strip_suffix(arch)?.strip_suffix('.')?;
                let version = pair[1];
                (names.iter().any(|known| known == name) && is_plain(version)).then(|| Offer {
                    name: name.to_owned(),
                    version: format!("{version}.{arch}"),
                })
            })
            .collect()
    }

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        rpm::pair(offers, running)
    }

    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String> {
        let verb = if again { "reinstall" } else { "install" };
        vec![format!("sudo yum{} {verb} {words}", self.options(past))]
    }

    fn word(&self, spec: &Spec) -> String {
        rpm::word(spec)
    }
}
