//! What a node of the library says behind lines, as the harness understands it: the harness keeps a
//! node of the same kind, which never runs, and knows the messages of the protocol and the keys of
//! its namesake. A program of somebody else has none: its messages are any JSON, and its keys its
//! own.

use crate::node::Frame;
use pepperland_core::contract::{Garbled, Node};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::runtime::{Build, Guarded, Tongue};
use serde_json::Value;

/// A node that speaks for its namesake behind lines.
pub struct Mouthpiece(Box<Guarded>);

impl Mouthpiece {
    /// That of a node built so.
    pub fn new(build: Build<'_>, setup: &Setup<'_>) -> Mouthpiece {
        Mouthpiece(Guarded::new(build, setup))
    }

    /// Who knows the messages.
    pub fn node(&self) -> &dyn Node {
        &*self.0
    }

    /// The frame that a body is, and over which network it goes.
    ///
    /// # Errors
    /// If it is none of this protocol.
    pub fn frame(&self, body: &str) -> Result<(NetworkId, Vec<u8>), Garbled> {
        Frame::read(self.node(), body)
    }

    /// The body that a frame is.
    pub fn body(&self, network: NetworkId, frame: &[u8]) -> Frame {
        Frame::write(self.node(), network, frame)
    }

    /// For what goes over this network, the one who reads and writes its bodies.
    pub fn over(&self, network: NetworkId) -> Spoken<'_> {
        Spoken { mouthpiece: self, network }
    }
}

/// Bodies of a node of the library, over one network.
pub struct Spoken<'a> {
    mouthpiece: &'a Mouthpiece,
    network: NetworkId,
}

impl Spoken<'_> {
    fn frame(&self, body: &[u8]) -> Option<Vec<u8>> {
        let (_, frame) = self.mouthpiece.frame(std::str::from_utf8(body).ok()?).ok()?;
        Some(frame)
    }

    fn body(&self, frame: &[u8]) -> Option<Vec<u8>> {
        serde_json::to_vec(&self.mouthpiece.body(self.network, frame)).ok()
    }
}

impl Tongue for Spoken<'_> {
    fn read(&self, body: &[u8]) -> Option<Value> {
        self.mouthpiece.node().describe(&self.frame(body)?).ok()
    }

    fn write(&self, described: Value) -> Option<Vec<u8>> {
        self.body(&self.mouthpiece.node().frame(described).ok()?)
    }

    fn vary(&self, body: &[u8], draw: u64) -> Option<Vec<u8>> {
        self.body(&self.mouthpiece.node().mutate(&self.frame(body)?, draw)?)
    }

    fn seal(&self, to: NodeId, body: Vec<u8>) -> Vec<u8> {
        let sealed = || self.body(&self.mouthpiece.node().reseal(to, &self.frame(&body)?)?);
        sealed().unwrap_or(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
    use pepperland_core::message::Message;
    use pepperland_core::time::Span;
    use serde::{Deserialize, Serialize};

    /// What its writer's key makes of a value for a node.
    #[derive(Clone, Debug, Deserialize, Serialize)]
    struct Signed {
        v: u32,
        mac: u32,
    }

    fn signed(v: u32, to: NodeId) -> Signed {
        Signed { v, mac: 1000 * v + to.0 }
    }

    struct Signing(Network<Signed>);

    impl Protocol for Signing {
        type Payload = Message;
        type Lower = Network<Signed>;

        fn lower(&mut self) -> &mut Network<Signed> {
            &mut self.0
        }

        fn upon_deliver(&mut self, _: Delivery<Signed>, _: &mut Cx<'_, Message>) {}
    }

    fn mouthpiece() -> Mouthpiece {
        let build = |_: &Setup<'_>| {
            let layers = Signing(Network::payload());
            Stack::sealing(layers, |to, message: Signed| signed(message.v, to))
        };
        let (node, latency) = (NodeId(0), Span::millis(1));
        let setup =
            Setup { node, nodes: 2, flaw: None, max_latency: latency, register_latency: latency };
        Mouthpiece::new(&build, &setup)
    }

    const SAID: &str = r#"{"type":"frame","network":1,"message":{"v":7,"mac":1}}"#;

    fn message(body: &[u8]) -> (Value, Signed) {
        let mut body: Value = serde_json::from_slice(body).unwrap();
        let message = serde_json::from_value(body["message"].take()).unwrap();
        (body["network"].take(), message)
    }

    #[test]
    fn what_it_says_is_sealed_with_the_keys_of_its_namesake() {
        let mouthpiece = mouthpiece();
        let spoken = mouthpiece.over(NetworkId::CONTROLLED);
        let (network, message) = message(&spoken.seal(NodeId(1), SAID.into()));
        assert_eq!((message.v, message.mac), (7, 7001));
        assert_eq!(network, 1, "it goes the way it went");
    }

    #[test]
    fn every_lie_is_a_message_of_the_protocol() {
        let mouthpiece = mouthpiece();
        let spoken = mouthpiece.over(NetworkId::PAYLOAD);
        for draw in 0..40 {
            let lie = spoken.vary(SAID.as_bytes(), draw).expect("there is something to change");
            let (network, message) = message(&lie);
            assert_eq!(network, Value::Null, "the first network is not named");
            assert!((message.v, message.mac) != (7, 1), "{message:?}");
        }
        let read = spoken.read(SAID.as_bytes()).expect("a message");
        assert_eq!(spoken.write(read), spoken.body(&spoken.frame(SAID.as_bytes()).unwrap()));
    }

    #[test]
    fn what_is_no_message_of_the_protocol_stays_as_it_is() {
        let mouthpiece = mouthpiece();
        let spoken = mouthpiece.over(NetworkId::PAYLOAD);
        let stray = br#"{"type":"frame","message":{"w":7}}"#;
        assert_eq!(spoken.read(stray), None);
        assert_eq!(spoken.vary(stray, 3), None);
        assert_eq!(spoken.seal(NodeId(1), stray.to_vec()), stray);
    }
}
