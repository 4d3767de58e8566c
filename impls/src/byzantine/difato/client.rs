//! The client: it numbers its messages, asks for them again, and believes f + 1 servers.
//!
//! ```text
//! To multicast m:                t := t + 1;  send order (m, t), with a vector, to the believed
//!                                sequencer;  after T_resend, and ever more rarely, to all servers
//! On result (e, k, o) from s, with a right authenticator and k >= next, the first of s for k:
//!                                results(k) += (s, e, o)
//! When f + 1 servers say the same o for next:
//!                                deliver o;  next := next + 1;  o is asked for no longer
//!                                believed sequencer := that of the (f + 1)-th greatest epoch said
//! ```

use crate::byzantine::cast::Cast;
use crate::byzantine::difato::messages::{Order, Ordered, Outcome};
use crate::byzantine::difato::planted::Planted;
use crate::byzantine::difato::times::{LONGEST_RESEND, Times};
use crate::byzantine::keys::{Digest, KeyRing};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most that a message may ask for.
const LONGEST_ANSWER: u64 = 1 << 16;

/// A client.
pub struct Client {
    me: NodeId,
    cast: Cast,
    keys: Rc<KeyRing>,
    times: Times,
    /// How many messages it has multicast.
    t: u64,
    /// What it has multicast and not delivered.
    open: BTreeMap<u64, Open>,
    /// The next slot to deliver.
    next: u64,
    /// By slot, from the next on: what each server says.
    results: BTreeMap<u64, BTreeMap<NodeId, Told>>,
    /// The epoch whose leader is the believed sequencer.
    epoch: u64,
    /// How many servers are believed.
    believed: usize,
    planted: Planted,
}

struct Open {
    order: Order,
    /// The wait that runs.
    wait: Span,
}

struct Told {
    epoch: u64,
    h: Digest,
    order: Ordered,
}

impl Client {
    /// The client that has these keys.
    pub fn new(me: NodeId, cast: Cast, keys: Rc<KeyRing>, times: Times) -> Client {
        let (open, results) = (BTreeMap::new(), BTreeMap::new());
        let believed = cast.f + 1;
        let planted = Planted::default();
        Client { me, cast, keys, times, t: 0, open, next: 0, results, epoch: 0, believed, planted }
    }

    /// The same with a flaw.
    pub fn planted(mut self, planted: Planted) -> Client {
        if planted.one_result {
            self.believed = 1;
        }
        self.planted = planted;
        self
    }

    /// The server that is believed to lead.
    pub fn sequencer(&self) -> NodeId {
        self.cast.servers[(self.epoch % self.cast.servers.len() as u64) as usize]
    }

    /// To multicast m: what is sent to the believed sequencer, and how long is waited.
    pub fn multicast(&mut self, m: Message) -> (Order, Span) {
        self.t += 1;
        let (client, t, answer) = (self.me, self.t, wanted(&m));
        let what = Ordered { client, t, id: m.id, answer, body: m.body };
        let order = self.sealed(what);
        let wait = self.times.resend;
        self.open.insert(t, Open { order: order.clone(), wait });
        (order, wait)
    }

    fn sealed(&self, what: Ordered) -> Order {
        let over = self.planted.authenticated(&what, &self.planted.hash(&what));
        Order::sealed(what, &over, &self.cast.servers, &self.keys)
    }

    /// The wait for this one has run out: what is sent to all servers, and how long is waited now;
    /// nothing if it is no longer open.
    pub fn overdue(&mut self, t: u64) -> Option<(Order, Span)> {
        if self.planted.resend_is_new {
            self.renew(t);
        }
        let open = self.open.get_mut(&t)?;
        open.wait = Span(open.wait.0.saturating_mul(2)).min(LONGEST_RESEND);
        Some((open.order.clone(), open.wait))
    }

    /// The message of t is asked for by a timestamp of its own from now on.
    fn renew(&mut self, t: u64) {
        let Some(what) = self.open.get(&t).map(|open| open.order.what.clone()) else { return };
        self.t += 1;
        let order = self.sealed(Ordered { t: self.t, ..what });
        self.open.entry(t).and_modify(|open| open.order = order);
    }

    /// On a result of a server.
    pub fn upon_result(&mut self, from: NodeId, outcome: Outcome) {
        let is_server = self.cast.place(from).is_some();
        if outcome.slot < self.next || !is_server || !outcome.is_right(from, &self.keys) {
            return;
        }
        let Outcome { epoch, slot, order, .. } = outcome;
        let told = Told { epoch, h: self.planted.hash(&order), order };
        self.results.entry(slot).or_default().entry(from).or_insert(told);
    }

    /// What is delivered next, with its slot, if enough servers say so.
    pub fn take_ready(&mut self) -> Option<(u64, Ordered)> {
        let told = self.results.get(&self.next)?;
        let alike = |one: &Told| {
            let alike: Vec<&Told> = told.values().filter(|other| other.h == one.h).collect();
            (alike.len() >= self.believed).then_some(alike)
        };
        let mut alike = told.values().find_map(alike)?;
        alike.sort_unstable_by_key(|told| std::cmp::Reverse(told.epoch));
        let (epoch, order) = (alike[self.believed - 1].epoch, alike[0].order.clone());
        let slot = self.next;
        self.results.remove(&slot);
        (self.epoch, self.next) = (epoch, slot + 1);
        if order.client == self.me {
            self.close(&order);
        }
        Some((slot, order))
    }

    /// It is asked for no longer.
    fn close(&mut self, order: &Ordered) {
        match self.planted.resend_is_new {
            true => self.open.retain(|_, open| open.order.what.id != order.id),
            false => drop(self.open.remove(&order.t)),
        }
    }
}

/// How many bytes a result is to have besides: a message may ask for some by `{"answer":4096}`.
fn wanted(m: &Message) -> u32 {
    if m.body.0.first() != Some(&b'{') {
        return 0;
    }
    let asked: Option<serde_json::Value> = serde_json::from_slice(&m.body.0).ok();
    let answer = asked.and_then(|asked| asked.get("answer")?.as_u64()).unwrap_or_default();
    answer.min(LONGEST_ANSWER) as u32
}
