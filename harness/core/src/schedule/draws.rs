//! What the network draws from: one seed for the whole run, or from some instant on another, to see
//! what becomes of a run that has come so far.

use crate::schedule::{Disturbance, Fate, Frame, Schedule, Transit, Trouble};
use crate::seed::Seed;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// From an instant on, the network draws anew: latencies between these two and whatever
/// disturbances do by chance come from another seed, and no message suffers a fate of its own any
/// more.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reseed {
    /// From when on.
    pub at: Time,
    /// The other seed.
    pub seed: Seed,
    /// Least latency of a message from then on.
    pub min_latency: Span,
    /// Greatest latency of a message from then on.
    pub max_latency: Span,
}

impl Frame {
    /// The new draws, for what is sent at this instant; none if the run is not drawn anew, or not
    /// yet.
    pub fn reseeded(&self, now: Time) -> Option<&Reseed> {
        self.reseed.as_ref().filter(|reseed| reseed.at <= now)
    }

    /// The key of the network's choices about what is sent at this instant.
    pub fn seed_at(&self, now: Time) -> Seed {
        self.reseeded(now).map_or(self.seed, |reseed| reseed.seed)
    }

    fn drawn(&self, transit: &Transit, seed: Seed, now: Time) -> Span {
        let mut network = self.network;
        if let Some(controlled) = self.controlled.filter(|_| transit.is_controlled()) {
            network.min_latency = controlled.min_latency;
            network.max_latency = controlled.max_latency;
        } else if let Some(reseed) = self.reseeded(now) {
            network.min_latency = reseed.min_latency;
            network.max_latency = reseed.max_latency;
        }
        transit.latency(seed, &network)
    }
}

impl Schedule {
    /// How long a message takes that is sent at this instant, while nothing disturbs it.
    pub fn latency(&self, transit: &Transit, now: Time) -> Span {
        self.header.drawn(transit, self.header.seed_at(now), now)
    }

    /// How long a message takes from this instant on, at which a cut lets it go. One that is struck
    /// by a delay comes as much later.
    pub fn latency_once_healed(&self, transit: &Transit, now: Time) -> Span {
        let header = &self.header;
        let drawn = header.drawn(transit, header.seed_at(now).child("held", 0), now);
        match header.reseeded(now) {
            Some(_) => drawn,
            None => self
                .disturbances
                .iter()
                .filter_map(|d| struck_late(d, transit))
                .fold(drawn, |latency, by| latency + by),
        }
    }
}

fn struck_late(disturbance: &Disturbance, transit: &Transit) -> Option<Span> {
    match disturbance.trouble {
        Trouble::Strike { from, to, network, number, fate: Fate::Delay { by } } => {
            (Transit { from, to, network, number } == *transit).then_some(by)
        }
        _ => None,
    }
}
