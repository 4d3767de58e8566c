//! Real time since the start of a run.
#![expect(clippy::disallowed_types, reason = "the process runtime lives in real time")]

use pepperland_core::time::Time;
use std::time::Instant;

/// The one clock of a run.
#[derive(Copy, Clone, Debug)]
pub struct WallClock(Instant);

impl WallClock {
    /// It starts now.
    pub fn start() -> WallClock {
        WallClock(Instant::now())
    }

    /// What it shows.
    pub fn now(&self) -> Time {
        Time(self.0.elapsed().as_nanos() as u64)
    }
}
