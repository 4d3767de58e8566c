//! Rounds: what is sent in one round arrives together at its end, or never (communication closure;
//! Drăgoi, Enea, Ozkan, Majumdar & Niksic, *Testing Consensus Implementations Using Communication
//! Closure*, OOPSLA 2020). What never arrives is for the disturbances of the schedule to say, for
//! they alone know what the model allows: losses, and cuts.
//!
//! A round is as long as the latencies are apart, so that every frame can arrive at the end of the
//! round in which it is first able to. Within the end of a round the order is random.

use super::{Draw, Scheduler, Sending};
use pepperland_core::time::Span;

/// How much of a round is its end.
const END: u64 = 1_000;

/// Frames arrive at the end of a round.
pub struct Rounds {
    draw: Draw,
}

impl Rounds {
    pub fn new(draw: Draw) -> Rounds {
        Rounds { draw }
    }
}

impl Scheduler for Rounds {
    fn latency(&mut self, sending: &Sending) -> Span {
        let bounds = self.draw.bounds;
        let round = bounds.width().0;
        let end = round / END;
        if end == 0 {
            return bounds.least;
        }
        let length = round - end;
        let first = (sending.at + bounds.least).0;
        let arrival = first.next_multiple_of(length);
        let within = self.draw.of(&sending.transit, 0).below(end);
        Span(arrival - sending.at.0 + within)
    }
}
