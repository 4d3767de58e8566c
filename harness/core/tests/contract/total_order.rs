//! Total order by consensus (Chandra and Toueg): a layer with two layers below it, a reliable
//! broadcast and a consensus.
//!
//! ```text
//! to broadcast m:                    R-broadcast(m)
//! on R-deliver(m):                   unordered := unordered + {m}
//! when unordered is not empty:       k := k + 1; propose(k, unordered)
//! on decide(k, batch):               deliver batch without what was delivered, in order of names
//! ```

use crate::cluster::{Cluster, message, multicast};
use pepperland_core::contract::{
    Cx, Delivery, Indication, Layer, Network, Protocol, Request, Stack, Timer, Value,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Delivers and relays what it meets for the first time.
struct Reliable<L> {
    lower: L,
    met: BTreeSet<MessageId>,
}

impl<L: Layer<Payload = Message>> Protocol for Reliable<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        if self.met.insert(delivery.message.id) {
            self.multicast_below(delivery.group, delivery.message.clone(), cx);
            let from = delivery.message.id.origin;
            cx.deliver(Delivery { from, ..delivery });
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Ballot<V> {
    Proposed(u64, V),
    Decided(u64, V),
}

/// Consensus as long as n1 is up: the first proposal that reaches it is the decision.
struct Dictator<L, V> {
    lower: L,
    decided: BTreeMap<u64, V>,
}

impl<V: Value, L: Layer<Payload = Ballot<V>>> Protocol for Dictator<L, V> {
    type Payload = V;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, _: GroupId, _: V, cx: &mut Cx<'_, V>) {
        cx.refuse("multicast");
    }

    fn upon_request(&mut self, request: Request<V>, cx: &mut Cx<'_, V>) {
        match request {
            Request::Propose { instance, value } => {
                self.send_below(NodeId(0), Ballot::Proposed(instance, value), cx);
            }
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, delivery: Delivery<Ballot<V>>, cx: &mut Cx<'_, V>) {
        match delivery.message {
            Ballot::Proposed(instance, value) => {
                if let std::collections::btree_map::Entry::Vacant(first) =
                    self.decided.entry(instance)
                {
                    first.insert(value.clone());
                    self.multicast_below(GroupId::ALL, Ballot::Decided(instance, value), cx);
                }
            }
            Ballot::Decided(instance, value) => {
                cx.indicate(Indication::Decide { instance, value });
            }
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Wire<R, C> {
    Spread(R),
    Agree(C),
}

struct TotalOrder<R, C> {
    spread: R,
    agree: C,
    unordered: BTreeMap<MessageId, Message>,
    delivered: BTreeSet<MessageId>,
    /// Decisions that came before their turn.
    early: BTreeMap<u64, Vec<Message>>,
    /// The instance whose decision is waited for, and whether it was proposed to.
    k: u64,
    proposed: bool,
}

impl<R, C> TotalOrder<R, C>
where
    R: Layer<Payload = Message>,
    C: Layer<Payload = Vec<Message>>,
{
    fn new(spread: R, agree: C) -> TotalOrder<R, C> {
        TotalOrder {
            spread,
            agree,
            unordered: BTreeMap::new(),
            delivered: BTreeSet::new(),
            early: BTreeMap::new(),
            k: 1,
            proposed: false,
        }
    }

    fn spread(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut R, &mut Cx<'_, Message>)) {
        cx.branch(0, &mut self.spread, run).hand_up(cx, |report, cx| {
            if let Indication::Deliver(delivery) = report {
                self.upon_spread(delivery.message, cx);
            }
        });
    }

    fn agree(
        &mut self,
        cx: &mut Cx<'_, Message>,
        run: impl FnOnce(&mut C, &mut Cx<'_, Vec<Message>>),
    ) {
        cx.branch(1, &mut self.agree, run).hand_up(cx, |report, cx| {
            if let Indication::Decide { instance, value } = report {
                self.upon_decide(instance, value, cx);
            }
        });
    }

    fn upon_spread(&mut self, m: Message, cx: &mut Cx<'_, Message>) {
        if !self.delivered.contains(&m.id) {
            self.unordered.insert(m.id, m);
            self.propose(cx);
        }
    }

    fn propose(&mut self, cx: &mut Cx<'_, Message>) {
        if !self.proposed && !self.unordered.is_empty() {
            self.proposed = true;
            let value = self.unordered.values().cloned().collect();
            let propose = Request::Propose { instance: self.k, value };
            self.agree(cx, |agree, cx| agree.request(propose, cx));
        }
    }

    fn upon_decide(&mut self, instance: u64, batch: Vec<Message>, cx: &mut Cx<'_, Message>) {
        self.early.insert(instance, batch);
        while let Some(batch) = self.early.remove(&self.k) {
            for message in batch {
                self.order(message, cx);
            }
            self.k += 1;
            self.proposed = false;
        }
        self.propose(cx);
    }

    fn order(&mut self, message: Message, cx: &mut Cx<'_, Message>) {
        if self.delivered.insert(message.id) {
            self.unordered.remove(&message.id);
            let slot = Some(self.delivered.len() as u64);
            let from = message.id.origin;
            cx.deliver(Delivery { from, group: GroupId::ALL, message, slot });
        }
    }
}

impl<R, C> Layer for TotalOrder<R, C>
where
    R: Layer<Payload = Message>,
    C: Layer<Payload = Vec<Message>>,
{
    type Payload = Message;
    type Wire = Wire<R::Wire, C::Wire>;

    fn start(&mut self, cx: &mut Cx<'_, Message>) {
        self.spread(cx, |spread, cx| spread.start(cx));
        self.agree(cx, |agree, cx| agree.start(cx));
    }

    fn request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Multicast(..) => self.spread(cx, |spread, cx| spread.request(request, cx)),
            other => cx.refuse(other.name()),
        }
    }

    fn receive(&mut self, from: NodeId, wire: Self::Wire, cx: &mut Cx<'_, Message>) {
        match wire {
            Wire::Spread(wire) => self.spread(cx, |spread, cx| spread.receive(from, wire, cx)),
            Wire::Agree(wire) => self.agree(cx, |agree, cx| agree.receive(from, wire, cx)),
        }
    }

    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, Message>) {
        match cx.branch_of(timer) {
            Some(0) => self.spread(cx, |spread, cx| spread.timeout(timer, cx)),
            _ => self.agree(cx, |agree, cx| agree.timeout(timer, cx)),
        }
    }

    fn recover(&mut self, cx: &mut Cx<'_, Message>) {
        self.spread(cx, |spread, cx| spread.recover(cx));
        self.agree(cx, |agree, cx| agree.recover(cx));
    }
}

fn reliable() -> Reliable<Network<Message>> {
    Reliable { lower: Network::payload(), met: BTreeSet::new() }
}

/// What each of three nodes delivers when each multicasts three messages.
fn deliveries(mut cluster: Cluster) -> Vec<Vec<MessageId>> {
    for number in 1..=3 {
        for node in 0..3 {
            cluster.request(NodeId(node), multicast(message(node, number)));
            cluster.step();
        }
    }
    cluster.settle();
    (0..3).map(|node| cluster.delivered(node)).collect()
}

#[test]
fn every_node_delivers_every_message_in_one_order() {
    for seed in 0..100 {
        let lists = deliveries(Cluster::new(3, seed, |_| {
            let dictator = Dictator { lower: Network::payload(), decided: BTreeMap::new() };
            Stack::node(TotalOrder::new(reliable(), dictator))
        }));
        assert_eq!(lists[0].len(), 9, "seed {seed}");
        assert!(lists.iter().all(|list| *list == lists[0]), "seed {seed}: {lists:?}");
    }
}

#[test]
fn without_consensus_they_differ() {
    let differ = (0..100).filter(|seed| {
        let lists = deliveries(Cluster::new(3, *seed, |_| Stack::node(reliable())));
        assert!(lists.iter().all(|list| list.len() == 9), "seed {seed}: {lists:?}");
        lists.iter().any(|list| *list != lists[0])
    });
    assert!(differ.count() > 50);
}
