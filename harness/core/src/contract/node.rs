//! The runtime's door: any stack as one object-safe node.

use crate::contract::cx::{Cx, Risen};
use crate::contract::host::{Effect, Host, Timer};
use crate::contract::layer::Layer;
use crate::contract::vocabulary::Request;
use crate::id::NodeId;
use crate::message::Message;

/// A node as a runtime sees it. Each call leaves its effects in the host, to be performed in order.
pub trait Node {
    /// The node starts for the first time.
    fn start(&mut self, host: &mut Host);
    /// The application asks for something.
    fn request(&mut self, request: Request<Message>, host: &mut Host);
    /// A frame came from a network.
    ///
    /// # Errors
    /// [`Garbled`] if the bytes are no message of this protocol; the node has not changed.
    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled>;
    /// A timer ran out.
    fn timeout(&mut self, timer: Timer, host: &mut Host);
    /// The node restarts after a crash.
    fn recover(&mut self, host: &mut Host);
    /// The node has crashed: what it holds outside its memory is given up.
    fn stop(&mut self) {}
    /// The frame as JSON, for people and for structure-aware mutation.
    ///
    /// # Errors
    /// [`Garbled`] if the bytes are no message of this protocol.
    fn describe(&self, frame: &[u8]) -> Result<serde_json::Value, Garbled>;
    /// The frame that a JSON form stands for: the inverse of [`describe`](Node::describe).
    ///
    /// # Errors
    /// [`Garbled`] if the JSON is no message of this protocol.
    fn frame(&self, described: serde_json::Value) -> Result<Vec<u8>, Garbled>;
}

/// The bytes are no message of the protocol.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the frame as a message of this protocol")]
pub struct Garbled;

/// A stack of layers as a node.
pub struct Stack<L> {
    layers: L,
}

impl<L: Layer<Payload = Message> + 'static> Stack<L> {
    /// The stack as a node.
    pub fn node(layers: L) -> Box<dyn Node> {
        Box::new(Stack { layers })
    }

    fn run(&mut self, host: &mut Host, step: impl FnOnce(&mut L, &mut Cx<'_, Message>)) {
        let mut risen = Risen::default();
        step(&mut self.layers, &mut Cx::top(host, &mut risen));
        let mut nowhere = Risen::<Message>::default();
        risen.hand_up(&mut Cx::top(host, &mut nowhere), |report, cx| {
            cx.host.effects.list.push(Effect::Indicate(report));
        });
    }
}

impl<L: Layer<Payload = Message> + 'static> Node for Stack<L> {
    fn start(&mut self, host: &mut Host) {
        self.run(host, |layers, cx| layers.start(cx));
    }

    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        self.run(host, |layers, cx| layers.request(request, cx));
    }

    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        let wire: L::Wire = postcard::from_bytes(frame).map_err(|_| Garbled)?;
        self.run(host, |layers, cx| layers.receive(from, wire, cx));
        Ok(())
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        self.run(host, |layers, cx| layers.timeout(timer, cx));
    }

    fn recover(&mut self, host: &mut Host) {
        self.run(host, |layers, cx| layers.recover(cx));
    }

    fn describe(&self, frame: &[u8]) -> Result<serde_json::Value, Garbled> {
        let wire: L::Wire = postcard::from_bytes(frame).map_err(|_| Garbled)?;
        serde_json::to_value(wire).map_err(|_| Garbled)
    }

    fn frame(&self, described: serde_json::Value) -> Result<Vec<u8>, Garbled> {
        let wire: L::Wire = serde_json::from_value(described).map_err(|_| Garbled)?;
        postcard::to_stdvec(&wire).map_err(|_| Garbled)
    }
}
