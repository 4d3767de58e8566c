//! Sets of links.

use crate::id::NodeId;
use crate::schedule::named;
use serde::{Deserialize, Serialize};

/// A set of directed links: from each of these nodes to each of those.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Links {
    /// Senders; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "named::nodes")]
    pub from: Option<Vec<NodeId>>,
    /// Receivers; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "named::nodes")]
    pub to: Option<Vec<NodeId>>,
    /// Whether the opposite direction is meant as well.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub both_ways: bool,
}

impl Links {
    /// Every link.
    pub fn all() -> Links {
        Links::default()
    }

    /// The links from these nodes to those.
    pub fn one_way(from: Vec<NodeId>, to: Vec<NodeId>) -> Links {
        Links { from: Some(from), to: Some(to), both_ways: false }
    }

    /// The links between these nodes and those.
    pub fn between(some: Vec<NodeId>, others: Vec<NodeId>) -> Links {
        Links { from: Some(some), to: Some(others), both_ways: true }
    }

    /// Whether the link from `from` to `to` is meant. A node's link to itself is never meant.
    pub fn contain(&self, from: NodeId, to: NodeId) -> bool {
        from != to
            && (self.one_direction(from, to) || self.both_ways && self.one_direction(to, from))
    }

    fn one_direction(&self, from: NodeId, to: NodeId) -> bool {
        let has =
            |side: &Option<Vec<NodeId>>, node| side.as_ref().is_none_or(|s| s.contains(&node));
        has(&self.from, from) && has(&self.to, to)
    }

    /// The nodes named on either side.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.from.iter().chain(&self.to).flatten().copied()
    }
}
