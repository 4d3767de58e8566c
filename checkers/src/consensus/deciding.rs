//! Who must decide in the end: the work shared by the forms of termination.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::collections::Set;
use pepperland_core::verdict::{Verdict, Witness};

/// Whether every correct node decides each instance for which `premise` names acts that oblige
/// it. Who starts late after the first of these acts is excused.
pub fn judge(
    case: &Case<'_>,
    premise: impl Fn(&Instances<'_, '_>, Name, &Instance) -> Vec<Act>,
    nothing: &str,
) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let acts = premise(&instances, *name, instance);
        let Some(first) = acts.iter().min_by_key(|act| scene.key(act.event)) else { continue };
        let deciders: Set<u32> = instance.decisions.iter().map(|act| act.node).collect();
        let last = instance.decisions.iter().map(|act| instances.time(act)).max();
        for node in instances.debtors(*name, first.event) {
            let from = instances.time(first);
            tally.count(from, from.max(last.unwrap_or(from)));
            if !deciders.contains(&node) {
                let proof = || undecided(&instances, *name, &acts, instance, node);
                tally.breach(&mut witness, proof);
            }
        }
    }
    tally.verdict(witness, nothing)
}

fn undecided(
    instances: &Instances<'_, '_>,
    name: Name,
    acts: &[Act],
    instance: &Instance,
    node: u32,
) -> Witness {
    let who = instances.scene.node_name(node);
    let is_proposal = |act: &Act| instance.proposals.iter().any(|p| p.event == act.event);
    let says = |act: &Act| match is_proposal(act) {
        true => instances.proposed(name, act),
        false => instances.decided(name, act),
    };
    let yes = |proof: Proof, act: &Act| proof.yes(says(act), [act.id()]);
    let told: Vec<String> = acts.iter().take(1).map(says).collect();
    acts.iter()
        .fold(Proof::default(), yes)
        .yes(format!("{who} is correct and takes part"), [])
        .no(format!("{who} decided {} by the end of the run", instances.say(name)), [])
        .because(format!("{}; {who}, which is correct, never decided", told.join("; ")))
}
