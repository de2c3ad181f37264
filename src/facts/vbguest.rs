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

/// The plug-in, as Vagrant's list of plug-ins has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    pub version: Option<semver::Version>,
    /// The Ruby that it was installed for.
    pub ruby: Option<semver::Version>,
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

pub(super) fn plugin(reader: &Reader<'_>) -> Fact<Plugin> {
    let mut fact = reader.read_text(asked::PLUGINS, Side::Host, |said| Some(entry(said)));
    let state = match std::mem::replace(&mut fact.state, State::Absent) {
        State::Known(Some(plugin)) => State::Known(plugin),
        State::Known(None) | State::Absent => State::Absent,
        State::Unknown(why) => State::Unknown(why),
    };
    Fact {
        source: fact.source,
        state,
    }
}

fn entry(said: &str) -> Option<Plugin> {
    let found = entries(said).next()?;
    let text = |key: &str| found.get(key).and_then(Value::as_str);
    // What was asked for may be no version, but a range; or nothing.
    let version = text("installed_gem_version").or_else(|| text("gem_version"));
    let number = |text: &str| semver::Version::parse(text.trim()).ok();
    Some(Plugin {
        version: version.and_then(number),
        ruby: text("ruby_version").and_then(number),
    })
}

/// One list after the other: `{"version":"1","installed":{"vagrant-vbguest":{…}}}`.
fn entries(said: &str) -> impl Iterator<Item = Value> {
    let lists = Deserializer::from_str(said).into_iter::<Value>();
    let lists = lists.map_while(Result::ok);
    lists.filter_map(|list| list.get("installed")?.get("vagrant-vbguest").cloned())
}

fn is_listed(said: &str) -> bool {
    entries(said).next().is_some()
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
    fn its_version_and_its_ruby_stand_there() {
        let list = |fields: &str| format!(r#"{{"installed":{{"vagrant-vbguest":{{{fields}}}}}}}"#);
        let new = r#""ruby_version":"3.3.6","gem_version":"","installed_gem_version":"0.32.0""#;
        let number = |text| semver::Version::parse(text).ok();
        let plugin = |version, ruby| Plugin { version, ruby };
        let expected = plugin(number("0.32.0"), number("3.3.6"));
        assert_eq!(entry(&list(new)), Some(expected));
        let old = r#""ruby_version":"2.4.4","gem_version":"> 0.1""#;
        assert_eq!(entry(&list(old)), Some(plugin(None, number("2.4.4"))));
        assert_eq!(entry(&list("")), Some(plugin(None, None)));
        assert_eq!(entry(r#"{"installed":{}}"#), None);
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
            let _ = (entry(&text), is_off(&text));
        }
    }
}
