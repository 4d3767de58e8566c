//! Total order by privilege: the senders form a ring in which a token goes round, and whoever holds
//! it may multicast. It carries the number of the next message (the lecture that the catalogue
//! follows, slides 120 and 121; Le Lann 1977 for the ring; Défago, Schiper and Urbán, *Total Order
//! Broadcast and Multicast Algorithms*, ACM Computing Surveys 36(4), 2004, for the class).
//!
//! ```text
//! Sender p.     On initialization:    if p is the first of the ring: hold the token, next := 0
//! To TO-multicast m to g:             append m to queue;  if holding the token: send all
//! On receive (token, next) from the predecessor:
//!                                     hold the token;  send all
//! Send all:     for each m in queue:  R-multicast(g, (m, next));  next := next + 1
//! After a while of holding:           send (token, next) to the successor
//! Receiver.     On initialization:    r := 0
//! On R-deliver (m, S):                place m in hold-back queue at S
//! While there is m at r in the hold-back queue:       TO-deliver m;  r := r + 1
//! ```
//!
//! Assumes reliable multicast below and a perfect channel; all nodes are senders and receivers. The
//! plain ring assumes that nobody crashes, for the token is lost with its holder, which the lecture
//! names as the problem; what was ordered stays agreed. Over a perfect failure detector a lost
//! token is [replaced](regeneration).
//!
//! Departs from the lecture: a holder keeps the token for a while, in which it sends as it likes,
//! so that the token of an idle ring does not go round as fast as the network can; and the token
//! counts how often it was passed, so that a copy of the frame is not a second token.

pub mod regeneration;

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, VALIDITY_WHILE_NOBODY_CRASHES};
use crate::in_order::InOrder;
use crate::multicast::reliable::reliable;
use pepperland_core::contract::{
    Cx, Delivery, Indication, Layer, Protocol, Stack, TokenTurn, Value,
};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use regeneration::{Regeneration, Report, Stretch};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// O7.
pub const ENTRY: Implementation = Implementation {
    name: "token-ring",
    number: "O7",
    statement: "total order by a token that goes round among the senders",
    source: "Défago, Schiper & Urbán 2004: privilege-based",
    claims: &[
        INTEGRITY,
        VALIDITY_WHILE_NOBODY_CRASHES,
        AGREEMENT,
        &[
            Claim::always("fifo"),
            Claim::always("causal"),
            Claim::always("uniform-fifo"),
            Claim::always("uniform-causal"),
            Claim::always("total-order"),
            Claim::always("uniform-total-order"),
            Claim::always("prefix-order"),
            Claim::always("consecutive-slots"),
            Claim::always("token-conservation"),
        ],
    ],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "send-without-token",
        number: "T20",
        statement: "a node that has passed the token on goes on sending",
        breaks: "prefix-order",
        keeps: &["no-creation", "no-duplication", "token-conservation"],
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/send-without-token.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "holder-crash",
        property: "validity-all",
        statement: "the token is lost with its holder, and nobody may send any more",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/holder-crash.jsonl"),
    }],
    cost: Some(Cost {
        formula: "n²",
        messages: |n| n * n,
        steps: 1,
        note: "before the message comes the token, which goes round anyway and is not counted",
    }),
    build: |setup| {
        changed(setup, Stack::node(TokenRing::over(reliable::<Ring<Message>>(setup), setup)))
    },
};

/// How long a holder keeps the token.
const HOLD: Span = Span::millis(10);

/// The timer of holding.
const HELD: u32 = 0;

/// Where a message stands in the order of a group.
type Place = (GroupId, u64);

/// What is sent and multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ring<M> {
    /// `(m, S)`.
    Data(u64, M),
    /// `(token, next)`.
    Token(Token),
    /// `("reform", e, C)`.
    Reform(u64, BTreeSet<NodeId>),
    /// `("report", e, seen)`.
    Report(u64, Report),
    /// `("void", V)`.
    Void(Vec<Stretch>),
}

/// The token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Token {
    /// Which token: greater for every new one.
    epoch: u64,
    /// How often it was passed on.
    passed: u64,
    /// The number of the next message to each group; 0 where none is said.
    next: BTreeMap<GroupId, u64>,
}

/// Total order by a token.
pub struct TokenRing<M, L> {
    lower: L,
    queue: Vec<(GroupId, M)>,
    token: Option<Token>,
    /// How often the token of each epoch had been passed on when it was here last.
    passed: BTreeMap<u64, u64>,
    /// r and the hold-back queue, for each group.
    held_back: BTreeMap<GroupId, InOrder<Delivery<M>>>,
    /// What is needed when nodes of the ring crash.
    regeneration: Regeneration,
    send_without_token: bool,
}

impl<M, L> TokenRing<M, L> {
    /// Total order over this multicast, which may report crashes.
    pub fn over(lower: L, setup: &Setup<'_>) -> TokenRing<M, L> {
        TokenRing {
            lower,
            queue: Vec::new(),
            token: None,
            passed: BTreeMap::new(),
            held_back: BTreeMap::new(),
            regeneration: Regeneration::new(setup),
            send_without_token: setup.flawed("send-without-token"),
        }
    }

    /// The members of the ring that are not known to have crashed, in its order.
    fn alive(&self, cx: &Cx<'_, M>) -> Rc<[NodeId]> {
        let crashed = &self.regeneration.crashed;
        cx.members(GroupId::ALL).iter().filter(|p| !crashed.contains(p)).copied().collect()
    }

    fn successor(&self, cx: &Cx<'_, M>) -> NodeId {
        let alive = self.alive(cx);
        let next = alive.iter().find(|p| **p > cx.me()).or(alive.first());
        next.copied().unwrap_or(cx.me())
    }

    /// TO-delivers whatever is in the hold-back queue and next.
    fn deliver_ready(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let queue = self.held_back.entry(group).or_default();
        loop {
            if let Some(to) = self.regeneration.void.remove(&(group, queue.next())) {
                queue.skip_to(to);
            } else if let Some(delivery) = queue.take_next() {
                cx.deliver(delivery);
            } else {
                return;
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Ring<M>>> TokenRing<M, L> {
    /// On receive (token, next): the token of this epoch, and not a copy of an old frame.
    fn receive_token(&mut self, token: Token, cx: &mut Cx<'_, M>) {
        let known = self.passed.get(&token.epoch);
        let is_new = known.is_none_or(|passed| token.passed > *passed);
        if is_new && !self.is_void(&token) {
            self.hold(token, cx);
        }
    }

    fn hold(&mut self, token: Token, cx: &mut Cx<'_, M>) {
        self.passed.insert(token.epoch, token.passed);
        turn(TokenTurn::Acquire, &token, cx);
        self.token = Some(token);
        self.send_all(cx);
        if self.successor(cx) != cx.me() {
            cx.set_timer(HELD, HOLD);
        }
    }

    fn send_all(&mut self, cx: &mut Cx<'_, M>) {
        let Some(token) = &mut self.token else { return };
        let mut numbered = Vec::new();
        for (group, m) in self.queue.drain(..) {
            let next = token.next.entry(group).or_default();
            numbered.push((group, *next, m));
            *next = next.saturating_add(1);
        }
        for (group, number, m) in numbered {
            self.regeneration.given.insert((group, number));
            self.multicast_below(group, Ring::Data(number, m), cx);
        }
    }

    /// After a while of holding.
    fn pass(&mut self, cx: &mut Cx<'_, M>) {
        let Some(mut token) = self.token.take() else { return };
        let successor = self.successor(cx);
        turn(TokenTurn::Release, &token, cx);
        if self.send_without_token {
            self.token = Some(token.clone());
        }
        token.passed = token.passed.saturating_add(1);
        self.send_below(successor, Ring::Token(token), cx);
    }
}

/// Tells what becomes of the token.
fn turn<M>(turn: TokenTurn, token: &Token, cx: &mut Cx<'_, M>) {
    cx.indicate(Indication::Token { turn, epoch: token.epoch });
}

impl<M: Value, L: Layer<Payload = Ring<M>>> Protocol for TokenRing<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        if cx.members(GroupId::ALL).first() == Some(&cx.me()) {
            let first = Token::default();
            turn(TokenTurn::New, &first, cx);
            self.hold(first, cx);
        }
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.queue.push((group, m));
        self.send_all(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.pass(cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Ring<M>>, cx: &mut Cx<'_, M>) {
        let (from, group) = (received.from, received.group);
        match received.message {
            Ring::Data(number, m) => {
                let delivery = Delivery { from, group, message: m, slot: Some(number) };
                self.held_back.entry(group).or_default().place(number, delivery);
                self.deliver_ready(group, cx);
            }
            Ring::Token(token) => self.receive_token(token, cx),
            Ring::Reform(epoch, crashed) => self.report(from, epoch, crashed, cx),
            Ring::Report(epoch, seen) => self.collect(from, epoch, seen, cx),
            Ring::Void(void) => self.pass_over(void, cx),
        }
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        if let Indication::Suspect(q) = indication {
            self.suspect(q, cx);
        }
        cx.indicate(indication);
    }
}
