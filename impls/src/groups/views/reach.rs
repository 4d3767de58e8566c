//! Who is within reach both ways: every node tells every other again and again that it is there,
//! whom it hears, and where it stands (heartbeats, as in Chandra & Toueg 1996; mutual reachability
//! as what a partitionable service follows, Chockler, Keidar & Vitenberg 2001).
//!
//! ```text
//! Every period:                       countdown[q] := countdown[q] - 1 for each q
//!                                     send(q, (number, {r : countdown[r] > 0}, standing)) to each q
//! On receive((n, hears, standing)) from q, n greater than any before:
//!                                     if countdown[q] = 0 then patience[q] := patience[q] + 2
//!                                     countdown[q] := patience[q]
//! q is within reach of p:             countdown[q] > 0 and q hears p
//! ```
//!
//! A link that works one way only does not count. Where messages are late, nodes that are up are
//! out of reach for a while; patience grows with each mistake, up to a bound.

use pepperland_core::contract::ViewId;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long after one beat the next is sent.
pub const PERIOD: Span = Span::millis(30);

/// How many periods a beat is waited for at most, whatever mistakes were made.
const MOST_PATIENCE: u32 = 16;

/// What a node tells all others again and again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beat {
    incarnation: u32,
    number: u32,
    hears: Vec<NodeId>,
    standing: Standing,
}

impl Beat {
    /// Where its sender stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
}

/// Where a node stands.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it wants to be a member.
    pub wants: bool,
    /// Whether it takes part in rounds: it wants to be a member, is one, or has accepted to be.
    pub takes_part: bool,
    /// The view it is in.
    pub view: Option<ViewId>,
    /// Whether it has promised a round that has not led to a view yet.
    pub flushing: bool,
    /// The greatest number of a round that it has seen.
    pub seen: u64,
    /// How many multicasts of each member of its view it has.
    pub has: Vec<u64>,
}

/// What a node knows of the reach of all others.
pub struct Reach {
    me: NodeId,
    beats: u32,
    peers: BTreeMap<NodeId, Peer>,
    alone_at_first_suspicion: bool,
    is_alone: bool,
}

/// What is known of one of the others.
pub struct Peer {
    /// Which life of it.
    pub incarnation: u32,
    /// Where it stands.
    pub standing: Standing,
    number: u32,
    countdown: u32,
    patience: u32,
    hears_me: bool,
    forgotten: bool,
}

impl Reach {
    /// Nobody has been heard.
    pub fn new(setup: &Setup<'_>) -> Reach {
        let peer = || Peer {
            incarnation: 0,
            standing: Standing::default(),
            number: 0,
            countdown: 0,
            patience: patience(setup.max_latency),
            hears_me: false,
            forgotten: false,
        };
        let others = NodeId::first(setup.nodes).filter(|p| *p != setup.node);
        Reach {
            me: setup.node,
            beats: 0,
            peers: others.map(|p| (p, peer())).collect(),
            alone_at_first_suspicion: setup.flawed("alone-at-first-suspicion"),
            is_alone: false,
        }
    }

    /// These are within reach until the contrary shows.
    pub fn assume(&mut self, nodes: &[NodeId], standing: &Standing) {
        for (_, peer) in self.peers.iter_mut().filter(|(p, _)| nodes.contains(p)) {
            peer.standing = standing.clone();
            (peer.countdown, peer.hears_me) = (peer.patience, true);
        }
    }

    /// A period has passed.
    pub fn count_down(&mut self) {
        let falls_silent = self.peers.values().any(|peer| peer.countdown == 1);
        self.is_alone |= self.alone_at_first_suspicion && falls_silent;
        self.peers.values_mut().for_each(|peer| peer.countdown = peer.countdown.saturating_sub(1));
    }

    /// The next beat of a node that stands so.
    pub fn beat(&mut self, incarnation: u32, standing: Standing) -> Beat {
        self.beats += 1;
        let hears = self.peers.iter().filter(|(_, peer)| peer.countdown > 0).map(|(p, _)| *p);
        Beat { incarnation, number: self.beats, hears: hears.collect(), standing }
    }

    /// A beat has come. Whether it is newer than those before.
    pub fn hear(&mut self, from: NodeId, beat: &Beat) -> bool {
        let Some(peer) = self.peers.get_mut(&from) else { return false };
        let newer = (beat.incarnation, beat.number) > (peer.incarnation, peer.number);
        if newer {
            let mistaken = peer.countdown == 0 && peer.incarnation == beat.incarnation;
            let more = if mistaken && peer.number > 0 { 2 } else { 0 };
            peer.patience = (peer.patience + more).min(MOST_PATIENCE.max(peer.patience));
            peer.countdown = peer.patience;
            (peer.incarnation, peer.number) = (beat.incarnation, beat.number);
            peer.hears_me = beat.hears.contains(&self.me);
            peer.standing = beat.standing.clone();
        }
        newer
    }

    /// All others.
    pub fn others(&self) -> impl Iterator<Item = NodeId> {
        self.peers.keys().copied()
    }

    /// It is out of reach for good.
    pub fn forget(&mut self, node: NodeId) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.forgotten = true;
        }
    }

    /// Those within reach both ways.
    pub fn within(&self) -> impl Iterator<Item = (NodeId, &Peer)> {
        let is_heard = |peer: &Peer| peer.countdown > 0 && peer.hears_me && !peer.forgotten;
        let within = self.peers.iter().filter(move |(_, peer)| is_heard(peer) && !self.is_alone);
        within.map(|(p, peer)| (*p, peer))
    }
}

/// The least that is enough while nothing is late: a beat that was sent a period after the last
/// one arrives before the countdown runs out.
pub fn patience(max_latency: Span) -> u32 {
    (max_latency.0 / PERIOD.0) as u32 + 3
}

/// The least that is enough for an answer in a beat while nothing is late: a message goes there, and
/// the next beat, which knows of it, comes back.
pub fn patience_for_answers(max_latency: Span) -> u32 {
    patience(Span(max_latency.0.saturating_mul(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const N1: NodeId = NodeId(0);
    const N2: NodeId = NodeId(1);

    fn reach(node: NodeId) -> Reach {
        Reach::new(&Setup {
            node,
            nodes: 2,
            flaw: None,
            max_latency: Span::millis(50),
            register_latency: Setup::REGISTER_LATENCY,
        })
    }

    fn within(reach: &Reach) -> usize {
        reach.within().count()
    }

    #[test]
    fn a_link_that_works_one_way_only_is_no_reach() {
        let (mut n1, mut n2) = (reach(N1), reach(N2));
        n2.hear(N1, &n1.beat(0, Standing::default()));
        assert_eq!(within(&n2), 0, "n1 does not hear n2 yet");
        n1.hear(N2, &n2.beat(0, Standing::default()));
        assert_eq!(within(&n1), 1);
        n2.hear(N1, &n1.beat(0, Standing::default()));
        assert_eq!(within(&n2), 1);
    }

    #[test]
    fn whoever_is_silent_for_long_is_out_of_reach_and_is_given_more_time_the_next_time() {
        let mut n1 = reach(N1);
        n1.assume(&[N2], &Standing::default());
        let mut n2 = reach(N2);
        n2.assume(&[N1], &Standing::default());
        let first = n2.beat(0, Standing::default());
        n1.hear(N2, &first);
        let patience = patience(Span::millis(50));
        (0..patience).for_each(|_| n1.count_down());
        assert_eq!(within(&n1), 0);
        assert!(!n1.hear(N2, &first), "an old beat is no sign of life");
        n1.hear(N2, &n2.beat(0, Standing::default()));
        (0..patience + 1).for_each(|_| n1.count_down());
        assert_eq!(within(&n1), 1);
    }
}
