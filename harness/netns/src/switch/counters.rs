//! What has become of the frames, by link.

use crate::decide::{Change, Decision, Fate};

/// How many frames of one link suffered what. A frame may stand in several counts, but each that
/// was taken is in one of `cut`, `unplugged`, `lost`, `omitted`, `overflowed`, `carried`, or still
/// on its way; second copies are carried without having been taken.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct LinkCounters {
    /// Came to the switch for this link.
    pub taken: u64,
    /// Were handed to the receiver, second copies included.
    pub carried: u64,
    /// Met a cut, when they were sent or when they would have arrived.
    pub cut: u64,
    /// Met a pulled cable, at either end.
    pub unplugged: u64,
    /// Were lost by chance.
    pub lost: u64,
    /// Were omitted.
    pub omitted: u64,
    /// Found the queue of a throttle full.
    pub overflowed: u64,
    /// Were sent on their way with a delay, a throttle's included.
    pub delayed: u64,
    /// Were doubled.
    pub duplicated: u64,
    /// Had a bit changed, or their payload rewritten.
    pub corrupted: u64,
    /// Lost the end of their payload.
    pub garbled: u64,
    /// Got the address of another.
    pub forged: u64,
}

/// The counters of all links, and what belongs to none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Counters {
    nodes: usize,
    links: Vec<LinkCounters>,
    /// Frames to no node that there is: for a hardware address that we did not give.
    pub strays: u64,
}

impl Counters {
    pub(super) fn new(nodes: usize) -> Counters {
        Counters { nodes, links: vec![LinkCounters::default(); nodes * nodes], strays: 0 }
    }

    /// Those of one link.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn link(&self, from: usize, to: usize) -> &LinkCounters {
        &self.links[from * self.nodes + to]
    }

    pub(super) fn link_mut(&mut self, from: usize, to: usize) -> &mut LinkCounters {
        &mut self.links[from * self.nodes + to]
    }

    /// Each link with its counters: from, to, what it carried.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, &LinkCounters)> {
        let ends = |index: usize| (index / self.nodes, index % self.nodes);
        let all = self.links.iter().enumerate().map(move |(index, counters)| {
            let (from, to) = ends(index);
            (from, to, counters)
        });
        all.filter(|(from, to, _)| from != to)
    }

    /// The sum over all links.
    pub fn total(&self) -> LinkCounters {
        self.links.iter().fold(LinkCounters::default(), |mut sum, link| {
            sum.add(link);
            sum
        })
    }
}

impl LinkCounters {
    /// Notes what was decided about a frame; its changes apart, which may fail.
    pub(super) fn note(&mut self, decision: &Decision) {
        self.taken += 1;
        match decision.fate {
            Fate::Carried => {
                self.delayed += u64::from(!decision.delay.is_zero());
                self.duplicated += u64::from(!decision.copies.is_empty());
            }
            Fate::Cut => self.cut += 1,
            Fate::Lost => self.lost += 1,
            Fate::Omitted => self.omitted += 1,
            Fate::Overflowed => self.overflowed += 1,
        }
    }

    /// Notes a change that has been made.
    pub(super) fn note_change(&mut self, change: Change) {
        match change {
            Change::AnyBit(_) | Change::PayloadBit(_) | Change::Structured(_) => {
                self.corrupted += 1;
            }
            Change::Truncated(_) => self.garbled += 1,
            Change::Forged(_) => self.forged += 1,
        }
    }

    fn add(&mut self, other: &LinkCounters) {
        let LinkCounters { taken, carried, cut, unplugged, lost, omitted, .. } = other;
        let LinkCounters { overflowed, delayed, duplicated, corrupted, garbled, forged, .. } =
            other;
        self.taken += taken;
        self.carried += carried;
        self.cut += cut;
        self.unplugged += unplugged;
        self.lost += lost;
        self.omitted += omitted;
        self.overflowed += overflowed;
        self.delayed += delayed;
        self.duplicated += duplicated;
        self.corrupted += corrupted;
        self.garbled += garbled;
        self.forged += forged;
    }
}
