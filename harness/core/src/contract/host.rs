//! What a runtime hands to a node and takes back from it.

use crate::contract::stable::{Stable, StableKey};
use crate::contract::vocabulary::Indication;
use crate::id::{GroupId, NetworkId, NodeId};
use crate::message::Message;
use crate::seed::Stream;
use crate::time::{Span, Time};
use smallvec::SmallVec;
use std::ops::Range;
use std::rc::Rc;

/// A timer of one layer of the stack. Setting it again replaces it.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Timer {
    /// The layer's place in the stack (0 is the top; the child of place p is 2p+1, a second
    /// child 2p+2).
    pub place: u32,
    /// The layer's own name for it.
    pub tag: u32,
}

/// One thing that a node does to the world. Effects are performed in order; a crash may fall
/// between any two.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Put a frame on a network.
    Send {
        /// The receiver.
        to: NodeId,
        /// Over which network.
        network: NetworkId,
        /// Where the frame lies in [`Effects::bytes`].
        frame: Range<u32>,
    },
    /// Put a frame on a network once for all members of a group, as IP multicast does: a crash
    /// falls before it or after it. Each member's copy travels and is lost by itself.
    GroupSend {
        /// The receivers are its members; the sender need not be one.
        group: GroupId,
        /// Over which network.
        network: NetworkId,
        /// Where the frame lies in [`Effects::bytes`].
        frame: Range<u32>,
    },
    /// Report to the application.
    Indicate(Indication<Message>),
    /// Run the timer out after this much local time.
    SetTimer(Timer, Span),
    /// Forget the timer.
    CancelTimer(Timer),
    /// Write to stable storage.
    Store(StableKey, Vec<u8>),
    /// A request that no layer of the stack offers.
    Refuse(&'static str),
    /// A remark for whoever reads the history.
    Note(String),
    /// The program behind the node has broken the protocol by which it is spoken to: in a word,
    /// and in a sentence.
    Breach(&'static str, String),
}

/// The effects of one handler, in order, and the bytes of their frames.
#[derive(Default)]
pub struct Effects {
    /// The effects.
    pub list: Vec<Effect>,
    /// The frames of the sends, one after the other.
    pub bytes: Vec<u8>,
}

impl Effects {
    /// The bytes of a frame.
    pub fn frame(&self, frame: &Range<u32>) -> &[u8] {
        &self.bytes[frame.start as usize..frame.end as usize]
    }

    /// Empties both, keeping the memory.
    pub fn clear(&mut self) {
        self.list.clear();
        self.bytes.clear();
    }
}

/// A node's surroundings: who it is, its local clock, its random stream, its stable storage, and
/// the effects of the handler that runs. The runtime sets [`now`](Host::now) before each handler
/// and [`arrived_over`](Host::arrived_over) before each receipt, and performs and clears the effects after it.
pub struct Host {
    /// Who this node is.
    pub me: NodeId,
    /// How often it has recovered.
    pub incarnation: u32,
    /// The members of each group.
    pub groups: Rc<[Rc<[NodeId]>]>,
    /// Whether nodes may multicast to groups that they are not in.
    pub open: bool,
    /// The local clock, which may drift and jump.
    pub now: Time,
    /// The network over which the frame came that is being received.
    pub arrived_over: NetworkId,
    /// The node's own random stream.
    pub stream: Stream,
    /// What a crash does not lose.
    pub stable: Stable,
    /// What the running handler has done so far.
    pub effects: Effects,
    /// Tags of the branches above the running layer; the first bytes of its frames.
    pub(super) branch: SmallVec<[u8; 4]>,
}

impl Host {
    /// The surroundings of a node that starts for the first time.
    pub fn new(me: NodeId, groups: Rc<[Rc<[NodeId]>]>, stream: Stream) -> Host {
        Host {
            me,
            incarnation: 0,
            groups,
            open: false,
            now: Time::ZERO,
            arrived_over: NetworkId::PAYLOAD,
            stream,
            stable: Stable::default(),
            effects: Effects::default(),
            branch: SmallVec::new(),
        }
    }

    /// The surroundings of the next incarnation: the disk lives on, and the random stream unless
    /// the runtime gives it another; the rest is lost.
    pub fn restart(&mut self) {
        self.incarnation += 1;
        self.stable = self.stable.after_crash();
        self.forget_effects();
    }

    /// Drops what the running handler has done so far.
    pub fn forget_effects(&mut self) {
        self.effects.clear();
        self.branch.clear();
    }

    /// The members of a group; none if there is no such group.
    pub fn members(&self, group: GroupId) -> Rc<[NodeId]> {
        self.groups.get(group.index()).cloned().unwrap_or_default()
    }
}
