//! What a user hears when boxdoctor itself is broken. No input is known that breaks it, so this program
//! is its own broken boxdoctor: started with the name of a mistake, it makes that mistake in the frame
//! that the real one runs in.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};

use boxdoctor::command::crash;
use libtest_mimic::{Arguments, Failed, Trial};

const IN_MAIN: &str = "in-the-main-thread";
const IN_ANOTHER: &str = "in-a-thread-that-nobody-waits-for";
const IN_BOTH: &str = "in-a-thread-that-is-waited-for";
const NOWHERE: &str = "nowhere";

fn main() -> ExitCode {
    let mistake = std::env::args().nth(1).unwrap_or_default();
    if [IN_MAIN, IN_ANOTHER, IN_BOTH, NOWHERE].contains(&mistake.as_str()) {
        return crash::guarded(|| make(&mistake));
    }
    let trials = [
        ("a_panic_says_how_to_report_it", IN_MAIN),
        (
            "a_panic_in_a_thread_is_told_and_ends_in_the_same_status",
            IN_ANOTHER,
        ),
        ("a_panic_that_causes_another_is_told_once", IN_BOTH),
    ]
    .map(|(name, mistake)| Trial::test(name, move || told(mistake)));
    let mut trials = Vec::from(trials);
    trials.push(Trial::test("without_a_panic_nothing_is_told", untroubled));
    trials.push(Trial::test("nobody_listens", nobody_listens));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// As a check that has failed would end, if there were no mistake.
const STATUS: u8 = 1;

fn make(mistake: &str) -> ExitCode {
    // What a thread holds is given back.
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            let _ = writeln!(std::io::stderr(), "given back");
        }
    }
    let _held = Held;
    let ask = || {
        let answer = serde_json::from_str::<u8>("\"hunter2\"");
        answer.expect("a number of \u{1b} boxes")
    };
    match mistake {
        IN_MAIN => panic!("the box is empty"),
        IN_ANOTHER => drop(std::thread::spawn(ask).join()),
        IN_BOTH => drop(std::thread::spawn(ask).join().expect("an answer")),
        _ => {}
    }
    ExitCode::from(STATUS)
}

fn broken(mistake: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .arg(mistake)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

fn told(mistake: &str) -> Result<(), Failed> {
    let output = broken(mistake).output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.matches("panicked").count(), 1, "{said}");
    assert_eq!(said.matches("given back\n").count(), 1, "{said}");
    let what = match mistake {
        IN_MAIN => ": the box is empty (version ",
        _ => ": a number of \\x1B boxes: Error(… (version ",
    };
    for part in [
        what,
        boxdoctor::version::long(),
        "`boxdoctor capture -o box.toml`",
        "attach it",
        "`boxdoctor fix`",
        "`boxdoctor undo`",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let place = said.replace('\\', "/");
    assert!(
        place.starts_with("boxdoctor: panicked at tests/crash.rs:"),
        "{said}"
    );
    let ours = said.lines().filter(|line| line.starts_with("boxdoctor: "));
    assert_eq!(ours.count(), 3, "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    Ok(())
}

fn untroubled() -> Result<(), Failed> {
    let output = broken(NOWHERE).output()?;
    assert_eq!(output.status.code(), Some(i32::from(STATUS)));
    assert_eq!(String::from_utf8(output.stderr)?, "given back\n");
    Ok(())
}

fn nobody_listens() -> Result<(), Failed> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let mut command = broken(IN_MAIN);
    command.stderr(writer).stdout(Stdio::null());
    assert_eq!(command.status()?.code(), Some(2));
    Ok(())
}
