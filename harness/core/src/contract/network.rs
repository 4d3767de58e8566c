//! The bottom of every stack: a network of the scenario.

use crate::contract::cx::Cx;
use crate::contract::host::Timer;
use crate::contract::layer::{Layer, Value};
use crate::contract::memory::Memory;
use crate::contract::vocabulary::{Delivery, Request};
use crate::id::{GroupId, NetworkId, NodeId};
use std::marker::PhantomData;

/// A network that carries values `M` from node to node, with the guarantees of its channel and no
/// others. `send` is a unicast. `multicast` is a group send, as of IP multicast: one effect, which
/// a crash cannot cut in two, though each member's copy travels and is lost by itself.
pub struct Network<M> {
    id: NetworkId,
    carries: PhantomData<M>,
}

impl<M> Network<M> {
    /// The network that carries the application's messages.
    pub fn payload() -> Network<M> {
        Network::on(NetworkId::PAYLOAD)
    }

    /// The network with this id.
    pub fn on(id: NetworkId) -> Network<M> {
        Network { id, carries: PhantomData }
    }
}

impl<M: Value> Layer for Network<M> {
    type Payload = M;
    type Wire = M;

    fn start(&mut self, _: &mut Cx<'_, M>) {}

    fn request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Send(to, m) => cx.put_on_wire(self.id, &[to], &m),
            Request::SendEach(to, m) => cx.put_on_wire(self.id, &to, &m),
            Request::Multicast(group, m) => cx.put_on_wire_for(self.id, group, &m),
            other => cx.refuse(other.name()),
        }
    }

    /// What claims to be of this network and came over another is forged or garbled.
    fn receive(&mut self, from: NodeId, message: M, cx: &mut Cx<'_, M>) {
        let over = cx.arrived_over();
        if over != self.id {
            return cx.note(format!("a frame for network {} came over {}", self.id.0, over.0));
        }
        cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
    }

    #[inline(always)]
    fn pass(
        &mut self,
        from: NodeId,
        message: M,
        cx: &mut Cx<'_, M>,
    ) -> Result<Option<Delivery<M>>, M> {
        match cx.arrived_over() == self.id {
            true => Ok(Some(Delivery { from, group: GroupId::ALL, message, slot: None })),
            false => Err(message),
        }
    }

    fn timeout(&mut self, _: Timer, _: &mut Cx<'_, M>) {}

    fn recover(&mut self, _: &mut Cx<'_, M>) {}

    fn recall(&mut self, _: &mut Memory) {}
}
