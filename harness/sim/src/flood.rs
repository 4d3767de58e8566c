//! Runs that would fill the memory before they end: where each frame gives rise to more than one, as
//! where every relay of a changed name is a new message, the traffic grows with every latency.

use pepperland_core::schedule::Schedule;

/// So many frames are on their way at once only in a flood: for each pair of nodes and each request of
/// the schedule.
const OF_EACH_REQUEST: usize = 64;

/// What nodes do without being asked, in requests.
const UNASKED: usize = 100;

/// How many frames may be on their way at once in a run of this schedule. At more the run is cut off:
/// with five nodes and sixty requests at 256,000.
pub fn most_frames(schedule: &Schedule) -> usize {
    let nodes = schedule.header.nodes as usize;
    let requests = schedule.steps.len() + UNASKED;
    OF_EACH_REQUEST.saturating_mul(nodes * nodes).saturating_mul(requests)
}
