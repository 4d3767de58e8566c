//! The messages of a history, as columns.

use crate::collections::Map;
use crate::id::{MessageId, NodeId};

/// No such row, event, node or digest.
pub const NONE: u32 = u32::MAX;

/// One row for each message that a history names. A message that was delivered though nobody
/// broadcast it has a row without a broadcast.
#[derive(Clone, Debug, Default)]
pub struct MessageTable {
    pub(super) names: Names,
    pub(super) origin: Vec<u32>,
    pub(super) incarnation: Vec<u32>,
    pub(super) number: Vec<u32>,
    pub(super) broadcast: Vec<u32>,
    pub(super) digest: Vec<u32>,
    pub(super) group: Vec<u32>,
}

/// Where names lead to rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Row by origin, incarnation and number - 1: the fast way for names minted in order.
    minted: Vec<Vec<Vec<u32>>>,
    /// Rows of minted names met out of order.
    strays: Map<MessageId, u32>,
    /// Rows of names that follow no rule, and their text.
    opaque: Map<Box<str>, u32>,
    text: Map<u32, Box<str>>,
}

impl MessageTable {
    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.origin.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.origin.is_empty()
    }

    /// The node that broadcast each message, or [`NONE`].
    pub fn origins(&self) -> &[u32] {
        &self.origin
    }

    /// The origin's incarnation at the broadcast of each message.
    pub fn incarnations(&self) -> &[u32] {
        &self.incarnation
    }

    /// The sender's count of each message, from 1, for each origin and incarnation; 0 if unknown.
    pub fn numbers(&self) -> &[u32] {
        &self.number
    }

    /// The broadcast event of each message, or [`NONE`].
    pub fn broadcasts(&self) -> &[u32] {
        &self.broadcast
    }

    /// The digest of each message at its broadcast, or [`NONE`].
    pub fn digests(&self) -> &[u32] {
        &self.digest
    }

    /// The group each message was multicast to.
    pub fn groups(&self) -> &[u32] {
        &self.group
    }

    /// The name of a message, as in the file.
    pub fn name(&self, row: u32, nodes: &[String]) -> String {
        if let Some(text) = self.names.text.get(&row) {
            return text.to_string();
        }
        let id = self.minted(row);
        match nodes.get(id.origin.index()) {
            Some(origin) => format!("{origin}:{}:{}", id.incarnation, id.number),
            // A name out of a corrupted frame; no node is called like this.
            None => format!("?{id}"),
        }
    }

    /// The row of a minted name, if it was met before.
    pub(super) fn find_minted(&self, id: MessageId) -> Option<u32> {
        self.names.find(id)
    }

    /// The row of a name that follows no rule, if it was met before.
    pub(super) fn find_opaque(&self, name: &str) -> Option<u32> {
        self.names.opaque.get(name).copied()
    }

    /// The minted name of a row; meaningless for opaque names.
    pub fn minted(&self, row: u32) -> MessageId {
        let row = row as usize;
        MessageId {
            origin: NodeId(self.origin[row]),
            incarnation: self.incarnation[row],
            number: self.number[row],
        }
    }

    /// Whether the name of this row follows no rule.
    pub fn is_opaque(&self, row: u32) -> bool {
        self.names.text.contains_key(&row)
    }

    /// The row of a minted name, new if it was not met before.
    pub fn row(&mut self, id: MessageId) -> u32 {
        match self.names.find(id) {
            Some(row) => row,
            None => {
                let row = self.add(id);
                self.names.remember(id, row);
                row
            }
        }
    }

    /// The row of a name that follows no rule, new if it was not met before.
    pub fn opaque_row(&mut self, name: &str) -> u32 {
        if let Some(row) = self.names.opaque.get(name) {
            return *row;
        }
        let row = self.add(MessageId { origin: NodeId(NONE), incarnation: 0, number: 0 });
        self.names.opaque.insert(name.into(), row);
        self.names.text.insert(row, name.into());
        row
    }

    fn add(&mut self, id: MessageId) -> u32 {
        let row = self.len() as u32;
        self.origin.push(id.origin.0);
        self.incarnation.push(id.incarnation);
        self.number.push(id.number);
        self.broadcast.push(NONE);
        self.digest.push(NONE);
        self.group.push(0);
        row
    }
}

impl Names {
    fn find(&self, id: MessageId) -> Option<u32> {
        let incarnations = self.minted.get(id.origin.index());
        let numbers = incarnations.and_then(|all| all.get(id.incarnation as usize));
        let row = numbers.and_then(|all| all.get((id.number as usize).wrapping_sub(1)));
        row.or_else(|| self.strays.get(&id)).copied()
    }

    fn remember(&mut self, id: MessageId, row: u32) {
        let (origin, incarnation) = (id.origin.index(), id.incarnation as usize);
        if origin >= self.minted.len() && origin < 1 << 20 {
            self.minted.resize_with(origin + 1, Vec::new);
        }
        let Some(incarnations) = self.minted.get_mut(origin) else {
            self.strays.insert(id, row);
            return;
        };
        if incarnation == incarnations.len() {
            incarnations.push(Vec::new());
        }
        match incarnations.get_mut(incarnation) {
            Some(numbers) if numbers.len() + 1 == id.number as usize => numbers.push(row),
            _ => {
                self.strays.insert(id, row);
            }
        }
    }
}
