//! No faults: the network's latency is all the disorder there is.

use pepperland_core::fault::Profile;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "none",
    statement: "no faults; messages still overtake each other",
    plan: |_, _, _| Vec::new(),
    ..Profile::PLAIN
};
