//! Atomic multicast by a consensus service (Guerraoui & Schiper, *The generic consensus service*,
//! IEEE Transactions on Software Engineering 27(1), 2001): clients multicast and deliver, servers
//! decide for them what comes next.
//!
//! ```text
//! client, to multicast m:         send ("data", m) to all other clients;  learn m
//! client on ("data", m):          learn m
//! to learn m, the first time:     if the initiator of m is suspected: relay ("data", m)
//!                                 send ("propose", m) to the first server not suspected
//! client on suspicion of q:       relay what is undecided of q
//!                                 if q was the first server: propose all undecided to the next
//! client on ("decide", k, m):     deliver m as number k, in order, once
//!
//! coordinator = the first server not suspected
//! server on ("propose", m) from p:   votes(m) += p
//!                                 m is ready when all clients not suspected are in votes(m)
//! coordinator, idle, m ready:     log[k] := m;  send ("estimate", k, m) to all other servers
//! server on ("estimate", k, m) from the coordinator:  log[k] := m;  send ("ack", k)
//! coordinator, when all servers not suspected have acknowledged k:
//!                                 send ("decide", k, m) to all clients;  k := k + 1
//! server that becomes coordinator:   send ("collect") to all other servers
//! server on ("collect") from the coordinator:  send ("log", log)
//! coordinator on ("log") from all servers not suspected:
//!                                 log := all of them;  estimate and decide each k of it again
//! ```
//!
//! Servers are the second group; where there is none, every node is a client and a server. What a
//! server hears of a coordinator before it suspects the one before it is kept; of a former one it
//! is thrown away. Assumes crash-stop failures, and a network that is as fast as the failure
//! detector assumes, which is perfect then: when a coordinator is suspected, all that it has sent
//! has arrived. Where it is not, two coordinators may decide.
//!
//! The paper was at hand as abstract and summary only: the filters (what calls for consensus, what
//! is proposed, what is decided) are its own, the consensus among the servers is the plainest that
//! a perfect detector allows, with as many messages and steps as later papers count for it: without
//! crashes `3 n_c + 2 n_s - 3` to others, in five steps, for n_c clients and n_s servers.

mod client;
mod server;

use crate::agreement::consensus_service::client::Client;
use crate::agreement::consensus_service::server::Server;
use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::{INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::SYNCHRONOUS;
use crate::detectors::keepalive::keepalive;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Flaw, Implementation, Model, Roles, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::rc::Rc;

/// C3.
pub const ENTRY: Implementation = Implementation {
    name: "consensus-service",
    number: "C3",
    statement: "total order for clients by servers that decide what comes next",
    source: "Guerraoui & Schiper 2001",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT, ORDER],
    model: Model { roles: Some(ROLES), ..SYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "one-server-is-enough",
            number: "PL96",
            statement: "the coordinator decides as soon as it has logged a message itself",
            breaks: "prefix-order",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/one-server-is-enough.jsonl"),
        },
        Flaw {
            name: "new-coordinator-starts-afresh",
            number: "PL97",
            statement: "a new coordinator asks nobody, and numbers from 0",
            breaks: "prefix-order",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/new-coordinator-starts-afresh.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "late-heartbeat",
        property: "prefix-order",
        statement: "signs of life are late, and two coordinators decide what comes first",
        faults: "delay",
        workload: "steady",
        killer: include_str!("../../killers/late-heartbeat.jsonl"),
    }],
    cost: None,
    build: |setup| changed(setup, Stack::node(ConsensusService::over(keepalive(setup), setup))),
};

/// Three servers, one of which must live; the others are clients.
const ROLES: Roles = Roles {
    clients: |nodes| nodes.saturating_sub(3),
    failing_clients: |clients| clients,
    failing_servers: |servers| servers.saturating_sub(1),
    clients_may_lie: false,
};

/// What clients and servers say to each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Sent {
    /// `("data", m)`.
    Data(Message),
    /// `("propose", m)`.
    Propose(Message),
    /// `("estimate", k, m)`.
    Estimate(u64, Message),
    /// `("ack", k)`.
    Ack(u64),
    /// `("decide", k, m)`.
    Decide(u64, Message),
    /// `("collect")`.
    Collect,
    /// `("log", log)`.
    Log(Vec<(u64, Message)>),
}

/// What a client or a server does.
#[derive(Debug)]
enum Out {
    /// It sends something to these nodes.
    Send(Rc<[NodeId]>, Sent),
    /// It delivers a message as this number.
    Deliver(u64, Message),
}

/// Who is what, and who is suspected.
struct Parties {
    me: NodeId,
    clients: Rc<[NodeId]>,
    servers: Rc<[NodeId]>,
    suspected: BTreeSet<NodeId>,
}

impl Parties {
    /// The group of the clients, and that of the servers: everybody, if there is none.
    fn read<M>(&mut self, cx: &Cx<'_, M>) {
        const SERVERS: GroupId = GroupId(1);
        self.me = cx.me();
        self.clients = cx.members(GroupId::ALL);
        self.servers = cx.members(SERVERS);
        if self.servers.is_empty() {
            self.servers = self.clients.clone();
        }
    }

    fn trusts(&self, p: NodeId) -> bool {
        !self.suspected.contains(&p)
    }

    /// The first server that is not suspected.
    fn coordinator(&self) -> Option<NodeId> {
        self.servers.iter().copied().find(|q| self.trusts(*q))
    }

    fn other_clients(&self) -> Rc<[NodeId]> {
        self.clients.iter().copied().filter(|p| *p != self.me).collect()
    }

    fn other_servers(&self) -> Rc<[NodeId]> {
        self.servers.iter().copied().filter(|q| *q != self.me).collect()
    }
}

/// A node that is a client, a server, or both.
pub struct ConsensusService<L> {
    lower: L,
    parties: Parties,
    client: Client,
    server: Server,
}

impl<L> ConsensusService<L> {
    /// The service over basic multicast with a perfect failure detector.
    pub fn over(lower: L, setup: &Setup<'_>) -> ConsensusService<L> {
        let (clients, servers) = (Rc::default(), Rc::default());
        let parties = Parties { me: setup.node, clients, servers, suspected: BTreeSet::new() };
        ConsensusService { lower, parties, client: Client::default(), server: Server::new(setup) }
    }
}

impl<L: Layer<Payload = Sent>> ConsensusService<L> {
    fn perform(&mut self, out: Vec<Out>, cx: &mut Cx<'_, Message>) {
        for out in out {
            match out {
                Out::Send(to, sent) => self.send_each_below(to, sent, cx),
                Out::Deliver(slot, message) => cx.deliver(Delivery {
                    from: message.id.origin,
                    group: GroupId::ALL,
                    message,
                    slot: Some(slot),
                }),
            }
        }
    }
}

impl<L: Layer<Payload = Sent>> Protocol for ConsensusService<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.parties.read(cx);
        if !self.parties.clients.contains(&cx.me()) {
            return cx.refuse("multicast");
        }
        let out = self.client.multicast(m, &self.parties);
        self.perform(out, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sent>, cx: &mut Cx<'_, Message>) {
        let (from, parties) = (received.from, &mut self.parties);
        parties.read(cx);
        let out = match received.message {
            Sent::Data(m) => self.client.learn(m, parties),
            Sent::Decide(k, m) => self.client.decide(k, m),
            said => self.server.upon(from, said, parties),
        };
        self.perform(out, cx);
    }

    fn upon_indication(&mut self, indication: Indication<Message>, cx: &mut Cx<'_, Message>) {
        // A perfect detector takes nothing back.
        if let Indication::Suspect(q) = indication {
            self.parties.read(cx);
            let before = self.parties.coordinator();
            self.parties.suspected.insert(q);
            let mut out = self.client.suspect(q, before == Some(q), &self.parties);
            out.extend(self.server.suspect(&self.parties));
            self.perform(out, cx);
        }
        cx.indicate(indication);
    }
}
