//! A total time limit, shared by all the steps of one question.

use std::time::{Duration, Instant};

/// No question takes longer than this; it also keeps the clock arithmetic from overflowing.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A moment by which everything must be over.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment `duration` from now (at most a year).
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration.min(LONGEST))
    }

    /// The time left; zero when it has passed.
    pub fn remaining(&self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether the moment has passed.
    pub fn passed(&self) -> bool {
        self.remaining().is_zero()
    }

    /// The earlier of this deadline and `duration` from now.
    pub fn min(self, duration: Duration) -> Self {
        Self(self.0.min(Self::after(duration).0))
    }
}
