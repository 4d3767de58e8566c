//! The first line of a history: what was run, and what its contracts are.

use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The header. Field order is the order of the keys in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always `pepperland.history`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// All node names, in order.
    pub nodes: Vec<String>,
    /// Group names and their members; one group `g` of all nodes if absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<String>>,
    /// How nodes may fail.
    #[serde(default)]
    pub failure_model: FailureModel,
    /// Nodes that may lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub byzantine: Vec<String>,
    /// When faults stopped; absent: there were none, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heal_at: Option<Time>,
    /// The last instant observed; absent: the time of the last event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// Whether the run was quiescent at its end, so that liveness may be judged.
    #[serde(default)]
    pub complete: bool,
    /// Whether the lines are one true order.
    #[serde(default)]
    pub clock: Clock,
    /// Error of a real clock across nodes, ns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_error: Option<u64>,
    /// What deliveries, groups, partitions and channels mean in this run.
    #[serde(default)]
    pub contract: Contract,
    /// For client operations: the model they are judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// The initial state of that model.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    pub initial: Option<Value>,
    /// Whether message names were minted by a harness.
    #[serde(default, skip_serializing_if = "Names::is_minted")]
    pub names: Names,
    /// Free.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub about: Map<String, Value>,
}

/// A state that is null is a state.
fn even_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// The value of `format`.
pub const FORMAT: &str = "pepperland.history";

impl Header {
    /// A header with these nodes and every default.
    pub fn new(nodes: Vec<String>) -> Header {
        Header {
            format: FORMAT.to_owned(),
            version: 1,
            nodes,
            groups: BTreeMap::new(),
            failure_model: FailureModel::default(),
            byzantine: Vec::new(),
            heal_at: None,
            end: None,
            complete: false,
            clock: Clock::default(),
            clock_error: None,
            contract: Contract::default(),
            workload: None,
            initial: None,
            names: Names::default(),
            about: Map::new(),
        }
    }

    /// Why what the run says is less sure than it should be, if it is: the harness was late, or
    /// lost something (`about.unclean`).
    pub fn unclean(&self) -> Option<&str> {
        self.about.get("unclean").and_then(Value::as_str)
    }
}

/// How nodes may fail.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureModel {
    /// A crashed node never comes back.
    #[default]
    CrashStop,
    /// A crashed node may come back with its stable storage.
    CrashRecovery,
    /// Nodes may fail to send or to receive.
    Omission,
    /// Nodes may do anything.
    Byzantine,
}

impl FailureModel {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            FailureModel::CrashStop => "crash-stop",
            FailureModel::CrashRecovery => "crash-recovery",
            FailureModel::Omission => "omission",
            FailureModel::Byzantine => "byzantine",
        }
    }
}

/// What the times mean.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The lines are one true order.
    Virtual,
    /// Line order counts within a node only.
    #[default]
    Real,
}

/// Whether message names are `origin:incarnation:number`.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// Minted by a harness.
    #[default]
    Minted,
    /// Any strings.
    Opaque,
}

impl Names {
    fn is_minted(&self) -> bool {
        *self == Names::Minted
    }
}

/// What deliveries, groups, partitions and channels mean.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// What a restart means for "at most once".
    #[serde(default)]
    pub delivery: DeliveryContract,
    /// Whether only members multicast.
    #[serde(default)]
    pub group: GroupContract,
    /// Whether there is at most one live component.
    #[serde(default)]
    pub partition: PartitionContract,
    /// What the network promised; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

/// What a restart means for "at most once".
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryContract {
    /// Deliveries are lost with the node: once per incarnation.
    #[default]
    Volatile,
    /// Deliveries are logged: once across incarnations.
    Logged,
    /// A snapshot stands for deliveries.
    Snapshot,
}

/// Whether only members multicast to a group.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupContract {
    /// Only members multicast.
    #[default]
    Closed,
    /// Anybody may multicast.
    Open,
}

/// Whether there is at most one live component.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartitionContract {
    /// Only the primary component goes on.
    #[default]
    Primary,
    /// Every component goes on.
    Partitionable,
}

/// What a network promises.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// What a correct node sends to a correct node arrives, once, unchanged; a cut holds it back.
    Perfect,
    /// What is sent again and again arrives again and again.
    FairLoss,
    /// Nothing.
    Lossy,
}
