//! Decisions that differ: the work shared by the forms of agreement.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::collections::Set;
use pepperland_core::verdict::{Verdict, Witness};

/// Who is bound.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Whose {
    /// What the last life of each correct node decides.
    Correct,
    /// What any node decides that does not lie.
    Anybody,
}

impl Whose {
    fn binds(self, instances: &Instances<'_, '_>, act: &Act) -> bool {
        self == Whose::Anybody || instances.is_correct(act)
    }
}

/// Whether no two nodes decide differently.
pub fn judge(case: &Case<'_>, whose: Whose) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let bound = bound(&instances, instance, whose);
        let Some(first) = bound.first() else { continue };
        for act in bound.iter().filter(|act| act.node != first.node) {
            tally.count(instances.time(first), instances.time(act));
        }
        witness = witness.or_else(|| disagreement(&instances, *name, &bound));
    }
    tally.verdict(witness, "no two nodes that are bound decided the same instance")
}

fn bound(instances: &Instances<'_, '_>, instance: &Instance, whose: Whose) -> Vec<Act> {
    let decisions = instance.decisions.iter();
    decisions.filter(|act| whose.binds(instances, act)).copied().collect()
}

fn disagreement(instances: &Instances<'_, '_>, name: Name, bound: &[Act]) -> Option<Witness> {
    let first = bound.first()?;
    let other = bound.iter().find(|act| act.value != first.value)?;
    let (one, other) = match bound.iter().find(|a| a.value != first.value && a.node != first.node) {
        Some(act) => (first, act),
        None => (bound.iter().find(|act| act.node != first.node)?, other),
    };
    let (one, other) = if one.event < other.event { (one, other) } else { (other, one) };
    let [says, differs] = [one, other].map(|act| instances.decided(name, act));
    let proof = Proof::default()
        .yes(says.clone(), [one.id()])
        .yes(differs, [other.id()])
        .no("they decided the same value", [one.id(), other.id()]);
    let (who, what) = (instances.who(other), instances.told(other));
    Some(proof.because(format!("{says}; {who} decided {what}")))
}

/// Whether correct nodes decide at most `k` values.
pub fn judge_few(case: &Case<'_>, k: u64) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let bound = bound(&instances, instance, Whose::Correct);
        let Some(first) = bound.first() else { continue };
        for act in bound.iter().filter(|act| act.node != first.node) {
            tally.count(instances.time(first), instances.time(act));
        }
        let mut values = Set::default();
        let fresh: Vec<&Act> = bound.iter().filter(|act| values.insert(act.value)).collect();
        if fresh.len() as u64 > k && witness.is_none() {
            witness = Some(too_many(&instances, *name, &fresh[..=k as usize], k));
        }
    }
    tally.verdict(witness, "no two correct nodes decided the same instance")
}

fn too_many(instances: &Instances<'_, '_>, name: Name, acts: &[&Act], k: u64) -> Witness {
    let told: Vec<String> = acts.iter().map(|act| instances.told(act)).collect();
    let (told, where_) = (told.join(", "), instances.say(name));
    let yes = |proof: Proof, act: &&Act| proof.yes(instances.decided(name, act), [act.id()]);
    acts.iter()
        .fold(Proof::default(), yes)
        .no(format!("they decided at most {k} values"), acts.iter().map(|act| act.id()))
        .because(format!("correct nodes decided {told} in {where_}, more than {k} values"))
}
