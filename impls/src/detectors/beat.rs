//! Numbers of what is sent again and again: heartbeats, and questions. They tell a late copy from
//! a sign of life.

use pepperland_core::contract::Cx;
use serde::{Deserialize, Serialize};

/// Which one of a node it is. Later ones are greater, also after a restart.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Beat {
    /// How often the node had restarted.
    pub incarnation: u32,
    /// Its number in this incarnation, from 1.
    pub number: u32,
}

impl Beat {
    /// The next one of this node.
    pub fn next<M>(self, cx: &Cx<'_, M>) -> Beat {
        Beat { incarnation: cx.incarnation(), number: self.number + 1 }
    }
}
