//! Vector validity: a decision is a vector of proposals, enough of them of correct nodes.
//!
//! # Definition
//! A correct node decides a vector with an entry for each node: the entry of a correct node is
//! what that node proposed, or null; and at least f + 1 entries were proposed by correct nodes
//! (Correia, Neves & Veríssimo 2006: *Vector validity*), with `f` from `about.bounds.faults`.
//! Entries stand in the order of the nodes of the instance's group. Judged are decisions that are
//! lists, in instances to which no list was proposed, if at most `f` of the nodes are faulty.
//! Where a restart forgets, it binds the last life of a correct node.
//! # Cost
//! O(events · log instances + decisions · nodes).
//! # Witness
//! The decision; and the proposal that an entry belies, or those that were taken up.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "vector-validity",
    number: "CO10",
    statement: "a correct node decides a vector of proposals, f + 1 of them of correct nodes",
    source: "Correia, Neves & Veríssimo 2006",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances + decisions · nodes)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[Given::Bound("faults")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(faults) = bound(case.history, "faults") else {
        return Verdict::undecided("about.bounds.faults does not say how many may be faulty");
    };
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let members: Vec<u32> = instances.members(*name).collect();
        let faulty = members.iter().filter(|node| !case.correct[**node as usize]).count();
        let lists = instance.proposals.iter().any(|act| instances.value(act).is_array());
        if lists || faulty as u64 > faults {
            continue;
        }
        for act in instance.decisions.iter().filter(|act| instances.is_correct(act)) {
            let Value::Array(entries) = instances.value(act) else { continue };
            tally.count(instances.time(act), instances.time(act));
            let vector = Vector { instances: &instances, name: *name, instance, act, entries };
            witness = witness.or_else(|| vector.judge(&members, faults));
        }
    }
    tally.verdict(witness, "no correct node decided a vector, or more than f nodes are faulty")
}

/// One decision.
struct Vector<'i, 's, 'a> {
    instances: &'i Instances<'s, 'a>,
    name: Name,
    instance: &'i Instance,
    act: &'i Act,
    entries: &'a [Value],
}

impl Vector<'_, '_, '_> {
    fn judge(&self, members: &[u32], faults: u64) -> Option<Witness> {
        if self.entries.len() != members.len() {
            return Some(self.wrong_length(members.len()));
        }
        let mut taken = Vec::new();
        let correct = &self.instances.scene.case.correct;
        for (node, entry) in members.iter().zip(self.entries) {
            if entry.is_null() || !correct[*node as usize] {
                continue;
            }
            let mut own = self.instance.proposals.iter().filter(|act| act.node == *node);
            match own.clone().find(|act| self.instances.value(act) == entry) {
                Some(act) => taken.push(act),
                None => return Some(self.belied(*node, entry, own.next())),
            }
        }
        let enough = taken.len() as u64 > faults;
        (!enough).then(|| self.too_few(&taken, faults))
    }

    fn says(&self) -> String {
        self.instances.decided(self.name, self.act)
    }

    fn wrong_length(&self, nodes: usize) -> Witness {
        let because = format!("{}, which is no vector of {nodes} entries", self.says());
        Proof::default().no(format!("it has {nodes} entries"), [self.act.id()]).because(because)
    }

    fn belied(&self, node: u32, entry: &Value, own: Option<&Act>) -> Witness {
        let (says, who) = (self.says(), self.instances.scene.node_name(node));
        let proof = Proof::default().yes(says.clone(), [self.act.id()]);
        let clause = format!("{who} proposed {entry}");
        match own {
            Some(own) => proof
                .yes(self.instances.proposed(self.name, own), [own.id()])
                .no(clause, [])
                .because(format!("{says}; {who} proposed {}", self.instances.told(own))),
            None => proof.no(clause, []).because(format!("{says}; {who} proposed nothing")),
        }
    }

    fn too_few(&self, taken: &[&Act], faults: u64) -> Witness {
        let (says, few) = (self.says(), taken.len());
        Proof::default()
            .yes(says.clone(), [self.act.id()])
            .yes("correct nodes proposed some entries", taken.iter().map(|act| act.id()))
            .no(format!("these are more than {faults}"), [])
            .because(format!("{says} with {few} entries of correct nodes, not more than {faults}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(decision: &str) -> pepperland_core::history::History {
        let header = json!({"failure_model": "byzantine", "byzantine": ["n3"],
            "about": {"bounds": {"faults": 1}}});
        spoken(&header, &format!("n1 propose 1 a; n2 propose 1 b; n1 decide 1 {decision}"))
    }

    #[test]
    fn entries_are_proposals_and_enough_are_of_correct_nodes() {
        assert_eq!(ruling(&ENTRY, &of(r#"["a","b","x"]"#)), Ruling::Held);
        let told = because(&ENTRY, &of(r#"["a","c",null]"#));
        assert_eq!(told, r#"n1 decided ["a","c",null] in instance 1; n2 proposed b"#);
        let told = because(&ENTRY, &of(r#"["a",null,"x"]"#));
        let few = "with 1 entries of correct nodes, not more than 1";
        assert_eq!(told, format!(r#"n1 decided ["a",null,"x"] in instance 1 {few}"#));
        let told = because(&ENTRY, &of(r#"["a"]"#));
        assert_eq!(told, r#"n1 decided ["a"] in instance 1, which is no vector of 3 entries"#);
    }

    #[test]
    fn what_is_no_list_is_left_alone() {
        assert!(undecided(&ENTRY, &of("a")).starts_with("no correct node"));
    }
}
