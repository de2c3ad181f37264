//! The faults from outside, and the moments at which they come.

use std::fmt;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut, and for a while there is none.
    Cut,
    /// The guest starts again.
    Restart,
    /// boxdoctor is ended, as by a power cut of the host.
    Kill,
}

impl Fault {
    pub const ALL: [Fault; 3] = [Fault::Cut, Fault::Restart, Fault::Kill];
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Fault::Cut => "cut",
            Fault::Restart => "restart",
            Fault::Kill => "kill",
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub enum When {
    /// As soon as the journal has been written so often.
    Boundary(usize),
    /// So long after boxdoctor has begun.
    After(Duration),
    /// After so many bytes between boxdoctor and the guest.
    Byte(u64),
}

/// Chance that comes out the same for the same seed and name (SplitMix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64, name: &str) -> Self {
        let mixed = name.bytes().fold(seed, |mixed, byte| {
            (mixed ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        });
        Chance(mixed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}
