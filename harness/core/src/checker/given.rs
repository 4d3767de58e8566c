//! What a property needs of a history besides events of certain kinds.

use crate::history::{GroupContract, History, PartitionContract};
use serde_json::Value;
use std::fmt;

/// Something that a history must tell before a property can be judged.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Given {
    /// The header names this workload.
    Workload(&'static str),
    /// The header names one of these workloads.
    OneOfWorkloads(&'static [&'static str]),
    /// The header names some workload.
    SomeWorkload,
    /// The header states this number under `about.bounds`.
    Bound(&'static str),
    /// The header names nodes that may lie.
    Liars,
    /// Deliveries state their place in the order.
    Slots,
    /// There are several groups.
    Groups,
    /// Groups are closed.
    Closed,
    /// At most one component is to go on.
    Primary,
    /// Every component is to go on.
    Partitionable,
}

impl Given {
    /// Whether the history tells it.
    pub fn is_met(self, history: &History) -> bool {
        let header = &history.header;
        match self {
            Given::Workload(name) => header.workload.as_deref() == Some(name),
            Given::OneOfWorkloads(names) => {
                header.workload.as_deref().is_some_and(|workload| names.contains(&workload))
            }
            Given::SomeWorkload => header.workload.is_some(),
            Given::Bound(name) => bound(history, name).is_some(),
            Given::Liars => !header.byzantine.is_empty(),
            Given::Slots => history.has_slots(),
            Given::Groups => history.groups().len() > 1,
            Given::Closed => header.contract.group == GroupContract::Closed,
            Given::Primary => header.contract.partition == PartitionContract::Primary,
            Given::Partitionable => header.contract.partition == PartitionContract::Partitionable,
        }
    }
}

/// A bound that the header states under `about.bounds`: what was assumed or promised, as a number.
pub fn bound(history: &History, name: &str) -> Option<u64> {
    history.header.about.get("bounds")?.get(name).and_then(Value::as_u64)
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Workload(name) => write!(f, "workload {name}"),
            Given::OneOfWorkloads(names) => write!(f, "workload {}", names.join(" or ")),
            Given::SomeWorkload => write!(f, "a workload"),
            Given::Bound(name) => write!(f, "about.bounds.{name}"),
            Given::Liars => write!(f, "byzantine nodes"),
            Given::Slots => write!(f, "slots"),
            Given::Groups => write!(f, "several groups"),
            Given::Closed => write!(f, "contract.group closed"),
            Given::Primary => write!(f, "contract.partition primary"),
            Given::Partitionable => write!(f, "contract.partition partitionable"),
        }
    }
}
