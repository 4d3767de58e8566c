//! Time that passes while the command works. Runs never see it.
#![expect(clippy::disallowed_types, reason = "the command line reads the clock for its progress")]

use std::time::{Duration, Instant};

/// Time since a start.
#[derive(Copy, Clone, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
