//! The contract of a runtime: a schedule in, a history out. And what every runtime does alike.

mod clients;
mod disturbances;
mod guard;
mod nodes;
mod record;

pub use clients::Clients;
pub use disturbances::{Active, Disturbances};
pub use guard::{Guarded, caught};
pub use nodes::{Build, Slot, State};

use crate::history::History;
use crate::id::GroupId;
use crate::implementation::Implementation;
use crate::schedule::Schedule;

/// A runtime. It knows no protocol: it is given the implementation to run.
pub trait Runtime: Sync {
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

/// What no runtime can do: run nobody, or more nodes than `most`, or multicast to a group that a
/// run does not have. A run has the group of all nodes alone.
///
/// # Errors
/// [`Refused`], in the name of the runtime.
pub fn within_limits(runtime: &'static str, schedule: &Schedule, most: u32) -> Result<(), Refused> {
    let refuse = |what: String| Err(Refused { runtime, what });
    match schedule.header.nodes {
        0 => return refuse("run without any node".to_owned()),
        nodes if nodes > most => {
            return refuse(format!("run {nodes} nodes: it is usable with up to {most}"));
        }
        _ => {}
    }
    match schedule.steps.iter().find_map(|step| step.ask.group().filter(|g| *g != GroupId::ALL)) {
        Some(group) => refuse(format!("reach group {}: a run has group 0, of all nodes", group.0)),
        None => Ok(()),
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
}
