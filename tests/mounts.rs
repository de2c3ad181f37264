//! The script that mounts shares, from Vagrant's list to the arguments of mount: whatever stands in
//! the list arrives as it is, and nothing else runs. Needs the shells that guests have.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/fixtures.rs"]
#[allow(dead_code, reason = "this is about mounts, not about reports")]
mod fixtures;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use boxdoctor::facts::Facts;
use boxdoctor::observe::Examination;
use boxdoctor::remedy::mount;
use boxdoctor::transport::Ended;
use proptest::prelude::*;
use serde_json::{Value, json};

const SHELLS: [&[&str]; 4] = [
    &["dash"],
    &["bash", "--posix"],
    &["mksh"],
    &["busybox", "sh"],
];

/// Writes down how it was called, with an end that no argument can have.
const RECORD: &str = r#"{ printf '%s\0' "${0##*/}" "$@"; printf '\001'; } >>"$RECORD""#;

const PROGRAMS: [&str; 5] = ["mkdir", "sleep", "mount", "id", "getent"];

/// A guest whose programs only write down how they were called.
struct Guest {
    folder: tempfile::TempDir,
}

impl Guest {
    fn new() -> Self {
        let guest = Guest {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir(guest.path("bin")).expect("a folder");
        for name in ["mkdir", "sleep", "mount"] {
            guest.program(name, RECORD);
        }
        guest.program("id", &format!("{RECORD}\necho 1001"));
        guest.program("getent", &format!("{RECORD}\necho 'x:x:1002:a,b'"));
        fs::write(guest.path("mounts"), "").expect("a file");
        guest
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let at = self.path("bin").join(name);
        fs::write(&at, format!("#!/bin/sh\n{script}\n")).expect("a program");
        fs::set_permissions(&at, fs::Permissions::from_mode(0o755)).expect("it may run");
    }

    /// Runs it as a job does, from a file, in an empty folder.
    fn run(&self, shell: &[&str], script: &str) -> Output {
        let mounts = self.path("mounts");
        let script = script.replacen("/proc/mounts", &mounts.to_string_lossy(), 1);
        let programs = self.path("bin");
        // Busybox prefers the programs that it brings itself.
        let ours = |name: &str| format!("{name}() {{ {}/{name} \"$@\"; }}\n", programs.display());
        let ours: String = PROGRAMS.iter().map(|name| ours(name)).collect();
        fs::write(self.path("command"), format!("{ours}{script}")).expect("a file");
        let path = format!("{}:/usr/bin:/bin", programs.display());
        Command::new(shell[0])
            .args(&shell[1..])
            .arg(self.path("command"))
            .env_clear()
            .env("PATH", path)
            .env("RECORD", self.path("record"))
            .env("SUDO_UID", "1000")
            .env("SUDO_GID", "1000")
            .output()
            .expect("the shell runs")
    }

    /// All calls so far, each with its name and arguments.
    fn calls(&self) -> Vec<Vec<String>> {
        let record = fs::read_to_string(self.path("record")).unwrap_or_default();
        let calls = record.split_terminator("\0\u{1}");
        calls
            .map(|call| call.split('\0').map(str::to_owned).collect())
            .collect()
    }

    /// The arguments of the calls of one program.
    fn calls_of(&self, program: &str) -> Vec<Vec<String>> {
        let calls = self.calls().into_iter();
        let calls = calls.filter(|call| call[0] == program);
        calls.map(|call| call[1..].to_vec()).collect()
    }
}

/// The machine of a fixture, as it would be with this list of Vagrant's.
fn machine(folders: &Value) -> Examination {
    let cases = fixtures::cases();
    let case = cases
        .into_iter()
        .find(|case| case.name == "rocky8-versionlock-dnf4");
    let mut examination = case.expect("the case").examination;
    for seen in &mut examination.observations {
        match seen.id.as_str() {
            "synced-folders" => {
                (seen.ended, seen.status) = (Ended::Exit, Some(0));
                seen.stdout = json!({ "virtualbox": folders }).to_string().into_bytes();
            }
            // Nobody knows which shares it has.
            "machine" => seen.ended = Ended::Timeout,
            _ => {}
        }
    }
    examination
}

fn script(folders: &Value) -> String {
    let facts = Facts::read(&machine(folders));
    mount::missing(&facts).expect("there is one").script
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn mounted(options: &str, name: &str, place: &str) -> Vec<String> {
    words(&["-t", "vboxsf", "-o", options, "--", name, place])
}

#[test]
fn shares_are_mounted_as_vagrant_would() {
    let script = script(&json!({
        "/www/logs": {"guestpath": "/www/logs", "owner": "www", "group": "adm", "mount_options": ["ro,dmode=755", "fmode=644"]},
        "/vagrant": {"guestpath": "/vagrant"},
        "/www": {"guestpath": "/www", "owner": "33", "group": 34, "mount_options": ["uid=5", "_netdev"]},
    }));
    for shell in SHELLS {
        let guest = Guest::new();
        let output = guest.run(shell, &script);
        assert!(output.status.success(), "{shell:?}: {output:?}");
        // The folder comes before the one inside it.
        assert_eq!(
            guest.calls_of("mount"),
            [
                mounted("uid=5,gid=34,_netdev", "www", "/www"),
                mounted("uid=1000,gid=1000,_netdev", "vagrant", "/vagrant"),
                mounted(
                    "ro,dmode=755,fmode=644,uid=1001,gid=1002,_netdev",
                    "www_logs",
                    "/www/logs"
                ),
            ],
            "{shell:?}"
        );
        assert_eq!(guest.calls_of("id"), [words(&["-u", "www"])]);
        assert_eq!(guest.calls_of("getent"), [words(&["group", "adm"])]);
        let made = ["/www", "/vagrant", "/www/logs"].map(|place| words(&["-p", "--", place]));
        assert_eq!(guest.calls_of("mkdir"), made);
    }
}

#[test]
fn what_is_mounted_is_left_alone() {
    let script = script(&json!({
        "/my data": {"guestpath": "/srv/my data"},
        "/named": {"guestpath": "/named"},
        "/other": {"guestpath": "/other/"},
        "/new": {"guestpath": "/new"},
    }));
    for shell in SHELLS {
        let guest = Guest::new();
        let mounts = "named /elsewhere vboxsf rw 0 0\nnone /other vboxsf rw 0 0\nnone /srv/my\\040data vboxsf rw 0 0\nnew /new 9p rw 0 0\n";
        fs::write(guest.path("mounts"), mounts).expect("a file");
        let output = guest.run(shell, &script);
        assert!(output.status.success(), "{shell:?}: {output:?}");
        let calls = [mounted("uid=1000,gid=1000,_netdev", "new", "/new")];
        assert_eq!(guest.calls_of("mount"), calls, "{shell:?}");
    }
}

#[test]
fn one_that_fails_does_not_keep_the_others_from_being_mounted() {
    let script = script(&json!({
        "/a": {"guestpath": "/a", "owner": "nobody-here"},
        "/bc": {"guestpath": "/bc", "group": "-x"},
        "/bad": {"guestpath": "/bad"},
        "/last": {"guestpath": "/last"},
    }));
    for shell in SHELLS {
        let guest = Guest::new();
        guest.program("id", "echo \"id: $2: no such user\" >&2; exit 1");
        guest.program(
            "mount",
            &format!("{RECORD}\n[ \"$6\" != bad ] || {{ echo 'No such device' >&2; exit 1; }}"),
        );
        let output = guest.run(shell, &script);
        assert_eq!(output.status.code(), Some(1), "{shell:?}: {output:?}");
        let names: Vec<String> = guest
            .calls_of("mount")
            .into_iter()
            .map(|mut call| call.remove(5))
            .collect();
        assert_eq!(names, ["bad", "bad", "bad", "last"], "{shell:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        for reason in ["nobody-here: no such user", "no group -x", "No such device"] {
            assert!(said.contains(reason), "{shell:?}: {said}");
        }
    }
}

#[test]
fn a_mount_that_is_there_in_spite_of_an_error_is_not_made_twice() {
    let script = script(&json!({"/a": {"guestpath": "/a"}}));
    for shell in SHELLS {
        let guest = Guest::new();
        let list = guest.path("mounts");
        let adds = format!("echo 'a /a vboxsf rw 0 0' >>'{}'", list.display());
        guest.program("mount", &format!("{RECORD}\n{adds}\nexit 16"));
        let output = guest.run(shell, &script);
        assert!(output.status.success(), "{shell:?}: {output:?}");
        let calls = [mounted("uid=1000,gid=1000,_netdev", "a", "/a")];
        assert_eq!(guest.calls_of("mount"), calls, "{shell:?}");
    }
}

#[test]
fn a_group_that_is_not_there_is_that_of_the_user_of_its_name() {
    let script = script(&json!({
        "/a": {"guestpath": "/a", "owner": "rc", "group": "rc"},
        "/bc": {"guestpath": "/bc", "owner": "rc", "group": "other"},
    }));
    let guest = Guest::new();
    guest.program("getent", "exit 2");
    let output = guest.run(&["sh"], &script);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let calls = [mounted("uid=1001,gid=1001,_netdev", "a", "/a")];
    assert_eq!(guest.calls_of("mount"), calls);
}

#[test]
fn the_helper_is_left_out_or_spared_an_option_where_it_says_so() {
    let script = script(&json!({"/a": {"guestpath": "/a"}}));
    let (full, short) = ("uid=1000,gid=1000,_netdev", "uid=1000,gid=1000");
    let mainline = "mount.vboxsf cannot be used with mainline vboxsf; instead use:\n\n    mount -cit vboxsf NAME MOUNTPOINT";
    let kernels_own = words(&["-cit", "vboxsf", "-o", full, "--", "a", "/a"]);
    let old = "unknown mount option `_netdev'";
    for (said, second) in [(mainline, kernels_own), (old, mounted(short, "a", "/a"))] {
        for shell in SHELLS {
            let guest = Guest::new();
            let refuses = "[ \"$1 $4\" != '-t uid=1000,gid=1000,_netdev' ]";
            let said = shlex::try_quote(said).expect("it can be quoted");
            guest.program(
                "mount",
                &format!("{RECORD}\n{refuses} || {{ echo {said} >&2; exit 1; }}"),
            );
            let output = guest.run(shell, &script);
            assert!(output.status.success(), "{shell:?}: {output:?}");
            let calls = [mounted(full, "a", "/a"), second.clone()];
            assert_eq!(guest.calls_of("mount"), calls, "{shell:?}");
        }
    }
}

#[test]
fn a_share_without_a_list_belongs_where_vagrant_would_have_put_it() {
    let mut examination = machine(&json!({}));
    for seen in &mut examination.observations {
        match seen.id.as_str() {
            "synced-folders" => seen.ended = Ended::NotFound,
            "machine" => {
                seen.ended = Ended::Exit;
                seen.stdout = b"VMState=\"running\"\n\
                  SharedFolderNameMachineMapping1=\"data\"\nSharedFolderPathMachineMapping1=\"/data\"\n\
                  SharedFolderNameMachineMapping2=\"home_rc_\"\nSharedFolderPathMachineMapping2=\"/home/rc\"\n".to_vec();
            }
            _ => {}
        }
    }
    let facts = Facts::read(&examination);
    let mounts = mount::missing(&facts).expect("there is one");
    assert_eq!(
        mounts.shown,
        [
            r#"mkdir -p -- /data && mount -t vboxsf -o uid="${SUDO_UID:-0}",gid="${SUDO_GID:-0}",_netdev -- data /data"#
        ]
    );
    let left_alone = mount::left_alone(&facts);
    let left_alone: Vec<&str> = left_alone.iter().map(|share| share.name.as_str()).collect();
    assert_eq!(left_alone, ["home_rc_"]);
}

/// Words that a shell would do something with.
fn hostile() -> impl Strategy<Value = String> {
    const SHARP: &[&str] = &[
        "'",
        "\"",
        "$(touch pwned)",
        "`touch pwned`",
        ";touch pwned;",
        "\n",
        "\\",
        "-o",
        " ",
        "$HOME",
        "*",
        "&& touch pwned",
        "|",
        "\u{1b}[2J",
        "é",
        "a",
        "#",
        "%s",
        "!",
        "~",
        "\r",
        "{a,b}",
    ];
    proptest::collection::vec(proptest::sample::select(SHARP), 1..6)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn hostile_words_arrive_as_they_are_and_nothing_else_runs(
        id in hostile(), place in hostile(), owner in hostile(), group in hostile(), option in hostile(),
    ) {
        // A share without a name, or with one that a helper takes for an option, is left alone.
        let (id, place) = (format!("n{id}"), format!("/{place}"));
        let (owner, group) = (format!("o{owner}"), format!("g{group}"));
        let option = option.replace(',', "");
        let script = script(&json!({
            id.clone(): {"guestpath": place, "owner": owner, "group": group, "mount_options": [option]},
        }));
        let guest = Guest::new();
        let output = guest.run(&["sh"], &script);
        prop_assert!(output.status.success(), "{output:?}");
        let name: String = id
            .chars()
            .map(|c| if c.is_whitespace() || c == '\\' { '_' } else { c })
            .collect();
        let name = name.strip_prefix('_').unwrap_or(&name).to_owned();
        let options = format!("{option},uid=1001,gid=1002,_netdev");
        prop_assert_eq!(guest.calls(), [
            vec![words(&["id", "-u", &owner]), words(&["getent", "group", &group]), words(&["mkdir", "-p", "--", &place]), words(&["sleep", "0"])],
            vec![[words(&["mount"]), mounted(&options, &name, &place)].concat()],
        ].concat());
        let files: Vec<_> = fs::read_dir(guest.folder.path()).expect("a folder")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
            .filter(|name| !["bin", "mounts", "record", "command"].contains(&name.as_str()))
            .collect();
        prop_assert!(files.is_empty() && !Path::new("pwned").exists(), "{files:?}");
    }
}
