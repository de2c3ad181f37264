//! How long the whole program takes to name the cause in a log, and what memory it takes of one that
//! nobody would read.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement makes its own surroundings"
)]

mod peak;
mod table;
mod turns;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use table::in_rounds;
use turns::interleaved;

const REPETITIONS: usize = 11;

/// A log that people wait for, and one that takes all the room that a build server has.
const USUAL: usize = 10 << 20;
const HUGE: usize = 1 << 30;

/// What programs print while a box is made ready: of the log, most is like this.
const TALK: &[&str] = &[
    "==> web: Running provisioner: shell...",
    "    web: Get:14 http://archive.example.org/ubuntu jammy/main amd64 libc6-dev amd64 2.35-0ubuntu3 [2,099 kB]",
    "    web: Selecting previously unselected package libgpg-error-dev.",
    "    web: (Reading database ... 64521 files and directories currently installed.)",
    "    web: Preparing to unpack .../04-linux-libc-dev_5.15.0-91.101_amd64.deb ...",
    "    web: npm WARN deprecated request@2.88.2: request has been deprecated",
    "    web: [INFO] Downloading from central: https://repo.example.org/maven2/org/example/parent/1.2.3/parent-1.2.3.pom",
    "    web: src/parser.c:118:5: warning: implicit conversion changes signedness [-Wsign-conversion]",
    "    web: Notice: /Stage[main]/Shop/File[/etc/shop.conf]/ensure: defined content as '{md5}5d41402abc4b2a76b9719d911017c592'",
    "2024-02-01T10:11:12.1234567Z     web: Error: /Stage[main]/Shop/Exec[migrate]: failed to run",
    "[   12.345678] systemd[1]: Starting Flush Journal to Persistent Storage...",
    "  gcc -Wp,-MMD,/tmp/vbox.0/.regops.o.d -nostdinc -isystem /usr/lib/gcc/x86_64-linux-gnu/11/include -I/lib/modules/5.15.0-91-generic/build/include -D__KERNEL__ -DMODULE -c -o /tmp/vbox.0/regops.o /tmp/vbox.0/regops.c",
    "\u{1b}[0;32m    web: 没有可用软件包 vim-enhanced。\u{1b}[0m\r",
];

/// What is wrong, in the middle of it.
const CAUSE: &str = "No package kernel-devel-3.10.0-1127.el7.x86_64 available.\n";
const END: &str = "==> web: Mounting shared folders...
Vagrant was unable to mount VirtualBox shared folders. This is usually
/sbin/mount.vboxsf: mounting failed with the error: No such device
";

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    let usual = folder.path().join("usual.log");
    write(&usual, USUAL);
    let huge = folder.path().join("huge.log");
    write(&huge, HUGE);
    in_rounds(|table| {
        let [took] = interleaved(REPETITIONS, [&|| named(&usual)]);
        table.milliseconds("a: a log of 10 MB", took, 500.0);
        table.information("b: a log of 1 GB", named(&huge));
        let memory = peak::of(&mut check(&huge));
        table.megabytes("b: its memory", memory, 40.0);
    })
}

fn check(log: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
    command.args(["check", "--log"]).arg(log);
    command
}

/// How long the program takes, which has to name the cause.
fn named(log: &Path) -> Duration {
    let start = Instant::now();
    let output = check(log)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .expect("the program starts");
    let took = start.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    let root = said.lines().find(|line| line.starts_with("ERROR "));
    assert!(
        root.is_some_and(|root| root.starts_with("ERROR kernel-headers-missing")),
        "{said}"
    );
    took
}

fn write(path: &Path, size: usize) {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).expect("a file"));
    let mut written = 0;
    let mut is_told = false;
    for line in TALK.iter().cycle() {
        if written >= size {
            break;
        }
        if !is_told && written > size / 2 {
            file.write_all(CAUSE.as_bytes()).expect("room");
            is_told = true;
        }
        file.write_all(line.as_bytes()).expect("room");
        file.write_all(b"\n").expect("room");
        written += line.len() + 1;
    }
    file.write_all(END.as_bytes()).expect("room");
    file.flush().expect("room");
}
