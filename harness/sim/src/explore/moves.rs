//! What a node does upon an input, in numbers.

use crate::explore::frames::FrameId;
use pepperland_core::id::MessageId;

/// What a node does upon an input.
#[derive(Clone, Debug, Default)]
pub struct Move {
    /// The state after it.
    pub next: u32,
    /// The frames it sends, in order.
    pub sends: Vec<FrameId>,
    /// The messages it delivers, in order.
    pub delivers: Vec<MessageId>,
    /// The crashes that cut it short and can be told from none.
    pub cuts: Vec<CutShort>,
    /// Whether it sets a timer.
    pub sets_timer: bool,
}

/// A move that a crash cuts short.
#[derive(Clone, Debug)]
pub struct CutShort {
    /// After how many effects.
    pub after: u32,
    /// The state after it.
    pub next: u32,
    /// How many frames are sent before it.
    pub sends: usize,
    /// How many messages are delivered before it.
    pub delivers: usize,
}
