//! The nodes of a run: what runs on them, what awaits them, and the state they are in.

use pepperland_core::contract::Timer;
use pepperland_core::history::EventId;
use pepperland_core::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use tokio::sync::Notify;

/// One node of the run.
pub type Slot = pepperland_core::runtime::Slot<Post>;

/// Something that will happen at a node.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Happening {
    /// A client makes the request of a step.
    Ask(u32),
    /// The application says that it has stopped multicasting.
    Stop,
    /// A frame arrives.
    Arrive(u32),
    /// What was written first of what is on its way to the node arrives.
    Read,
    /// A timer runs out, if it has not been set anew or cancelled.
    Timeout(Timer, u32, Option<EventId>),
}

/// What a node has yet to do before anything else.
#[derive(Copy, Clone, Debug)]
pub enum Boot {
    /// Start for the first time.
    Start,
    /// Recover, caused by this event.
    Recover(EventId),
}

/// What awaits a node on its host.
pub struct Post {
    pub boot: Option<Boot>,
    /// What will happen, by time; at one time, in the order in which it was planned.
    pub agenda: BinaryHeap<Reverse<(Time, u32, Happening)>>,
    /// Wakes the node's host.
    pub bell: Rc<Notify>,
    /// Whether its sockets are open.
    pub ready: bool,
}

impl Default for Post {
    fn default() -> Post {
        Post {
            boot: Some(Boot::Start),
            agenda: BinaryHeap::new(),
            bell: Rc::new(Notify::new()),
            ready: false,
        }
    }
}

impl Post {
    /// What is due first, if it is due by `now`.
    pub fn due(&mut self, now: Time) -> Option<(Time, u32, Happening)> {
        let first = self.agenda.peek().filter(|Reverse((at, ..))| *at <= now);
        first?;
        self.agenda.pop().map(|Reverse(entry)| entry)
    }

    /// When the next thing is due.
    pub fn next(&self) -> Option<Time> {
        self.agenda.peek().map(|Reverse((at, ..))| *at)
    }
}
