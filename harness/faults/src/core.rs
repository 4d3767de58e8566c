//! Core: only a majority of the nodes is mended. The others, as many of them as may fail, are cut
//! off one by one and are gone as the faults end, with all that they alone knew; the core must go on
//! by itself (liveness mode; Zhou et al., *FoundationDB*, SIGMOD 2021, and the simulation tests of
//! TigerBeetle).

use crate::draw;
use pepperland_core::fault::{Choice, Fault, Ground, Profile, Variant};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Links, Trouble};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "core",
    statement: "a minority, as many as may fail, is gone for good as the faults end",
    source: "Zhou et al. 2021",
    variants: &[
        Variant { name: "cut", statement: "they are cut off before", needs: None },
        Variant {
            name: "stopped",
            statement: "until then they take part",
            needs: Some(&[Fault::Crash]),
        },
    ],
    needs: &[Fault::Crash, Fault::Partition],
    plan,
    ..Profile::PLAIN
};

fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let most = ground.budget().min(ground.nodes.saturating_sub(1) / 2);
    let mut outsiders = draw::shuffled(ground, stream);
    let mut core = outsiders.split_off(most);
    core.sort_unstable();
    let mut planned = Vec::new();
    for node in outsiders {
        if choice.variant != "stopped" {
            planned.push(cut_off(ground, node, &core, stream));
        }
        let last = Time(ground.heal_at.0.saturating_sub(1));
        planned.push(Disturbance::from(last, Trouble::Crash { node, effects: None }));
    }
    planned
}

/// From some instant on, nothing passes between the node and the core.
fn cut_off(ground: &Ground<'_>, node: NodeId, core: &[NodeId], stream: &mut Stream) -> Disturbance {
    let at = Time(stream.below(ground.heal_at.0.max(1)));
    let links = Links::between(vec![node], core.to_vec());
    Disturbance::during(at, ground.heal_at, Trouble::Cut { links })
}
