//! What a node writes to the harness.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a node tells, by its word.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// All that the last line made it write has been written.
    Done,
    /// The application gets a message.
    Deliver {
        /// The name of the message.
        id: String,
        /// What it says.
        payload: Value,
        /// The group it was multicast to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Its place in the total order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<u64>,
        /// The view that it belongs to, if that is not the last one installed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        view: Option<Value>,
    },
    /// A view is installed.
    View {
        /// Its id, a number or `"7.n2"`.
        view: Value,
        /// The members, in order.
        members: Vec<String>,
        /// Whose view it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Whether it is a primary view; it is unless the node says otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        primary: Option<bool>,
        /// The members that came along from the same view.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transitional: Option<Vec<String>>,
    },
    /// The application is to stop sending.
    Block {
        /// Until the view after this one.
        view: Value,
        /// Whose view it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// The failure detector believes that a node has crashed.
    Suspect {
        /// Which node.
        target: String,
        /// A finer state, where the detector has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
    },
    /// The failure detector no longer believes so.
    Trust {
        /// Of which node.
        target: String,
    },
    /// The node becomes the one that orders, or leads.
    Lead {
        /// Since which change of leaders, where they are counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<u64>,
    },
    /// It is that no longer.
    Unlead {
        /// Since which change of leaders it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<u64>,
    },
    /// Consensus is reached.
    Decide {
        /// Which decision it is.
        instance: u64,
        /// The value.
        value: Value,
    },
    /// An invoked operation has its result.
    Respond {
        /// The operation's name.
        op_id: u64,
        /// The result.
        result: Value,
    },
    /// The node has executed an operation of a client.
    Apply {
        /// The node at which the client asked.
        client: String,
        /// The operation's name.
        op_id: u64,
        /// What was asked for.
        op: Value,
        /// The result.
        result: Value,
    },
    /// A message is no longer kept for others.
    Discard {
        /// The name of the message.
        id: String,
    },
    /// Every member of the view has a message.
    Safe {
        /// The name of the message.
        id: String,
    },
    /// What the node does with a token.
    Token {
        /// `new`, `acquire`, `release` or `lost`.
        what: String,
        /// Which token it is, where lost ones are replaced.
        #[serde(default)]
        epoch: u64,
    },
    /// A snapshot was taken.
    StateGet(Taken),
    /// A snapshot was installed.
    StateSet(Taken),
    /// The state after a message was executed, or a slot.
    StateHash {
        /// The name of the message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Which slot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<u64>,
        /// The hash of the state.
        hash: String,
    },
    /// A remark.
    Note {
        /// What it says.
        text: String,
    },
    /// A timer is to run.
    SetTimer {
        /// The node's name for it.
        timer: Value,
        /// How long, ns.
        after: u64,
    },
    /// A timer is to be forgotten.
    CancelTimer {
        /// The node's name for it.
        timer: Value,
    },
    /// Something is to survive crashes.
    Store {
        /// Where it lies.
        key: String,
        /// What it is.
        value: Value,
    },
}

/// A snapshot, as it was taken or installed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Taken {
    /// Whose.
    pub from: String,
    /// In which view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Value>,
    /// Up to which place in the order it reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u64>,
    /// The names of the messages that it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// Its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Told {
    /// Whether it is a word of virtual time that takes the place of the node's own timers.
    pub fn needs_timer(&self) -> bool {
        matches!(self, Told::SetTimer { .. } | Told::CancelTimer { .. })
    }
}
