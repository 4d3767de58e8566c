//! Frames by number: equal frames have the same one.

use pepperland_core::collections::Map;
use pepperland_core::id::{NetworkId, NodeId};
use std::rc::Rc;

/// A frame, wherever it is: who it is from and for, and what it says.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct Content {
    pub from: NodeId,
    pub to: NodeId,
    pub network: NetworkId,
    pub bytes: Rc<[u8]>,
}

/// The number of a frame.
pub type FrameId = u32;

/// All frames met so far.
#[derive(Default)]
pub struct Frames {
    contents: Vec<Content>,
    known: Map<Content, FrameId>,
}

impl Frames {
    pub fn number(&mut self, content: Content) -> FrameId {
        if let Some(known) = self.known.get(&content) {
            return *known;
        }
        let id = self.contents.len() as FrameId;
        self.contents.push(content.clone());
        self.known.insert(content, id);
        id
    }

    pub fn get(&self, id: FrameId) -> &Content {
        &self.contents[id as usize]
    }

    pub fn receiver(&self, id: FrameId) -> NodeId {
        self.get(id).to
    }

    /// Whether the frame is from a node to itself.
    pub fn is_own(&self, id: FrameId) -> bool {
        let content = self.get(id);
        content.from == content.to
    }
}
