//! Where the code asks which operating system it is on: in the rooms that have to do with it, and
//! nowhere else.
#![allow(
    clippy::disallowed_methods,
    reason = "the sources themselves are looked at"
)]

#[path = "support/sources.rs"]
mod sources;

use std::path::Path;

use regex::Regex;

/// The rooms in which it may be asked.
const ROOMS: [&str; 3] = ["src/observe", "src/target", "src/transport"];

/// All places, one a line: the file, and what stands there.
const PLACES: &str = include_str!("platform.txt");

fn question() -> Regex {
    let question = Regex::new(
        r"(?x)
        cfg (_attr)? !? \s* \( [^\]]* \b (unix | windows | target_(os|family|env|arch)) \b
        | \b os::(unix|windows|linux|macos)\b | \b env::consts\b | \b MAIN_SEPARATOR | \b System::here\b | \b is_wsl\( | \b (rustix | libc | xattr | windows_sys | windows_registry | winreg) ::",
    );
    question.expect("an expression")
}

/// With the steps of its path parted by slashes on every system.
fn shown(path: &Path) -> String {
    let steps = path.iter().map(|step| step.to_string_lossy());
    steps.collect::<Vec<_>>().join("/")
}

#[test]
fn the_platform_is_asked_for_in_these_places_only() {
    let files = sources::all();
    let question = question();
    let mut places = String::new();
    for path in &files {
        let text = std::fs::read_to_string(path).expect("a source");
        for line in text.lines().filter(|line| question.is_match(line)) {
            let file = shown(path);
            let allowed = ROOMS.iter().any(|room| path.starts_with(room));
            assert!(allowed, "{file} asks for the platform: {line}");
            places.push_str(&format!("{file}: {}\n", line.trim()));
        }
    }
    if std::env::var_os("UPDATE_PLATFORM").is_some() {
        std::fs::write("tests/platform.txt", &places).expect("the list is written");
        return;
    }
    assert_eq!(
        places, PLACES,
        "UPDATE_PLATFORM=1 cargo test --test platform writes the list anew"
    );
}

#[test]
fn every_way_of_asking_is_seen() {
    let ways = [
        "#[cfg(unix)]",
        "#[cfg(not(windows))]",
        "if cfg!(windows) {",
        "cfg!(target_os = \"macos\")",
        "#[cfg_attr(not(unix), allow(dead_code))]",
        "#[cfg(all(feature = \"x\", target_family = \"unix\"))]",
        "use std::os::unix::fs::MetadataExt;",
        "#[cfg(all(not(test), windows))]",
        "use std::{os::unix::fs::MetadataExt, path::Path};",
        "if System::here().is_wsl() {",
        "std::env::consts::OS",
        "rustix::termios::tcgetattr(input)",
        "windows_sys::Win32::Foundation::HANDLE",
    ];
    let question = question();
    for way in ways {
        assert!(question.is_match(way), "{way}");
    }
    for other in ["#[cfg(test)]", "let windows = 3;", "crate::parse::windows"] {
        assert!(!question.is_match(other), "{other}");
    }
}
