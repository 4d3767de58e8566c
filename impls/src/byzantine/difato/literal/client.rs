//! The client as printed: it sends its message to the sequencer, and after T_resend to all; it delivers
//! what f + 1 servers vouch for, by number.
//!
//! ```text
//! To multicast m:                t := t + 1;  send order (m, t, v) to whoever sent the last result
//!                                after T_resend, and ever more rarely, to all servers
//! On result (n, m, voices):      f + 1 of the voices are right:  results(n) := m, if it has none
//! While results has the next number:  deliver it
//! ```

use crate::byzantine::cast::Cast;
use crate::byzantine::difato::literal::messages::Certificate;
use crate::byzantine::difato::messages::{Order, Ordered};
use crate::byzantine::keys::KeyRing;
use crate::byzantine::ordering::times::{LONGEST_RESEND, Times};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A client.
pub struct Client {
    me: NodeId,
    cast: Cast,
    keys: Rc<KeyRing>,
    times: Times,
    t: u64,
    /// What it has multicast and not delivered, and the wait that runs.
    open: BTreeMap<u64, (Order, Span)>,
    next: u64,
    results: BTreeMap<u64, Ordered>,
    sequencer: NodeId,
}

impl Client {
    /// The client that has these keys.
    pub fn new(me: NodeId, cast: Cast, keys: Rc<KeyRing>, times: Times) -> Client {
        let sequencer = cast.servers[0];
        let (open, results) = (BTreeMap::new(), BTreeMap::new());
        Client { me, cast, keys, times, t: 0, open, next: 0, results, sequencer }
    }

    /// To multicast m: what is sent, to whom, and how long is waited.
    pub fn multicast(&mut self, m: Message) -> (Order, NodeId, Span) {
        self.t += 1;
        let what = Ordered { client: self.me, t: self.t, id: m.id, answer: 0, body: m.body };
        let h = what.hash();
        let order = Order::sealed(what, &h, &self.cast.servers, &self.keys);
        self.open.insert(self.t, (order.clone(), self.times.resend));
        (order, self.sequencer, self.times.resend)
    }

    /// T_resend has passed: what is sent to all servers, and how long is waited now; nothing if it
    /// was delivered.
    pub fn overdue(&mut self, t: u64) -> Option<(Order, Span)> {
        let (order, wait) = self.open.get_mut(&t)?;
        *wait = Span(wait.0.saturating_mul(2)).min(LONGEST_RESEND);
        Some((order.clone(), *wait))
    }

    /// On a result.
    pub fn upon_result(&mut self, from: NodeId, result: Certificate) {
        if result.right(&self.cast.servers, &self.keys) > self.cast.f {
            self.sequencer = from;
            self.results.entry(result.number).or_insert(result.order);
        }
    }

    /// What is delivered next, with its number.
    pub fn take_ready(&mut self) -> Option<(u64, Ordered)> {
        let order = self.results.get(&self.next)?.clone();
        let number = self.next;
        self.next += 1;
        if order.client == self.me {
            self.open.remove(&order.t);
        }
        Some((number, order))
    }
}
