//! The orders that one server has from clients: which wait, which are decided, and which proposals
//! it can verify.
//!
//! ```text
//! On order o of a client, with its own authenticator right and t in the window:
//!                                decided before:  tell the client again
//!                                else pending += o
//! ```

use crate::byzantine::difato::messages::Order;
use crate::byzantine::difato::planted::Planted;
use crate::byzantine::keys::{Digest, KeyRing};
use crate::byzantine::ordering::times::{OVERTAKEN, WINDOW};
use crate::byzantine::ordering::{Act, Book, Decided, Server};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Which of whose messages: (client, t).
type Key = (NodeId, u64);

/// The orders at one server. What is decided is kept for ever, as the paper keeps its buffer.
pub struct Orders {
    /// The place of this server, for which entry it looks in a vector.
    place: usize,
    keys: Rc<KeyRing>,
    pending: BTreeMap<Key, Pending>,
    /// How many have come: the number of the next.
    came: u64,
    done: BTreeMap<Key, Decided<Order>>,
    /// By client: the lowest t that is not decided.
    lowest: BTreeMap<NodeId, u64>,
    planted: Planted,
}

/// An order that waits.
struct Pending {
    order: Rc<Order>,
    h: Digest,
    /// Its number among those that came.
    came: u64,
    /// How often another was decided since.
    overtaken: u32,
}

/// What a client's order comes to.
#[derive(Debug, Eq, PartialEq)]
pub enum Taken {
    /// It waits.
    Pending,
    /// It was decided before, so.
    Done(Decided<Order>),
    /// Its authenticator is wrong, or it is too far ahead.
    Refused,
}

impl Orders {
    /// None, at the server at this place, whose keys these are.
    pub fn new(place: usize, keys: Rc<KeyRing>) -> Orders {
        let (pending, done, lowest) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let planted = Planted::default();
        Orders { place, keys, pending, came: 0, done, lowest, planted }
    }

    /// The same with a flaw.
    pub fn planted(mut self, planted: Planted) -> Orders {
        self.planted = planted;
        self
    }

    /// On an order of a client.
    pub fn take(&mut self, order: Order) -> Taken {
        let (key, h) = (order.what.key(), self.planted.hash(&order.what));
        if !self.is_right(&order, &h) {
            return Taken::Refused;
        }
        let done = self.done.get(&key).filter(|_| !self.planted.skips_timestamps);
        if let Some(done) = done {
            return Taken::Done(done.clone());
        }
        if self.is_outside(key) {
            return Taken::Refused;
        }
        self.came += 1;
        let (came, order) = (self.came, Rc::new(order));
        self.pending.entry(key).or_insert(Pending { order, h, came, overtaken: 0 });
        Taken::Pending
    }

    /// Whether so many of the client's are under way that it must wait.
    fn is_outside(&self, (client, t): Key) -> bool {
        let taken = self.pending.keys().chain(self.done.keys());
        let is_past = |key: &Key| key.0 == client && key.1 > t;
        if self.planted.open_loop && taken.into_iter().any(is_past) {
            return true;
        }
        t >= self.lowest(client).saturating_add(WINDOW)
    }

    /// The lowest t of the client that is not decided.
    fn lowest(&self, client: NodeId) -> u64 {
        self.lowest.get(&client).copied().unwrap_or(1)
    }

    fn is_right(&self, order: &Order, h: &Digest) -> bool {
        order.is_right(self.place, &self.planted.authenticated(&order.what, h), &self.keys)
    }

    fn waiting(&self, order: &Order, h: &Digest) -> Option<&Rc<Order>> {
        let pending = self.pending.get(&order.what.key())?;
        (pending.h == *h).then_some(&pending.order)
    }
}

impl Book for Orders {
    type Order = Order;

    /// A leader sends the client's vector along.
    const COMES_LATER: bool = false;

    fn hash(&self, order: &Order) -> Digest {
        self.planted.hash(&order.what)
    }

    fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    fn is_done(&self, order: &Order) -> bool {
        !self.planted.skips_timestamps && self.done.contains_key(&order.what.key())
    }

    /// By its own entry of the vector, or because the client told it the same.
    fn can_verify(&self, order: &Order, h: &Digest) -> bool {
        self.planted.skips_macs || self.waiting(order, h).is_some() || self.is_right(order, h)
    }

    /// The vector of a proposal may be spoilt.
    fn as_told(&self, order: &Rc<Order>, h: &Digest) -> Rc<Order> {
        Rc::clone(self.waiting(order, h).unwrap_or(order))
    }

    fn oldest(&self) -> Option<Rc<Order>> {
        let oldest = self.pending.values().min_by_key(|pending| pending.came)?;
        Some(Rc::clone(&oldest.order))
    }

    fn finish(&mut self, decided: Decided<Order>) -> bool {
        let key = decided.order.what.key();
        self.pending.remove(&key);
        self.done.insert(key, decided);
        let mut lowest = self.lowest(key.0);
        while self.done.contains_key(&(key.0, lowest)) {
            lowest += 1;
        }
        self.lowest.insert(key.0, lowest);
        self.pending.values_mut().for_each(|pending| pending.overtaken += 1);
        self.pending.values().any(|pending| pending.overtaken > OVERTAKEN)
    }
}

impl Server<Orders> {
    /// On an order of a client.
    pub fn upon_order(&mut self, order: Order, now: Time) {
        let client = order.what.client;
        match self.orders().take(order) {
            Taken::Done(decided) => self.act(Act::Tell(client, decided)),
            Taken::Refused => {}
            Taken::Pending => self.upon_news(now),
        }
    }
}
