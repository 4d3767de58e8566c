//! A protocol that tells its memory comes to what it comes to if it does not.

use crate::oracle::outcomes_of;
use crate::scopes::{Small, all, frame, implementation, scope};
use pepperland_core::contract::{Garbled, Host, Node, Request, Timer};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use serde_json::Value;

/// A node that does not tell its memory.
struct Withholding(Box<dyn Node>);

impl Node for Withholding {
    fn start(&mut self, host: &mut Host) {
        self.0.start(host);
    }
    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        self.0.request(request, host);
    }
    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        self.0.receive(from, frame, host)
    }
    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        self.0.timeout(timer, host);
    }
    fn recover(&mut self, host: &mut Host) {
        self.0.recover(host);
    }
    fn describe(&self, frame: &[u8]) -> Result<Value, Garbled> {
        self.0.describe(frame)
    }
    fn frame(&self, described: Value) -> Result<Vec<u8>, Garbled> {
        self.0.frame(described)
    }
}

#[test]
fn what_is_told_of_memory_is_all_of_it() {
    let cases = [
        ("basic", None, Small(3, 2, 1, 1)),
        ("reliable", None, Small(3, 1, 1, 0)),
        ("reliable", None, Small(2, 2, 1, 0)),
        ("reliable", Some("deliver-before-relay"), Small(2, 2, 1, 0)),
        ("fifo", None, Small(2, 2, 1, 0)),
        ("fifo-basic", Some("skip-gaps"), Small(2, 3, 0, 0)),
        ("causal", None, Small(2, 2, 1, 0)),
        ("causal-basic", None, Small(3, 2, 0, 0)),
        ("lamport", None, Small(2, 2, 0, 0)),
        ("lamport", None, Small(3, 1, 1, 0)),
        ("sequencer", None, Small(2, 1, 1, 0)),
    ];
    for (name, flaw, small) in cases {
        let entry = implementation(name);
        let header = frame(entry, flaw, small.0);
        let (told, ends) = all(&scope(entry, &header, small));
        let build =
            |setup: &Setup<'_>| -> Box<dyn Node> { Box::new(Withholding((entry.build)(setup))) };
        let withheld =
            pepperland_sim::explore::Scope { build: &build, ..scope(entry, &header, small) };
        let (untold, untold_ends) = all(&withheld);
        assert_eq!((told.cut, untold.cut), (None, None), "{name} {flaw:?} {small:?}");
        assert!(told.locals <= untold.locals && told.states <= untold.states);
        let outcomes = |ends: &[pepperland_sim::explore::Told]| {
            outcomes_of(ends.iter().map(|end| &end.schedule), entry)
        };
        assert_eq!(outcomes(&ends), outcomes(&untold_ends), "{name} {flaw:?} {small:?}");
        if small.2 == 0 {
            assert_eq!(told.interleavings, untold.interleavings, "{name} {flaw:?} {small:?}");
        }
    }
}
