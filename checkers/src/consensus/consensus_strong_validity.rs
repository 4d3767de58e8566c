//! Strong validity: no liar's value is decided.
//!
//! # Definition
//! If all correct nodes propose the same value, no correct node decides another; otherwise a
//! correct node decides what some node that does not lie proposed, or null, which stands for no
//! value (Cachin, Guerraoui & Rodrigues 2011: *Strong Validity* of Byzantine consensus). We let a
//! node that crashed count among the proposers of the second half, where the book does not. Judged
//! only where nodes may lie: elsewhere a value of a node that crashes may well be decided. Where a
//! restart forgets, it binds the last life of a correct node.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The decision, and the proposals of all correct nodes if they are the same.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{FailureModel, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-strong-validity",
    number: "CO7",
    statement: "if all correct nodes propose v, correct nodes decide v; else no liar's value",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Correct,
    models: &[FailureModel::Byzantine],
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let nobody_lies = case.history.header.failure_model != FailureModel::Byzantine;
    if nobody_lies && !case.byzantine.contains(&true) {
        return Verdict::undecided("no node may lie");
    }
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let unanimous = unanimous(&instances, *name, instance);
        let proposed: Set<u32> = instance.proposals.iter().map(|act| act.value).collect();
        for act in instance.decisions.iter().filter(|act| instances.is_correct(act)) {
            tally.count(instances.time(act), instances.time(act));
            if witness.is_some() {
                continue;
            }
            witness = match &unanimous {
                Some(all) if all[0].value != act.value => Some(other(&instances, *name, all, act)),
                None if !proposed.contains(&act.value) && !instances.value(act).is_null() => {
                    Some(of_a_liar(&instances, *name, act))
                }
                _ => None,
            };
        }
    }
    tally.verdict(witness, "no correct node decided anything")
}

/// The first proposal of each correct node, if each made one and there is but one value.
fn unanimous<'i>(
    instances: &Instances<'_, '_>,
    name: Name,
    instance: &'i Instance,
) -> Option<Vec<&'i Act>> {
    let correct = |node: u32| instances.scene.case.correct[node as usize];
    let mut first: Map<u32, &Act> = Map::default();
    let mut value = None;
    for act in instance.proposals.iter().filter(|act| correct(act.node)) {
        if *value.get_or_insert(act.value) != act.value {
            return None;
        }
        first.entry(act.node).or_insert(act);
    }
    let members = instances.members(name).filter(|node| correct(*node));
    let all: Option<Vec<&Act>> = members.map(|node| first.get(&node).copied()).collect();
    all.filter(|all| !all.is_empty())
}

fn other(instances: &Instances<'_, '_>, name: Name, all: &[&Act], act: &Act) -> Witness {
    let (says, where_) = (instances.decided(name, act), instances.say(name));
    let every = format!("every correct node proposed {}", instances.told(all[0]));
    Proof::default()
        .yes(format!("{every} to {where_}"), all.iter().map(|act| act.id()))
        .no("no correct node decided another value", [act.id()])
        .because(format!("{says}, though {every}"))
}

fn of_a_liar(instances: &Instances<'_, '_>, name: Name, act: &Act) -> Witness {
    let (says, what) = (instances.decided(name, act), instances.told(act));
    Proof::default()
        .yes(says.clone(), [act.id()])
        .no(format!("some node that does not lie proposed {what}"), [])
        .because(format!("{says}, which no node proposed that does not lie"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        spoken(&json!({"failure_model": "byzantine", "byzantine": ["n3"]}), words)
    }

    #[test]
    fn what_all_correct_nodes_propose_is_decided() {
        let words = "n1 propose 1 a; n2 propose 1 a; n3 propose 1 b; n2 decide 1 b";
        let told = "n2 decided b in instance 1, though every correct node proposed a";
        assert_eq!(because(&ENTRY, &of(words)), told);
        let held = "n1 propose 1 a; n2 propose 1 a; n3 propose 1 b; n2 decide 1 a";
        assert_eq!(ruling(&ENTRY, &of(held)), Ruling::Held);
    }

    #[test]
    fn else_it_is_nobodys_or_somebodys_who_does_not_lie() {
        let split = "n1 propose 1 a; n2 propose 1 b; n3 propose 1 c";
        let with = |decision: &str| of(&format!("{split}; n1 decide 1 {decision}"));
        let told = "n1 decided c in instance 1, which no node proposed that does not lie";
        assert_eq!(because(&ENTRY, &with("c")), told);
        assert_eq!(ruling(&ENTRY, &with("b")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &with("null")), Ruling::Held);
    }

    #[test]
    fn without_liars_it_says_nothing() {
        let history = spoken(&json!({}), "n1 propose 1 a; n1 crash; n2 decide 1 a");
        assert_eq!(undecided(&ENTRY, &history), "no node may lie");
    }
}
