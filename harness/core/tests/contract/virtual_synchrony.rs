//! Views and blocks on their way up, requests on their way down: a virtually synchronous multicast
//! above a membership.
//!
//! ```text
//! on block(v'):                 tell the application, which answers that it has stopped
//! on its answer:                flush what was delivered in v to all
//! on flushes of all of v:       deliver what is missing; tell the membership that v' may come
//! on view v':                   install it; multicast what waited
//! ```

use crate::cluster::{Cluster, message, multicast};
use pepperland_core::contract::{
    Cx, Delivery, Indication, Layer, Network, Protocol, Request, Stack, View, ViewId,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Notice<M> {
    Leaving(NodeId),
    Ready(u64),
    Data(M),
}

/// A membership that nobody crashes in: all agree to a change by all being ready for it.
struct Membership<L> {
    lower: L,
    view: View,
    next: Option<View>,
    ready: BTreeMap<u64, BTreeSet<NodeId>>,
}

fn view_id(number: u64) -> ViewId {
    ViewId { number, creator: None }
}

impl<M, L> Protocol for Membership<L>
where
    M: pepperland_core::contract::Value,
    L: Layer<Payload = Notice<M>>,
{
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        self.view.members = cx.members(GroupId::ALL).to_vec();
        cx.indicate(Indication::View(self.view.clone()));
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, Notice::Data(m), cx);
    }

    fn upon_request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Leave(group) => {
                self.multicast_below(group, Notice::Leaving(cx.me()), cx);
            }
            Request::BlockOk(_, next) => {
                self.multicast_below(GroupId::ALL, Notice::Ready(next.number), cx);
            }
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, delivery: Delivery<Notice<M>>, cx: &mut Cx<'_, M>) {
        match delivery.message.clone() {
            Notice::Data(m) => cx.deliver(delivery.with(m)),
            Notice::Leaving(node) => {
                let id = view_id(self.view.id.number + 1);
                let mut next = View { id, ..self.view.clone() };
                next.members.retain(|member| *member != node);
                self.next = Some(next);
                cx.indicate(Indication::Block(GroupId::ALL, id));
                self.install(cx);
            }
            Notice::Ready(number) => {
                self.ready.entry(number).or_default().insert(delivery.from);
                self.install(cx);
            }
        }
    }
}

impl<L> Membership<L> {
    fn install<M>(&mut self, cx: &mut Cx<'_, M>) {
        let ready = |next: &View| {
            let ready = self.ready.get(&next.id.number);
            ready.is_some_and(|ready| self.view.members.iter().all(|node| ready.contains(node)))
        };
        if let Some(next) = self.next.take_if(|next| ready(next)) {
            self.view = next.clone();
            if next.members.contains(&cx.me()) {
                cx.indicate(Indication::View(next));
            }
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Packet {
    Data { view: u64, m: Message },
    Flush { view: u64, delivered: Vec<Message> },
}

struct VirtuallySynchronous<L> {
    lower: L,
    view: Option<View>,
    blocked: Option<ViewId>,
    delivered: BTreeMap<MessageId, Message>,
    flushed: BTreeSet<NodeId>,
    waiting: Vec<Message>,
    early: Vec<Delivery<Packet>>,
    /// Without it, the stack is what virtual synchrony is for.
    flushes: bool,
}

impl<L: Layer<Payload = Packet>> VirtuallySynchronous<L> {
    fn new(lower: L, flushes: bool) -> VirtuallySynchronous<L> {
        VirtuallySynchronous {
            lower,
            view: None,
            blocked: None,
            delivered: BTreeMap::new(),
            flushed: BTreeSet::new(),
            waiting: Vec::new(),
            early: Vec::new(),
            flushes,
        }
    }

    fn current(&self) -> u64 {
        self.view.as_ref().map_or(0, |view| view.id.number)
    }

    fn deliver(&mut self, message: Message, cx: &mut Cx<'_, Message>) {
        if self.delivered.insert(message.id, message.clone()).is_none() {
            let from = message.id.origin;
            cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
        }
    }

    fn let_the_view_come(&mut self, cx: &mut Cx<'_, Message>) {
        let all = self.view.iter().flat_map(|v| &v.members).all(|n| self.flushed.contains(n));
        if let Some(next) = self.blocked.filter(|_| all) {
            self.flushed.clear();
            self.ask(Request::BlockOk(GroupId::ALL, next), cx);
        }
    }
}

impl<L: Layer<Payload = Packet>> Protocol for VirtuallySynchronous<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        if self.blocked.is_some() {
            return self.waiting.push(m);
        }
        self.deliver(m.clone(), cx);
        self.multicast_below(group, Packet::Data { view: self.current(), m }, cx);
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::BlockOk(..) => {
                let all = self.delivered.values().cloned().collect();
                let delivered = if self.flushes { all } else { Vec::new() };
                let flush = Packet::Flush { view: self.current(), delivered };
                self.multicast_below(GroupId::ALL, flush, cx);
            }
            Request::Leave(group) => self.ask(Request::Leave(group), cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, delivery: Delivery<Packet>, cx: &mut Cx<'_, Message>) {
        let current = self.current();
        match delivery.message.clone() {
            Packet::Data { view, .. } | Packet::Flush { view, .. } if view > current => {
                self.early.push(delivery);
            }
            Packet::Data { view, m } if view == current => self.deliver(m, cx),
            Packet::Flush { view, delivered } if view == current => {
                delivered.into_iter().for_each(|m| self.deliver(m, cx));
                self.flushed.insert(delivery.from);
                self.let_the_view_come(cx);
            }
            _ => {}
        }
    }

    fn upon_indication(&mut self, indication: Indication<Message>, cx: &mut Cx<'_, Message>) {
        if let Indication::Block(_, next) = &indication {
            self.blocked = Some(*next);
        }
        cx.indicate(indication);
    }

    fn upon_view(&mut self, view: View, cx: &mut Cx<'_, Message>) {
        self.view = Some(view.clone());
        self.blocked = None;
        self.delivered.clear();
        cx.indicate(Indication::View(view));
        for m in std::mem::take(&mut self.waiting) {
            self.multicast(GroupId::ALL, m, cx);
        }
        for delivery in std::mem::take(&mut self.early) {
            self.upon_deliver(delivery, cx);
        }
    }
}

fn cluster(seed: u64, flushes: bool) -> Cluster {
    Cluster::new(3, seed, |_| {
        let (members, group) = (Vec::new(), GroupId::ALL);
        let view = View { id: view_id(1), group, members, primary: true, transitional: None };
        let lower = Network::payload();
        let membership = Membership { lower, view, next: None, ready: BTreeMap::new() };
        Stack::node(VirtuallySynchronous::new(membership, flushes))
    })
}

/// The application stops sending as soon as it is asked to.
fn settle(cluster: &mut Cluster) {
    let mut heard = [0; 3];
    loop {
        for (node, heard) in heard.iter_mut().enumerate() {
            let told = cluster.told[node].split_off(*heard);
            for indication in &told {
                if let Indication::Block(group, view) = indication {
                    cluster.request(NodeId(node as u32), Request::BlockOk(*group, *view));
                }
            }
            cluster.told[node].splice(*heard..*heard, told.iter().cloned());
            *heard += told.len();
        }
        if !cluster.step() {
            return;
        }
    }
}

/// Views and what was delivered in each.
fn by_view(cluster: &Cluster, node: usize) -> Vec<(u64, BTreeSet<MessageId>)> {
    let mut views: Vec<(u64, BTreeSet<MessageId>)> = Vec::new();
    for told in &cluster.told[node] {
        match told {
            Indication::View(view) => views.push((view.id.number, BTreeSet::new())),
            Indication::Deliver(delivery) => {
                let (_, messages) = views.last_mut().expect("a view comes first");
                messages.insert(delivery.message.id);
            }
            _ => {}
        }
    }
    views
}

/// A run in which n3 leaves while everybody multicasts.
fn run(seed: u64, flushes: bool) -> Cluster {
    let mut cluster = cluster(seed, flushes);
    for number in 1..=4 {
        for node in 0..3 {
            if (node, number) == (2, 4) {
                cluster.request(NodeId(2), Request::Leave(GroupId::ALL));
            } else {
                cluster.request(NodeId(node), multicast(message(node, number)));
            }
            cluster.step();
        }
    }
    settle(&mut cluster);
    cluster
}

#[test]
fn who_goes_on_together_delivered_the_same() {
    for seed in 0..200 {
        let cluster = run(seed, true);
        let (a, b) = (by_view(&cluster, 0), by_view(&cluster, 1));
        assert_eq!(a, b, "seed {seed}");
        assert_eq!(a.iter().map(|(view, _)| *view).collect::<Vec<_>>(), [1, 2], "seed {seed}");
        assert_eq!(a.iter().map(|(_, messages)| messages.len()).sum::<usize>(), 11);
        let left = by_view(&cluster, 2);
        assert_eq!(left.len(), 1, "who left installs no view");
    }
}

#[test]
fn without_the_flush_they_differ() {
    let differ = (0..200).filter(|seed| {
        let cluster = run(*seed, false);
        by_view(&cluster, 0) != by_view(&cluster, 1)
    });
    assert!(differ.count() > 20);
}

#[test]
fn what_is_multicast_while_blocked_comes_in_the_next_view() {
    let mut cluster = cluster(1, true);
    cluster.request(NodeId(2), Request::Leave(GroupId::ALL));
    while !matches!(cluster.told[0].last(), Some(Indication::Block(..))) {
        assert!(cluster.step(), "the block reaches the application");
    }
    cluster.request(NodeId(0), multicast(message(0, 1)));
    settle(&mut cluster);
    let wanted = [(1, BTreeSet::new()), (2, BTreeSet::from([message(0, 1).id]))];
    assert_eq!(by_view(&cluster, 0), wanted);
    assert_eq!(by_view(&cluster, 1), wanted);
}
