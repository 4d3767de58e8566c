//! The network's own choices, drawn from a hash of (seed, link, message number): deleting one
//! step or disturbance does not reshuffle the others.

use crate::id::{NetworkId, NodeId};
use crate::schedule::{Disturbance, Fate, NetworkOptions, Trouble, Way};
use crate::seed::{PerMillion, Seed, Stream, mix};
use crate::time::Span;

/// One message on one link.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Transit {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// Over which network.
    pub network: NetworkId,
    /// The how-manieth message on that link since the start of the run, from 1.
    pub number: u32,
}

/// What a disturbance does to one message.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Harm {
    /// It is lost.
    Lost,
    /// It takes this much longer.
    Late(Span),
    /// It arrives again this much later.
    Doubled(Span),
    /// This bit of it (modulo its length) is changed.
    Corrupted(u64),
    /// It ends after so many of its bytes (modulo their number).
    Garbled(u64),
    /// Its sender lies, as the disturbance says; the draw chooses what is left open there.
    Lied(u64),
}

impl Transit {
    /// A message on the network that carries the application's messages.
    pub fn of_payload(from: NodeId, to: NodeId, number: u32) -> Transit {
        Transit { from, to, network: NetworkId::PAYLOAD, number }
    }

    /// The stream of choices of this message, under the key of one consumer.
    fn stream(&self, seed: Seed, key: u64) -> Stream {
        let link = u64::from(self.from.0) << 32 | u64::from(self.to.0);
        let link = link ^ u64::from(self.network.0) << 48;
        Stream::keyed(mix(mix(mix(seed.0 ^ link) ^ u64::from(self.number)) ^ key))
    }

    /// How long the message takes while nothing disturbs it. Messages to oneself do not overtake
    /// each other: they all take the least latency.
    pub fn latency(&self, seed: Seed, network: &NetworkOptions) -> Span {
        if self.from == self.to {
            return network.min_latency;
        }
        Span(self.stream(seed, 0).between(network.min_latency.0, network.max_latency.0))
    }

    /// What the disturbance, while it is at work, does to the message: nothing, if it does not
    /// concern the link or the draw spares the message. What depends on other messages is not
    /// decided here: cuts concern every message of a link, for as long as they last; how many were
    /// omitted in a row, and how long a link is busy, is known to whoever runs the schedule. A
    /// message to oneself is never disturbed, but for a strike that makes it late; nor is what goes
    /// over the controlled network, but for strikes that name it and for what a liar writes.
    pub fn harm(&self, seed: Seed, disturbance: &Disturbance) -> Option<Harm> {
        let trouble = &disturbance.trouble;
        if let Trouble::Strike { from, to, network, number, fate } = trouble {
            let meant = Transit { from: *from, to: *to, network: *network, number: *number };
            let struck = meant == *self
                && (from != to || self.is_write() || matches!(fate, Fate::Delay { .. }));
            return struck.then(|| self.strike(seed, *fate));
        }
        if !self.is_reached_by(trouble) {
            return None;
        }
        let mut stream = self.stream(seed, disturbance.key());
        let mut hit = |rate: PerMillion| stream.chance(rate);
        match trouble {
            Trouble::Lose { rate, .. } | Trouble::Omit { rate, .. } => {
                hit(*rate).then_some(Harm::Lost)
            }
            Trouble::Delay { least, most, rate, .. } => {
                hit(*rate).then(|| Harm::Late(Span(stream.between(least.0, most.0))))
            }
            Trouble::Duplicate { rate, most, .. } => {
                hit(*rate).then(|| Harm::Doubled(Span(stream.between(0, most.0))))
            }
            Trouble::Corrupt { rate, .. } => hit(*rate).then(|| Harm::Corrupted(stream.bits())),
            Trouble::Garble { rate, .. } => hit(*rate).then(|| Harm::Garbled(stream.bits())),
            // Who is in haste changes no message.
            Trouble::Lie { how, .. } if how.way == Way::Hasty => None,
            // Whether it lies depends on what it says, so that all hear the same.
            Trouble::Lie { how, .. } if how.way == Way::Equivocate => {
                Some(Harm::Lied(seed.0 ^ disturbance.key()))
            }
            // 32 bits, so that every reader of JSON can tell the draw.
            Trouble::Lie { rate, .. } => hit(*rate).then(|| Harm::Lied(stream.bits() >> 32)),
            _ => None,
        }
    }

    fn is_reached_by(&self, trouble: &Trouble) -> bool {
        match trouble {
            // A liar says one thing to all that read it; nothing else reaches the registers.
            Trouble::Lie { node, how, .. } if self.is_controlled() => {
                *node == self.from && self.from == self.to && how.to.is_none()
            }
            _ if self.is_controlled() => false,
            Trouble::Lie { node, how, .. } => {
                *node == self.from && self.from != self.to && how.concerns(self.to)
            }
            other => other.links().is_some_and(|links| links.contain(self.from, self.to)),
        }
    }

    /// Whether it goes over the controlled network.
    pub fn is_controlled(&self) -> bool {
        self.network == NetworkId::CONTROLLED
    }

    /// Whether it is a write as its writer makes it, before it fans out to its readers.
    pub fn is_write(&self) -> bool {
        self.is_controlled() && self.from == self.to
    }

    fn strike(&self, seed: Seed, fate: Fate) -> Harm {
        match fate {
            Fate::Lose => Harm::Lost,
            Fate::Delay { by } => Harm::Late(by),
            Fate::Duplicate { by } => Harm::Doubled(by),
            Fate::Corrupt => Harm::Corrupted(self.stream(seed, 1).bits()),
            Fate::Garble => Harm::Garbled(self.stream(seed, 1).bits()),
            Fate::Lie { draw } => Harm::Lied(u64::from(draw)),
            Fate::Earlier { .. }
            | Fate::Replay { .. }
            | Fate::Withhold
            | Fate::Stall { .. }
            | Fate::Spoil { .. } => Harm::Lied(0),
        }
    }
}

impl Disturbance {
    /// What keys the draws of this disturbance: its kind and its beginning, so that they stay the
    /// same when other disturbances are deleted.
    fn key(&self) -> u64 {
        let word = self.trouble.word().bytes().fold(0, |key, b| key << 8 ^ u64::from(b));
        let word = match &self.trouble {
            Trouble::Lie { how, .. } if how.way != Way::default() => mix(word ^ how.way as u64),
            _ => word,
        };
        mix(word ^ mix(self.at.0)) | 2
    }
}
