//! Layers, and protocols written above one layer.

use crate::contract::cx::{Cx, Risen};
use crate::contract::host::Timer;
use crate::contract::memory::Memory;
use crate::contract::vocabulary::{Delivery, Indication, Request, View};
use crate::id::{GroupId, NodeId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::rc::Rc;

/// What can cross a network or lie on a disk: plain data with a serde form.
pub trait Value: Clone + Debug + Serialize + DeserializeOwned + 'static {}
impl<T: Clone + Debug + Serialize + DeserializeOwned + 'static> Value for T {}

/// A stack of micro-protocols, seen from above. Most protocols implement [`Protocol`] instead and
/// get this from it; implement it directly for a protocol that has two layers below it.
pub trait Layer {
    /// What it carries for the layer above.
    type Payload: Value;
    /// What the bottom of the stack puts on the network.
    type Wire: Value;

    /// The node starts for the first time.
    fn start(&mut self, cx: &mut Cx<'_, Self::Payload>);
    /// The layer above asks for something.
    fn request(&mut self, request: Request<Self::Payload>, cx: &mut Cx<'_, Self::Payload>);
    /// A message came from the network.
    fn receive(&mut self, from: NodeId, wire: Self::Wire, cx: &mut Cx<'_, Self::Payload>);
    /// What `receive` would deliver, if it would do that at most and nothing else; or the message
    /// back. The bottom of a stack says so, and whoever only takes a header off, as every message
    /// passes them: what is reported costs a copy or two of it for each layer.
    ///
    /// # Errors
    /// The message back, to be received.
    #[inline(always)]
    fn pass(
        &mut self,
        _: NodeId,
        wire: Self::Wire,
        _: &mut Cx<'_, Self::Payload>,
    ) -> Result<Option<Delivery<Self::Payload>>, Self::Wire> {
        Err(wire)
    }
    /// A timer of this layer or of one below ran out.
    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, Self::Payload>);
    /// The node restarts after a crash, with a new state and the old stable storage.
    fn recover(&mut self, cx: &mut Cx<'_, Self::Payload>);
    /// Tells what this layer and those below remember. One that does not is taken to remember
    /// everything that ever came to it.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}

/// What the layer below a protocol carries for it.
type Below<P> = <<P as Protocol>::Lower as Layer>::Payload;

/// A micro-protocol above one layer: its pseudocode and nothing else. The passing up and down
/// stands in the implementation of [`Layer`] for every protocol.
pub trait Protocol: Sized {
    /// What it carries for the layer above.
    type Payload: Value;
    /// The layer below.
    type Lower: Layer;

    /// The layer below.
    fn lower(&mut self) -> &mut Self::Lower;

    /// To multicast `m` to `group`. A protocol that multicasts nothing, such as consensus, leaves
    /// this out.
    fn multicast(&mut self, group: GroupId, m: Self::Payload, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (group, m);
        cx.refuse("multicast");
    }

    /// Upon delivery by the layer below.
    fn upon_deliver(&mut self, delivery: Delivery<Below<Self>>, cx: &mut Cx<'_, Self::Payload>) {
        if let Some(delivery) = self.open(delivery, cx.me()) {
            cx.deliver(delivery);
        }
    }

    /// Whether all that is done upon a delivery is to [`open`](Protocol::open) it.
    const OPENS: bool = false;

    /// What is delivered of what this node, `me`, has got from the layer below, if anything is: for
    /// a protocol that remembers nothing of it and does nothing else, in place of `upon_deliver`.
    #[inline(always)]
    fn open(&self, delivery: Delivery<Below<Self>>, me: NodeId) -> Option<Delivery<Self::Payload>> {
        let _ = (delivery, me);
        None
    }

    /// To send `m` to one node.
    fn send(&mut self, to: NodeId, m: Self::Payload, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (to, m);
        cx.refuse("send");
    }

    /// To send `m` to each of these nodes, one after the other.
    fn send_each(&mut self, to: &[NodeId], m: Self::Payload, cx: &mut Cx<'_, Self::Payload>) {
        for p in to {
            self.send(*p, m.clone(), cx);
        }
    }

    /// Any other request. What carries no message goes to the layer below, as views come up; what
    /// does, to propose and to invoke, means something to the protocol or is refused.
    fn upon_request(&mut self, request: Request<Self::Payload>, cx: &mut Cx<'_, Self::Payload>) {
        match request {
            Request::Join(group) => self.ask(Request::Join(group), cx),
            Request::Leave(group) => self.ask(Request::Leave(group), cx),
            Request::BlockOk(group, view) => self.ask(Request::BlockOk(group, view), cx),
            other => cx.refuse(other.name()),
        }
    }

    /// Upon the first start.
    fn upon_start(&mut self, cx: &mut Cx<'_, Self::Payload>) {
        let _ = cx;
    }

    /// Upon a timer of this protocol.
    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (tag, cx);
    }

    /// Upon restart after a crash: only stable storage is left.
    fn upon_recover(&mut self, cx: &mut Cx<'_, Self::Payload>) {
        self.upon_start(cx);
    }

    /// Upon a view installed by the layer below; handed on unless the protocol says otherwise.
    fn upon_view(&mut self, view: View, cx: &mut Cx<'_, Self::Payload>) {
        cx.indicate(Indication::View(view));
    }

    /// Upon any other report of the layer below that carries no message: block, suspect,
    /// trust, token, lead, unlead.
    /// Handed on unless the protocol says otherwise.
    fn upon_indication(
        &mut self,
        indication: Indication<Self::Payload>,
        cx: &mut Cx<'_, Self::Payload>,
    ) {
        cx.indicate(indication);
    }

    /// Upon a message that the layer below no longer keeps for others. What it carries is the
    /// protocol's to say: unless it does, nobody above hears of it.
    fn upon_discard(&mut self, message: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (message, cx);
    }

    /// Upon a message that every member of the view has. What it carries is the protocol's to say:
    /// unless it does, nobody above hears of it.
    fn upon_safe(&mut self, message: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (message, cx);
    }

    /// Upon a decision of the layer below. A protocol above consensus gives this its meaning.
    fn upon_decide(&mut self, instance: u64, value: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (instance, value, cx);
    }

    /// Upon the result of an operation invoked below.
    fn upon_respond(&mut self, operation: u64, value: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        let _ = (operation, value, cx);
    }

    /// Tells what this protocol remembers; the layer below tells its own. One that does not is
    /// taken to remember everything that ever came to it.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }

    /// Asks something of the layer below.
    fn ask(&mut self, request: Request<Below<Self>>, cx: &mut Cx<'_, Self::Payload>) {
        run_below(self, cx, |lower, cx| lower.request(request, cx));
    }

    /// Multicasts through the layer below.
    fn multicast_below(&mut self, group: GroupId, m: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        self.ask(Request::Multicast(group, m), cx);
    }

    /// Sends to one node through the layer below.
    fn send_below(&mut self, to: NodeId, m: Below<Self>, cx: &mut Cx<'_, Self::Payload>) {
        self.ask(Request::Send(to, m), cx);
    }

    /// Sends to each of these nodes, one after the other, through the layer below.
    fn send_each_below(
        &mut self,
        to: Rc<[NodeId]>,
        m: Below<Self>,
        cx: &mut Cx<'_, Self::Payload>,
    ) {
        self.ask(Request::SendEach(to, m), cx);
    }
}

/// Runs the layer below, and hands what it reports to the protocol.
#[inline(always)]
fn run_below<P: Protocol>(
    protocol: &mut P,
    cx: &mut Cx<'_, P::Payload>,
    run: impl FnOnce(&mut P::Lower, &mut Cx<'_, Below<P>>),
) {
    let mut risen = Risen::default();
    cx.below(protocol.lower(), &mut risen, run);
    rise(protocol, &mut risen, cx);
}

/// Hands what the layer below reported to the protocol.
#[inline(always)]
fn rise<P: Protocol>(protocol: &mut P, risen: &mut Risen<Below<P>>, cx: &mut Cx<'_, P::Payload>) {
    risen.hand_up(cx, |report, cx| match report {
        Indication::Deliver(delivery) => protocol.upon_deliver(delivery, cx),
        Indication::Discard(message) => protocol.upon_discard(message, cx),
        Indication::View(view) => protocol.upon_view(view, cx),
        Indication::Safe(message) => protocol.upon_safe(message, cx),
        Indication::Block(group, view) => {
            protocol.upon_indication(Indication::Block(group, view), cx);
        }
        // The application that a layer below holds is nobody's above.
        Indication::Snapshot(_) | Indication::StateHash(_) => {}
        Indication::Suspect(node) => protocol.upon_indication(Indication::Suspect(node), cx),
        Indication::Trust(node) => protocol.upon_indication(Indication::Trust(node), cx),
        Indication::Token { turn, epoch } => {
            protocol.upon_indication(Indication::Token { turn, epoch }, cx);
        }
        Indication::Lead { epoch } => protocol.upon_indication(Indication::Lead { epoch }, cx),
        Indication::Unlead { epoch } => protocol.upon_indication(Indication::Unlead { epoch }, cx),
        Indication::Decide { instance, value } => protocol.upon_decide(instance, value, cx),
        Indication::Respond { operation, value } => protocol.upon_respond(operation, value, cx),
        // What a server executes is of interest to histories alone.
        Indication::Apply(_) => {}
    });
}

impl<P: Protocol> Layer for P {
    type Payload = P::Payload;
    type Wire = <P::Lower as Layer>::Wire;

    fn start(&mut self, cx: &mut Cx<'_, P::Payload>) {
        run_below(self, cx, |lower, cx| lower.start(cx));
        self.upon_start(cx);
    }

    fn request(&mut self, request: Request<P::Payload>, cx: &mut Cx<'_, P::Payload>) {
        match request {
            Request::Multicast(group, m) => self.multicast(group, m, cx),
            Request::Send(to, m) => self.send(to, m, cx),
            Request::SendEach(to, m) => self.send_each(&to, m, cx),
            other => self.upon_request(other, cx),
        }
    }

    fn receive(&mut self, from: NodeId, wire: Self::Wire, cx: &mut Cx<'_, P::Payload>) {
        let mut risen = Risen::default();
        let passed = cx.below(self.lower(), &mut risen, |lower, cx| lower.pass(from, wire, cx));
        match passed {
            Ok(Some(delivery)) => self.upon_deliver(delivery, cx),
            Ok(None) => {}
            Err(wire) => run_below(self, cx, |lower, cx| lower.receive(from, wire, cx)),
        }
    }

    #[inline(always)]
    fn pass(
        &mut self,
        from: NodeId,
        wire: Self::Wire,
        cx: &mut Cx<'_, P::Payload>,
    ) -> Result<Option<Delivery<P::Payload>>, Self::Wire> {
        if !P::OPENS {
            return Err(wire);
        }
        let mut risen = Risen::default();
        let passed = cx.below(self.lower(), &mut risen, |lower, cx| lower.pass(from, wire, cx))?;
        Ok(passed.and_then(|delivery| self.open(delivery, cx.me())))
    }

    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, P::Payload>) {
        if cx.owns(timer) {
            return self.upon_timeout(timer.tag, cx);
        }
        run_below(self, cx, |lower, cx| lower.timeout(timer, cx));
    }

    fn recover(&mut self, cx: &mut Cx<'_, P::Payload>) {
        run_below(self, cx, |lower, cx| lower.recover(cx));
        self.upon_recover(cx);
    }

    fn recall(&mut self, memory: &mut Memory) {
        Protocol::recall(self, memory);
        self.lower().recall(memory);
    }
}
