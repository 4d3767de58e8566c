//! What a schedule says of a disk, in the disk's own words.

use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Failing, Ration, Schedule};
use pepperland_core::time::Time;
use pepperland_disk::{Kept, Modes, Survives, Sync};
use std::time::Duration;

/// How the disk of a node behaves at this instant.
pub fn modes(schedule: &Schedule, node: NodeId, at: Time) -> Modes {
    let mut modes = Modes::default();
    if let Some(how) = schedule.failing(node, at).last() {
        modes.sync = Sync::Lying(kept(how));
    }
    for ration in schedule.rations(node, at) {
        match ration {
            Ration::Disk { bytes } => modes.full = Some(bytes),
            Ration::ReadOnly => modes.read_only = true,
            Ration::Processor { .. } | Ration::Memory { .. } => {}
        }
    }
    modes
}

fn kept(how: Failing) -> Kept {
    match how {
        Failing::Lying => Kept::Never,
        Failing::Lost { unsynced } => Kept::After(Duration::from_nanos(unsynced.0)),
        Failing::Torn { .. } => Kept::AtTheNext,
    }
}

/// What a crash at this instant leaves of what was not kept; none: the disk is in order.
pub fn survives(schedule: &Schedule, node: NodeId, at: Time) -> Option<Survives> {
    let how = schedule.failing(node, at).last()?;
    Some(match how {
        Failing::Torn { keep } => Survives::Some(keep.0),
        Failing::Lost { .. } | Failing::Lying => Survives::Nothing,
    })
}
