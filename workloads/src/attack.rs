//! Attack: armies that can only win together agree by messengers, who may be caught (Gray 1978). The
//! number of an instance says by which protocol: how many messengers go to and fro, how many of
//! them an army must have seen to attack, and whether it waits for ever for them.

use crate::steps::{instants, propose};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "attack",
    statement: "armies propose to attack, mostly, each time by another protocol of a family",
    source: "Gray 1978",
    layout: Layout::Everybody,
    plan,
    last: Last::Asks(last),
    judged: &[],
};

/// The protocol of the last instance, which no other one has: one messenger, one of them to be
/// seen, and no patience.
const LAST: u64 = 1 + 10_000;

/// One way in which two armies may agree.
fn protocols() -> Vec<u64> {
    let mut all = Vec::new();
    for messengers in 1..=6_u64 {
        for first in 0..=messengers / 2 + 1 {
            for second in 0..=messengers.div_ceil(2) + 1 {
                for patient in 0..2 {
                    all.push(messengers + 100 * first + 10_000 * second + 1_000_000 * patient);
                }
            }
        }
    }
    all
}

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut protocols = protocols();
    protocols.retain(|protocol| *protocol != LAST);
    stream.shuffle(&mut protocols);
    let mut steps = Vec::new();
    for (instance, at) in protocols.into_iter().zip(instants(stage, stream)) {
        for node in NodeId::first(stage.nodes) {
            let body = if stream.chance(PerMillion::percent(90)) { "attack" } else { "retreat" };
            let value = (instance, body.to_owned());
            steps.push(propose(steps.len() as u32, When::At(at), node, value));
        }
    }
    steps
}

/// All propose to attack.
fn last(stage: &Stage) -> Vec<(NodeId, Ask)> {
    let attack = || Ask::Propose { instance: LAST, body: "attack".to_owned() };
    NodeId::first(stage.nodes).map(|node| (node, attack())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_protocol_of_the_family_has_a_number_of_its_own() {
        let all = protocols();
        assert_eq!(all.len(), 176);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.contains(&LAST));
    }
}
