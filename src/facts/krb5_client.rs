//! What a guest's Kerberos programs say: tickets, keytab, clock, SASL.

use super::{Fact, Reader, Source, State};
use crate::observe::Side::{Guest, Host};
use crate::observe::host;
use crate::parse::klist::{self, Keytab, Tickets};
use crate::parse::krb5_kdcs::{self, Asked};
use crate::transport::Ended;

pub struct Krb5Client {
    /// Of the user who logs in. Absent where there is no `klist`.
    pub tickets: Fact<Tickets>,
    /// Absent where there is no /etc/krb5.keytab.
    pub keytab: Fact<Keytab>,
    /// Whether there is one, readable or not.
    pub has_keytab: bool,
    pub clock: Fact<Clock>,
    pub sasl: Fact<Sasl>,
    /// Asked only where the user wants it.
    pub kdcs: Fact<Vec<Asked>>,
    /// What came of a login with a key of the keytab. Asked only where the user wants it.
    pub login: Fact<Login>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    Accepted,
    /// What `kinit` said.
    Refused(String),
}

/// What the guest's clock showed, and the host's before the question and after the answer; all in
/// seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub guest: i64,
    pub asked: i64,
    pub answered: i64,
}

impl Clock {
    /// How many seconds the guest is ahead at least; negative where it is behind.
    pub fn skew(self) -> i64 {
        // Each number has lost its fraction.
        if self.guest > self.answered.saturating_add(1) {
            self.guest.saturating_sub(self.answered)
        } else if self.guest < self.asked.saturating_sub(1) {
            self.guest.saturating_sub(self.asked)
        } else {
            0
        }
    }
}

/// What is there of SASL, by the paths of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sasl {
    pub libraries: Vec<String>,
    pub gssapi: Vec<String>,
}

impl Krb5Client {
    pub(super) fn read(reader: &Reader<'_>) -> Self {
        let keytab = reader.find("krb5-keytab").map(|seen| seen.ended);
        Krb5Client {
            tickets: reader.read_text("krb5-tickets", Guest, klist::tickets),
            keytab: reader.read("krb5-keytab", Guest, |seen| {
                let said = crate::parse::text(&seen.stdout);
                klist::keytab(&said, &crate::parse::text(&seen.stderr))
            }),
            has_keytab: matches!(keytab, Some(Ended::Exit | Ended::Denied)),
            clock: clock(reader),
            sasl: reader.read_text("sasl-plugins", Guest, |said| Some(sasl(said))),
            kdcs: reader.read_text("krb5-kdcs", Guest, |said| Some(krb5_kdcs::parse(said))),
            login: reader.read("krb5-keytab-login", Guest, |seen| match seen.status? {
                0 => Some(Login::Accepted),
                _ => {
                    let said = crate::parse::text(&seen.stderr);
                    let complaint = said.lines().find_map(|line| line.strip_prefix("kinit: "))?;
                    Some(Login::Refused(complaint.to_owned()))
                }
            }),
        }
    }
}

fn clock(reader: &Reader<'_>) -> Fact<Clock> {
    let host = reader.read_text(host::CLOCK, Host, |said| {
        let (asked, answered) = said.trim().split_once(' ')?;
        Some((asked.parse().ok()?, answered.parse().ok()?))
    });
    let guest = reader.read_text("clock", Guest, |said| said.trim().parse().ok());
    Fact {
        source: Source {
            side: Guest,
            command: guest.source.command,
        },
        state: match (guest.state, host.state) {
            (State::Known(guest), State::Known((asked, answered))) => State::Known(Clock {
                guest,
                asked,
                answered,
            }),
            (State::Unknown(why), _) | (_, State::Unknown(why)) => State::Unknown(why),
            (State::Absent, _) | (_, State::Absent) => State::Absent,
        },
    }
}

fn sasl(said: &str) -> Sasl {
    let mut sasl = Sasl::default();
    for path in said.lines() {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with("libsasl2.so") {
            sasl.libraries.push(path.to_owned());
        } else if name.starts_with("libgssapiv2.so") {
            sasl.gssapi.push(path.to_owned());
        }
    }
    sasl
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_the_answer_took_is_no_skew() {
        let skew = |guest| {
            let clock = Clock {
                guest,
                asked: 1000,
                answered: 1060,
            };
            clock.skew()
        };
        for guest in [999, 1000, 1030, 1060, 1061] {
            assert_eq!(skew(guest), 0, "{guest}");
        }
        assert_eq!((skew(1400), skew(700)), (340, -300));
        assert!(skew(i64::MIN) < 0 && skew(i64::MAX) > 0);
    }
}
