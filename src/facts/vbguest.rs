//! Whether the plug-in vagrant-vbguest would install Guest Additions of its own.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Deserializer, Value};

use super::{Fact, Reader, State};
use crate::observe::{Side, vbguest as asked};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vbguest {
    /// At each `vagrant up`.
    Installs,
    /// A Vagrantfile keeps it from that.
    SwitchedOff,
}

static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^#]*vbguest[a-z:]*\.(auto_update|no_install)\s*=\s*(true|false)\b")
        .expect("a constant expression")
});

pub(super) fn vbguest(reader: &Reader<'_>) -> Fact<Vbguest> {
    let listed = reader.read_text(asked::PLUGINS, Side::Host, |said| Some(is_listed(said)));
    let settings = reader.read_text(asked::SETTINGS, Side::Host, |said| Some(is_off(said)));
    Fact {
        source: listed.source,
        state: match listed.state {
            State::Known(false) | State::Absent => State::Absent,
            State::Unknown(why) => State::Unknown(why),
            State::Known(true) => State::Known(match settings.known() {
                Some(true) => Vbguest::SwitchedOff,
                _ => Vbguest::Installs,
            }),
        },
    }
}

/// One list after the other: `{"version":"1","installed":{"vagrant-vbguest":{…}}}`.
fn is_listed(said: &str) -> bool {
    let lists = Deserializer::from_str(said).into_iter::<Value>();
    let mut lists = lists.map_while(Result::ok);
    lists.any(|list| {
        list.get("installed")
            .is_some_and(|installed| installed.get("vagrant-vbguest").is_some())
    })
}

/// Only where every line that says anything about it says so: what a program decides, nobody sees.
fn is_off(lines: &str) -> bool {
    let said = lines.lines().filter_map(|line| SETTING.captures(line));
    let mut said = said.map(|setting| {
        let is_no_install = setting[1].eq_ignore_ascii_case("no_install");
        let is_true = setting[2].eq_ignore_ascii_case("true");
        is_no_install == is_true
    });
    said.next()
        .is_some_and(|first| first && said.all(|off| off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_stands_in_any_of_the_lists() {
        let none = r#"{"version":"1","installed":{"vagrant-cachier":{}}}"#;
        let one = r#"{"version":"1","installed":{"vagrant-vbguest":{"gem_version":"0.32.0"}}}"#;
        assert!(is_listed(&format!("{none}\n{one}\n")));
        assert!(is_listed(one));
        for without in [
            none,
            "",
            "{",
            "[]",
            "[1]",
            r#"{"installed":"vagrant-vbguest"}"#,
        ] {
            assert!(!is_listed(without), "{without}");
        }
    }

    #[test]
    fn it_is_off_only_where_nothing_says_otherwise() {
        for off in [
            "config.vbguest.auto_update = false",
            "  node.vbguest.auto_update=false if Vagrant.has_plugin?('vagrant-vbguest')",
            "if Vagrant.has_plugin?(\"vagrant-vbguest\") then config.vbguest.auto_update = false end",
            "config.vbguest.no_install = true",
            "VagrantVbguest::Config.auto_update = false",
        ] {
            assert!(is_off(off), "{off}");
        }
        for on in [
            "",
            "# config.vbguest.auto_update = false",
            "config.vbguest.auto_update = true",
            "config.vbguest.auto_update = false\nb.vbguest.auto_update = true",
            "config.vbguest.auto_update = falsehood",
            "config.vbguest.iso_path = 'false'",
        ] {
            assert!(!is_off(on), "{on}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (is_listed(&text), is_off(&text));
        }
    }
}
