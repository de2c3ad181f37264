//! Measuring in turns.

use std::time::Duration;

/// The middle time of each, measured in turns, so that a busy moment hits all alike.
pub fn interleaved<const N: usize>(
    repetitions: usize,
    measured: [&dyn Fn() -> Duration; N],
) -> [Duration; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..repetitions {
        for (times, measure) in times.iter_mut().zip(measured) {
            times.push(measure());
        }
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}
