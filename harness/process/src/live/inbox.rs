//! What nodes on sockets have written, put in the order in which they wrote it.
//!
//! Between lines of several nodes nobody but the nodes knows which came first: what one says may
//! follow from what another has said, by a way past the harness. A line may say when it was written,
//! by the monotonic clock, which all processes of a machine share; one that does not was written
//! when it was read.

use crate::live::pump::pump;
use crate::live::world::World;
use crate::node::monotonic;
use pepperland_core::id::NodeId;
use pepperland_core::time::{Span, Time};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Lines that have been read, and not been heard yet.
#[derive(Default)]
pub struct Inbox {
    lines: BTreeMap<(Time, u64), (NodeId, Vec<u8>)>,
    count: u64,
}

/// What of a line says when it was written.
#[derive(Deserialize)]
struct Stamp {
    #[serde(default)]
    at: Option<u64>,
}

impl Inbox {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn put(&mut self, node: NodeId, line: Vec<u8>) {
        let stamp: Result<Stamp, _> = serde_json::from_slice(&line);
        let at = stamp.ok().and_then(|stamp| stamp.at).map_or_else(monotonic, Time);
        self.count += 1;
        self.lines.insert((at, self.count), (node, line));
    }

    /// When the newest was written.
    fn newest(&self) -> Option<Time> {
        self.lines.keys().next_back().map(|(at, _)| *at)
    }

    /// The oldest, if it was written by then.
    fn take_until(&mut self, then: Time) -> Option<(NodeId, Vec<u8>)> {
        let oldest = self.lines.first_entry().filter(|entry| entry.key().0 <= then)?;
        Some(oldest.remove())
    }

    /// Nothing more is heard of this node.
    pub fn forget(&mut self, node: NodeId) {
        self.lines.retain(|_, (whose, _)| *whose != node);
    }
}

impl World<'_> {
    /// Hears what these nodes have written. Whatever that follows from was in its pipe before it
    /// was written, and so is read now at the latest.
    pub fn hear_in_order(&mut self, wrote: &[NodeId]) {
        self.put_in(wrote);
        let Some(newest) = self.inbox.newest() else { return };
        let more = pump(&mut self.nodes, &mut self.buffer, Span::ZERO);
        self.put_in(&more.wrote);
        while let Some((node, line)) = self.inbox.take_until(newest) {
            if self.hear_one(node, &line).is_break() {
                self.inbox.forget(node);
            }
        }
        self.see_to(more.errors, more.closed);
    }

    fn put_in(&mut self, wrote: &[NodeId]) {
        for node in wrote {
            while let Some(line) = self.nodes[node.index()].lines.take().map(<[u8]>::to_vec) {
                self.inbox.put(*node, line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_heard_as_they_were_written_and_those_of_one_instant_as_they_were_read() {
        let mut inbox = Inbox::default();
        for (node, line) in [(0, r#"{"at":7}"#), (1, r#"{"at":3}"#), (2, r#"{"at":7,"x":1}"#)] {
            inbox.put(NodeId(node), line.into());
        }
        assert_eq!(inbox.newest(), Some(Time(7)));
        let order = || inbox.take_until(Time(7)).map(|(node, _)| node.0);
        assert_eq!(std::iter::from_fn(order).collect::<Vec<_>>(), [1, 0, 2]);
    }

    #[test]
    fn what_was_written_later_waits_and_what_says_no_time_is_of_now() {
        let mut inbox = Inbox::default();
        inbox.put(NodeId(0), br#"{"at":5}"#.to_vec());
        inbox.put(NodeId(1), b"rubbish".to_vec());
        assert_eq!(inbox.take_until(Time(9)).map(|(node, _)| node), Some(NodeId(0)));
        assert_eq!(inbox.take_until(Time(9)), None);
        inbox.forget(NodeId(1));
        assert!(inbox.is_empty());
    }
}
