//! Membership by a central service: one node knows who is in, mints every view and tells it to all
//! (lecture slides on group communication: centralised membership; Birman 1996 for what a service
//! owes).
//!
//! ```text
//! At n1, on initialization:           v := 1;  V := the first members
//! To join or leave at p, and again when a view comes that is not what p wants:
//!                                     send ("join", p) or ("leave", p) to n1
//! On suspicion of q at p:             send ("suspect", q) to n1
//! At n1, on receive of these, if V changes; who is suspected joins once it is trusted:
//!                                     V := V + p, or V - p;  v := v + 1;  store (v, V)
//!                                     send ("view", v, V) to each node
//! On receive(("view", w, W)), w > v:  v := w;  if p is in W: install (v, W), else block
//! To multicast m in view v:           send (m, v) to each member of V
//! On receive((m, u)):                 if u = v and self in V: deliver m
//!                                     if u > v: keep it until view u
//! ```
//!
//! Nobody agrees on anything: what one node says cannot disagree with itself. Assumes that n1 does
//! not crash, or nobody learns of a change any more. Messages are not flushed: who goes from one
//! view to the next along with others may have delivered other messages than they.

use crate::changed::{HARMLESS, changed};
use crate::claims::INTEGRITY;
use crate::detectors::keepalive::keepalive;
use crate::groups::ordered_group::Life;
use crate::groups::ordered_membership::MODEL;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Request, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// V7.
pub const ENTRY: Implementation = Implementation {
    name: "membership-service",
    number: "V7",
    statement: "a central membership service: one node mints the views and tells all",
    source: "lecture slides; Birman 1996",
    claims: &[INTEGRITY, SAFE, WHILE_THE_SERVICE_LIVES],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "views-not-stored",
        number: "S9",
        statement: "the service does not store its views: restarted, it mints the first again",
        breaks: "view-agreement",
        keeps: &["no-creation", "self-inclusion"],
        faults: "churn",
        workload: "steady",
        killer: include_str!("../../killers/views-not-stored.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "service-crashes",
            property: "membership-precision",
            statement: "the service crashes, and nobody learns that it is gone, or anybody else",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/service-crashes.jsonl"),
        },
        Break {
            name: "no-flush",
            property: "virtual-synchrony",
            statement: "a view comes while a message is on its way to some: they ignore it, the \
                        others have delivered it",
            faults: "partition",
            workload: "steady",
            killer: include_str!("../../killers/membership-service-no-flush.jsonl"),
        },
    ],
    cost: None,
    build: |setup| changed(setup, Stack::node(membership_service::<Message>(setup))),
};

const SAFE: &[Claim] = &[
    Claim::always("self-inclusion"),
    Claim::always("view-monotonicity"),
    Claim::always("initial-view"),
    Claim::always("view-agreement"),
    Claim::always("primary-uniqueness"),
    // Nobody stops the application: what it asks for while the view changes is of the next one.
    Claim::only("sending-view-delivery", Proviso::AskedAtOnce),
    Claim::always("same-view-delivery"),
    Claim::always("no-delivery-from-excluded"),
];

const WHILE_THE_SERVICE_LIVES: &[Claim] = &[
    Claim::only("membership-precision", Proviso::Lives(SERVICE)),
    Claim::only("reinclusion", Proviso::Lives(SERVICE)),
    Claim::only("multicast-liveness", Proviso::Lives(SERVICE)),
];

/// Who mints the views.
const SERVICE: NodeId = NodeId(0);

/// The names of what is on stable storage.
const MINTED: &str = "minted";
const WANTED: &str = "wanted";

mod minting;

pub use minting::Minted;

use minting::Service;

/// The layer over heartbeats.
pub fn membership_service<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    MembershipService {
        lower: keepalive::<Tell<M>>(setup),
        everybody: NodeId::first(setup.nodes).collect(),
        service: Service::default(),
        view: Minted::default(),
        wants: false,
        early: Vec::new(),
        delivered: Set::default(),
        naming: Naming::default(),
        views_not_stored: setup.flawed("views-not-stored"),
    }
}

/// What nodes tell each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Tell<M> {
    /// `("join", p)`.
    Join(Life),
    /// `("leave", p)`.
    Leave(NodeId),
    /// `("suspect", q)`.
    Suspect(NodeId),
    /// `("view", v, V)`.
    View(Minted),
    /// `(m, v)`.
    Message(MessageId, u64, M),
}

/// A node, and what it keeps if it is the service.
struct MembershipService<M, L> {
    lower: L,
    everybody: Rc<[NodeId]>,
    service: Service,
    view: Minted,
    wants: bool,
    early: Vec<(MessageId, u64, M)>,
    delivered: Set<MessageId>,
    naming: Naming,
    views_not_stored: bool,
}

impl<M: Value, L: Layer<Payload = Tell<M>>> MembershipService<M, L> {
    fn me(&self, cx: &Cx<'_, M>) -> Life {
        Life { node: cx.me(), incarnation: cx.incarnation() }
    }

    /// This node wants in, or not; what a restarted one wanted it wants still.
    fn want(&mut self, wants: bool, cx: &mut Cx<'_, M>) {
        self.wants = wants;
        cx.store(WANTED, &wants);
        match wants {
            true => self.send_below(SERVICE, Tell::Join(self.me(cx)), cx),
            false => self.send_below(SERVICE, Tell::Leave(cx.me()), cx),
        }
    }

    /// At the service, if V has changed.
    fn mint(&mut self, has_changed: bool, cx: &mut Cx<'_, M>) {
        if has_changed {
            cx.store(MINTED, &self.service.minted);
            let view = Tell::View(self.service.minted.clone());
            self.send_each_below(self.everybody.clone(), view, cx);
        }
    }

    /// On receive(("view", w, W)).
    fn install(&mut self, minted: Minted, cx: &mut Cx<'_, M>) {
        if minted.number() <= self.view.number() {
            return;
        }
        let was_in = self.view.holds(self.me(cx));
        self.view = minted;
        let is_in = self.view.holds(self.me(cx));
        if is_in {
            cx.indicate(Indication::View(self.view.view()));
        } else if was_in {
            cx.indicate(Indication::Block(GroupId::ALL, self.view.view().id));
        }
        if is_in != self.wants {
            self.want(self.wants, cx);
        }
        for (i, sent_in, m) in std::mem::take(&mut self.early) {
            self.receive(i, sent_in, m, cx);
        }
    }

    /// On receive((m, u)).
    fn receive(&mut self, i: MessageId, sent_in: u64, message: M, cx: &mut Cx<'_, M>) {
        if sent_in > self.view.number() {
            return self.early.push((i, sent_in, message));
        }
        let is_in = self.view.holds(self.me(cx));
        if sent_in == self.view.number() && is_in && self.delivered.insert(i) {
            cx.deliver(Delivery { from: i.origin, group: GroupId::ALL, message, slot: None });
        }
    }
}

impl<M: Value, L: Layer<Payload = Tell<M>>> Protocol for MembershipService<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let first = cx.members(GroupId::ALL);
        self.wants = first.contains(&cx.me());
        self.service.minted = Minted::first(&first);
        if self.wants {
            self.install(self.service.minted.clone(), cx);
        }
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, M>) {
        let first = cx.members(GroupId::ALL);
        let minted = cx.load(MINTED).filter(|_| !self.views_not_stored);
        self.service.minted = minted.unwrap_or(Minted::first(&first));
        self.want(cx.load(WANTED).unwrap_or(first.contains(&cx.me())), cx);
    }

    fn upon_request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Join(_) => self.want(true, cx),
            Request::Leave(_) => self.want(false, cx),
            // There is nothing to wait for: whoever is blocked is out.
            Request::BlockOk(..) => {}
            other => cx.refuse(other.name()),
        }
    }

    fn multicast(&mut self, _: GroupId, m: M, cx: &mut Cx<'_, M>) {
        if !self.view.holds(self.me(cx)) {
            return cx.refuse("multicast outside every view");
        }
        let members: Rc<[NodeId]> = self.view.members().collect();
        let message = Tell::Message(self.naming.next(cx), self.view.number(), m);
        self.send_each_below(members, message, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Tell<M>>, cx: &mut Cx<'_, M>) {
        let changed = match received.message {
            Tell::View(minted) => return self.install(minted, cx),
            Tell::Message(i, sent_in, m) => return self.receive(i, sent_in, m, cx),
            Tell::Join(joiner) => self.service.include(joiner),
            Tell::Leave(node) => self.service.let_go(node),
            Tell::Suspect(node) => self.service.exclude(node),
        };
        self.mint(changed, cx);
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        cx.indicate(indication.clone());
        match indication {
            Indication::Suspect(q) => {
                self.service.suspect(q);
                self.send_below(SERVICE, Tell::Suspect(q), cx);
            }
            Indication::Trust(q) => {
                let changed = self.service.trust(q);
                self.mint(changed && cx.me() == SERVICE, cx);
            }
            _ => {}
        }
    }
}
