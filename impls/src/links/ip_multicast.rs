//! IP multicast: one datagram to an address that stands for a group (Deering, *Host Extensions for
//! IP Multicasting*, RFC 1112, 1989; for source-specific multicast, Holbrook and Cain, RFC 4607,
//! 2006).
//!
//! ```text
//! To send m to group G:          transmit (G, ttl, m) once
//! At a router:                   ttl := ttl - 1;  if ttl > 0 then forward to the next segment
//! On receive (G, ttl, m) from S: if the checksum is right, G is joined, and S is wanted in G
//!                                then deliver m
//! JoinHostGroup(G):              G is joined
//! LeaveHostGroup(G):             G is no longer joined
//! ```
//!
//! Best effort: a datagram may be lost, come twice, and overtake another; all that is promised is
//! that what is delivered is what was sent. Senders need not be members. A sender's own datagrams
//! come back to it unless loopback is off.
//!
//! Departs from the source: hosts stand on segments in a row, `SEGMENT` on each, and a receiver
//! counts the routers between it and the sender, for there are no nodes that are routers. A node
//! has joined the groups that it is a member of when it starts.

use crate::changed::{HARMLESS, changed};
use crate::links::FAIR_LOSS_AND_RESTARTS;
use crate::links::address::MulticastAddress;
use crate::links::sealed::Sealed;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Request, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// L2 as it was first: whoever sends to a group is heard.
pub const ANY_SOURCE: Implementation = Implementation {
    name: "ip-multicast",
    number: "L2",
    statement: "IP multicast: one datagram to all that have joined, from anybody",
    source: "Deering 1989 (RFC 1112)",
    claims: &[UNCHANGED],
    model: FAIR_LOSS_AND_RESTARTS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[NO_CHECKSUM],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "lost",
            property: "validity-all",
            statement: "best effort: nobody finds out that a datagram was lost",
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../killers/ip-multicast-lost.jsonl"),
        },
        Break {
            name: "overtaken",
            property: "fifo-order",
            statement: "two datagrams may travel on different ways",
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/ip-multicast-overtaken.jsonl"),
        },
        Break {
            name: "doubled",
            property: "no-duplication",
            statement: "nobody remembers what has come before",
            faults: "duplicate",
            workload: "steady",
            killer: include_str!("../../killers/ip-multicast-doubled.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(any_source::<Message>(setup))),
};

/// L2 with one source for each group.
pub const SOURCE_SPECIFIC: Implementation = Implementation {
    name: "ip-multicast-ssm",
    statement: "source-specific IP multicast: a receiver hears the source that it names, n1",
    source: "Holbrook & Cain 2006 (RFC 4607)",
    breaks: &[Break {
        name: "other-source",
        property: "validity-all",
        statement: "one to many: what another node than the source sends is not heard",
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/ip-multicast-ssm-other-source.jsonl"),
    }],
    cost: Some(Cost {
        formula: "n",
        messages: |n| n,
        steps: 1,
        note: "here n2 multicasts, and receivers name n1: nothing is delivered",
    }),
    build: |setup| changed(setup, Stack::node(source_specific::<Message>(setup))),
    ..ANY_SOURCE
};

/// What is delivered is what was sent.
pub const UNCHANGED: &[Claim] = &[
    Claim::always("no-creation"),
    Claim::always("no-forgery"),
    Claim::always("payload-integrity"),
    Claim::only("no-misdelivery", Proviso::SeveralGroups),
];

/// The flaw of whatever relies on a checksum alone.
pub const NO_CHECKSUM: Flaw = Flaw {
    name: "no-checksum",
    number: "PL3",
    statement: "a datagram is delivered though its checksum is wrong",
    breaks: "payload-integrity",
    keeps: &["no-misdelivery"],
    faults: "corrupt",
    workload: "steady",
    killer: include_str!("../../killers/no-checksum.jsonl"),
};

/// The layer on a network of the scenario, heard from anybody.
pub fn any_source<M: Value>(setup: &Setup<'_>) -> IpMulticast<Network<Sealed<Datagram<M>>>> {
    IpMulticast::over(Network::payload(), MulticastAddress::any_source, setup)
}

/// The layer on a network of the scenario, heard from the first node alone.
fn source_specific<M: Value>(setup: &Setup<'_>) -> IpMulticast<Network<Sealed<Datagram<M>>>> {
    let address = MulticastAddress::source_specific;
    let mut hosts = IpMulticast::over(Network::payload(), address, setup);
    hosts.sources.insert(NodeId(0));
    hosts
}

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Datagram<M> {
    destination: MulticastAddress,
    group: GroupId,
    ttl: u8,
    m: M,
}

/// How many nodes stand on one segment; there is one router between two segments.
const SEGMENT: u32 = 2;

/// IP multicast, as a host sees it.
pub struct IpMulticast<L> {
    network: L,
    address: fn(GroupId) -> MulticastAddress,
    /// Groups that the node was a member of at the start and has left.
    left: BTreeSet<GroupId>,
    /// The sources that are wanted in groups that have one each.
    sources: BTreeSet<NodeId>,
    /// Time to live: how many segments a datagram may see.
    pub ttl: u8,
    /// Whether a node hears itself.
    pub loopback: bool,
    no_checksum: bool,
}

impl<L> IpMulticast<L> {
    /// IP multicast on this network, with these addresses of groups.
    pub fn over(
        network: L,
        address: fn(GroupId) -> MulticastAddress,
        setup: &Setup<'_>,
    ) -> IpMulticast<L> {
        IpMulticast {
            network,
            address,
            left: BTreeSet::new(),
            sources: BTreeSet::new(),
            ttl: u8::MAX,
            loopback: true,
            no_checksum: setup.flawed("no-checksum"),
        }
    }

    /// Whether the datagram's time to live lasts until this node.
    fn is_in_reach<M>(&self, from: NodeId, datagram: &Datagram<M>, me: NodeId) -> bool {
        let routers = (from.0 / SEGMENT).abs_diff(me.0 / SEGMENT);
        let stays = datagram.destination.is_link_local() && routers > 0;
        !stays && (from == me || u32::from(datagram.ttl) > routers)
    }

    /// Whether the source is wanted in the group.
    fn is_wanted(&self, from: NodeId, destination: MulticastAddress) -> bool {
        !destination.is_source_specific() || self.sources.contains(&from)
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Datagram<M>>>> Protocol for IpMulticast<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let datagram = Datagram { destination: (self.address)(group), group, ttl: self.ttl, m };
        self.multicast_below(group, Sealed::new(datagram), cx);
    }

    fn upon_request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Join(group) => drop(self.left.remove(&group)),
            Request::Leave(group) => drop(self.left.insert(group)),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Datagram<M>>>, cx: &mut Cx<'_, M>) {
        let from = received.from;
        let datagram = match self.no_checksum {
            true => Some(received.message.unchecked().clone()),
            false => received.message.clone().open(),
        };
        let Some(datagram) = datagram else { return };
        let heard = self.loopback || from != cx.me();
        let wanted = self.is_wanted(from, datagram.destination);
        let joined = !self.left.contains(&datagram.group);
        if heard && wanted && joined && self.is_in_reach(from, &datagram, cx.me()) {
            let Datagram { group, m, .. } = datagram;
            cx.deliver(Delivery { from, group, message: m, slot: None });
        }
    }
}

#[cfg(test)]
mod tests;
