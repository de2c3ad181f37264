//! A shell whose programs only write down how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// What a command may call, and what hostile names try to call.
const PROGRAMS: [&str; 34] = [
    "apk",
    "apt-cache",
    "apt-get",
    "apt-mark",
    "awk",
    "canary",
    "cut",
    "dnf",
    "dpkg",
    "getent",
    "grep",
    "grubby",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "modprobe",
    "mount",
    "pacman",
    "pacman-conf",
    "rm",
    "rmdir",
    "rpm",
    "sed",
    "sleep",
    "sort",
    "sudo",
    "touch",
    "umount",
    "VBoxManage",
    "yum",
    "zypper",
    "cat",
];

pub struct Guest {
    folder: tempfile::TempDir,
}

/// How a program was called: its name, and its arguments.
pub type Call = Vec<String>;

impl Guest {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["bin", "here", "record"] {
            fs::create_dir(path(name)).expect("a folder");
        }
        // A file a call: both ends of a pipe write at the same time.
        let record = r#"printf '%s\0' "${0##*/}" "$@" >"$RECORD/$$""#;
        for name in PROGRAMS {
            let at = path("bin").join(name);
            fs::write(&at, format!("#!/bin/sh\n{record}\n")).expect("a program");
            fs::set_permissions(&at, fs::Permissions::from_mode(0o755)).expect("it may run");
        }
        Guest { folder }
    }

    /// Runs a command as a job does, from a file.
    pub fn run(&self, shell: &[&str], command: &str) -> Vec<Call> {
        let path = |name: &str| self.folder.path().join(name);
        let programs = path("bin");
        // Busybox prefers the programs that it brings itself.
        let ours = |name: &&str| format!("{name}() {{ {}/{name} \"$@\"; }}\n", programs.display());
        let ours: String = PROGRAMS
            .iter()
            .filter(|name| !name.contains('-'))
            .map(ours)
            .collect();
        fs::write(path("command"), format!("{ours}{command}\n")).expect("a file");
        // Before the shell is found by the path that it is given.
        let folders = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(shell[0]));
        let there = folders.iter().find(|path| path.exists());
        let output = Command::new(there.unwrap_or_else(|| panic!("there is no {shell:?}")))
            .args(&shell[1..])
            .arg(path("command"))
            .current_dir(path("here"))
            .env_clear()
            .env("PATH", &programs)
            .env("RECORD", path("record"))
            .output();
        output.unwrap_or_else(|error| panic!("{shell:?}: {error}"));
        let made = boxdoctor::files::names(&path("here"));
        assert_eq!(made, Vec::<String>::new(), "{command}");
        let calls = boxdoctor::files::names(&path("record")).into_iter();
        calls.map(|name| take(&path("record").join(name))).collect()
    }
}

/// The call that this file tells of, which is gone then.
fn take(record: &Path) -> Call {
    let words = fs::read(record).expect("it is there");
    fs::remove_file(record).expect("it can be removed");
    let words = String::from_utf8_lossy(&words);
    words.split_terminator('\0').map(str::to_owned).collect()
}
