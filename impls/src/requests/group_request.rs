//! Group request: a multicast to which the members reply, and which returns when enough of them
//! have (Birman and Joseph, *Exploiting Virtual Synchrony in Distributed Systems*, SOSP 1987; the
//! reply semantics of the lecture slides: none, the first, a majority, all).
//!
//! ```text
//! To G-request (m, k) at p:             i := the next operation;  Replies(i) := {}
//!                                       R-multicast(g, (request, i, m))
//!                                       if k = 0 then return ok, {}
//!                                       start timer i
//! On R-deliver((request, i, m)) from p: send(p, (reply, i))
//! On receive((reply, i)) from q at p:   Replies(i) := Replies(i) + {q}
//!                                       if |Replies(i)| = k then return ok, Replies(i)
//! On time-out of i:                     return time-out, Replies(i)
//! ```
//!
//! k is a number, or `"majority"` or `"all"` of the members. A client asks by
//! `{"f":"multicast","replies":k}` and is told whose replies there are: `multicast_ok` if they are
//! enough, `multicast_timeout` if after 0.2 s they are not, which says nothing of the others: the
//! request reaches them all the same. A multicast without a client is one that nobody replies to.
//!
//! Assumes a perfect channel and crash-stop failures: R-multicast, and that copies of a reply may
//! come twice. Departs from the source: the members' replies carry no value.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, VALIDITY};
use crate::multicast::reliable::reliable;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Request, Stack};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How long replies are waited for.
const PATIENCE: Span = Span::millis(200);

/// M8.
pub const ENTRY: Implementation = Implementation {
    name: "group-request",
    number: "M8",
    statement: "group request: returns with the replies of none, one, a majority or all members",
    source: "Birman & Joseph 1987; lecture slides",
    claims: &[INTEGRITY, VALIDITY, AGREEMENT, &[Claim::always("k-reply")]],
    model: Model { service: Some("requests"), ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "counts-one-member-twice",
            number: "R8",
            statement: "replies are counted, not the members that they are from",
            breaks: "k-reply",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "duplicate",
            workload: "requests",
            killer: include_str!("../../killers/counts-one-member-twice.jsonl"),
        },
        Flaw {
            name: "time-out-is-success",
            number: "PL18",
            statement: "when time is up, whatever replies there are count as enough",
            breaks: "k-reply",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "crash",
            workload: "requests",
            killer: include_str!("../../killers/time-out-is-success.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 1, note: "" }),
    build: |setup| {
        let requests = GroupRequest::over(reliable::<Requesting>(setup), setup);
        changed(setup, Stack::node(requests))
    },
};

/// What travels below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Requesting {
    /// A multicast that nobody replies to.
    Multicast(Message),
    /// `(request, i, m)`
    Request(u64, Message),
    /// `(reply, i)`
    Reply(u64),
}

/// Group request over reliable multicast.
pub struct GroupRequest<L> {
    lower: L,
    /// The requests of this node that have not returned, by i.
    open: BTreeMap<u64, Open>,
    counts_one_member_twice: bool,
    time_out_is_success: bool,
}

/// A request that has not returned.
struct Open {
    m: Message,
    /// k.
    enough: usize,
    /// Replies(i).
    replies: Vec<NodeId>,
}

impl<L> GroupRequest<L> {
    /// Group request over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> GroupRequest<L> {
        GroupRequest {
            lower,
            open: BTreeMap::new(),
            counts_one_member_twice: setup.flawed("counts-one-member-twice"),
            time_out_is_success: setup.flawed("time-out-is-success"),
        }
    }

    /// On receive((reply, i)) from q.
    fn take_reply(&mut self, i: u64, q: NodeId, cx: &mut Cx<'_, Message>) {
        let Some(open) = self.open.get_mut(&i) else { return };
        if self.counts_one_member_twice || !open.replies.contains(&q) {
            open.replies.push(q);
        }
        if open.replies.len() >= open.enough {
            cx.cancel_timer(i as u32);
            self.give_back(i, "multicast_ok", cx);
        }
    }

    /// Returns to the client of i, once.
    fn give_back(&mut self, i: u64, word: &str, cx: &mut Cx<'_, Message>) {
        let Some(open) = self.open.remove(&i) else { return };
        let from: Vec<String> = open.replies.iter().map(NodeId::to_string).collect();
        let result = json!({"f": word, "from": from}).to_string();
        let value = Message { id: open.m.id, body: Body::new(result.as_bytes()) };
        cx.indicate(Indication::Respond { operation: i, value });
    }
}

impl<L: Layer<Payload = Requesting>> GroupRequest<L> {
    /// To G-request (m, k).
    fn request(&mut self, i: u64, m: Message, cx: &mut Cx<'_, Message>) {
        let Some(enough) = replies_asked_for(&m, cx.members(GroupId::ALL).len()) else {
            return cx.refuse("invoke");
        };
        self.open.insert(i, Open { m: m.clone(), enough, replies: Vec::new() });
        self.multicast_below(GroupId::ALL, Requesting::Request(i, m), cx);
        match enough {
            0 => self.give_back(i, "multicast_ok", cx),
            _ => cx.set_timer(i as u32, PATIENCE),
        }
    }
}

/// k, of n members; none if the client's words mean nothing.
fn replies_asked_for(m: &Message, n: usize) -> Option<usize> {
    let op: Value = serde_json::from_slice(&m.body.0).ok()?;
    if op.get("f")?.as_str()? != "multicast" {
        return None;
    }
    match op.get("replies")? {
        Value::String(word) if word == "majority" => Some(n / 2 + 1),
        Value::String(word) if word == "all" => Some(n),
        number => usize::try_from(number.as_u64()?).ok(),
    }
}

impl<L: Layer<Payload = Requesting>> Protocol for GroupRequest<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Requesting::Multicast(m), cx);
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Invoke { operation, value } => self.request(operation, value, cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Requesting>, cx: &mut Cx<'_, Message>) {
        match &received.message {
            Requesting::Multicast(m) => cx.deliver(received.with(m.clone())),
            Requesting::Request(i, _) => {
                self.send_below(received.from, Requesting::Reply(*i), cx);
            }
            Requesting::Reply(i) => self.take_reply(*i, received.from, cx),
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        let timed = self.open.keys().find(|i| **i as u32 == tag).copied();
        let word = if self.time_out_is_success { "multicast_ok" } else { "multicast_timeout" };
        if let Some(i) = timed {
            self.give_back(i, word, cx);
        }
    }
}
