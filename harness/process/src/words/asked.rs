//! What the harness writes to a node.

use crate::words::{value, view_value};
use pepperland_core::contract::Request;
use pepperland_core::history::Channel;
use pepperland_core::message::Message;
use pepperland_core::seed::Seed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// What is asked of a node, by its word.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Asked {
    /// Who the node is, before anything else.
    Init(Box<Init>),
    /// Multicast the payload to the group.
    Multicast {
        /// The name of the message.
        id: String,
        /// To whom.
        group: String,
        /// What it says.
        payload: Value,
    },
    /// Become a member.
    Join {
        /// Of this group.
        group: String,
    },
    /// Be a member no longer.
    Leave {
        /// Of this group.
        group: String,
    },
    /// The application multicasts no more until the next view, as it was told to.
    BlockOk {
        /// Which group it is.
        group: String,
        /// The view that it has stopped in.
        view: Value,
    },
    /// Propose a value for consensus.
    Propose {
        /// The name of the value.
        id: String,
        /// Which decision it is.
        instance: u64,
        /// The value.
        value: Value,
    },
    /// Execute a client's operation.
    Invoke {
        /// The operation's name.
        op_id: u64,
        /// What to execute.
        op: Value,
    },
    /// A timer has run out.
    Timer {
        /// The node's name for it.
        timer: Value,
    },
}

impl Asked {
    /// What is asked of a node by a request; none if the protocol has no word for it.
    pub fn of(request: &Request<Message>) -> Option<Asked> {
        Some(match request {
            Request::Multicast(group, message) => Asked::Multicast {
                id: message.id.to_string(),
                group: group.to_string(),
                payload: Value::String(said(message)),
            },
            Request::Join(group) => Asked::Join { group: group.to_string() },
            Request::Leave(group) => Asked::Leave { group: group.to_string() },
            Request::Propose { instance, value: proposed } => Asked::Propose {
                id: proposed.id.to_string(),
                instance: *instance,
                value: value(&said(proposed)),
            },
            Request::Invoke { operation, value: op } => {
                Asked::Invoke { op_id: *operation, op: value(&said(op)) }
            }
            Request::BlockOk(group, view) => {
                Asked::BlockOk { group: group.to_string(), view: view_value(*view) }
            }
            Request::Send(..) | Request::SendEach(..) => return None,
        })
    }
}

fn said(message: &Message) -> String {
    String::from_utf8_lossy(&message.body.0).into_owned()
}

/// The first request: who the node is, and who the others are.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Init {
    /// This node.
    pub node_id: String,
    /// All nodes, in order.
    pub node_ids: Vec<String>,
    /// The members of each group, by its name.
    pub groups: Map<String, Value>,
    /// Whether nodes multicast to groups that they are not in.
    pub open: bool,
    /// How often this node has been restarted.
    pub incarnation: u32,
    /// For random choices that are to be repeatable.
    pub seed: Seed,
    /// What no message takes longer than while nothing disturbs it, ns.
    pub max_latency: u64,
    /// What no write to a register takes longer than, ns, where there is a controlled network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_latency: Option<u64>,
    /// Who is a client and who a server, where there are both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
    /// What the program may ask for.
    pub features: Vec<String>,
    /// Where each node is, by its name, if they have sockets of their own; else they write to one
    /// another by lines.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, Ipv4Addr>,
    /// What the network between those addresses promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What was stored, by key, in virtual time.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub storage: Map<String, Value>,
}

/// The nodes of each role, by their names.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Roles {
    /// They are the first nodes.
    pub clients: Vec<String>,
    /// They are the others.
    pub servers: Vec<String>,
}

impl Roles {
    /// The first so many of these nodes are clients; none, if there are no roles.
    pub fn of(nodes: &[String], clients: u32) -> Option<Roles> {
        let (clients, servers) = nodes.split_at_checked(clients as usize)?;
        (!clients.is_empty()).then(|| Roles { clients: clients.into(), servers: servers.into() })
    }
}

/// A body with the number by which it is answered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Numbered {
    /// What is asked.
    #[serde(flatten)]
    pub asked: Asked,
    /// Its number; what needs no answer has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<i64>,
}
