//! Making the changes to a frame that have been decided.

use crate::decide::Change;
use crate::frame::{self, Rewriter};
use crate::namespace::address::{ip, mac};

/// The longest packet that a card of ours takes, bytes.
const MTU: usize = 1500;

/// What has been done to a frame.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Made {
    /// This bit was changed, counted from the frame's first.
    Bit(usize),
    /// What the change says.
    AsDecided,
}

/// Makes changes.
#[derive(Default)]
pub struct Changer {
    pub rewriter: Option<Box<dyn Rewriter>>,
}

impl Changer {
    /// Makes one, if the frame allows it; else the frame is as before.
    pub fn make(&mut self, frame: &mut Vec<u8>, change: Change) -> Option<Made> {
        let changed = match change {
            Change::AnyBit(draw) => return frame::flip_any_bit(frame, draw).map(Made::Bit),
            Change::PayloadBit(draw) => return frame::flip_payload_bit(frame, draw).map(Made::Bit),
            Change::Forged(node) => {
                let forged = frame::forge_source(frame, mac(node), ip(node));
                return forged.then_some(Made::AsDecided);
            }
            Change::Structured(draw) => match self.rewritten(frame, draw) {
                Some(rewritten) => rewritten,
                None => return frame::flip_payload_bit(frame, draw).map(Made::Bit),
            },
            Change::Truncated(draw) => frame::truncate_payload(frame, draw)?,
        };
        *frame = changed;
        Some(Made::AsDecided)
    }

    /// A rewriting that says the same is none.
    fn rewritten(&mut self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let payload = &frame[frame::payload(frame)?];
        let rewritten = self.rewriter.as_mut()?.rewrite(payload, draw)?;
        let differs = rewritten != payload;
        differs.then(|| frame::replace_payload(frame, &rewritten, MTU)).flatten()
    }
}
