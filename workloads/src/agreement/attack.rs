//! Attack: two armies want to attack, or not, and each instance is another protocol of coordinated
//! attack, as its number says: how many messengers there are, how many of them each army waits for,
//! and whether it waits for ever.

use crate::steps::{instants, propose};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "attack",
    statement: "two armies propose to attack, by protocols drawn from those of coordinated attack",
    source: "Gray 1978",
    layout: Layout::Everybody,
    plan,
    last: Last::Operations(&[]),
    judged: &[],
};

/// How often a general wants to attack.
const EAGER: PerMillion = PerMillion::percent(90);

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(2 * stage.broadcasts);
    for (battle, at) in (0..).zip(instants(stage, stream)) {
        let instance = instance(battle, stream);
        for army in NodeId::first(stage.nodes.min(2)) {
            let body = if stream.chance(EAGER) { "attack" } else { "retreat" };
            let said = (instance, body.to_owned());
            steps.push(propose(steps.len() as u32, When::At(at), army, said));
        }
    }
    steps
}

/// `k + 100 a + 10 000 b`, 1 000 000 more for patient armies, and 10 000 000 for each battle before:
/// k messengers, of which n1 waits for a and n2 for b, up to one more than there can be.
fn instance(battle: u64, stream: &mut Stream) -> u64 {
    let messengers = stream.between(1, 6);
    let first = stream.below(messengers / 2 + 2);
    let second = stream.below(messengers.div_ceil(2) + 2);
    let patient = stream.below(2);
    messengers + 100 * first + 10_000 * second + 1_000_000 * patient + 10_000_000 * battle
}
