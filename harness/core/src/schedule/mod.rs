//! Schedules: everything the environment will do in one run, as a list.

mod afflicted;
mod choices;
mod deceit;
mod disturbance;
mod draws;
mod fates;
mod file;
mod keys;
mod links;
mod named;
mod order;
mod places;
mod ration;
mod step;
#[cfg(test)]
mod tests;

pub use choices::{Harm, Transit};
pub use deceit::{Deceit, Way};
pub use disturbance::{Disturbance, Trouble};
pub use draws::Reseed;
pub use fates::{Failing, Fate};
pub use file::ScheduleError;
pub use links::Links;
pub use order::{NotAnOrder, Order};
pub use ration::Ration;
pub use step::{Ask, Step, When};

use crate::history::Channel;
use crate::id::NodeId;
use crate::implementation::{Groups, Setup};
use crate::seed::Seed;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// Everything the environment will do in one run. Replay reads it from a file; shrinking deletes
/// entries from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// What is run, and on which network.
    pub header: Frame,
    /// What clients ask for.
    pub steps: Vec<Step>,
    /// What goes wrong.
    pub disturbances: Vec<Disturbance>,
}

/// The first line of a schedule file: what is run, and on which network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Always `pepperland.schedule`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// The implementation's name.
    #[serde(rename = "impl")]
    pub implementation: String,
    /// The planted flaw that is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaw: Option<String>,
    /// How many nodes there are.
    pub nodes: u32,
    /// How many of the nodes are clients, the first ones; the others are servers. 0: there are no
    /// roles.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub clients: u32,
    /// The members of each group; empty: there is one group, of all nodes. Where there are roles,
    /// the clients are the first group and the servers the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "named::groups")]
    pub groups: Vec<Vec<NodeId>>,
    /// Whether nodes may multicast to groups that they are not in.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub open: bool,
    /// Whether nodes join and leave the groups, whose members are those that they begin with.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub changing: bool,
    /// How long the application at a node takes at most to stop multicasting when it is asked to:
    /// each time a span drawn from the seed, the node and the view.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub stops_within: Span,
    /// Key of the network's own choices and of the nodes' random streams.
    pub seed: Seed,
    /// The network.
    pub network: NetworkOptions,
    /// The controlled network; absent: there is none, and whatever is sent over it goes the usual
    /// way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled: Option<Controlled>,
    /// How the network chooses, within its latencies, when a frame arrives.
    #[serde(default, skip_serializing_if = "Order::is_uniform")]
    pub order: Order,
    /// From when on the network draws anew, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reseed: Option<Reseed>,
    /// When faults end and whoever may recover has recovered.
    pub heal_at: Time,
    /// When the run ends at the latest.
    pub end: Time,
}

impl Frame {
    /// The plainest: one group of all nodes, seed 0, an end as soon as it begins.
    pub fn of(implementation: &str, nodes: u32, network: NetworkOptions) -> Frame {
        Frame {
            format: FORMAT.to_owned(),
            version: 1,
            implementation: implementation.to_owned(),
            flaw: None,
            nodes,
            clients: 0,
            groups: Vec::new(),
            open: false,
            changing: false,
            stops_within: Span::ZERO,
            seed: Seed(0),
            network,
            controlled: None,
            order: Order::Uniform,
            reseed: None,
            heal_at: Time::ZERO,
            end: Time::ZERO,
        }
    }

    /// The members of each group, in order.
    pub fn members(&self) -> Vec<Vec<NodeId>> {
        match self.groups.is_empty() {
            true => vec![NodeId::first(self.nodes as usize).collect()],
            false => self.groups.clone(),
        }
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.len().max(1)
    }

    /// The greatest latency that nodes are told to expect of a write to a register.
    pub fn register_latency(&self) -> Span {
        self.controlled.map_or(Setup::REGISTER_LATENCY, |controlled| controlled.max_latency)
    }

    /// Which groups an implementation must handle.
    pub fn needs(&self) -> Groups {
        if self.clients > 0 {
            return Groups::Roles;
        }
        match (self.changing, self.open, self.groups.len()) {
            (true, true, _) => Groups::DynamicOpen,
            (true, false, 0..=1) => Groups::Changing,
            (true, false, _) => Groups::Dynamic,
            (false, true, _) => Groups::Open,
            (false, false, 0) => Groups::One,
            (false, false, _) => Groups::Several,
        }
    }
}

/// The value of `format`.
pub const FORMAT: &str = "pepperland.schedule";

/// The network of the registers, in which nothing is lost, changed or reordered.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object such as {\"min_latency\":1000000,\"max_latency\":1000000}"
)]
pub struct Controlled {
    /// Least latency of a write.
    pub min_latency: Span,
    /// Greatest latency of a write.
    pub max_latency: Span,
}

/// What the network is like while nothing disturbs it.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object such as {\"min_latency\":1000000,\"max_latency\":10000000}"
)]
pub struct NetworkOptions {
    /// Least latency of a message.
    pub min_latency: Span,
    /// Greatest latency of a message.
    pub max_latency: Span,
    /// The greatest latency that nodes are told to expect, where it is another than the greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Span>,
    /// How much longer each 1024 bytes of a message to another node take, on either network.
    /// Nodes are not told.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub per_kib: Span,
    /// What the network promises.
    pub channel: Channel,
    /// What happens to messages in flight when their sender crashes.
    pub in_flight: InFlight,
}

/// How many messages nodes may wait for one after the other before the application sees anything:
/// the longest agreements among liars here take 20 to 30, and more where coins have to fall alike.
const DELAYS: u64 = 64;

impl Schedule {
    /// How long a message may be on its way: the greatest latency, and the most by which anything
    /// may make it late. What queues before a slow link may take longer: only the run knows how much.
    pub fn slowest(&self) -> Span {
        let late = self.disturbances.iter().map(|disturbance| disturbance.trouble.delays_by());
        self.header.slowest_network() + late.max().unwrap_or(Span::ZERO)
    }

    /// How long nobody may see anything though something is to come, as far as the schedule says.
    pub fn patience(&self) -> Span {
        self.slowest().max(self.header.work())
    }
}

impl Frame {
    /// The greatest latency that either network promises.
    fn slowest_network(&self) -> Span {
        let writes = self.controlled.map_or(Span::ZERO, |writes| writes.max_latency);
        self.network.promised_latency().max(writes)
    }

    /// How long nodes may be at work before the application sees anything of it: as long as
    /// [`DELAYS`] messages one after the other.
    pub fn work(&self) -> Span {
        Span(self.slowest_network().0.saturating_mul(DELAYS))
    }
}

impl NetworkOptions {
    /// One that loses nothing and takes this long.
    pub fn perfect(least: Span, most: Span) -> NetworkOptions {
        NetworkOptions {
            min_latency: least,
            max_latency: most,
            promised: None,
            per_kib: Span::ZERO,
            channel: Channel::Perfect,
            in_flight: InFlight::Kept,
        }
    }

    /// How much longer a message of this length takes than an empty one.
    pub fn carriage(&self, bytes: usize) -> Span {
        Span(self.per_kib.0 * bytes as u64 / 1024)
    }

    /// The greatest latency that nodes are told to expect. Time-outs depend on it, so it stays the
    /// same where the latencies of a run are named one by one.
    pub fn promised_latency(&self) -> Span {
        self.promised.unwrap_or(self.max_latency)
    }
}

/// What happens to messages in flight when their sender crashes (the difference between a
/// quasi-reliable and a reliable channel).
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InFlight {
    /// They arrive.
    #[default]
    Kept,
    /// They are lost with the sender.
    Lost,
}
