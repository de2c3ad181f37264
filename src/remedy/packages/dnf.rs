//! dnf 4 and dnf 5.

use super::{Change, Manager, Offer, Pair, Past, Running, Spec, rpm, table, words};

pub enum Dnf {
    Four,
    Five,
}

impl Manager for Dnf {
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        let words = words(self, specs);
        format!(
            "dnf -y{} install {words} && rpm -q {words}",
            self.options(past)
        )
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        format!(
            "dnf -y{} reinstall {}",
            self.options(past),
            words(self, specs)
        )
    }

    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let verb = if again { "reinstall" } else { "install" };
        format!(
            "dnf --assumeno{} {verb} {}",
            self.options(past),
            words(self, specs)
        )
    }

    fn changes(&self, said: &str) -> Vec<Change> {
        table::changes(said)
    }

    fn ask_offers(&self, past: Past, running: &Running<'_>) -> Option<String> {
        let format = match self {
            Dnf::Four => "'offer %{name} %{version}-%{release}.%{arch}'",
            // dnf 5 does not end the line by itself.
            Dnf::Five => r"'offer %{name} %{version}-%{release}.%{arch}\n'",
        };
        let names = words_of(&rpm::names(running))?;
        Some(format!(
            "dnf -q{} repoquery --available --qf {format} {names}",
            self.options(past)
        ))
    }

    fn offers(&self, said: &str, _: &Running<'_>) -> Vec<Offer> {
        rpm::offers(said)
    }

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        rpm::pair(offers, running)
    }

    fn options(&self, past: Past) -> String {
        let mut options = String::new();
        match self {
            // The lock is part of dnf 5 itself; this lifts it together with the excludes.
            Dnf::Five if past.lock || past.excludes => {
                options.push_str(" --setopt='disable_excludes=*'");
            }
            Dnf::Five => {}
            Dnf::Four => {
                if past.lock {
                    options.push_str(" --disableplugin=versionlock");
                }
                if past.excludes {
                    options.push_str(" --disableexcludes=all");
                }
            }
        }
        options
    }

    fn word(&self, spec: &Spec) -> String {
        rpm::word(spec)
    }
}

/// Names as words of a shell, a space between them.
pub fn words_of(names: &[String]) -> Option<String> {
    shlex::try_join(names.iter().map(String::as_str)).ok()
}
