//! What this runtime refuses, by name and before anything runs.

use pepperland_core::runtime::Refused;
use pepperland_core::schedule::Schedule;

/// Each tick, turmoil visits every link for every host: beyond this many nodes idle time becomes
/// slower than real time.
pub const MOST_NODES: u32 = 20;

/// Whether a schedule can be run with any node.
pub fn check(runtime: &'static str, schedule: &Schedule) -> Result<(), Refused> {
    match schedule.header.nodes {
        0 => Err(refused(runtime, "run without any node".to_owned())),
        nodes if nodes > MOST_NODES => {
            let what = format!("run {nodes} nodes: it is usable with up to {MOST_NODES}");
            Err(refused(runtime, what))
        }
        _ => Ok(()),
    }
}

/// A refusal of the runtime of this name.
pub fn refused(runtime: &'static str, what: String) -> Refused {
    Refused { runtime, what }
}
