//! dnf 4 and dnf 5.

use super::{Change, Manager, Offer, Pair, Past, Running, Spec, rpm, table, words};

pub enum Dnf {
    Four,
    Five,
}

impl Dnf {
    /// The options that let one transaction past, with a space before each.
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

    /// Without anybody to ask, and with `answer` to all questions. A repository that is gone does not
    /// matter where another one has what is wanted.
    fn command(&self, answer: &str, past: Past) -> String {
        let gone = match self {
            Dnf::Four => " --setopt='*.skip_if_unavailable=1'",
            Dnf::Five => "",
        };
        format!("dnf {answer}{gone}{}", self.options(past))
    }
}

impl Manager for Dnf {
    fn install(&self, past: Past, specs: &[Spec]) -> String {
        let words = words(self, specs);
        format!(
            "{} install {words} && rpm -q {words}",
            self.command("-y", past)
        )
    }

    fn reinstall(&self, past: Past, specs: &[Spec]) -> String {
        format!(
            "{} reinstall {}",
            self.command("-y", past),
            words(self, specs)
        )
    }

    fn rehearse(&self, past: Past, specs: &[Spec], again: bool) -> String {
        let verb = if again { "reinstall" } else { "install" };
        let transaction = format!(
            "{} {verb} {}",
            self.command("--assumeno", past),
            words(self, specs)
        );
        // Errors come by another way than the table and would end up in the middle of it.
        format!("{{ errors=$({transaction} 2>&1 >&3); }} 3>&1; printf '%s\\n' \"$errors\"")
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
            "{} repoquery --available --qf {format} {names}",
            self.command("-q", past)
        ))
    }

    fn offers(&self, said: &str, _: &Running<'_>) -> Vec<Offer> {
        rpm::offers(said)
    }

    fn pair(&self, offers: &[Offer], running: &Running<'_>) -> Option<Pair> {
        rpm::pair(offers, running)
    }

    fn by_hand(&self, past: Past, words: &str, again: bool) -> Vec<String> {
        let verb = if again { "reinstall" } else { "install" };
        vec![format!("sudo dnf{} {verb} {words}", self.options(past))]
    }

    fn word(&self, spec: &Spec) -> String {
        rpm::word(spec)
    }
}

/// Names as words of a shell, a space between them.
pub fn words_of(names: &[String]) -> Option<String> {
    shlex::try_join(names.iter().map(String::as_str)).ok()
}
