//! Reliable multicast among liars: the engine of [`reliable`](super::reliable) as a layer, on which
//! all that broadcasts reliably stands.
//!
//! A message is in its place by its name, and its origin must be who broadcasts it.

use crate::byzantine::correia::Rules;
use crate::byzantine::correia::reliable::{Broadcast, Placed, Reliable, Said};
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;

impl Placed for Message {
    type Place = (u32, u32);

    fn place(&self, origin: NodeId) -> Option<(u32, u32)> {
        (self.id.origin == origin).then_some((self.id.incarnation, self.id.number))
    }
}

/// Reliable multicast among liars.
pub struct ReliableMulticast<W: Placed> {
    network: Network<Said<W>>,
    engine: Reliable<W>,
}

impl<W: Placed> ReliableMulticast<W> {
    /// On the network of the application.
    pub fn new(setup: &Setup<'_>) -> ReliableMulticast<W> {
        ReliableMulticast { network: Network::payload(), engine: Reliable::new(Rules::of(setup)) }
    }
}

impl<W: Placed + Value> Protocol for ReliableMulticast<W> {
    type Payload = W;
    type Lower = Network<Said<W>>;

    fn lower(&mut self) -> &mut Network<Said<W>> {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, what: W, cx: &mut Cx<'_, W>) {
        let init = Said::Init(Broadcast { by: cx.me(), what });
        self.send_each_below(cx.members(group), init, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Said<W>>, cx: &mut Cx<'_, W>) {
        let heard = self.engine.upon(received.from, received.message);
        if let Some(said) = heard.say {
            self.send_each_below(cx.members(received.group), said, cx);
        }
        if let Some(Broadcast { by, what }) = heard.delivered {
            cx.deliver(Delivery { from: by, group: received.group, message: what, slot: None });
        }
    }
}
