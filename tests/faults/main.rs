//! What a repair survives: the connection cut, the guest restarted and boxdoctor killed, at every
//! boundary between steps and at random moments, on light guests of the lab; and what fails in the
//! guest itself. After each, the next repair must reach health or refuse clearly, and leave nothing.
//!
//! Needs root and what `tests/lab/run build` makes. `LAB_SEED` repeats the moments of a run whose seed
//! was printed, and `LAB_MOMENTS` says how many there are.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

mod doctor;
mod fault;
mod guest;
mod inside;
mod proxy;
mod reference;
mod trial;

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fault::{Chance, Fault, When};
use libtest_mimic::{Arguments, Trial};
use reference::Reference;

/// The broken guests that are repaired, as the lab calls them, and what their repair is allowed.
const STATES: [(&str, &[&str]); 3] = [
    ("headers-missing", &[]),
    ("debian-headers-missing", &[]),
    (
        "locked-kernel",
        &["--allow-kernel-change", "--allow-reboot"],
    ),
];

/// Whose turn it is at a random moment: the longest repair is met less often.
const TURNS: [usize; 5] = [0, 1, 2, 0, 1];

/// Moments of each fault, where nobody says how many.
const MOMENTS: u64 = 50;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect(variable))
}

fn main() {
    let mut arguments = Arguments::from_args();
    // A trial mostly waits.
    arguments.test_threads.get_or_insert(4);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = number("LAB_SEED").unwrap_or_else(|| now.map_or(1, |now| now.as_secs()));
    let moments = number("LAB_MOMENTS").unwrap_or(MOMENTS);
    println!("LAB_SEED={seed} LAB_MOMENTS={moments}");

    let references = references();
    let mut trials: Vec<Trial> = inside::all()
        .into_iter()
        .map(|(name, run)| Trial::test(name, move || run().map_err(Into::into)))
        .collect();
    for fault in Fault::ALL {
        for reference in &references {
            let state = reference.state;
            for boundary in 1..=reference.boundaries {
                trials.push(trial(
                    format!("{fault}-at-boundary-{boundary}-of-{state}"),
                    reference,
                    fault,
                    move |_| When::Boundary(boundary),
                    seed,
                ));
            }
        }
        for moment in 0..moments {
            let reference = references[TURNS[moment as usize % TURNS.len()]];
            trials.push(trial(
                format!("{fault}-at-moment-{moment}-of-{}", reference.state),
                reference,
                fault,
                move |chance| {
                    if fault == Fault::Cut && chance.below(2) == 0 {
                        When::Byte(chance.below(reference.bytes))
                    } else {
                        let took = reference.took.as_millis() as u64;
                        When::After(Duration::from_millis(chance.below(took)))
                    }
                },
                seed,
            ));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// All at the same time: they mostly wait.
fn references() -> Vec<&'static Reference> {
    let begun = STATES.map(|(state, allowed)| thread::spawn(|| Reference::of(state, allowed)));
    begun
        .into_iter()
        .map(|thread| {
            let reference = thread.join().expect("no panic");
            &*Box::leak(Box::new(reference.expect("a repair without a fault")))
        })
        .collect()
}

fn trial(
    name: String,
    reference: &'static Reference,
    fault: Fault,
    when: impl Fn(&mut Chance) -> When + Send + 'static,
    seed: u64,
) -> Trial {
    let own = name.clone();
    Trial::test(name, move || {
        let mut chance = Chance::new(seed, &own);
        let when = when(&mut chance);
        trial::run(&own, reference, fault, when, &mut chance)
            .map_err(|problem| format!("LAB_SEED={seed}: {fault} at {when:?}: {problem}").into())
    })
}
