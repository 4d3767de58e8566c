//! The arithmetic service: up to five servers, of which one answers (a student project: *Multicast:
//! desenvolvimento de aplicação tolerante a falhas*).
//!
//! ```text
//! At each server, in the group of the servers:
//! On initialization:             all servers are Disconnected, also the own;  confirm
//! Every period:                  confirm
//! To confirm:                    multicast the own index;  count down the TTL of all, also the own
//! On receive (index):            index is Active
//! At each server, in the group that it shares with the clients:
//! On receive (request, i, e) from c:
//!                                if the own index is the least of those that may answer then
//!                                    send(c, (answer, i, the value of e))
//! At a client:
//! To evaluate e:                 multicast (request, i, e) to the shared group
//! On receive (answer, i, v), the first:  return v
//! ```
//!
//! Who may answer is in the [`StateTable`]: who is Active or Awaiting confirmation. A server hears
//! itself, so that one that the group does not hear does not answer either. For a while after a
//! fault tables differ, and none or two answer; once no more than `max_latency` and three periods
//! have passed, one does.
//!
//! Assumes IP multicast and UDP, which lose, double and reorder datagrams, and servers that restart
//! with nothing; and that in the end no copy is late. The group of the servers is the second one
//! that there is, and its first five members; where there is but one group, they are of that.
//!
//! Departs from the source: division is exact, where Python 2 rounds down and Python 3 to a float;
//! what has no value is answered by saying why; a second is a little more than the latency of the
//! network, so that nobody who is up misses two confirmations. The client drops second answers.

pub mod expression;
mod record;

pub use record::ENTRY;

use crate::detectors::state_table::{Passage, State, StateTable, Thresholds};
use crate::links::sealed::Sealed;
use expression::{Arithmetic, Failure};
use pepperland_core::contract::{Applied, Cx, Delivery, Indication, Layer, Protocol, Request};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The group of clients and servers.
const SHARED: GroupId = GroupId::ALL;

/// The group of the servers alone.
const SERVERS: GroupId = GroupId(1);

/// How many servers there may be.
pub const MOST_SERVERS: usize = 5;

/// The timer of the next confirmation.
const CONFIRM: u32 = 0;

/// How often servers confirm, and what they make of silence.
#[derive(Copy, Clone, Debug)]
pub struct Pace {
    /// From one confirmation to the next.
    pub period: Span,
    /// After how many ticks without a confirmation a server is in which state.
    pub thresholds: Thresholds,
}

impl Pace {
    /// That of the source.
    pub const SECOND: Pace = Pace {
        period: Span::seconds(1),
        thresholds: Thresholds { awaiting: 1, unresponsive: 3, disconnected: 6 },
    };

    /// The thresholds of the source on a network of this latency. Of whoever is up, confirmations
    /// come at most `period + max_latency` apart, while three ticks take two periods.
    pub fn of(max_latency: Span) -> Pace {
        Pace { period: max_latency + Span::millis(10), ..Pace::SECOND }
    }

    /// How long it takes until all know who has crashed: until the last confirmation has come, and
    /// has been counted down.
    fn takeover(self, max_latency: Span) -> Span {
        max_latency + Span(self.period.0 * u64::from(self.thresholds.unresponsive))
    }
}

/// After how many ticks the table is shown again.
const SHOWN_EVERY: u32 = 20;

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said {
    /// The server of this index is connected and active.
    Confirmation(NodeId),
    /// `(request, i, e)`
    Request {
        /// i
        operation: u64,
        /// e
        expression: String,
    },
    /// `(answer, i, v)`
    Answer {
        /// i
        operation: u64,
        /// v, or why there is none.
        outcome: Result<String, Failure>,
    },
}

/// A server, a client, or both.
pub struct Service<L> {
    links: L,
    pace: Pace,
    table: StateTable,
    ticks: u32,
    /// What this node's clients have asked for and not been told.
    open: BTreeSet<u64>,
    arithmetic: Arithmetic,
    stale_table: bool,
    awaiting_may_not_answer: bool,
}

impl<L> Service<L> {
    /// The service over these links.
    pub fn over(links: L, pace: Pace, setup: &Setup<'_>) -> Service<L> {
        Service {
            links,
            pace,
            table: StateTable::new([], pace.thresholds),
            ticks: 0,
            open: BTreeSet::new(),
            arithmetic: Arithmetic {
                integer_division: setup.flawed("integer-division"),
                precedence_ignored: setup.flawed("precedence-ignored"),
            },
            stale_table: setup.flawed("stale-table"),
            awaiting_may_not_answer: setup.flawed("awaiting-may-not-answer"),
        }
    }

    /// Whether this server's index is the least of those that may answer.
    fn is_to_answer(&self, me: NodeId) -> bool {
        let may = |state: State| match self.awaiting_may_not_answer {
            true => state == State::Active,
            false => state.may_answer(),
        };
        self.table.states().find(|(_, state)| may(*state)).is_some_and(|(least, _)| least == me)
    }
}

impl<L: Layer<Payload = Sealed<Said>>> Service<L> {
    fn confirm(&mut self, cx: &mut Cx<'_, Message>) {
        let group = if cx.members(SERVERS).is_empty() { SHARED } else { SERVERS };
        self.multicast_below(group, Sealed::new(Said::Confirmation(cx.me())), cx);
        if !self.stale_table {
            self.table.tick().into_iter().for_each(|passage| report(passage, cx));
        }
        self.ticks += 1;
        if self.ticks.is_multiple_of(SHOWN_EVERY) {
            cx.note(self.table.to_string());
        }
        cx.set_timer(CONFIRM, self.pace.period);
    }

    /// On receive (request, i, e) from c.
    fn serve(&mut self, c: NodeId, i: u64, e: &str, cx: &mut Cx<'_, Message>) {
        if !self.is_to_answer(cx.me()) {
            return;
        }
        let outcome = self.arithmetic.evaluate(e);
        let op = text(&json!({"f": "evaluate", "expression": e}));
        let result = text(&told(&outcome, cx.me()));
        let applied = Applied { client: c, operation: i, op, result };
        cx.indicate(Indication::Apply(Box::new(applied)));
        self.send_below(c, Sealed::new(Said::Answer { operation: i, outcome }), cx);
    }
}

/// Tells of whoever may answer and could not before, or the other way round.
fn report(passage: Passage, cx: &mut Cx<'_, Message>) {
    match (passage.from.may_answer(), passage.to.may_answer()) {
        (true, false) => cx.indicate(Indication::Suspect(passage.server)),
        (false, true) => cx.indicate(Indication::Trust(passage.server)),
        _ => {}
    }
}

/// What a client is told.
fn told(outcome: &Result<String, Failure>, from: NodeId) -> Value {
    let from = from.to_string();
    match outcome {
        Ok(value) => json!({"f": "evaluate_ok", "value": value, "from": from}),
        Err(why) => json!({"f": "evaluate_error", "error": why.to_string(), "from": from}),
    }
}

fn text(value: &Value) -> Message {
    Message { body: Body::new(value.to_string().as_bytes()), ..Message::default() }
}

/// The expression that a client asks to evaluate; none if its words mean something else.
fn expression_of(m: &Message) -> Option<String> {
    let op: Value = serde_json::from_slice(&m.body.0).ok()?;
    let evaluates = op.get("f")?.as_str()? == "evaluate";
    op.get("expression")?.as_str().filter(|_| evaluates).map(str::to_owned)
}

impl<L: Layer<Payload = Sealed<Said>>> Protocol for Service<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.links
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        let (shared, own) = (cx.members(SHARED), cx.members(SERVERS));
        let servers = if own.is_empty() { shared } else { own };
        let servers = &servers[..servers.len().min(MOST_SERVERS)];
        self.table = StateTable::new(servers.iter().copied(), self.pace.thresholds);
        if servers.contains(&cx.me()) {
            self.confirm(cx);
        }
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, Message>) {
        self.confirm(cx);
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        let Request::Invoke { operation, value } = &request else {
            return cx.refuse(request.name());
        };
        let operation = *operation;
        let Some(expression) = expression_of(value) else {
            let value = text(&json!({"f": "error", "error": "this service evaluates expressions"}));
            return cx.indicate(Indication::Respond { operation, value });
        };
        self.open.insert(operation);
        let request = Said::Request { operation, expression };
        self.multicast_below(SHARED, Sealed::new(request), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Said>>, cx: &mut Cx<'_, Message>) {
        let from = received.from;
        match received.message.open() {
            Some(Said::Confirmation(index)) => {
                let passage = self.table.confirm(index);
                passage.into_iter().for_each(|passage| report(passage, cx));
            }
            Some(Said::Request { operation, expression }) => {
                self.serve(from, operation, &expression, cx);
            }
            Some(Said::Answer { operation, outcome }) if self.open.remove(&operation) => {
                let value = text(&told(&outcome, from));
                cx.indicate(Indication::Respond { operation, value });
            }
            Some(Said::Answer { .. }) | None => {}
        }
    }
}
