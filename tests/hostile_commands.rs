//! No foreign name becomes part of a command: all that a plan runs is run by real shells, whose
//! programs only write down how they were called. With the feature `system`, by all shells that
//! guests have.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about commands, not about reports")]
mod fixtures;
#[path = "support/recording_shell.rs"]
mod recording_shell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use boxdoctor::diagnosis::Finding;
use boxdoctor::escape;
use boxdoctor::facts::{Facts, State};
use boxdoctor::observe::Examination;
use boxdoctor::remedy::packages::{self, Pair, Past, Spec, Wanted};
use boxdoctor::remedy::plan::{Action, Circumstances, Plan, plan};
use boxdoctor::remedy::{self, account, mount, unattended};
use boxdoctor::report::{self, Style};
use proptest::prelude::*;
use recording_shell::{Call, Guest};

const SHELLS: &[&[&str]] = if cfg!(feature = "system") {
    &[&["sh"], &["bash", "--posix"], &["mksh"], &["busybox", "sh"]]
} else {
    &[&["sh"]]
};

const MANAGERS: [&str; 9] = [
    "apk",
    "apt-cache",
    "apt-get",
    "apt-mark",
    "dnf",
    "pacman",
    "rpm",
    "yum",
    "zypper",
];

/// Machines of every package manager, with something to mend.
const MACHINES: [&str; 9] = [
    "arch-kernel-ignored",
    "centos6-versionlock",
    "compiler-error",
    "debian12-held",
    "fedora41-versionlock-dnf5",
    "leap15-locked-zypper",
    "mount-helper-dangling",
    "rocky8-versionlock-dnf4",
    "ubuntu2204-headers-mismatch",
];

/// A name that no program reads anything into.
const HARMLESS: &str = "9canary.1";

/// A machine with this name wherever a guest, a host or a repository says one.
struct Machine {
    facts: Facts,
    findings: Vec<Finding>,
    known: Circumstances,
}

impl Machine {
    fn new(case: &str, name: &str) -> Self {
        static CASES: LazyLock<Vec<fixtures::Case>> = LazyLock::new(fixtures::cases);
        let case = CASES.iter().find(|found| found.name == case);
        let examination = &case.expect("the case").examination;
        let findings = fixtures::findings(examination);
        let mut facts = read_with(examination, name);
        let text = || name.to_owned();
        facts.target.name = text();
        if let State::Known(kernel) = &mut facts.guest.kernel.state {
            *kernel = text();
        }
        if let State::Known(headers) = &mut facts.guest.packages.fitting_headers.state {
            headers.name.push_str(name);
            headers.version.push_str(name);
        }
        if let State::Known(record) = &mut facts.guest.record.state {
            record.directory = Some(format!("/{name}"));
        }
        if let State::Known(shares) = &mut facts.wanted.state {
            for share in shares {
                share.name = text();
                // VirtualBox would have it under that name.
                share.defined = None;
                share.guest_path = Some(format!("/{name}"));
                share.manner.owner = Some(text());
                share.manner.group = Some(text());
                share.manner.options = vec![text()];
            }
        }
        let pair = Pair {
            release: text(),
            version: text(),
            packages: vec![Spec {
                name: text(),
                version: Some(text()),
            }],
        };
        Machine {
            facts,
            findings,
            known: Circumstances {
                headers: Some(Err(text())),
                pair: Some(Ok(pair)),
                snapshot: Some(text()),
                ..Circumstances::default()
            },
        }
    }

    fn plans(&self) -> [Plan; 2] {
        let plan = |known| plan(&self.facts, &self.findings, &self.facts.krb5.seen, known);
        [plan(&Circumstances::default()), plan(&self.known)]
    }

    /// All that may be run in the guest, each under a name of its own.
    fn commands(&self) -> Vec<(String, String)> {
        let facts = &self.facts;
        let mut commands = Vec::new();
        for (number, plan) in self.plans().iter().enumerate() {
            for step in &plan.steps {
                let command = match &step.action {
                    Action::Run(command) | Action::InstallPair { command, .. } => command,
                    Action::Mount(mounts) => &mounts.script,
                    _ => continue,
                };
                commands.push((format!("plan {number} {}", step.remedy), command.clone()));
            }
        }
        for remedy in remedy::all() {
            let command = unattended::command(remedy.id, facts);
            commands.extend(command.map(|command| (remedy.id.to_owned(), command)));
        }
        let Some(Ok(pair)) = &self.known.pair else {
            panic!("there is one");
        };
        for lock in [false, true] {
            let past = Past {
                lock,
                excludes: lock,
            };
            let wanted = [Wanted::Headers, Wanted::HeadersAgain, Wanted::Pair(pair)];
            for (number, wanted) in wanted.into_iter().enumerate() {
                let both = [
                    packages::install(facts, past, wanted),
                    packages::rehearse(facts, past, wanted),
                ];
                for (question, command) in both.into_iter().enumerate() {
                    let name = format!("packages {lock} {number} {question}");
                    commands.extend(command.map(|command| (name, command)));
                }
            }
            let ask = packages::ask_pair(facts, past);
            commands.extend(ask.map(|command| (format!("ask {lock}"), command)));
        }
        let all = mount::all(facts).map(|mounts| mounts.script);
        commands.extend(all.map(|script| ("mount all".to_owned(), script)));
        commands
    }

    /// What a person is shown, and may take over into a shell.
    fn shown(&self) -> Vec<String> {
        let plans = self.plans();
        let steps = plans.iter().flat_map(|plan| &plan.steps);
        steps
            .flat_map(account::runs)
            .map(|line| escape::line(&line, 10_000))
            .collect()
    }
}

/// The facts with this name in place of the kernel's.
fn read_with(examination: &Examination, name: &str) -> Facts {
    let mut examination = examination.clone();
    let release = Facts::read(&examination).guest.kernel.known().cloned();
    let release = release.unwrap_or_else(|| panic!("a kernel runs"));
    for seen in &mut examination.observations {
        let said = String::from_utf8_lossy(&seen.stdout).replace(&release, name);
        seen.stdout = said.into_bytes();
    }
    Facts::read(&examination)
}

/// The programs that are called, each with the number of its arguments.
fn shape(calls: &[Call]) -> BTreeSet<(String, usize)> {
    let shape = calls.iter().map(|call| (call[0].clone(), call.len()));
    shape.collect()
}

/// Whether a package can have this name.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+~^:".contains(c);
    name.chars().all(plain) && !name.starts_with(['-', '.']) && !name.ends_with('-')
}

/// What is called with a harmless name: by the name of each command, the programs and how many
/// arguments they get.
type Usual = BTreeMap<String, BTreeSet<(String, usize)>>;

fn usual(case: &str, shell: &[&str]) -> Usual {
    let guest = Guest::new();
    let commands = Machine::new(case, HARMLESS).commands().into_iter();
    commands
        .map(|(what, command)| (what, shape(&guest.run(shell, &command))))
        .collect()
}

fn hold(case: &str, name: &str, shell: &[&str], usual: &Usual) {
    let guest = Guest::new();
    let machine = Machine::new(case, name);
    for (what, command) in machine.commands() {
        let calls = guest.run(shell, &command);
        let usual = usual.get(&what);
        let usual = usual.unwrap_or_else(|| panic!("{case}: {what} only for {name:?}"));
        assert!(
            shape(&calls).is_subset(usual),
            "{case}: {what}: {name:?}: {calls:#?}"
        );
        for call in calls.iter().filter(|_| !is_plain(name)) {
            let foreign = call.iter().filter(|word| word.contains("canary"));
            for word in foreign {
                assert!(
                    word.contains(name),
                    "{case}: {what}: {name:?} was cut into {word:?}"
                );
                // They read patterns and more into what they are given.
                assert!(
                    !MANAGERS.contains(&call[0].as_str()),
                    "{case}: {what}: {name:?}: {call:?}"
                );
            }
        }
    }
    for line in machine.shown() {
        for call in guest.run(shell, &line) {
            assert_ne!(call[0], "canary", "{case}: {name:?}: {line}");
        }
    }
    let style = Style {
        width: 80,
        unicode: true,
        color: false,
    };
    for plan in machine.plans() {
        let page = report::plan::write(&plan, Some("run"), style);
        let hidden = page.chars().find(|&c| c != '\n' && !escape::is_plain(c));
        assert_eq!(hidden, None, "{case}: {name:?}: {page}");
        assert!(page.len() < 64 * 1024, "{case}: {name:?}");
    }
}

#[test]
fn harmless_names_arrive_where_they_belong() {
    for case in MACHINES {
        let guest = Guest::new();
        let commands = Machine::new(case, HARMLESS).commands();
        assert!(commands.len() > 4, "{case}: {commands:?}");
        let calls = commands
            .iter()
            .flat_map(|(_, command)| guest.run(&["sh"], command));
        let words: Vec<String> = calls.flatten().collect();
        assert!(words.iter().any(|word| word.contains(HARMLESS)), "{case}");
    }
}

#[test]
fn no_known_trick_gets_through() {
    let long = "canary".repeat(20_000);
    let tricks = [
        "$(canary)",
        "`canary`",
        "';canary;'",
        "\";canary;\"",
        "'\"'\"';canary;'\"'\"'",
        "\ncanary\n",
        "\\\ncanary",
        "\\';canary;#",
        "$'\\';canary;\\''",
        "${IFS}canary",
        "&canary&",
        "|canary",
        "||canary",
        ">canary",
        "<(canary)",
        "-canary",
        "--canary",
        "- canary",
        "!canary",
        "*canary*",
        "~canary",
        "{canary,canary}",
        "canary-",
        "canary=",
        "canary()",
        "#canary",
        "\u{1b}]0;canary\u{7}",
        "\u{1b}[2Jcanary\u{9b}31m",
        "\u{202e}canary",
        "canary\u{FFFD}",
        "canary\0canary",
        "%s%ncanary\\c",
        long.as_str(),
    ];
    for (number, case) in MACHINES.into_iter().enumerate() {
        for shell in SHELLS {
            let usual = usual(case, shell);
            // Each trick meets several package managers, not all.
            for name in tricks.iter().skip(number % 3).step_by(3) {
                hold(case, name, shell, &usual);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(feature = "system") { 128 } else { 32 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_name_becomes_part_of_a_command(
        before in "[-.a-z0-9'\"\\\\$(){}`;&|<>*?!~#%= \t\n\r\x1b\u{9b}é:^+\\[\\]]{0,8}",
        after in "[-.a-z0-9'\"\\\\$(){}`;&|<>*?!~#%= \t\n\r\x1b\u{9b}é:^+\\[\\]]{0,8}",
        case in 0..MACHINES.len(),
        shell in 0..SHELLS.len(),
    ) {
        let (case, shell) = (MACHINES[case], SHELLS[shell]);
        hold(case, &format!("{before}canary{after}"), shell, &usual(case, shell));
    }
}
