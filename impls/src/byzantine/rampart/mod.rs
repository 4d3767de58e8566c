//! Atomic multicast among liars by signed echoes and a sequencer (Reiter, *Secure agreement
//! protocols: reliable and atomic group multicast in Rampart*, CCS 1994).
//!
//! ```text
//! To A-multicast m:    echo-multicast (data, m)
//! The sequencer:       echo-multicasts (order, which messages come next)
//! ```
//!
//! Three messages each way for either: 6n − 6 without those to oneself, in 6 steps. Assumes n > 3f
//! and a perfect channel. Departs from the source: the group is what it is for ever, so that nothing
//! that a sequencer, or the origin of a message, owes is had from others when it says nothing:
//! nothing is claimed that must happen in the end, safety alone. Commits are remembered for ever, by
//! name.

pub mod echo;
pub mod order;
mod record;

pub use record::ENTRY;

use crate::byzantine::rampart::echo::{EchoMulticast, Heard, Said};
use crate::byzantine::rampart::order::{Name, Ordering};
use pepperland_core::contract::{Cx, Delivery, Network, Protocol};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// What is echo-multicast.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Content {
    /// A message.
    Data(Message),
    /// By the sequencer: what comes next.
    Order(Vec<Name>),
}

/// Atomic multicast at one node.
pub struct Rampart {
    network: Network<Said<Content>>,
    echo: EchoMulticast<Content>,
    ordering: Ordering,
    /// The slot of the next delivery.
    slot: u64,
}

/// The first node orders.
const SEQUENCER: NodeId = NodeId(0);

impl Rampart {
    /// On the network of the application.
    pub fn new(setup: &Setup<'_>) -> Rampart {
        Rampart {
            network: Network::payload(),
            echo: EchoMulticast::new(setup),
            ordering: Ordering::new(setup.flawed("order-not-waited-for")),
            slot: 0,
        }
    }

    fn echo_multicast(&mut self, content: Content, cx: &mut Cx<'_, Message>) {
        let said = self.echo.multicast(content);
        self.send_each_below(cx.members(GroupId::ALL), said, cx);
    }

    fn upon_content(&mut self, name: Name, content: Content) {
        match content {
            Content::Data(message) => self.ordering.hear_of(name, message),
            Content::Order(order) if name.0 == SEQUENCER => self.ordering.append(order),
            Content::Order(_) => {}
        }
    }

    fn advance(&mut self, cx: &mut Cx<'_, Message>) {
        if cx.me() == SEQUENCER
            && let Some(order) = self.ordering.order()
        {
            self.echo_multicast(Content::Order(order), cx);
        }
        while let Some((from, message)) = self.ordering.take_next() {
            let slot = Some(self.slot);
            self.slot += 1;
            cx.deliver(Delivery { from, group: GroupId::ALL, message, slot });
        }
    }
}

impl Protocol for Rampart {
    type Payload = Message;
    type Lower = Network<Said<Content>>;

    fn lower(&mut self) -> &mut Self::Lower {
        &mut self.network
    }

    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.echo_multicast(Content::Data(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Said<Content>>, cx: &mut Cx<'_, Message>) {
        let from = received.from;
        let Heard { answer, say, delivered } = self.echo.upon(cx.me(), from, received.message);
        if let Some(answer) = answer {
            self.send_below(from, answer, cx);
        }
        if let Some(said) = say {
            self.send_each_below(cx.members(GroupId::ALL), said, cx);
        }
        for (by, number, content) in delivered {
            self.upon_content((by, number), content);
        }
        self.advance(cx);
    }
}
