//! Who reads and writes what liars say: nodes of the library have mouthpieces, which know their
//! messages and own their keys; of anybody else it is JSON.

use crate::live::json::Json;
use crate::mouthpiece::Mouthpiece;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::runtime::{Build, Tongue, setup_of};
use pepperland_core::schedule::Schedule;
use std::collections::BTreeMap;

/// The mouthpieces of a run.
pub struct Tongues(BTreeMap<NodeId, Mouthpiece>);

impl Tongues {
    /// Those of the liars of a schedule, if nodes are of the library and built so.
    pub fn new(schedule: &Schedule, build: Option<Build<'_>>) -> Tongues {
        let mouthpiece = |node, build| (node, Mouthpiece::new(build, &setup_of(schedule, node)));
        let liars = schedule.liars().into_iter();
        Tongues(liars.filter_map(|node| Some(mouthpiece(node, build?))).collect())
    }

    /// Who reads and writes what a node says over a network.
    pub fn of(&self, node: NodeId, network: NetworkId) -> Box<dyn Tongue + '_> {
        match self.0.get(&node) {
            Some(mouthpiece) => Box::new(mouthpiece.over(network)),
            None => Box::new(Json),
        }
    }
}
