//! A huge log, one without end, and one that was made to hurt take neither the time nor the memory of
//! the one who looks at it, and nothing of them commands the terminal.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;

use std::io::Write;
use std::process::{Command, Stdio};

use memory::Watched;
use program::Desk;

const HUGE: usize = 200_000_000;
/// Without optimisation, looking at a line takes fifty times as long.
const MANY_LINES: usize = if cfg!(debug_assertions) {
    HUGE / 100
} else {
    HUGE
};

/// What the program makes of so many bytes, in which the piece is repeated, and of the end.
fn flooded(piece: &[u8], bytes: usize, end: &[u8]) -> Watched {
    let desk = Desk::new();
    let path = desk.path().join("flood.log");
    let mut file = std::fs::File::create(&path).expect("a file");
    let block = piece.repeat((1 << 20) / piece.len() + 1);
    let mut written = 0;
    while written < bytes {
        file.write_all(&block).expect("room");
        written += block.len();
    }
    file.write_all(end).expect("room");
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
    command
        .args(["check", "--log", "flood.log"])
        .current_dir(desk.path())
        .stdin(Stdio::null());
    let watched = memory::watch(&mut command);
    watched.costs_little(60);
    let is_harmless = |character: char| character == '\n' || !character.is_control();
    assert!(
        watched.stdout.chars().all(is_harmless),
        "{}",
        watched.stdout
    );
    watched
}

const CAUSE: &[u8] = b"\nmount: unknown filesystem type 'vboxsf'\n";

fn names_the_cause(watched: &Watched) {
    assert_eq!(watched.status, Some(1), "{}", watched.stdout);
    let said = &watched.stdout;
    assert!(said.contains("additions-missing"), "{said}");
}

#[test]
fn a_line_without_end_is_passed_over() {
    names_the_cause(&flooded(b"x", HUGE, CAUSE));
    names_the_cause(&flooded(b"\0", HUGE, CAUSE));
}

#[test]
fn lines_without_end_are_read() {
    names_the_cause(&flooded(b"\n", MANY_LINES, CAUSE));
    let talk = b"==> web: Get:14 http://archive.example.org jammy/main amd64 libc6-dev\r\n";
    names_the_cause(&flooded(talk, MANY_LINES, CAUSE));
}

#[test]
fn what_means_something_in_every_line_is_kept_in_part() {
    let all = b"    web: E: No space left on device\nNo package kernel-devel-3 available.\n\
        ==> a: VERR_VM_DRIVER_NOT_INSTALLED\n";
    assert_eq!(flooded(all, MANY_LINES / 4, CAUSE).status, Some(1));
}

#[test]
fn each_line_may_be_of_another_machine() {
    let mut lines = Vec::new();
    for number in 0..50_000 {
        writeln!(lines, "==> box{number}: No space left on device").expect("memory");
    }
    let watched = flooded(&lines, 1, CAUSE);
    assert_eq!(watched.status, Some(1));
}

#[test]
fn patterns_that_would_have_to_be_tried_again_and_again_cost_little() {
    let mount =
        b"mount -t vboxsf mount -t vboxsf Building the Building the module module vbox.c:1: ";
    assert!(flooded(mount, HUGE, b"\n").status.is_some());
    let many = b"Unable to find a match: kernel- kernel- exclud exclud E: E: linux-headers- \n";
    assert!(flooded(many, MANY_LINES / 4, b"").status.is_some());
}

#[test]
fn what_would_command_a_terminal_does_not_reach_it() {
    let line =
        b"\x1b]0;owned\x07\x1b[2J\xff\xfe\xe2\x80\xae mount: unknown filesystem type 'vboxsf' \
        \x1b[31m\xc2\x9b2J\x08\x08\x7f\n";
    names_the_cause(&flooded(line, 4_000, b""));
}
