//! Lag: every frame takes the least latency or the greatest, the latter with one chance. Extremes
//! order frames in ways that draws from the whole range seldom do, and unlike a few delays among
//! the first frames they do so however long the run is.

use super::{Draw, Scheduler, Sending};
use pepperland_core::time::Span;

/// Frames that lag, each by itself.
pub struct Lag {
    draw: Draw,
    few: u64,
    of: u64,
}

impl Lag {
    pub fn new(draw: Draw, few: u32, of: u32) -> Lag {
        Lag { draw, few: few.into(), of: of.into() }
    }
}

impl Scheduler for Lag {
    fn latency(&mut self, sending: &Sending) -> Span {
        match self.draw.of(&sending.transit, 0).below(self.of) < self.few {
            true => self.draw.bounds.greatest,
            false => self.draw.bounds.least,
        }
    }
}
