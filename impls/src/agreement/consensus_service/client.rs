//! A client of the consensus service: tells the others what it multicasts, proposes what it knows
//! of, and delivers what is decided.

use crate::agreement::consensus_service::{Out, Parties, Sent};
use pepperland_core::collections::Set;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use std::collections::BTreeMap;

/// One client.
#[derive(Default)]
pub(super) struct Client {
    undecided: BTreeMap<MessageId, Message>,
    decided: Set<MessageId>,
    /// What is decided and not yet delivered.
    decisions: BTreeMap<u64, Message>,
    next: u64,
}

impl Client {
    /// To multicast m.
    pub(super) fn multicast(&mut self, m: Message, parties: &Parties) -> Vec<Out> {
        let mut out = vec![Out::Send(parties.other_clients(), Sent::Data(m.clone()))];
        out.extend(self.learn(m, parties));
        out
    }

    /// To learn m.
    pub(super) fn learn(&mut self, m: Message, parties: &Parties) -> Vec<Out> {
        let mut out = Vec::new();
        if self.decided.contains(&m.id) || self.undecided.insert(m.id, m.clone()).is_some() {
            return out;
        }
        if !parties.trusts(m.id.origin) {
            out.push(Out::Send(parties.other_clients(), Sent::Data(m.clone())));
        }
        out.extend(propose(m, parties));
        out
    }

    /// On suspicion of q, which may have been the coordinator.
    pub(super) fn suspect(&self, q: NodeId, coordinated: bool, parties: &Parties) -> Vec<Out> {
        let mut out = Vec::new();
        for m in self.undecided.values() {
            if m.id.origin == q {
                out.push(Out::Send(parties.other_clients(), Sent::Data(m.clone())));
            }
            if coordinated {
                out.extend(propose(m.clone(), parties));
            }
        }
        out
    }

    /// On ("decide", k, m).
    pub(super) fn decide(&mut self, k: u64, m: Message) -> Vec<Out> {
        let mut out = Vec::new();
        if k >= self.next {
            self.undecided.remove(&m.id);
            self.decisions.entry(k).or_insert(m);
        }
        while let Some(m) = self.decisions.remove(&self.next) {
            if self.decided.insert(m.id) {
                out.push(Out::Deliver(self.next, m));
            }
            self.next += 1;
        }
        out
    }
}

fn propose(m: Message, parties: &Parties) -> Option<Out> {
    let coordinator = parties.coordinator()?;
    Some(Out::Send([coordinator].into(), Sent::Propose(m)))
}
