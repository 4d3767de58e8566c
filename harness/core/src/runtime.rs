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

/// A runtime cannot do what a schedule asks for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the {runtime} runtime cannot {what}")]
pub struct Refused {
    /// Which runtime.
    pub runtime: &'static str,
    /// What it cannot do.
    pub what: String,
}
