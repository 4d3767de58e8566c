//! Requests and indications: the words that the layers, the runtimes and the history share.

use crate::id::{GroupId, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// What is asked of a layer. `M` is the value that the layer carries for whoever asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Request<M> {
    /// Multicast `M` to the group.
    Multicast(GroupId, M),
    /// Send `M` to one node.
    Send(NodeId, M),
    /// Send `M` to each of these nodes, one after the other.
    SendEach(Rc<[NodeId]>, M),
    /// Become a member of the group.
    Join(GroupId),
    /// Leave the group.
    Leave(GroupId),
    /// Propose a value for a consensus instance.
    Propose {
        /// Which decision it is.
        instance: u64,
        /// The value proposed.
        value: M,
    },
    /// Execute a client's operation.
    Invoke {
        /// The client's name for this operation.
        operation: u64,
        /// What to execute.
        value: M,
    },
    /// The application has stopped sending in this view of the group, as a `Block` asked.
    BlockOk(GroupId, ViewId),
}

impl<M> Request<M> {
    /// The request's word in histories and messages.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Multicast(..) => "multicast",
            Request::Send(..) | Request::SendEach(..) => "send",
            Request::Join(_) => "join",
            Request::Leave(_) => "leave",
            Request::Propose { .. } => "propose",
            Request::Invoke { .. } => "invoke",
            Request::BlockOk(..) => "block_ok",
        }
    }
}

/// What a layer reports upwards.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Indication<M> {
    /// A message is delivered.
    Deliver(Delivery<M>),
    /// A message has left the buffer in which it was kept for others.
    Discard(M),
    /// Every member of the view has the message.
    Safe(M),
    /// A view is installed.
    View(View),
    /// The application must stop sending to the group until its next view.
    Block(GroupId, ViewId),
    /// The application's state leaves the node, or comes to it, in place of messages.
    Snapshot(Box<Snapshot<M>>),
    /// The application has executed a message, and so has this state.
    StateHash(Box<StateHash<M>>),
    /// The failure detector believes the node to have crashed.
    Suspect(NodeId),
    /// The failure detector no longer believes so.
    Trust(NodeId),
    /// What this node does with the token of a ring.
    Token {
        /// What it does.
        turn: TokenTurn,
        /// Which token it is, where lost ones are replaced.
        epoch: u64,
    },
    /// This node becomes the one that orders, or leads.
    Lead {
        /// Since which change of leaders, where they are counted.
        epoch: Option<u64>,
    },
    /// It is that no longer.
    Unlead {
        /// Since which change of leaders it was.
        epoch: Option<u64>,
    },
    /// A consensus instance has decided.
    Decide {
        /// Which decision it is.
        instance: u64,
        /// The value decided.
        value: M,
    },
    /// A client's operation has its result.
    Respond {
        /// The client's name for the operation.
        operation: u64,
        /// The result.
        value: M,
    },
    /// This node, a server, has executed a client's operation.
    Apply(Box<Applied<M>>),
}

impl<M> Indication<M> {
    /// The same report of other messages: what a layer does when it puts a header on or takes one
    /// off.
    pub fn map<N>(self, mut f: impl FnMut(M) -> N) -> Indication<N> {
        match self {
            Indication::Deliver(Delivery { from, group, message, slot }) => {
                Indication::Deliver(Delivery { from, group, message: f(message), slot })
            }
            Indication::Discard(message) => Indication::Discard(f(message)),
            Indication::Safe(message) => Indication::Safe(f(message)),
            Indication::View(view) => Indication::View(view),
            Indication::Block(group, view) => Indication::Block(group, view),
            Indication::Snapshot(snapshot) => Indication::Snapshot(Box::new(snapshot.map(f))),
            Indication::StateHash(state) => {
                let StateHash { value, slot, hash } = *state;
                Indication::StateHash(Box::new(StateHash { value: f(value), slot, hash }))
            }
            Indication::Suspect(node) => Indication::Suspect(node),
            Indication::Trust(node) => Indication::Trust(node),
            Indication::Token { turn, epoch } => Indication::Token { turn, epoch },
            Indication::Lead { epoch } => Indication::Lead { epoch },
            Indication::Unlead { epoch } => Indication::Unlead { epoch },
            Indication::Decide { instance, value } => {
                Indication::Decide { instance, value: f(value) }
            }
            Indication::Respond { operation, value } => {
                Indication::Respond { operation, value: f(value) }
            }
            Indication::Apply(applied) => {
                let Applied { client, operation, op, result } = *applied;
                let (op, result) = (f(op), f(result));
                Indication::Apply(Box::new(Applied { client, operation, op, result }))
            }
        }
    }
}

/// A message that an application has executed, and the state that it then has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateHash<M> {
    /// The message.
    pub value: M,
    /// Its place among those executed, where they have one.
    pub slot: Option<u64>,
    /// Hash of the state after it.
    pub hash: String,
}

/// A client's operation that a server has executed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Applied<M> {
    /// The node at which the client asked.
    pub client: NodeId,
    /// The client's name for the operation.
    pub operation: u64,
    /// What it asked for.
    pub op: M,
    /// The result.
    pub result: M,
}

/// The state of an application, as one node takes it and another installs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot<M> {
    /// Whether it is taken or installed here.
    pub turn: SnapshotTurn,
    /// The node that took it.
    pub from: NodeId,
    /// The view whose members start from it, where there is one.
    pub view: Option<ViewId>,
    /// How many places of the total order it stands for, where there is one: with places counted
    /// from 0, the next message has this one.
    pub slot: Option<u64>,
    /// The messages that it stands for.
    pub covers: Vec<M>,
    /// Hash of the state.
    pub hash: String,
}

impl<M> Snapshot<M> {
    fn map<N>(self, f: impl FnMut(M) -> N) -> Snapshot<N> {
        let Snapshot { turn, from, view, slot, covers, hash } = self;
        let covers = covers.into_iter().map(f).collect();
        Snapshot { turn, from, view, slot, covers, hash }
    }
}

/// What a node does with a snapshot.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum SnapshotTurn {
    /// It takes it of its own state.
    Taken,
    /// It puts it in the place of its own state.
    Installed,
}

/// What a node does with a token.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum TokenTurn {
    /// It makes the token.
    New,
    /// It gets the token and holds it.
    Acquire,
    /// It passes the token on.
    Release,
    /// It held the token, and it is void now.
    Lost,
}

impl TokenTurn {
    /// The word for it in histories.
    pub fn word(self) -> &'static str {
        match self {
            TokenTurn::New => "new",
            TokenTurn::Acquire => "acquire",
            TokenTurn::Release => "release",
            TokenTurn::Lost => "lost",
        }
    }
}

/// A delivered message, with what the layer knows of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery<M> {
    /// The node that multicast or sent it; never a relayer.
    pub from: NodeId,
    /// The group it was multicast to.
    pub group: GroupId,
    /// The message.
    pub message: M,
    /// Position in the total order, where the protocol has one.
    pub slot: Option<u64>,
}

impl<M> Delivery<M> {
    /// The same delivery of another message: what a layer does when it takes its header off.
    pub fn with<N>(&self, message: N) -> Delivery<N> {
        Delivery { from: self.from, group: self.group, message, slot: self.slot }
    }
}

impl<M: Clone> Delivery<&M> {
    /// The same delivery of a copy of the message.
    pub fn cloned(self) -> Delivery<M> {
        self.with(self.message.clone())
    }
}

/// The id of a view: a number, and the node that created it where two partitions may mint the
/// same number.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
pub struct ViewId {
    /// Grows along each node's views.
    pub number: u64,
    /// Who created the view, if ids are not globally unique by number.
    pub creator: Option<NodeId>,
}

impl fmt::Display for ViewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.creator {
            Some(creator) => write!(f, "{}.{creator}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// A view: who the members of the group are.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// The group whose view it is.
    pub group: GroupId,
    /// The members, in order.
    pub members: Vec<NodeId>,
    /// Whether it is a primary view.
    pub primary: bool,
    /// The members that came along from the same view, where known.
    pub transitional: Option<Vec<NodeId>>,
}
