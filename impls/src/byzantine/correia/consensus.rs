//! Consensus among liars, instance by instance: one of the engines as a protocol.

use crate::byzantine::correia::binary::Binary;
use crate::byzantine::correia::multicast::ReliableMulticast;
use crate::byzantine::correia::multivalued::Multivalued;
use crate::byzantine::correia::reliable::Placed;
use crate::byzantine::correia::vector::{Entries, Vector};
use crate::byzantine::correia::{Agreement, Outcome, Rules};
use pepperland_core::contract::{Cx, Delivery, Indication, Protocol, Request, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A part of one instance.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct OfInstance<P> {
    /// Which instance.
    pub instance: u64,
    /// The part.
    pub part: P,
}

impl<P: Placed> Placed for OfInstance<P> {
    type Place = (u64, P::Place);

    fn place(&self, origin: NodeId) -> Option<Self::Place> {
        Some((self.instance, self.part.place(origin)?))
    }
}

/// An agreement whose values the application writes as text.
pub trait Written: Agreement {
    /// The value that a text stands for.
    fn read(text: String) -> Option<Self::Value>;

    /// A decision as text: JSON where it is no plain value.
    fn write(decision: Self::Decision) -> String;
}

/// `0` and `1`.
impl Written for Binary {
    fn read(text: String) -> Option<bool> {
        ["0", "1"].iter().position(|bit| *bit == text).map(|bit| bit == 1)
    }

    fn write(decision: bool) -> String {
        u8::from(decision).to_string()
    }
}

/// Any text; ⊥ is `null`.
impl Written for Multivalued<String> {
    fn read(text: String) -> Option<String> {
        Some(text)
    }

    fn write(decision: Option<String>) -> String {
        decision.unwrap_or_else(|| "null".to_owned())
    }
}

/// Any text; decisions are lists, with `null` for ⊥.
impl Written for Vector<String> {
    fn read(text: String) -> Option<String> {
        Some(text)
    }

    fn write(decision: Entries<String>) -> String {
        serde_json::to_string(&decision).expect("texts have a JSON form")
    }
}

/// Consensus over reliable multicast. Instances are kept for ever, as nodes that are late may need
/// their last words.
pub struct Consensus<A: Agreement> {
    rules: Rules,
    multicast: ReliableMulticast<OfInstance<A::Part>>,
    instances: BTreeMap<u64, A>,
}

impl<A: Agreement<Part: Value>> Consensus<A> {
    /// On the network of the application.
    pub fn new(setup: &Setup<'_>) -> Consensus<A> {
        let (multicast, instances) = (ReliableMulticast::new(setup), BTreeMap::new());
        Consensus { rules: Rules::of(setup), multicast, instances }
    }

    fn instance(&mut self, instance: u64) -> &mut A {
        let rules = self.rules;
        self.instances.entry(instance).or_insert_with(|| A::new(rules))
    }
}

impl<A: Written<Part: Value> + 'static> Consensus<A> {
    fn propose(&mut self, instance: u64, value: &Message, cx: &mut Cx<'_, Message>) {
        let text = String::from_utf8_lossy(&value.body.0).into_owned();
        let Some(value) = A::read(text.clone()) else {
            return cx.note(format!("{text:?} cannot be proposed: 0 and 1 can"));
        };
        let outcome = self.instance(instance).propose(value, cx.random());
        self.perform(instance, outcome, cx);
    }

    fn perform(
        &mut self,
        instance: u64,
        outcome: Outcome<A::Part, A::Decision>,
        cx: &mut Cx<'_, Message>,
    ) {
        for part in outcome.say {
            self.multicast_below(GroupId::ALL, OfInstance { instance, part }, cx);
        }
        if let Some(decision) = outcome.decided {
            let body = Body::new(A::write(decision).as_bytes());
            let value = Message { id: MessageId::default(), body };
            cx.indicate(Indication::Decide { instance, value });
        }
    }
}

impl<A: Written<Part: Value> + 'static> Protocol for Consensus<A> {
    type Payload = Message;
    type Lower = ReliableMulticast<OfInstance<A::Part>>;

    fn lower(&mut self) -> &mut Self::Lower {
        &mut self.multicast
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Propose { instance, value } => self.propose(instance, &value, cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<OfInstance<A::Part>>, cx: &mut Cx<'_, Message>) {
        let OfInstance { instance, part } = received.message;
        let outcome = self.instance(instance).upon(received.from, part, cx.random());
        self.perform(instance, outcome, cx);
    }
}
