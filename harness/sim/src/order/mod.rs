//! Orders of arrival: what chooses, within the latencies of the schedule, when each frame arrives.
//! The usual order has no scheduler: each latency is drawn by itself, by the hash of the message.
//!
//! A scheduler cannot leave the model: it says how long a frame takes, between the least and the
//! greatest latency, and timers, faults and clients go on as ever.

mod chains;
mod fifo;
mod lag;
mod pctcp;
mod pos;
mod rounds;
mod steady;
mod world;

use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Frame, Order, Transit};
use pepperland_core::seed::{Stream, mix};
use pepperland_core::time::{Span, Time};
use serde_json::Value;

/// A frame that is put on the network.
#[derive(Copy, Clone, Debug)]
pub struct Sending {
    /// Its number in the run, from 1.
    pub id: u64,
    /// Its link, and its number there.
    pub transit: Transit,
    /// When.
    pub at: Time,
    /// The frame that its sender was handling, if it was one.
    pub cause: Option<u64>,
}

/// What chooses when frames arrive.
pub trait Scheduler {
    /// How long a frame to another node takes, within the bounds of the network.
    fn latency(&mut self, sending: &Sending) -> Span;

    /// The frame in this slot is on its way, and may arrive at any instant between these two; its
    /// arrival is planned for the third.
    fn launched(&mut self, slot: u32, to: NodeId, window: (Time, Time), due: Time) {
        let _ = (slot, to, window, due);
    }

    /// Whether what arrives in this slot is to arrive now: false if it has been put off.
    fn is_due(&mut self, slot: u32, now: Time) -> bool {
        let _ = (slot, now);
        true
    }

    /// A node has handled a frame: the frames that arrive at other instants than planned so far.
    fn handled(&mut self, node: NodeId, now: Time) -> Vec<(u32, Time)> {
        let _ = (node, now);
        Vec::new()
    }

    /// What there is to tell of the whole run.
    fn told(&self) -> Option<Value> {
        None
    }
}

/// The scheduler of a schedule; none if each latency is drawn by itself.
pub fn scheduler(header: &Frame) -> Option<Box<dyn Scheduler>> {
    let draw = Draw { seed: header.seed.child("order", 0).0, bounds: Bounds::of(header) };
    match header.order {
        Order::Uniform => None,
        Order::Steady => Some(Box::new(steady::Steady::new(draw))),
        Order::Fifo { delays, among } => Some(Box::new(fifo::Fifo::new(draw, delays, among))),
        Order::Lag { few, of } => Some(Box::new(lag::Lag::new(draw, few, of))),
        Order::Pos => Some(Box::new(pos::Pos::new(draw))),
        Order::Pctcp { depth, among } => Some(Box::new(pctcp::Pctcp::new(draw, depth, among))),
        Order::Rounds => Some(Box::new(rounds::Rounds::new(draw))),
    }
}

/// The least and the greatest latency.
#[derive(Copy, Clone, Debug)]
struct Bounds {
    least: Span,
    greatest: Span,
}

impl Bounds {
    fn of(header: &Frame) -> Bounds {
        let least = header.network.min_latency;
        Bounds { least, greatest: header.network.max_latency.max(least) }
    }

    fn width(&self) -> Span {
        self.greatest - self.least
    }

    /// The latency that lies at this part of the way from the least to the greatest, in 2⁻³².
    fn at(&self, part: u32) -> Span {
        let way = u128::from(self.width().0) * u128::from(part) / u128::from(u32::MAX);
        self.least + Span(way as u64)
    }
}

/// What a scheduler draws from. Draws are keyed by what they are about, so that they do not depend
/// on how many were made before.
#[derive(Copy, Clone, Debug)]
struct Draw {
    seed: u64,
    bounds: Bounds,
}

impl Draw {
    /// The stream that belongs to a key.
    fn stream(&self, key: u64) -> Stream {
        Stream::keyed(mix(self.seed ^ mix(key)))
    }

    /// The stream that belongs to a message, and to a how-manieth draw for it.
    fn of(&self, transit: &Transit, draw: u64) -> Stream {
        let link = u64::from(transit.from.0) << 32 | u64::from(transit.to.0);
        self.stream(mix(link) ^ u64::from(transit.number) << 16 ^ draw)
    }

    /// So many of the first frames of the run, in no order; fewer if the same is drawn twice.
    fn places(&self, many: u32, among: u32) -> Vec<u64> {
        let mut stream = self.stream(u64::MAX);
        (0..many).map(|_| stream.between(1, among.into())).collect()
    }
}
