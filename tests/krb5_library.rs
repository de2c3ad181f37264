//! boxdoctor beside MIT's own library: the same verdict and the same tree for every file.
//!
//! Needs the package libkrb5-3. `KRB5_SEED` and `KRB5_FILES` choose other files, and more of them.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/byte_table.rs"]
mod byte_table;
#[path = "support/krb5_answer.rs"]
mod krb5_answer;
#[path = "support/krb5_case.rs"]
mod krb5_case;
#[path = "support/krb5_includes.rs"]
mod krb5_includes;
#[path = "support/krb5_interesting.rs"]
mod krb5_interesting;
#[path = "support/krb5_recorded.rs"]
mod krb5_recorded;
#[path = "support/krb5_traps.rs"]
mod krb5_traps;
#[path = "support/libkrb5.rs"]
mod libkrb5;
#[path = "support/mutate.rs"]
mod mutate;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use boxdoctor::escape::escape;
use boxdoctor::krb5::{self, Release};
use boxdoctor::observe::local_krb5::Disk;
use krb5_answer::Answer;
use krb5_case::{Case, MAIN};
use krb5_recorded::Recorded;
use libkrb5::Libkrb5;
use mutate::{Random, WHOLE, mutated, scribbled};

/// How many files are changed and compared, unless told otherwise.
const FILES: u64 = 100_000;
/// Every so many of them include others.
const ONE_IN: u64 = 10;

const DISK: Disk = Disk { longest: 1 << 30 };

/// A folder in which paths without a folder lie, and the library. There is one current folder, so
/// one test at a time has it.
struct Bench {
    folder: tempfile::TempDir,
    library: Libkrb5,
    compared: usize,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::new(());

impl Bench {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Files in memory are written faster.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let bench = Bench {
            folder: folder.expect("a folder"),
            library: Libkrb5::load(),
            compared: 0,
            _turn: turn,
        };
        bench.clear();
        bench
    }

    /// Makes the current folder a new one, with nothing beside it.
    fn clear(&self) {
        let at = self.folder.path().join("case");
        let _ = std::fs::remove_dir_all(&at);
        std::fs::create_dir(&at).expect("a folder");
        std::env::set_current_dir(at).expect("a current folder");
    }

    /// The one answer of the library and of boxdoctor, with a disk and without.
    fn agreed(&mut self, name: &str, case: &Case) -> Answer {
        if case.files.len() > 1 {
            self.clear();
        }
        case.lay_out(Path::new("."));
        let path = case.asked.as_bytes();
        let theirs = self.library.answer(path);
        let ours = Answer::of(&krb5::read(path, &DISK, Release::default()));
        let in_memory = case.answer(Release::default());
        for (what, ours) in [("on disk", ours), ("in memory", in_memory)] {
            if ours != theirs {
                let mut files = String::new();
                for (path, content) in &case.files {
                    files.push_str(&format!("--- {path}\n{}\n", escape(content)));
                }
                panic!("{name}, {what}\n{files}=== libkrb5 {theirs:#?}\n=== boxdoctor {ours:#?}");
            }
        }
        if case.files.len() > 1 {
            self.clear();
        }
        self.compared += 1;
        theirs
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// The case of this number, which is the same whenever it is asked for.
fn random_case(seed: u64, number: u64) -> Case {
    let mut random = Random::new(seed.wrapping_mul(1 << 32).wrapping_add(number));
    loop {
        let case = if number.is_multiple_of(ONE_IN) {
            krb5_includes::random(&mut random)
        } else {
            let whole = match number % 3 {
                0 => scribbled(&mut random),
                _ => random.one_of(&WHOLE).as_bytes().to_vec(),
            };
            Case::alone(mutated(&whole, &mut random))
        };
        if !case.leaves_its_folder() {
            return case;
        }
    }
}

#[test]
fn verdict_and_tree_are_the_same_whatever_happened_to_a_file() {
    let (seed, files) = (number("KRB5_SEED", 1), number("KRB5_FILES", FILES));
    println!("KRB5_SEED={seed} KRB5_FILES={files}");
    let mut bench = Bench::new();
    let mut verdicts: BTreeMap<String, u32> = BTreeMap::new();
    let mut answers = HashSet::new();
    for file in 0..files {
        let name = format!("KRB5_SEED={seed}, file {file}");
        let answer = bench.agreed(&name, &random_case(seed, file));
        answers.insert((answer.tree, answer.dump));
        *verdicts.entry(answer.verdict).or_default() += 1;
    }
    println!(
        "{} files, {} trees, {verdicts:?}",
        bench.compared,
        answers.len()
    );
    // Without a variety of answers nothing would be proved.
    assert!(verdicts.len() >= 9 && answers.len() > files as usize / 10);
}

#[test]
fn verdict_and_tree_are_the_same_for_what_the_facts_list() {
    let mut bench = Bench::new();
    for row in byte_table::rows() {
        for field in row.fields() {
            bench.agreed(&field.name, &field.case);
        }
    }
    for (name, case) in krb5_interesting::cases()
        .into_iter()
        .chain(krb5_includes::lines())
    {
        bench.agreed(&name, &case);
    }
}

#[test]
fn the_recorded_answers_are_those_of_the_library() {
    let mut bench = Bench::new();
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        record(&mut bench);
    }
    for kept in krb5_recorded::read() {
        assert_eq!(
            bench.agreed(&kept.name, &kept.case),
            kept.answer,
            "{}",
            kept.name
        );
    }
}

/// How many of the random files are kept for each verdict, and how long they may be (in bytes).
const KEPT: usize = 5;
const KEPT_ACCEPTED: usize = 30;
const LONGEST_KEPT: usize = 600;

/// The cases that are worth it, and of the random ones those that give an answer of their own.
fn record(bench: &mut Bench) {
    let mut recorded = Vec::new();
    let mut answers = HashSet::new();
    for (name, case) in krb5_interesting::cases() {
        let answer = bench.agreed(&name, &case);
        answers.insert((answer.tree.clone(), answer.dump.clone()));
        recorded.push(Recorded { name, case, answer });
    }
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for file in 0..5_000 {
        let case = random_case(1, file);
        if case.files.values().map(Vec::len).sum::<usize>() > LONGEST_KEPT {
            continue;
        }
        let name = format!("random file {file}");
        let answer = bench.agreed(&name, &case);
        let accepted = answer.verdict == "OK";
        let known = !answers.insert((answer.tree.clone(), answer.dump.clone()));
        let count = kept.entry(answer.verdict.clone()).or_default();
        if (accepted && known) || *count >= if accepted { KEPT_ACCEPTED } else { KEPT } {
            continue;
        }
        *count += 1;
        recorded.push(Recorded { name, case, answer });
    }
    krb5_recorded::write("libkrb5.so.3", recorded);
}

/// Runs it with so large a stack that the library, which calls itself for every level, has enough.
fn on_a_large_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(4 << 30).spawn(run);
    thread
        .expect("a thread")
        .join()
        .expect("it comes to its end");
}

fn nested(levels: usize) -> Vec<u8> {
    let mut file = b"[deep]\n".to_vec();
    for level in 0..levels {
        file.extend(format!("s{} = {{\nv = {level}\n", level % 7).bytes());
    }
    file
}

#[test]
fn deep_nesting_is_the_same() {
    on_a_large_stack(|| {
        let mut bench = Bench::new();
        bench.agreed("5,000 levels", &Case::alone(nested(5_000)));

        // Written out, so many levels would be indented by gigabytes.
        let levels = 90_000;
        for (end, verdict) in [
            (vec![b'\n'; 1], "OK"),
            (b"}\n".repeat(levels + 1), "PROF_EXTRA_CBRACE"),
        ] {
            let case = Case::alone([nested(levels), end].concat());
            case.lay_out(Path::new("."));
            let theirs = bench.library.tree(MAIN.as_bytes());
            let reading = krb5::read(MAIN.as_bytes(), &DISK, Release::default());
            let ours = krb5_answer::tree(&reading);
            assert_eq!(ours, theirs);
            assert_eq!(ours.err().unwrap_or("OK".to_owned()), verdict);
        }
    });
}

/// Whether this is the process with few files to open, in which the next test asks.
const FEW_FILES: &str = "KRB5_FEW_FILES";

#[test]
fn files_that_include_one_another_are_the_same() {
    let name = "files_that_include_one_another_are_the_same";
    if std::env::var_os(FEW_FILES).is_none() {
        // The library opens files until it may open no more, and then takes them from others.
        let status = Command::new("sh")
            .args(["-c", "ulimit -n 200 && exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().expect("this test"))
            .args(["--exact", name, "--nocapture"])
            .env(FEW_FILES, "1")
            .status();
        assert!(status.expect("a shell").success());
        return;
    }
    let mut bench = Bench::new();
    let others: [(&str, &[u8]); 2] = [
        ("other.inc", b"[a]\nb = c\ninclude main.krb5\n"),
        ("drop/plain", b"includedir drop\n"),
    ];
    for (main, code) in [
        ("include main.krb5\n", "PROF_FAIL_INCLUDE_FILE"),
        ("[a]\nb = {\ninclude main.krb5\n", "PROF_FAIL_INCLUDE_FILE"),
        ("include ./main.krb5\n", "PROF_FAIL_INCLUDE_FILE"),
        ("include other.inc\n", "PROF_FAIL_INCLUDE_FILE"),
        ("includedir drop\n", "PROF_FAIL_INCLUDE_DIR"),
    ] {
        let answer = bench.agreed(main, &Case::of(main, &others));
        assert_eq!(answer, Answer::refusal(code), "{main}");
    }
}

/// Whether this is the process whose configuration is asked for.
const SAYS: &str = "KRB5_SAYS";

#[test]
fn programs_say_of_every_code_what_boxdoctor_says() {
    let name = "programs_say_of_every_code_what_boxdoctor_says";
    if std::env::var_os(SAYS).is_some() {
        println!("says: {:?}", Libkrb5::load().said_at_the_start());
        return;
    }
    let mut bench = Bench::new();
    let mut asked = HashSet::new();
    for (what, case) in krb5_interesting::cases() {
        // Asking for a module loads it.
        let fault = krb5::read(case.asked.as_bytes(), &case, Release::default()).fault;
        let Some(code) = fault.map(|fault| fault.code) else {
            continue;
        };
        if code == krb5::Code::Module || case.asked != MAIN || !asked.insert(code.name()) {
            continue;
        }
        bench.agreed(&what, &case);
        case.lay_out(Path::new("."));
        let output = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", name, "--nocapture"])
            .env(SAYS, "1")
            .env("KRB5_CONFIG", MAIN)
            .output()
            .expect("this test again");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = format!("says: Some(\"{}\")", code.said_by_kinit());
        assert!(said.contains(&expected), "{expected} of {what}: {said}");
    }
    assert_eq!(asked.len(), 7, "{asked:?}");
}
