//! Whatever the repair accepts, MIT's own library accepts too, and nothing but stray bytes is gone.
//!
//! Needs the package libkrb5-3. `KRB5_SEED` and `KRB5_FILES` choose other files, and more of them.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/krb5_answer.rs"]
mod krb5_answer;
#[path = "support/libkrb5.rs"]
mod libkrb5;
#[path = "support/mutate.rs"]
mod mutate;

use std::path::Path;

use boxdoctor::escape::escape;
use boxdoctor::krb5::repair::{Refusal, Repair, mend};
use boxdoctor::krb5::{Release, invisible};
use boxdoctor::observe::local_krb5::{Disk, path_bytes};
use libkrb5::Libkrb5;
use mutate::{Random, WHOLE, mutated};

/// How many files are changed, unless told otherwise.
const FILES: u64 = 50_000;

fn number(variable: &str, otherwise: u64) -> u64 {
    let set = std::env::var(variable).ok();
    set.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The file before the repair, put together again from what is left and what was taken out.
fn rebuilt(repair: &Repair) -> Vec<u8> {
    let mut bytes = repair.after.clone();
    for stray in &repair.removed {
        let gone = repair.before[stray.bytes.clone()].iter().copied();
        bytes.splice(stray.bytes.start..stray.bytes.start, gone);
    }
    bytes
}

#[test]
fn what_the_repair_accepts_the_library_accepts_and_the_rest_is_untouched() {
    let (seed, files) = (number("KRB5_SEED", 1), number("KRB5_FILES", FILES));
    println!("KRB5_SEED={seed} KRB5_FILES={files}");
    // Files in memory are written faster.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.expect("a folder");
    let path = folder.path().join("krb5.conf");
    let name = path_bytes(&path);
    let library = Libkrb5::load();
    let disk = Disk { longest: 1 << 24 };
    let (mut mended, mut broken, mut refused) = (0, 0, 0);
    for file in 0..files {
        let mut random = Random::new(seed.wrapping_mul(1 << 32).wrapping_add(file));
        let whole = random.one_of(&WHOLE).as_bytes().to_vec();
        let before = mutated(&whole, &mut random);
        std::fs::write(&path, &before).expect("it is written");
        let repair = match mend(&name, &before, &disk, Release::default()) {
            Ok(repair) => repair,
            Err(Refusal::NothingToMend) => continue,
            Err(_) => {
                refused += 1;
                continue;
            }
        };
        let shown = || format!("KRB5_SEED={seed}, file {file}\n{}", escape(&before));
        broken += u64::from(library.answer(&name).verdict != "OK");
        std::fs::write(&path, &repair.after).expect("it is written");
        let answer = library.answer(&name);
        assert_eq!(answer.verdict, "OK", "{}", shown());
        assert_eq!(repair.before, before, "{}", shown());
        if repair.transcoded.is_none() {
            assert_eq!(rebuilt(&repair), before, "{}", shown());
        }
        for stray in &repair.removed {
            let gone = &repair.source()[stray.bytes.clone()];
            let is_space = gone.iter().all(|byte| b" \t\r\x0B\x0C".contains(byte));
            assert!(
                is_space || invisible::position(gone).is_some(),
                "{}",
                shown()
            );
        }
        mended += 1;
    }
    println!("{mended} mended, of which the library had refused {broken}; {refused} left alone");
    // Without many of each kind nothing would be proved.
    assert!(mended > files / 50 && broken > files / 100 && refused > files / 100);
}
