//! The sending half of a link that loses nothing: what is sent is numbered, and sent again until
//! its receiver has acknowledged it (stubborn links, made to end: Cachin, Guerraoui & Rodrigues,
//! *Introduction to Reliable and Secure Distributed Programming*, 2011, section 2.4).
//!
//! ```text
//! upon <Send | q, m>:   give m the next number for q;  trigger <fll Send | q, m>;
//!                       sent := sent + {(q, m)};  start the timer of q unless it runs
//! upon <Timeout | q>:   forall (q, m) in sent:  trigger <fll Send | q, m>
//!                       start the timer of q for twice as long
//! upon Ack(m) from q:   sent := sent - {(q, m)};  start the timer of q anew, or stop it
//! ```
//!
//! Departs from the source: it sends again for ever, and leaves acknowledgements to a remark. The
//! timer is there for each receiver, and waits longer each time in vain.

use crate::patience::{FIRST, Patience};
use pepperland_core::contract::Cx;
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What travels on a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Packet<M> {
    /// A message.
    Data {
        /// The sender's incarnation: it counts from 0 in each.
        incarnation: u32,
        /// The message's number among those from this sender to this receiver.
        number: u64,
        /// The least number that the receiver has not acknowledged: what is below it will not be
        /// sent again.
        oldest: u64,
        /// The message.
        m: M,
    },
    /// The message of this incarnation and number has arrived.
    Ack {
        /// The incarnation.
        incarnation: u32,
        /// The number.
        number: u64,
    },
}

/// What was sent to each node and is not acknowledged.
pub struct Stubborn<M> {
    receivers: BTreeMap<NodeId, Receiver<M>>,
    /// Flaw: numbers are all there is to tell messages apart.
    no_incarnation: bool,
}

struct Receiver<M> {
    next: u64,
    sent: BTreeMap<u64, M>,
    patience: Patience,
}

impl<M: Clone> Stubborn<M> {
    /// Nothing has been sent yet.
    pub fn new(no_incarnation: bool) -> Stubborn<M> {
        Stubborn { receivers: BTreeMap::new(), no_incarnation }
    }

    /// Keeps a message for `q` until it is acknowledged, and returns what to send.
    pub fn keep<N>(&mut self, q: NodeId, m: M, cx: &mut Cx<'_, N>) -> Packet<M> {
        let incarnation = self.incarnation(cx);
        let receiver = self.receivers.entry(q).or_insert_with(Receiver::new);
        if receiver.sent.is_empty() {
            cx.set_timer(q.0, receiver.patience.wait());
        }
        let number = receiver.next;
        receiver.next += 1;
        receiver.sent.insert(number, m.clone());
        Packet::Data { incarnation, number, oldest: receiver.oldest(), m }
    }

    /// The timer of `q` ran out: what to send again.
    pub fn again<N>(&mut self, q: NodeId, cx: &mut Cx<'_, N>) -> Vec<Packet<M>> {
        let incarnation = self.incarnation(cx);
        let Some(receiver) = self.receivers.get_mut(&q) else { return Vec::new() };
        cx.set_timer(q.0, receiver.patience.wait());
        let oldest = receiver.oldest();
        let data = |(number, m): (&u64, &M)| Packet::Data {
            incarnation,
            number: *number,
            oldest,
            m: m.clone(),
        };
        receiver.sent.iter().map(data).collect()
    }

    /// `q` has acknowledged the message of this incarnation and number.
    pub fn acknowledged<N>(
        &mut self,
        q: NodeId,
        (incarnation, number): (u32, u64),
        cx: &mut Cx<'_, N>,
    ) {
        if incarnation != self.incarnation(cx) {
            return;
        }
        let Some(receiver) = self.receivers.get_mut(&q) else { return };
        if receiver.sent.remove(&number).is_none() {
            return;
        }
        receiver.patience.reset();
        match receiver.sent.is_empty() {
            true => cx.cancel_timer(q.0),
            false => cx.set_timer(q.0, receiver.patience.wait()),
        }
    }

    fn incarnation<N>(&self, cx: &Cx<'_, N>) -> u32 {
        if self.no_incarnation { 0 } else { cx.incarnation() }
    }
}

impl<M> Receiver<M> {
    fn new() -> Receiver<M> {
        Receiver { next: 0, sent: BTreeMap::new(), patience: Patience::new(FIRST) }
    }

    /// The least number that is not acknowledged.
    fn oldest(&self) -> u64 {
        self.sent.first_key_value().map_or(self.next, |(number, _)| *number)
    }
}
