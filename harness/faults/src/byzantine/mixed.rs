//! Several ways of lying at once, by one node: what one way prepares, another makes use of. Twins are
//! none of them, for two copies of a node lie already by what each of them is not told.

use crate::byzantine::{RATES, ways};
use crate::draw;
use crate::lasting::Window;
use pepperland_core::fault::{Choice, Fault, Ground};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Way};
use pepperland_core::seed::{PerMillion, Stream};

/// In how many ways a node lies at most.
const WAYS: u64 = 3;

/// A node lies in two or three ways, each at a rate of its own.
pub fn lies(
    ground: &Ground<'_>,
    choice: &Choice,
    (node, window, _): (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let can = |way: &Way| *way != Way::Hasty || !ground.lacks.contains(&Fault::Haste);
    let mut ways: Vec<Way> = Way::ALL.into_iter().filter(can).collect();
    stream.shuffle(&mut ways);
    ways.truncate(stream.between(2, WAYS) as usize);
    let mut told = Vec::new();
    for way in ways {
        let rate = draw::rate_of(choice, &RATES, stream);
        told.extend(ways::lie(ground, choice, way, (node, window, rate), stream));
    }
    told
}
