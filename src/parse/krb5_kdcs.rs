//! What came of asking KDCs, or the hosts of repositories: lines `kind host port outcome`.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub kind: Kind,
    pub host: String,
    pub port: u16,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whether DNS names KDCs of a realm.
    Dns,
    /// Whether the host's name has an address.
    Name,
    Tcp,
    Udp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    Timeout,
    Refused,
    NameUnknown,
    Failed,
    /// The guest has no tool for it.
    Unasked,
    /// It cannot be asked, or enough others were.
    Untried,
}

pub fn parse(text: &str) -> Vec<Asked> {
    text.lines().filter_map(asked).collect()
}

fn asked(line: &str) -> Option<Asked> {
    let words: Vec<&str> = line.split(' ').collect();
    let [kind, host, port, outcome] = words[..] else {
        return None;
    };
    Some(Asked {
        kind: match kind {
            "dns" => Kind::Dns,
            "name" => Kind::Name,
            "tcp" => Kind::Tcp,
            "udp" => Kind::Udp,
            _ => return None,
        },
        host: host.to_owned(),
        port: port.parse().ok()?,
        outcome: match outcome {
            "ok" => Outcome::Answered,
            "timeout" => Outcome::Timeout,
            "refused" => Outcome::Refused,
            "unknown" => Outcome::NameUnknown,
            "failed" => Outcome::Failed,
            "unasked" => Outcome::Unasked,
            "untried" => Outcome::Untried,
            _ => return None,
        },
    })
}

impl Asked {
    /// For people: `dc1.example.com:88 over TCP: refused`.
    pub fn shown(&self) -> String {
        let Asked { host, port, .. } = self;
        let outcome = match self.outcome {
            Outcome::Answered => "answers",
            Outcome::Timeout => "no answer in time",
            Outcome::Refused => "refused",
            Outcome::NameUnknown => "no such name",
            Outcome::Failed => "failed",
            Outcome::Unasked => "not asked, for want of a tool",
            Outcome::Untried => "not tried",
        };
        match self.kind {
            Kind::Tcp if *port == 0 => format!("{host}: {outcome}"),
            Kind::Dns => format!("DNS, KDCs of {host}: {outcome}"),
            Kind::Name => format!("DNS, {host}: {outcome}"),
            Kind::Tcp => format!("{host}:{port} over TCP: {outcome}"),
            Kind::Udp => format!("{host}:{port} over UDP: {outcome}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_read() {
        let read = parse(
            "tcp a.b 88 ok\nudp a.b 88 unasked\ndns R 0 unknown\ntcp https://p/x 0 untried\nnonsense\ntcp a 99999 ok\n",
        );
        let shown: Vec<String> = read.iter().map(Asked::shown).collect();
        assert_eq!(
            shown,
            [
                "a.b:88 over TCP: answers",
                "a.b:88 over UDP: not asked, for want of a tool",
                "DNS, KDCs of R: no such name",
                "https://p/x: not tried",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = parse(&text);
        }
    }
}
