//! Names of nodes, groups, networks and messages.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A node, counted from 0; shown and written as `n1`, `n2`, ….
#[derive(
    Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The node's place in tables indexed by node.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The first `n` nodes, in order.
    pub fn first(n: usize) -> impl DoubleEndedIterator<Item = NodeId> + Clone {
        (0..n as u32).map(NodeId)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0 + 1)
    }
}

impl std::str::FromStr for NodeId {
    type Err = NotANode;
    fn from_str(s: &str) -> Result<NodeId, NotANode> {
        let number = s.strip_prefix('n').and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
        number.map(|n| NodeId(n - 1)).ok_or_else(|| NotANode(s.to_owned()))
    }
}

/// The text is not the name of a node.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" names no node: nodes are n1, n2, …")]
pub struct NotANode(String);

/// A group of nodes, counted from 0; shown and written as `g1`, `g2`, ….
#[derive(
    Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct GroupId(pub u32);

impl GroupId {
    /// The first group: that of all nodes, unless the schedule says otherwise.
    pub const ALL: GroupId = GroupId(0);

    /// The group's place in tables indexed by group.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "g{}", u64::from(self.0) + 1)
    }
}

impl std::str::FromStr for GroupId {
    type Err = NotAGroup;
    fn from_str(s: &str) -> Result<GroupId, NotAGroup> {
        let number = s.strip_prefix('g').and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
        let group = number.map(|n| GroupId(n - 1)).filter(|group| group.to_string() == s);
        group.ok_or_else(|| NotAGroup(s.to_owned()))
    }
}

/// The text is not the name of a group.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" names no group: groups are g1, g2, …")]
pub struct NotAGroup(String);

/// One of the networks that join the nodes; most scenarios have only the first.
#[derive(
    Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NetworkId(pub u8);

impl NetworkId {
    /// The network that carries the application's messages.
    pub const PAYLOAD: NetworkId = NetworkId(0);
    /// The network of the registers: tamper-proof, synchronous, and apart from the other.
    pub const CONTROLLED: NetworkId = NetworkId(1);
}

/// The name of an application message, minted by the harness and carried inside the payload:
/// `origin:incarnation:number`, numbers 1, 2, 3 … without gaps for each origin and incarnation.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Debug, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct MessageId {
    /// The node whose application broadcast it.
    pub origin: NodeId,
    /// How often the origin had recovered by then.
    pub incarnation: u32,
    /// The how-manieth broadcast of that incarnation, from 1.
    pub number: u32,
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        MessageId::serialize(self, to)
    }
}

/// As a structure where people read it; in frames as the three numbers, which the reader of whatever
/// holds a name reads in place.
impl<'de> Deserialize<'de> for MessageId {
    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<MessageId, D::Error> {
        if from.is_human_readable() {
            return MessageId::deserialize(from);
        }
        let (origin, incarnation, number) = Deserialize::deserialize(from)?;
        Ok(MessageId { origin, incarnation, number })
    }
}

/// One word for all three numbers: protocols look names up for every frame they get.
impl std::hash::Hash for MessageId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let incarnation = u64::from(self.incarnation) << 24;
        let origin = u64::from(self.origin.0) << 32;
        state.write_u64(u64::from(self.number) ^ incarnation ^ origin);
    }
}

impl std::str::FromStr for MessageId {
    type Err = NotAMessage;
    fn from_str(s: &str) -> Result<MessageId, NotAMessage> {
        let mut parts = s.rsplitn(3, ':');
        let number = parts.next().and_then(|part| part.parse().ok());
        let incarnation = parts.next().and_then(|part| part.parse().ok());
        let origin = parts.next().and_then(|part| part.parse().ok());
        let id = origin.zip(incarnation).zip(number);
        let id =
            id.map(|((origin, incarnation), number)| MessageId { origin, incarnation, number });
        id.filter(|id| id.to_string() == s).ok_or_else(|| NotAMessage(s.to_owned()))
    }
}

/// The text is not the name of a message.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" names no message: messages are n1:0:1, n1:0:2, …")]
pub struct NotAMessage(String);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.origin, self.incarnation, self.number)
    }
}
