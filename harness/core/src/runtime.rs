//! The contract of a runtime: a schedule in, a history out. And what every runtime does alike.

mod application;
mod clients;
mod controlled;
mod disk;
mod disturbances;
mod guard;
mod haste;
mod lies;
mod nodes;
mod record;

pub use application::{Application, Reaction};
pub use clients::Clients;
pub use controlled::{CARRIES_WRITES_ALONE, OneOrder};
pub use disk::FailingDisk;
pub use disturbances::{Active, Disturbances, garbled_length};
pub use guard::{Guarded, caught};
pub use haste::no_haste;
pub use lies::{Lie, Lies, Outcome, Saying, Tongue, drawn_lie};
pub use nodes::{Build, Slot, State, seed_of};

pub use record::consensus_value;

use record::text;

use crate::fault::Fault;
use crate::history::{Channel, History};
use crate::id::{GroupId, NodeId};
use crate::implementation::Implementation;
use crate::schedule::{Schedule, Trouble};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// A runtime. It knows no protocol: it is given the implementation to run.
pub trait Runtime: Send + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// One sentence.
    fn statement(&self) -> &'static str;

    /// Whether it can do all that the schedule asks for.
    ///
    /// # Errors
    /// [`Refused`], with the name of what it cannot do.
    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused>;

    /// Runs the schedule. The same schedule gives the same history, byte for byte, on every
    /// runtime that calls itself deterministic.
    ///
    /// # Errors
    /// [`Refused`] as by [`accepts`](Runtime::accepts), before anything has run.
    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused>;

    /// The same, where a run need not wait any longer once it has had enough: `enough` is asked
    /// now and then, after the faults have ended and all has been asked for that the schedule asks
    /// for, of the history so far. A run that ends so is complete. A runtime that knows when
    /// nothing more will happen need not ask.
    ///
    /// # Errors
    /// As of [`run`](Runtime::run).
    fn run_until(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
        enough: &dyn Fn(&History) -> bool,
    ) -> Result<History, Refused> {
        let _ = enough;
        self.run(schedule, implementation, detail)
    }

    /// The faults that it cannot bring about: a profile that needs one of them is refused by name,
    /// and left out of whatever combines profiles.
    fn lacks(&self) -> &'static [Fault] {
        &[]
    }

    /// The faults of links that do not reach nodes on such a channel, since what carries their
    /// messages makes up for them: streams of a real TCP lose, double and change nothing.
    fn absorbs(&self, channel: Channel) -> &'static [Fault] {
        let _ = channel;
        &[]
    }

    /// Whether a history tells of what crosses the network: on real sockets nobody sees when a node
    /// takes a frame.
    fn sees_frames(&self) -> bool {
        true
    }

    /// Whether what a node has sent arrives though the node crashes, where a schedule says so. What
    /// waits in a real kernel for its turn dies with the connection.
    fn keeps_in_flight(&self) -> bool {
        true
    }

    /// Whether it can let frames arrive in any order that a schedule names, or in the usual one
    /// alone.
    fn orders(&self) -> bool {
        false
    }

    /// How alike two runs of one schedule are.
    fn repeats(&self) -> Repeats {
        Repeats::Exactly
    }
}

/// How alike two runs of one schedule are.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// The same bytes; anything else is a bug of the runtime.
    #[default]
    Exactly,
    /// The same bytes if the program under test draws no randomness and reads no clock of its own.
    IfTheProgramDoes,
    /// A run is one of many: findings reproduce at a rate.
    AtARate,
}

impl Repeats {
    /// Whether it is to the byte, whatever the program does.
    pub fn is_exactly(&self) -> bool {
        *self == Repeats::Exactly
    }
}

/// How much of a run is written down.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Detail {
    /// The application's events, faults and causes.
    #[default]
    Application,
    /// The network's side of every frame as well.
    Network,
}

/// What no runtime can do: run nobody, or more nodes than `most`, or reach a group that the
/// schedule does not have, or one with a member that it does not have.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn within_limits(runtime: &'static str, schedule: &Schedule, most: u32) -> Result<(), Refused> {
    let header = &schedule.header;
    let refuse = |what: String| Err(Refused::anywhere(runtime, what));
    match header.nodes {
        0 => return refuse("run without any node".to_owned()),
        nodes if nodes > most => {
            return refuse(format!("run {nodes} nodes: it is usable with up to {most}"));
        }
        _ => {}
    }
    for (group, members) in (0..).map(GroupId).zip(&header.groups) {
        if let Some(member) = members.iter().find(|member| member.0 >= header.nodes) {
            return refuse(format!("have {member} in {group}: there is no such node"));
        }
    }
    let known = |group: &GroupId| group.index() < header.group_count();
    match schedule.steps.iter().filter_map(|step| step.ask.group()).find(|group| !known(group)) {
        Some(group) if header.group_count() == 1 => {
            refuse(format!("reach the group {group}: there is one group, g1"))
        }
        Some(group) => {
            let last = GroupId(header.group_count() as u32 - 1);
            refuse(format!("reach the group {group}: there are g1 to {last}"))
        }
        None => Ok(()),
    }
}

/// What only the simulator can do: let frames arrive in another order than the usual one.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn usual_order(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    let order = schedule.header.order;
    match order.is_uniform() {
        true => Ok(()),
        false => {
            let mend =
                "leave \"order\" out, or shrink the schedule, which makes its choices explicit";
            Err(Refused::anywhere(runtime, format!("bring about the order \"{order}\": {mend}")))
        }
    }
}

/// What only the simulator can do: run two copies of a node under one name.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn no_twins(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    let twin = |trouble: &Trouble| match trouble {
        Trouble::Twin { node, .. } => Some(*node),
        _ => None,
    };
    nobody(schedule, twin).map_err(|node| {
        let what = format!("run a second copy of {node} under its name: the simulator can");
        Refused::anywhere(runtime, what)
    })
}

/// What only processes can suffer: to get less of their machine.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn no_starvation(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    let starved = |trouble: &Trouble| match trouble {
        Trouble::Starve { node, .. } => Some(*node),
        _ => None,
    };
    nobody(schedule, starved).map_err(|node| {
        let how = "processes with --network netns can be";
        Refused::anywhere(runtime, format!("keep {node} short of its machine: {how}"))
    })
}

/// Whether a trouble befalls nobody in the schedule; else the first whom it does.
fn nobody(schedule: &Schedule, whom: impl Fn(&Trouble) -> Option<NodeId>) -> Result<(), NodeId> {
    schedule.disturbances.iter().find_map(|one| whom(&one.trouble)).map_or(Ok(()), Err)
}

/// What the simulator, turmoil and processes in virtual time can do: carry writes to registers.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn no_registers(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    match schedule.header.controlled {
        None => Ok(()),
        Some(_) => {
            let what = "carry writes to registers in real time: in virtual time, and the simulator and \
                        turmoil, can";
            Err(Refused::anywhere(runtime, what))
        }
    }
}

/// What only the simulator can do: have long messages take longer than short ones.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn no_carriage(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    match schedule.header.network.per_kib {
        Span::ZERO => Ok(()),
        span => {
            let what = format!("have messages take {span} more for each KiB: the simulator can");
            Err(Refused::anywhere(runtime, what))
        }
    }
}

/// A runtime cannot do what a schedule asks for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the {runtime} runtime cannot {what}")]
pub struct Refused {
    /// Which runtime.
    pub runtime: &'static str,
    /// What it cannot do.
    pub what: String,
    /// Whether it could on another machine: this one lacks what that needs.
    pub here: bool,
}

impl Refused {
    /// What a runtime can do nowhere.
    pub fn anywhere(runtime: &'static str, what: impl Into<String>) -> Refused {
        Refused { runtime, what: what.into(), here: false }
    }

    /// What a runtime could do, if this machine had what that needs.
    pub fn on_this_machine(runtime: &'static str, what: impl Into<String>) -> Refused {
        Refused { runtime, what: what.into(), here: true }
    }
}
