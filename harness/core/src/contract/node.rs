//! The runtime's door: any stack as one object-safe node.

use crate::contract::cx::{Cx, Risen};
use crate::contract::frame;
use crate::contract::host::{Effect, Host, Timer};
use crate::contract::layer::Layer;
use crate::contract::memory::Memory;
use crate::contract::mutate::mutate;
use crate::contract::vocabulary::Request;
use crate::id::NodeId;
use crate::message::Message;
use crate::seed::mix;

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
    /// Tells what the node remembers. One that does not is taken to remember everything that ever
    /// came to it.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
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
    /// The frame that this node sends instead when it lies: one place of the message is changed a
    /// little ([`mutate`]). The draw chooses which; nothing if no choice in reach of it gives
    /// another message of this protocol.
    fn mutate(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let described = self.describe(frame).ok()?;
        (0..LIES_TRIED).find_map(|attempt| {
            let mut changed = described.clone();
            let draw = if attempt == 0 { draw } else { mix(draw ^ attempt) };
            let lie = self.frame(mutate(&mut changed, draw).then_some(changed)?).ok()?;
            (lie != frame && self.describe(&lie).is_ok()).then_some(lie)
        })
    }
    /// The frame with this node's own authenticators right for what it now says, on its way to `to`;
    /// none if it has none. A liar owns its keys: what the harness makes of its messages it seals
    /// anew, with these keys and no others.
    fn reseal(&self, to: NodeId, frame: &[u8]) -> Option<Vec<u8>> {
        let _ = (to, frame);
        None
    }
    /// The frame as it arrives over a link that corrupts it: this bit of it (modulo its length) is
    /// changed. Where frames are text, most changed bits only make it unreadable, and a node may
    /// prefer [`mutate`](Node::mutate).
    fn corrupt(&self, frame: &[u8], bit: u64) -> Vec<u8> {
        flip(frame, bit)
    }
}

/// How often a lie is drawn anew because the one before is no message of the protocol: wrong
/// numbers are messages, wrong words of an enum are not.
const LIES_TRIED: u64 = 32;

/// The frame with one bit changed, counted modulo its length; an empty one stays as it is.
pub fn flip(frame: &[u8], bit: u64) -> Vec<u8> {
    let mut flipped = frame.to_vec();
    if !frame.is_empty() {
        let bit = bit % (frame.len() as u64 * 8);
        flipped[(bit / 8) as usize] ^= 1 << (bit % 8);
    }
    flipped
}

/// The bytes are no message of the protocol.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the frame as a message of this protocol")]
pub struct Garbled;

/// A stack of layers as a node.
pub struct Stack<L: Layer> {
    layers: L,
    reseal: Option<Reseal<L::Wire>>,
}

/// Mends a node's own authenticators in a message to a node.
type Reseal<M> = Box<dyn Fn(NodeId, M) -> M>;

impl<L: Layer<Payload = Message> + 'static> Stack<L> {
    /// The stack as a node.
    pub fn node(layers: L) -> Box<dyn Node> {
        Box::new(Stack { layers, reseal: None })
    }

    /// As a node that signs what it says: `reseal` mends its own authenticators in a message to a
    /// node.
    pub fn sealing(
        layers: L,
        reseal: impl Fn(NodeId, L::Wire) -> L::Wire + 'static,
    ) -> Box<dyn Node> {
        Box::new(Stack { layers, reseal: Some(Box::new(reseal)) })
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
        let wire: L::Wire = frame::read(frame)?;
        self.run(host, |layers, cx| layers.receive(from, wire, cx));
        Ok(())
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        self.run(host, |layers, cx| layers.timeout(timer, cx));
    }

    fn recover(&mut self, host: &mut Host) {
        self.run(host, |layers, cx| layers.recover(cx));
    }

    fn recall(&mut self, memory: &mut Memory) {
        self.layers.recall(memory);
    }

    fn describe(&self, frame: &[u8]) -> Result<serde_json::Value, Garbled> {
        let wire: L::Wire = frame::read(frame)?;
        serde_json::to_value(wire).map_err(|_| Garbled)
    }

    fn frame(&self, described: serde_json::Value) -> Result<Vec<u8>, Garbled> {
        let wire: L::Wire = serde_json::from_value(described).map_err(|_| Garbled)?;
        postcard::to_stdvec(&wire).map_err(|_| Garbled)
    }

    fn reseal(&self, to: NodeId, frame: &[u8]) -> Option<Vec<u8>> {
        let wire: L::Wire = frame::read(frame).ok()?;
        postcard::to_stdvec(&self.reseal.as_ref()?(to, wire)).ok()
    }
}
