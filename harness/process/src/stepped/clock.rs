//! How long a program may take: real time, by which no run is judged.
#![expect(
    clippy::disallowed_types,
    reason = "a program that does not answer must not hold a run up"
)]

use std::time::{Duration, Instant};

/// An instant by which something must have happened.
#[derive(Copy, Clone, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// So far from now.
    pub fn after(limit: Duration) -> Deadline {
        Deadline(Instant::now() + limit)
    }

    /// How much time is left, if any is.
    pub fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}
