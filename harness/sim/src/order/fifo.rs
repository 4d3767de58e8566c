//! Delay-bounded: the order of sending, but for a few frames that come as late as may be (Emmi,
//! Qadeer & Rakamarić, *Delay-Bounded Scheduling*, POPL 2011). Few delays are enough for most bugs,
//! and what they bring about is easy to follow.

use super::{Draw, Scheduler, Sending};
use pepperland_core::time::Span;

/// All frames take the least latency, but for those at a few places.
pub struct Fifo {
    draw: Draw,
    delayed: Vec<u64>,
    frames: u64,
}

impl Fifo {
    pub fn new(draw: Draw, delays: u32, among: u32) -> Fifo {
        Fifo { draw, delayed: draw.places(delays, among), frames: 0 }
    }
}

impl Scheduler for Fifo {
    fn latency(&mut self, _: &Sending) -> Span {
        self.frames += 1;
        match self.delayed.contains(&self.frames) {
            true => self.draw.bounds.greatest,
            false => self.draw.bounds.least,
        }
    }
}
