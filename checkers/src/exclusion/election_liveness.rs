//! Election liveness: in the end there is one leader.
//!
//! # Definition
//! At the end of a complete history a correct node leads, and no other correct node does
//! (Garcia-Molina 1982; Chandra, Hadzilacos & Toueg 1996: *Ω* elects one correct node for good).
//! Judged if a majority of the nodes is correct, for elections by quorums promise nothing else.
//! Where every component is to go on, several may lead. Each group that ever had a leader by
//! itself. Binds correct nodes.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two leads; or the last lead of all, which ended.

use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, leads};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, PartitionContract};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "election-liveness",
    number: "EL2",
    statement: "in the end one correct node leads and no other does",
    source: "Garcia-Molina 1982; Chandra, Hadzilacos & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let correct = case.correct.iter().filter(|correct| **correct).count();
    if 2 * correct <= case.correct.len() {
        return Verdict::undecided("no majority of the nodes is correct");
    }
    let scene = Scene::of(case);
    let leads = leads(case);
    let mut of_group: BTreeMap<&str, Vec<&Tenure>> = BTreeMap::new();
    leads.iter().for_each(|lead| of_group.entry(&lead.what).or_default().push(lead));
    let several = case.history.header.contract.partition == PartitionContract::Partitionable;
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for leads in of_group.values() {
        let Some(last) = leads.iter().max_by_key(|lead| scene.key(lead.begin)) else { continue };
        let begin = scene.time(last.begin);
        tally.count(begin, case.history.end().max(begin));
        let lasts = |l: &&&Tenure| l.end.is_none() && case.correct[l.node as usize];
        let mut open = leads.iter().filter(lasts);
        let found = match (open.next(), open.next()) {
            (None, _) => Some(nobody(&scene, last)),
            (Some(one), Some(other)) if !several => Some(two(&scene, [one, other])),
            _ => None,
        };
        witness = witness.or(found);
    }
    tally.verdict(witness, "no node led")
}

fn nobody(scene: &Scene<'_>, last: &Tenure) -> Witness {
    let who = scene.node_name(last.node);
    let events = [Some(last.begin), last.end].into_iter().flatten().map(EventId);
    Proof::default()
        .yes(format!("{who} was the last to lead"), events)
        .no("a correct node leads in the end", [])
        .because(format!("in the end no correct node leads; {who} was the last that did"))
}

fn two(scene: &Scene<'_>, [one, other]: [&Tenure; 2]) -> Witness {
    let who = [one, other].map(|lead| scene.node_name(lead.node));
    Proof::default()
        .yes(format!("{} leads in the end", who[0]), [EventId(one.begin)])
        .no(format!("{} does not", who[1]), [EventId(other.begin)])
        .because(format!("in the end both {} and {} lead", who[0], who[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const COMPLETE: &str = r#""complete":true"#;
    const LEAD: &str = r#"{"t":1,"n":"n1","k":"lead","epoch":1}"#;
    const NEXT: &str = r#"{"t":2,"n":"n2","k":"lead","epoch":2}"#;

    #[test]
    fn none_and_two_in_the_end_are_told() {
        let crash = r#"{"t":2,"n":"n1","k":"crash"}"#;
        let told = "in the end no correct node leads; n1 was the last that did";
        assert_eq!(because(&ENTRY, &history(&[COMPLETE], &[LEAD, crash])), told);
        let both = history(&[COMPLETE], &[LEAD, NEXT]);
        assert_eq!(because(&ENTRY, &both), "in the end both n1 and n2 lead");
    }

    #[test]
    fn one_in_the_end_holds_and_before_the_end_nothing_is_owed() {
        let one = history(&[COMPLETE], &[LEAD, r#"{"t":2,"n":"n1","k":"unlead"}"#, NEXT]);
        assert_eq!(ruling(&ENTRY, &one), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &history(&[], &[LEAD, NEXT])), INCOMPLETE);
    }
}
