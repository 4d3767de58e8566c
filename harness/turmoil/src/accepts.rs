//! What this runtime refuses, by name and before anything runs.

use pepperland_core::runtime::{
    Refused, no_carriage, no_starvation, no_twins, usual_order, within_limits,
};
use pepperland_core::schedule::Schedule;

/// Each tick, turmoil visits every link for every host: beyond this many nodes idle time becomes
/// slower than real time.
pub const MOST_NODES: u32 = 20;

/// Whether a schedule can be run with any node.
pub fn check(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    within_limits(runtime, schedule, MOST_NODES)?;
    no_twins(runtime, schedule)?;
    no_starvation(runtime, schedule)?;
    no_carriage(runtime, schedule)?;
    usual_order(runtime, schedule)
}

/// A refusal of the runtime of this name.
pub fn refused(runtime: &'static str, what: String) -> Refused {
    Refused::anywhere(runtime, what)
}
