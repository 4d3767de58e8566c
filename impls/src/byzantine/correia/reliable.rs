//! Reliable broadcast among liars, as an engine (Bracha, *An asynchronous [(n−1)/3]-resilient
//! consensus protocol*, PODC 1984).
//!
//! ```text
//! To R-broadcast v:                                        send (init, v) to all
//! On (init, v) from its origin, nothing echoed yet:        send (echo, v) to all
//! On (echo, v) from more than (n + f)/2 nodes,
//!    or (ready, v) from f + 1 nodes, no ready sent yet:    send (ready, v) to all
//! On (ready, v) from 2f + 1 nodes, nothing delivered yet:  R-deliver v
//! ```
//!
//! Assumes a channel that loses nothing and tells who sends; n > 3f. Two sets of more than
//! (n + f)/2 nodes share one that does not lie, and it echoes one value: all that are ready are
//! ready for the same. Of 2f + 1 that are ready f + 1 do not lie and tell everybody.
//! Each broadcast has a place, which stands in what is said: of an origin, one value is delivered
//! in a place. Departs from the source: a second echo or ready of a node in one place is ignored.
//! What is delivered is remembered for ever, though not who echoed it.

use crate::byzantine::correia::Rules;
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be broadcast: a value that says where it belongs.
pub trait Placed: Clone + Eq {
    /// Among the broadcasts of one origin.
    type Place: Ord;

    /// Its place; none if nobody who does not lie broadcasts such a thing from `origin`.
    fn place(&self, origin: NodeId) -> Option<Self::Place>;
}

/// What is said of a broadcast.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Said<W> {
    /// By its origin: this is broadcast.
    Init(Broadcast<W>),
    /// The origin says that it broadcasts this.
    Echo(Broadcast<W>),
    /// Enough nodes say so that nobody will be ready for anything else.
    Ready(Broadcast<W>),
}

/// What somebody broadcasts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Broadcast<W> {
    /// Its origin.
    pub by: NodeId,
    /// What is broadcast.
    pub what: W,
}

/// What comes of what was heard.
#[derive(Clone, Debug)]
pub struct Heard<W> {
    /// To be sent to all.
    pub say: Option<Said<W>>,
    /// R-delivered.
    pub delivered: Option<Broadcast<W>>,
}

/// Every broadcast that a node has heard of.
pub struct Reliable<W: Placed> {
    rules: Rules,
    broadcasts: BTreeMap<(NodeId, W::Place), Progress<W>>,
}

/// How far a broadcast has come here.
struct Progress<W> {
    echoed: bool,
    ready: bool,
    delivered: bool,
    echoes: BTreeMap<NodeId, W>,
    readies: BTreeMap<NodeId, W>,
}

impl<W> Default for Progress<W> {
    fn default() -> Progress<W> {
        let (echoes, readies) = (BTreeMap::new(), BTreeMap::new());
        Progress { echoed: false, ready: false, delivered: false, echoes, readies }
    }
}

impl<W: Placed> Reliable<W> {
    /// A node that has heard of nothing.
    pub fn new(rules: Rules) -> Reliable<W> {
        Reliable { rules, broadcasts: BTreeMap::new() }
    }

    /// On what a node says of a broadcast. What nobody says who does not lie is not heard.
    pub fn upon(&mut self, from: NodeId, said: Said<W>) -> Heard<W> {
        let mut heard = Heard { say: None, delivered: None };
        let (Said::Init(broadcast) | Said::Echo(broadcast) | Said::Ready(broadcast)) = &said;
        let by = broadcast.by;
        let place = broadcast.what.place(by).filter(|_| self.rules.knows(by));
        let Some(place) = place else { return heard };
        let rules = self.rules;
        let progress = self.broadcasts.entry((by, place)).or_default();
        match said {
            Said::Init(init) => {
                if from == by && !std::mem::replace(&mut progress.echoed, true) {
                    heard.say = Some(Said::Echo(init));
                }
            }
            _ if progress.delivered => {}
            Said::Echo(Broadcast { what, .. }) => {
                progress.echoes.entry(from).or_insert_with(|| what.clone());
                heard.say = progress.get_ready(rules, by, &what);
            }
            Said::Ready(Broadcast { what, .. }) => {
                progress.readies.entry(from).or_insert_with(|| what.clone());
                heard.say = progress.get_ready(rules, by, &what);
                heard.delivered = progress.deliver(rules, by, what);
            }
        }
        heard
    }
}

impl<W: Placed> Progress<W> {
    fn get_ready(&mut self, rules: Rules, by: NodeId, what: &W) -> Option<Said<W>> {
        let echoes = count(&self.echoes, what);
        let echoed = match rules.planted.few_echoes {
            true => echoes > rules.f,
            false => 2 * echoes > rules.n + rules.f,
        };
        let joins = !rules.planted.no_amplification && count(&self.readies, what) > rules.f;
        if self.ready || !(echoed || joins) {
            return None;
        }
        self.ready = true;
        Some(Said::Ready(Broadcast { by, what: what.clone() }))
    }

    fn deliver(&mut self, rules: Rules, by: NodeId, what: W) -> Option<Broadcast<W>> {
        let needed = if rules.planted.few_readies { rules.f + 1 } else { 2 * rules.f + 1 };
        if self.delivered || count(&self.readies, &what) < needed {
            return None;
        }
        self.delivered = true;
        self.echoes.clear();
        self.readies.clear();
        Some(Broadcast { by, what })
    }
}

fn count<W: Eq>(said: &BTreeMap<NodeId, W>, what: &W) -> usize {
    said.values().filter(|other| *other == what).count()
}
