//! One step of a run, in one word.

use crate::explore::frames::FrameId;
use pepperland_core::id::NodeId;

/// One step of a run.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Event {
    pub input: Input,
    /// The place among the move's cuts of the crash that cuts the handler short, if one does.
    pub cut: Option<u32>,
}

/// What a node handles.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
pub enum Input {
    /// Its client asks it to multicast.
    Multicast(NodeId),
    /// A frame arrives.
    Arrive(FrameId),
}

const CUT_SHIFT: u32 = 24;
const MULTICAST: u32 = 1 << 31;

impl Input {
    /// As a number below 2²⁴, or that with the highest bit set.
    pub fn pack(self) -> u32 {
        match self {
            Input::Multicast(node) => MULTICAST | node.0,
            Input::Arrive(frame) => {
                assert!(frame < 1 << CUT_SHIFT, "a small scope has fewer than 2^24 frames");
                frame
            }
        }
    }

    fn unpack(word: u32) -> Input {
        let which = word & ((1 << CUT_SHIFT) - 1);
        if word & MULTICAST != 0 { Input::Multicast(NodeId(which)) } else { Input::Arrive(which) }
    }
}

impl Event {
    /// The step as one word: states remember by which one they were met.
    pub fn pack(self) -> u32 {
        let cut = self.cut.map_or(0, |cut| cut + 1);
        assert!(cut < 1 << 7, "a handler in a small scope has fewer than 127 effects that matter");
        self.input.pack() | cut << CUT_SHIFT
    }

    pub fn unpack(word: u32) -> Event {
        let cut = word >> CUT_SHIFT & 0x7f;
        Event { input: Input::unpack(word), cut: cut.checked_sub(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_a_step() {
        let inputs = [Input::Multicast(NodeId(7)), Input::Arrive(0), Input::Arrive((1 << 24) - 1)];
        for input in inputs {
            for cut in [None, Some(0), Some(125)] {
                let event = Event { input, cut };
                assert_eq!(Event::unpack(event.pack()), event);
            }
        }
    }
}
