//! The nodes of a run, as this runtime keeps them.

use crate::queue::Happening;
use pepperland_core::contract::Timer;
use pepperland_core::history::EventId;
use pepperland_core::id::NodeId;

pub use pepperland_core::runtime::State;

/// One node of the run.
pub type Slot = pepperland_core::runtime::Slot<Post>;

/// What awaits a node.
#[derive(Default)]
pub struct Post {
    /// It has come back and is to recover before anything else, caused by this event.
    pub recovery: Option<EventId>,
    /// What waits for it while it is paused.
    pub waiting: Vec<Happening>,
}

/// A timer that was set: what the queue leads to when it runs out.
#[derive(Copy, Clone, Debug)]
pub struct Ticket {
    pub node: NodeId,
    pub timer: Timer,
    pub cause: Option<EventId>,
}
