//! What one liar has said so far, as far as its lies come back to it.

use crate::id::NodeId;
use crate::runtime::lies::{Saying, label};
use crate::schedule::{Fate, Schedule, Transit, Trouble};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many of its last messages a liar chooses among.
const KEPT: usize = 64;

/// A message that was sent.
#[derive(Debug)]
pub struct Said {
    pub transit: Transit,
    pub frame: Vec<u8>,
}

/// What one liar has said.
#[derive(Debug, Default)]
pub struct Past {
    /// Whether it chooses among the last, and these.
    chooses: bool,
    last: VecDeque<Said>,
    /// The messages that strikes name.
    named: BTreeSet<Transit>,
    known: BTreeMap<Transit, Vec<u8>>,
    /// Whether it lies in messages of some kind alone, and the kinds in the order of their first
    /// use.
    is_selective: bool,
    kinds: Vec<Option<String>>,
}

impl Past {
    /// What will have to be kept of what the node says.
    pub fn of(schedule: &Schedule, liar: NodeId) -> Past {
        let mut past = Past::default();
        for disturbance in &schedule.disturbances {
            match &disturbance.trouble {
                Trouble::Lie { node, how, .. } if *node == liar => {
                    past.chooses |= how.way.needs_the_past();
                    past.is_selective |= how.kind.is_some();
                }
                Trouble::Strike { from, network, fate, .. } if *from == liar => {
                    let named =
                        |(to, number)| Transit { from: liar, to, network: *network, number };
                    past.named.extend(source(*fate).map(named));
                }
                _ => {}
            }
        }
        past
    }

    pub fn is_needed(&self) -> bool {
        self.chooses || self.is_selective || !self.named.is_empty()
    }

    /// It sends this.
    pub fn hear(&mut self, saying: &Saying<'_>) {
        let transit = saying.transit;
        if self.named.contains(&transit) {
            self.known.insert(transit, saying.frame.to_vec());
        }
        if self.is_selective {
            let kind = label(saying);
            if !self.kinds.contains(&kind) {
                self.kinds.push(kind);
            }
        }
        if self.chooses {
            // One more than are chosen among: the last is the one that is being sent.
            self.last.truncate(KEPT);
            self.last.push_front(Said { transit, frame: saying.frame.to_vec() });
        }
    }

    /// The messages before this one on its network, the last first.
    pub fn before(&self, saying: &Saying<'_>) -> impl Iterator<Item = &Said> {
        let now = saying.transit;
        let before = move |said: &&Said| said.transit != now && said.transit.network == now.network;
        self.last.iter().filter(before)
    }

    /// A message that was sent before.
    pub fn find(&self, transit: Transit) -> Option<&[u8]> {
        let last = self.last.iter().find(|said| said.transit == transit);
        let known = || self.known.get(&transit).map(Vec::as_slice);
        last.map(|said| &said.frame[..]).or_else(known)
    }

    /// The how-manieth kind of message this is, from 1.
    pub fn kind(&self, saying: &Saying<'_>) -> Option<u32> {
        let kind = label(saying);
        let place = self.kinds.iter().position(|known| *known == kind)?;
        Some(place as u32 + 1)
    }
}

/// The earlier message that a fate names.
fn source(fate: Fate) -> Option<(NodeId, u32)> {
    match fate {
        Fate::Earlier { meant_for, earlier, .. } | Fate::Replay { meant_for, earlier, .. } => {
            Some((meant_for, earlier))
        }
        _ => None,
    }
}
