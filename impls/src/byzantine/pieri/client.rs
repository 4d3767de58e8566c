//! The client: it tells the others what it multicasts, proposes to the servers whatever it knows
//! of, and believes f + 1 of them.
//!
//! ```text
//! To multicast m:                send data (m, vector) to all other clients;  learn m
//! On data m, with a right authenticator of its origin:    learn m
//! To learn m, the first of its name:
//!                                known += m;  send proposal (m, vector) to all servers
//! After T_resend, and ever more rarely, while m is not delivered:
//!                                send data m, as it came, to all other clients
//! On decision (k, m) from s, with a right authenticator and k >= next, the first of s for k:
//!                                decisions(k) += (s, m)
//! When f + 1 servers say the same m for next:
//!                                deliver m as number next;  next := next + 1
//! ```

use crate::byzantine::cast::Cast;
use crate::byzantine::keys::{KeyRing, digest};
use crate::byzantine::ordering::times::LONGEST_RESEND;
use crate::byzantine::ordering::{Results, Times};
use crate::byzantine::pieri::messages::{Data, Decision, Proposal, Said};
use crate::byzantine::pieri::planted::Planted;
use pepperland_core::collections::Set;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a client does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Deed {
    /// It sends something to these nodes.
    Send(Rc<[NodeId]>, Said),
    /// It will be woken for the message that has this number here.
    Wake(u32, Span),
    /// It will not.
    Rest(u32),
    /// It delivers a message as this number.
    Deliver(u64, Message),
}

/// A client.
pub struct Client {
    /// Its place among the clients.
    place: usize,
    me: NodeId,
    cast: Cast,
    others: Rc<[NodeId]>,
    keys: Rc<KeyRing>,
    times: Times,
    /// How many messages it knew of: the number of the last.
    learnt: u32,
    /// By name: the number of what is known and not delivered.
    known: BTreeMap<MessageId, u32>,
    open: BTreeMap<u32, Open>,
    delivered: Set<MessageId>,
    results: Results<Message>,
}

struct Open {
    data: Data,
    /// The wait that runs.
    wait: Span,
}

impl Client {
    /// The client that has these keys; none if the node is no client.
    pub fn of(me: NodeId, cast: &Cast, keys: Rc<KeyRing>, times: Times) -> Option<Client> {
        let place = cast.clients.iter().position(|client| *client == me)?;
        Some(Client {
            place,
            me,
            others: cast.clients.iter().copied().filter(|client| *client != me).collect(),
            keys,
            times,
            learnt: 0,
            known: BTreeMap::new(),
            open: BTreeMap::new(),
            delivered: Set::default(),
            results: Results::new(cast.f + 1),
            cast: cast.clone(),
        })
    }

    /// The same with a flaw.
    pub fn planted(mut self, planted: Planted) -> Client {
        if planted.one_decision {
            self.results = Results::new(1);
        }
        self
    }

    /// To multicast m.
    pub fn multicast(&mut self, m: Message) -> Vec<Deed> {
        debug_assert_eq!(m.id.origin, self.me, "a message is of whoever multicasts it");
        let data = Data::sealed(m, &self.cast.clients, &self.keys);
        let mut deeds = vec![Deed::Send(Rc::clone(&self.others), Said::Data(data.clone()))];
        deeds.extend(self.learn(data));
        deeds
    }

    /// On what a client multicast, from whomever it comes.
    pub fn upon_data(&mut self, data: Data) -> Vec<Deed> {
        let is_known = self.known.contains_key(&data.m.id);
        let is_client = self.cast.is_client(data.m.id.origin);
        if is_known || !is_client || !data.is_right(self.place, &self.keys) {
            return Vec::new();
        }
        self.learn(data)
    }

    fn learn(&mut self, data: Data) -> Vec<Deed> {
        if self.delivered.contains(&data.m.id) {
            return Vec::new();
        }
        self.learnt += 1;
        let (number, wait) = (self.learnt, self.times.resend);
        let proposal = Proposal::sealed(data.m.clone(), &self.cast.servers, &self.keys);
        self.known.insert(data.m.id, number);
        self.open.insert(number, Open { data, wait });
        let servers = Rc::clone(&self.cast.servers);
        vec![Deed::Send(servers, Said::Proposal(proposal)), Deed::Wake(number, wait)]
    }

    /// The wait for the message of this number has run out.
    pub fn overdue(&mut self, number: u32) -> Vec<Deed> {
        let Some(open) = self.open.get_mut(&number) else { return Vec::new() };
        open.wait = Span(open.wait.0.saturating_mul(2)).min(LONGEST_RESEND);
        let again = Said::Data(open.data.clone());
        vec![Deed::Send(Rc::clone(&self.others), again), Deed::Wake(number, open.wait)]
    }

    /// On a decision of a server.
    pub fn upon_decision(&mut self, from: NodeId, decision: Decision) -> Vec<Deed> {
        let is_past = self.results.is_past(decision.slot);
        let is_server = self.cast.place(from).is_some();
        if is_past || !is_server || !decision.is_right(from, &self.keys) {
            return Vec::new();
        }
        let Decision { slot, m, .. } = decision;
        self.results.hear(from, slot, digest(&m), m);
        self.deliver()
    }

    fn deliver(&mut self) -> Vec<Deed> {
        let mut deeds = Vec::new();
        while let Some((slot, mut alike)) = self.results.take() {
            let m = alike.swap_remove(0);
            if let Some(number) = self.known.remove(&m.id) {
                self.open.remove(&number);
                deeds.push(Deed::Rest(number));
            }
            self.delivered.insert(m.id);
            deeds.push(Deed::Deliver(slot, m));
        }
        deeds
    }
}
