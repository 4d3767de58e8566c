//! Election safety: an epoch has one leader.
//!
//! # Definition
//! No two nodes lead one epoch, at once or one after the other (Ongaro & Ousterhout 2014: *Election
//! Safety*; Garcia-Molina 1982 for elections in general). This is stronger than single-primary on
//! leads that state an epoch; others are not judged. The same node may lead an epoch again, after a
//! restart too. Each group elects for itself. Binds every node that is not Byzantine.
//! # Cost
//! O(events).
//! # Witness
//! The two leads.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{number, word};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "election-safety",
    number: "EL1",
    statement: "an epoch has one leader at most",
    source: "Garcia-Molina 1982; Ongaro & Ousterhout 2014",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut first: Map<(String, u64), (NodeId, EventId)> = Map::default();
    for event in case.history.events().filter(|event| event.kind() == Kind::Lead) {
        let honest = event.node().filter(|n| case.byzantine.get(n.index()) == Some(&false));
        let (Some(node), Some(epoch)) = (honest, number(event, "epoch")) else { continue };
        let known = *first.entry((word(event, "g"), epoch)).or_insert((node, event.id));
        tally.count(scene.time(known.1.0), event.time());
        if known.0 != node && witness.is_none() {
            let [one, other] = [known.0, node].map(|node| case.history.node_name(node));
            let proof = Proof::default()
                .yes(format!("{one} led epoch {epoch}"), [known.1])
                .no(format!("{other} did not lead epoch {epoch}"), [event.id]);
            witness = Some(proof.because(format!("{one} and {other} both led epoch {epoch}")));
        }
    }
    tally.verdict(witness, "no node led an epoch")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const LEAD: &str = r#"{"t":1,"n":"n1","k":"lead","epoch":3}"#;
    const UNLEAD: &str = r#"{"t":1,"n":"n1","k":"unlead","epoch":3}"#;

    #[test]
    fn two_leaders_of_an_epoch_are_told_though_one_had_left() {
        let both = history(&[], &[LEAD, UNLEAD, r#"{"t":2,"n":"n2","k":"lead","epoch":3}"#]);
        assert_eq!(because(&ENTRY, &both), "n1 and n2 both led epoch 3");
    }

    #[test]
    fn epochs_of_one_leader_each_hold() {
        let next = history(&[], &[LEAD, UNLEAD, LEAD, r#"{"t":2,"n":"n2","k":"lead","epoch":4}"#]);
        assert_eq!(ruling(&ENTRY, &next), Ruling::Held);
        let plain = history(&[], &[r#"{"t":1,"n":"n1","k":"lead"}"#]);
        assert_eq!(undecided(&ENTRY, &plain), "no node led an epoch");
    }
}
