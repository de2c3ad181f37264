//! A stream of unknown length, of which only the beginning is kept.

/// The first bytes of a stream, and how many there were in all.
#[derive(Debug)]
pub(super) struct Capture {
    kept: Vec<u8>,
    limit: usize,
    seen: u64,
}

impl Capture {
    /// Keeps at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            kept: Vec::new(),
            limit,
            seen: 0,
        }
    }

    /// Takes the next piece of the stream; what is beyond the limit is only counted.
    pub(super) fn push(&mut self, piece: &[u8]) {
        let room = self.limit - self.kept.len();
        self.kept.extend_from_slice(&piece[..piece.len().min(room)]);
        self.seen += piece.len() as u64;
    }

    /// How many bytes came by, kept or not.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// Whether bytes were dropped.
    pub(super) fn truncated(&self) -> bool {
        self.seen > self.kept.len() as u64
    }

    /// Hands the kept bytes over; what still comes is only counted.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.limit = 0;
        std::mem::take(&mut self.kept)
    }
}
