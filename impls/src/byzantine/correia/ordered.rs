//! Atomic multicast among liars: the engine of [`atomic`](super::atomic) as a protocol.
//!
//! A delivery's slot is how many came before it. Each agreement leaves a remark in the history: how
//! many multivalued agreements it took, on which its cost depends.

use crate::byzantine::correia::Rules;
use crate::byzantine::correia::atomic::{Atomic, Part};
use crate::byzantine::correia::multicast::ReliableMulticast;
use pepperland_core::contract::{Cx, Delivery, Protocol};
use pepperland_core::id::GroupId;
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;

/// Atomic multicast over reliable multicast.
pub struct AtomicMulticast {
    multicast: ReliableMulticast<Part<Message>>,
    engine: Atomic<Message>,
    /// The slot of the next delivery.
    slot: u64,
}

impl AtomicMulticast {
    /// On the network of the application.
    pub fn new(setup: &Setup<'_>) -> AtomicMulticast {
        let engine = Atomic::new(Rules::of(setup));
        AtomicMulticast { multicast: ReliableMulticast::new(setup), engine, slot: 0 }
    }
}

impl Protocol for AtomicMulticast {
    type Payload = Message;
    type Lower = ReliableMulticast<Part<Message>>;

    fn lower(&mut self) -> &mut Self::Lower {
        &mut self.multicast
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Part::Message(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Part<Message>>, cx: &mut Cx<'_, Message>) {
        let group = received.group;
        let does = self.engine.upon(received.from, received.message, cx.random());
        for part in does.say {
            self.multicast_below(group, part, cx);
        }
        for turns in does.turns {
            cx.note(format!("agreed on a vector in {turns} multivalued agreements"));
        }
        for (from, message) in does.delivered {
            cx.deliver(Delivery { from, group, message, slot: Some(self.slot) });
            self.slot += 1;
        }
    }
}
