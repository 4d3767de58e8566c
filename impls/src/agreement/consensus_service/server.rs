//! A server of the consensus service: collects what clients propose, and agrees with the other
//! servers on a log of it.

use crate::agreement::consensus_service::{Out, Parties, Sent};
use pepperland_core::collections::Set;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One server.
pub(super) struct Server {
    log: BTreeMap<u64, Message>,
    ordered: Set<MessageId>,
    /// What is proposed and not ordered, and by whom.
    votes: BTreeMap<MessageId, (Message, BTreeSet<NodeId>)>,
    /// What all clients have proposed, in the order in which they had.
    ready: VecDeque<MessageId>,
    leads: bool,
    /// As the new coordinator: whose logs are here; none if it needs no more.
    collected: Option<BTreeSet<NodeId>>,
    /// As the coordinator: who has acknowledged what is not yet decided.
    acks: BTreeMap<u64, BTreeSet<NodeId>>,
    /// What servers said that are not the coordinator yet.
    early: Vec<(NodeId, Sent)>,
    one_server_is_enough: bool,
    starts_afresh: bool,
}

impl Server {
    pub(super) fn new(setup: &Setup<'_>) -> Server {
        Server {
            log: BTreeMap::new(),
            ordered: Set::default(),
            votes: BTreeMap::new(),
            ready: VecDeque::new(),
            leads: false,
            collected: None,
            acks: BTreeMap::new(),
            early: Vec::new(),
            one_server_is_enough: setup.flawed("one-server-is-enough"),
            starts_afresh: setup.flawed("new-coordinator-starts-afresh"),
        }
    }

    /// On what a client or another server said.
    pub(super) fn upon(&mut self, from: NodeId, said: Sent, parties: &Parties) -> Vec<Out> {
        let mut out = Vec::new();
        match said {
            Sent::Propose(m) if self.ordered.contains(&m.id) => {}
            Sent::Propose(m) => {
                let votes = self.votes.entry(m.id).or_insert_with(|| (m, BTreeSet::new()));
                votes.1.insert(from);
            }
            Sent::Ack(k) => {
                if let Some(acks) = self.acks.get_mut(&k) {
                    acks.insert(from);
                }
            }
            Sent::Log(log) => {
                if let Some(collected) = &mut self.collected {
                    collected.insert(from);
                    log.into_iter().for_each(|(k, m)| self.write(k, m));
                }
            }
            said => self.early.push((from, said)),
        }
        self.follow(parties, &mut out);
        self.lead(parties, &mut out);
        out
    }

    /// Once somebody is suspected.
    pub(super) fn suspect(&mut self, parties: &Parties) -> Vec<Out> {
        let mut out = Vec::new();
        self.follow(parties, &mut out);
        self.lead(parties, &mut out);
        out
    }

    /// log[k] := m.
    fn write(&mut self, k: u64, m: Message) {
        self.ordered.insert(m.id);
        self.votes.remove(&m.id);
        self.log.insert(k, m);
    }

    /// Does what the coordinator said. What a former one said is thrown away.
    fn follow(&mut self, parties: &Parties, out: &mut Vec<Out>) {
        for (from, said) in std::mem::take(&mut self.early) {
            if !parties.trusts(from) {
                continue;
            }
            let to = [from].into();
            match said {
                said if parties.coordinator() != Some(from) => self.early.push((from, said)),
                Sent::Estimate(k, m) => {
                    self.write(k, m);
                    out.push(Out::Send(to, Sent::Ack(k)));
                }
                _ => {
                    let log = self.log.iter().map(|(k, m)| (*k, m.clone())).collect();
                    out.push(Out::Send(to, Sent::Log(log)));
                }
            }
        }
    }

    /// Does what the coordinator does, if this server is the one.
    fn lead(&mut self, parties: &Parties, out: &mut Vec<Out>) {
        if parties.coordinator() != Some(parties.me) {
            return;
        }
        if !std::mem::replace(&mut self.leads, true) {
            self.begin(parties, out);
        }
        if let Some(collected) = &self.collected {
            if !all_servers(parties, collected) {
                return;
            }
            self.collected = None;
            for (k, m) in self.log.clone() {
                self.estimate(k, m, parties, out);
            }
        }
        self.note_ready(parties);
        loop {
            self.decide(parties, out);
            let Some(m) = self.take_ready() else { return };
            let k = self.log.last_key_value().map_or(0, |(k, _)| k + 1);
            self.estimate(k, m, parties, out);
        }
    }

    /// Becomes the coordinator. The first one from the beginning has nothing to collect.
    fn begin(&mut self, parties: &Parties, out: &mut Vec<Out>) {
        if self.starts_afresh {
            self.log.clear();
            self.ordered.clear();
        }
        if parties.servers.first() != Some(&parties.me) && !self.starts_afresh {
            self.collected = Some([parties.me].into());
            out.push(Out::Send(parties.other_servers(), Sent::Collect));
        }
    }

    fn estimate(&mut self, k: u64, m: Message, parties: &Parties, out: &mut Vec<Out>) {
        self.write(k, m.clone());
        self.acks.insert(k, [parties.me].into());
        out.push(Out::Send(parties.other_servers(), Sent::Estimate(k, m)));
    }

    /// Decides what all servers that are not suspected have, in order.
    fn decide(&mut self, parties: &Parties, out: &mut Vec<Out>) {
        while let Some((k, acks)) = self.acks.first_key_value() {
            if !all_servers(parties, acks) && !self.one_server_is_enough {
                return;
            }
            let k = *k;
            self.acks.remove(&k);
            let decided = self.log.get(&k).map(|m| Sent::Decide(k, m.clone()));
            out.extend(decided.map(|decided| Out::Send(parties.clients.clone(), decided)));
        }
    }

    /// m is ready when all clients that are not suspected have proposed it.
    fn note_ready(&mut self, parties: &Parties) {
        let trusted = || parties.clients.iter().filter(|p| parties.trusts(**p));
        for (i, (_, by)) in &self.votes {
            if trusted().all(|p| by.contains(p)) && !self.ready.contains(i) {
                self.ready.push_back(*i);
            }
        }
    }

    /// The message that has been ready for the longest time, unless another is on its way.
    fn take_ready(&mut self) -> Option<Message> {
        while self.acks.is_empty() {
            let i = self.ready.pop_front()?;
            if let Some((m, _)) = self.votes.remove(&i) {
                return Some(m);
            }
        }
        None
    }
}

fn all_servers(parties: &Parties, among: &BTreeSet<NodeId>) -> bool {
    parties.servers.iter().filter(|q| parties.trusts(**q)).all(|q| among.contains(q))
}
