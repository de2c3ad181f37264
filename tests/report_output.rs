//! What arrives on standard output: for terminals of every kind, for pipes that close, for programs.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use boxdoctor::check::CATALOGUE;
use program::{Desk, Ran, run};

/// A guest with a share that is not mounted because nothing is installed, and a file that says so in
/// a language of its own.
const BUNDLE: &str = r#"schema = "boxdoctor.bundle/1"
captured_at = "2026-01-31T12:00:00Z"

[target]
name = "büchse"
kind = "ssh"
state = "running"

[[observation]]
id = "connection"
side = "guest"
command = "ssh vagrant@box"
ended = "exit"
status = 0

[[observation]]
id = "uname"
side = "guest"
command = "uname -srm"
ended = "exit"
status = 0
stdout = '''
Linux 5.14.0-70.el9.x86_64 x86_64
'''

[[observation]]
id = "product"
side = "guest"
command = "cat /sys/class/dmi/id/product_name"
ended = "exit"
status = 0
stdout = '''
VirtualBox
'''

[[observation]]
id = "modules"
side = "guest"
command = "cat /proc/modules"
ended = "exit"
status = 0
stdout = '''
vboxguest 1 0 - Live
'''

[[observation]]
id = "filesystems"
side = "guest"
command = "cat /proc/filesystems"
ended = "exit"
status = 0
stdout = '''
	ext4
'''

[[observation]]
id = "mounts"
side = "guest"
command = "cat /proc/mounts"
ended = "exit"
status = 0
stdout = '''
/dev/sda1 / ext4 rw 0 0
'''

[[observation]]
id = "fstab"
side = "guest"
command = "grep vboxsf /etc/fstab"
ended = "exit"
status = 0
stdout = '''
größe /中文 vboxsf defaults 0 0
'''

[[observation]]
id = "headers"
side = "guest"
command = "ls -d /lib/modules/$(uname -r)/build/Makefile"
ended = "exit"
status = 0
stdout = '''
missing /lib/modules/5.14.0-70.el9.x86_64/build
'''

[[observation]]
id = "build-tools"
side = "guest"
command = "command -v gcc make perl"
ended = "exit"
status = 0
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("bundle.toml", BUNDLE);
    desk
}

/// The report on the bundle, with this variable set.
fn report(desk: &Desk, arguments: &[&str], variable: (&str, &str)) -> String {
    let mut command = desk.command(&["check", "--bundle", "bundle.toml"]);
    let ran = run(command.args(arguments).env(variable.0, variable.1));
    ran.ended(1);
    ran.stdout
}

#[test]
fn a_terminal_that_is_not_utf8_gets_ascii_alone() {
    let desk = desk();
    for language in ["C", "POSIX", "de_DE.ISO-8859-1", ""] {
        for options in [&[][..], &["-v"], &["--color", "never", "-v"]] {
            let text = report(&desk, options, ("LC_ALL", language));
            assert!(text.is_ascii(), "{language}: {text}");
            assert!(text.contains("`- so share-not-mounted"), "{text}");
        }
    }
}

#[test]
fn a_terminal_of_utf8_gets_the_words_as_they_were() {
    let desk = desk();
    for language in ["C.UTF-8", "de_DE.utf8", "en_US.UTF-8"] {
        let text = report(&desk, &[], ("LC_ALL", language));
        for word in ["└─", "büchse", "größe", "中文"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn no_line_is_wider_than_a_terminal_of_80_columns() {
    let desk = desk();
    for language in ["C", "C.UTF-8"] {
        let text = report(&desk, &["-v"], ("LC_ALL", language));
        for line in text.lines() {
            // A command is never broken: it has to be copied whole.
            let is_command = line.starts_with("        ");
            assert!(is_command || line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn a_label_stands_apart_from_its_text() {
    let desk = desk();
    let text = report(&desk, &["-v"], ("LC_ALL", "C"));
    // Much of what this guest was not asked is unknown, so all kinds of lines are there.
    for label in ["expected", "observed", "seen in", "decide by"] {
        let with: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with(label))
            .collect();
        assert!(!with.is_empty(), "{label}: {text}");
        for line in with {
            assert!(line[label.len()..].starts_with(' '), "{line}");
        }
    }
}

#[test]
fn colour_is_there_when_asked_for_and_never_in_a_pipe() {
    let desk = desk();
    let painted = report(&desk, &["--color", "always"], ("TERM", "xterm"));
    assert!(painted.contains("\u{1b}["), "{painted}");
    let plain = report(&desk, &["--color", "never"], ("TERM", "xterm"));
    assert_eq!(
        console_free(&painted),
        plain,
        "colour is all the difference"
    );
    for options in [&[][..], &["--color", "auto"], &["--color", "never"]] {
        for variable in [
            ("TERM", "xterm"),
            ("CLICOLOR_FORCE", "1"),
            ("NO_COLOR", "1"),
        ] {
            assert_eq!(
                report(&desk, options, variable),
                plain,
                "{options:?} {variable:?}"
            );
        }
    }
    // What was typed beats what the environment says.
    let asked = report(&desk, &["--color", "always"], ("NO_COLOR", "1"));
    assert_eq!(asked, painted);
    // JSON is for programs.
    let json = report(
        &desk,
        &["--color", "always", "--format", "json"],
        ("TERM", "xterm"),
    );
    assert!(!json.contains('\u{1b}'), "{json}");
}

/// The text without the sequences that set a colour.
fn console_free(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('m').expect("only colours are set");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn the_same_facts_are_the_same_bytes() {
    let desk = desk();
    for format in ["human", "json"] {
        let arguments = ["check", "--bundle", "bundle.toml", "--format", format];
        let first = desk.run(&arguments).stdout;
        for _ in 0..3 {
            assert_eq!(desk.run(&arguments).stdout, first);
        }
    }
}

#[test]
fn the_json_report_keeps_to_the_committed_schema() {
    let desk = desk();
    let schema = serde_json::from_str(boxdoctor::report::json::COMMITTED_SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    desk.file(
        "krb5.conf",
        "\u{feff}[libdefaults]\ndefault_realm = EXAMPLE.COM\n",
    );
    for arguments in [["--bundle", "bundle.toml"], ["--krb5-conf", "krb5.conf"]] {
        let ran = desk.run(&["check", arguments[0], arguments[1], "--format", "json"]);
        let report = ran.ended(1).json();
        let errors: Vec<_> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    // The validator does say no.
    let wrong = serde_json::json!({"schema": 1, "targets": []});
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_chosen_checks_are_the_ones_in_the_report() {
    let desk = desk();
    let checks = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["check", "--bundle", "bundle.toml", "--format", "json"];
        all.extend(arguments);
        let report = desk.run(&all).json();
        let findings = report["targets"][0]["findings"]
            .as_array()
            .expect("findings");
        findings
            .iter()
            .map(|one| one["check"].as_str().expect("a slug").to_owned())
            .collect()
    };
    assert_eq!(checks(&[]).len(), CATALOGUE.len());
    assert_eq!(
        checks(&["--only", "share-not-mounted"]),
        ["share-not-mounted"]
    );
    assert_eq!(checks(&["--only", "disk-full,krb5-stray-bytes"]).len(), 2);
    assert_eq!(
        checks(&["--only", "disk-full", "--only", "krb5-stray-bytes"]).len(),
        2
    );
    let without = checks(&["--skip", "disk-full"]);
    assert_eq!(without.len(), CATALOGUE.len() - 1);
    assert!(!without.contains(&"disk-full".to_owned()));
    assert!(checks(&["--only", "disk-full", "--skip", "disk-full"]).is_empty());
}

#[test]
fn the_exit_status_follows_fail_on() {
    let desk = desk();
    desk.file("clean", "[libdefaults]\n");
    desk.file("stray", "\u{feff}[libdefaults]\n");
    for (file, level, expected) in [
        ("clean", "info", 0),
        ("stray", "error", 1),
        ("stray", "warning", 1),
        ("stray", "info", 1),
        ("stray", "never", 0),
    ] {
        desk.run(&["check", "--krb5-conf", file, "--fail-on", level])
            .ended(expected);
    }
}

#[test]
fn every_check_has_its_page() {
    let desk = desk();
    let list = desk.run(&["explain"]);
    let listed: Vec<&str> = list
        .ended(0)
        .stdout
        .lines()
        // What a check is about goes on below it.
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let known: Vec<&str> = CATALOGUE.iter().map(|check| check.slug).collect();
    assert_eq!(listed, known);
    for line in list.stdout.lines().filter(|line| !line.starts_with(' ')) {
        assert!(line.len() > 40, "it says what the check is about: {line}");
    }
    assert!(list.stdout.lines().all(|line| line.len() <= 80));
    for slug in known {
        let page = desk.run(&["explain", slug]);
        assert!(
            page.ended(0).stdout.starts_with(&format!("# {slug}\n")),
            "{page:?}"
        );
        assert!(page.stdout.lines().count() > 10, "{page:?}");
    }
}

/// Runs it with this standard output, and gives back the status and what was said.
fn with_stdout(desk: &Desk, arguments: &[&str], stdout: impl Into<std::process::Stdio>) -> Ran {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .args(arguments)
        .current_dir(desk.path())
        .stdout(stdout)
        .output()
        .expect("the program starts");
    Ran {
        status: output.status.code(),
        stdout: String::new(),
        stderr: String::from_utf8(output.stderr).expect("text"),
        took: std::time::Duration::ZERO,
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let desk = desk();
    for (arguments, status) in [
        (&["check", "--bundle", "bundle.toml", "-v"][..], 1),
        (&["check", "--bundle", "bundle.toml", "--format", "json"], 1),
        (&["explain"], 0),
        (&["explain", "krb5-stray-bytes"], 0),
        (&["--help"], 0),
        (&["--version"], 0),
    ] {
        // Closed before the program starts, so that its very first byte finds nobody.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ran = with_stdout(&desk, arguments, writer);
        assert_eq!(ran.stderr, "", "{arguments:?}");
        assert_eq!(ran.status, Some(status), "{arguments:?}");
    }
}

/// A full disk, as far as a program can tell.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let desk = desk();
    for arguments in [&["check", "--bundle", "bundle.toml"][..], &["explain"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("the device");
        with_stdout(&desk, arguments, full).refused();
    }
}

#[test]
fn a_message_that_nobody_can_read_changes_no_status() {
    let desk = desk();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_boxdoctor"))
        .args(["check", "--bundle", "missing"])
        .current_dir(desk.path())
        .stderr(writer)
        .status()
        .expect("the program starts");
    assert_eq!(status.code(), Some(2));
}
