//! Frames that have been sent and not yet arrived.

use std::collections::BTreeMap;

/// A frame, between two nodes.
#[derive(Debug)]
pub struct Travelling {
    pub from: usize,
    pub to: usize,
    pub frame: Vec<u8>,
}

/// The frames on their way, by when they arrive (ns of the monotonic clock); those of one instant
/// in the order in which they set out.
#[derive(Debug, Default)]
pub struct OnTheWay {
    frames: BTreeMap<(u64, u64), Travelling>,
    departures: u64,
}

impl OnTheWay {
    pub fn send(&mut self, at: u64, travelling: Travelling) {
        self.frames.insert((at, self.departures), travelling);
        self.departures += 1;
    }

    /// When the next one arrives.
    pub fn next(&self) -> Option<u64> {
        self.frames.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next one, and when it should arrive, if it has by `now`.
    pub fn arrived(&mut self, now: u64) -> Option<(u64, Travelling)> {
        self.next().filter(|at| *at <= now)?;
        self.frames.pop_first().map(|((at, _), travelling)| (at, travelling))
    }

    pub fn len(&self) -> usize {
        self.frames.len()
    }
}
