//! Decisions that nobody proposed: the work shared by the forms of validity.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::consensus::votes;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::collections::Set;
use pepperland_core::verdict::{Verdict, Witness};

/// Whether what is decided was proposed, in instances whose members satisfy `premise`.
pub fn judge(
    case: &Case<'_>,
    premise: impl Fn(&Instances<'_, '_>, Name) -> bool,
    nothing: &str,
) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        if !premise(&instances, *name) {
            continue;
        }
        let proposed: Set<u32> = instance.proposals.iter().map(|act| act.value).collect();
        for act in instance.decisions.iter().filter(|act| is_plain(&instances, instance, act)) {
            let from =
                instance.proposals.first().map_or(instances.time(act), |p| instances.time(p));
            tally.count(from.min(instances.time(act)), instances.time(act));
            if witness.is_none() && !proposed.contains(&act.value) {
                witness = Some(unproposed(&instances, *name, act));
            }
        }
    }
    tally.verdict(witness, nothing)
}

/// Whether the decision is to be one of the proposals. Null stands for no value; a list may be a
/// vector of proposals, unless lists were proposed; and votes lead to commit or abort.
fn is_plain(instances: &Instances<'_, '_>, instance: &Instance, act: &Act) -> bool {
    let value = instances.value(act);
    let mut proposals = instance.proposals.iter().map(|p| instances.value(p));
    let vector = value.is_array() && !proposals.clone().any(|p| p.is_array());
    let outcome = votes::outcome(value).is_some() && proposals.all(|p| votes::vote(p).is_some());
    !value.is_null() && !vector && !outcome
}

fn unproposed(instances: &Instances<'_, '_>, name: Name, act: &Act) -> Witness {
    let (says, what) = (instances.decided(name, act), instances.told(act));
    Proof::default()
        .yes(says.clone(), [act.id()])
        .no(format!("some node proposed {what}"), [])
        .because(format!("{says}, which nobody proposed"))
}
