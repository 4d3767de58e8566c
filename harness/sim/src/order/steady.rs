//! Steady: each link has one latency for the whole run. A time-driven network; most links are as
//! fast or as slow as may be, for it is the extremes that make one node hear of a thing long before
//! another.

use super::{Draw, Scheduler, Sending};
use pepperland_core::schedule::Transit;
use pepperland_core::time::Span;

/// One latency for each link.
pub struct Steady {
    draw: Draw,
}

impl Steady {
    pub fn new(draw: Draw) -> Steady {
        Steady { draw }
    }
}

impl Scheduler for Steady {
    fn latency(&mut self, sending: &Sending) -> Span {
        let link = Transit { number: 0, ..sending.transit };
        let mut stream = self.draw.of(&link, 0);
        match stream.below(3) {
            0 => self.draw.bounds.least,
            1 => self.draw.bounds.greatest,
            _ => self.draw.bounds.at(stream.bits() as u32),
        }
    }
}
