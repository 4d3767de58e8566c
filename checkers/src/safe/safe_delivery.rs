//! Safe delivery: what one node is told to be safe, every member of its view delivers unless it
//! crashes.
//!
//! # Definition
//! If a node that is not Byzantine is told in view `V` that `m` is safe, then every member of `V`
//! delivers `m` in the end, unless it crashes (Moser, Amir, Melliar-Smith & Agarwal: *Safe
//! Delivery*; this is dynamic uniformity for the messages that are told safe). A member is excused
//! if it ever crashed, is Byzantine, stands still in the end, was asked to leave or to be
//! excluded, or installed a snapshot after the broadcast. Where only the primary partition goes
//! on, those members alone are bound that are of a stable
//! [component](crate::membership::component): elsewhere a node may have to wait for ever. A
//! delivery in any view and any life counts.
//! # Cost
//! O(events + indications · members).
//! # Witness
//! The indication; that a delivery never came cannot be shown by an event.

use crate::membership::component::{INCOMPLETE, in_each};
use crate::membership::snapshots::Snapshots;
use crate::membership::stays::{Stays, named_node};
use crate::safe::indications::{Firsts, NOTHING, in_order, is_bound, told};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{Kind, PartitionContract};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-delivery",
    number: "VS17-safe",
    statement: "what one node is told to be safe, every member delivers unless it crashes",
    source: "Moser, Amir, Melliar-Smith & Agarwal 1994",
    class: Class::Liveness,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + indications · members)",
    needs: &[Kind::View, Kind::Safe],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let owing = match owing(&scene, &stays) {
        Ok(owing) => owing,
        Err(reason) => return Verdict::undecided(reason),
    };
    let (firsts, snapshots) = (Firsts::delivered(&scene), Snapshots::of(&scene));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    in_order(&scene, &stays, false, |stay, indication, _| {
        let row = indication.row;
        let owes = |q: &u32| owing[*q as usize] && is_bound(&scene, &snapshots, *q, row);
        let members: Vec<u32> = stays.members(&scene, stay).into_iter().filter(owes).collect();
        if members.is_empty() {
            return;
        }
        tally.count(scene.time(indication.event), scene.history.end());
        let missing = members.into_iter().find(|q| firsts.get(row, *q).is_none());
        let Some(q) = missing.filter(|_| witness.is_none()) else { return };
        let (says, proof) = told(&scene, &stays, stay, indication, None);
        let q = scene.node_name(q);
        let proof = proof.yes(format!("{q} is a member and never crashed"), []);
        let proof = proof.no(format!("{q} delivered it by the end of the run"), []);
        witness = Some(proof.because(format!("{says}; {q}, a member, never delivered it")));
    });
    tally.verdict(witness, NOTHING)
}

/// For each node, whether it must deliver in the end what it was a member for.
fn owing(scene: &Scene<'_>, stays: &Stays) -> Result<Vec<bool>, &'static str> {
    let nodes = scene.history.node_count();
    let mut owing = vec![true; nodes];
    if scene.history.header.contract.partition == PartitionContract::Primary {
        owing.fill(false);
        in_each(scene, stays, |_, component| {
            component.sure.iter().for_each(|node| owing[*node as usize] = true);
        })?;
    }
    let mut paused = vec![false; nodes];
    for event in scene.history.events() {
        let Some(node) = event.node().map(|n| n.index()).filter(|n| *n < nodes) else { continue };
        match event.kind() {
            Kind::Crash | Kind::Recover => owing[node] = false,
            Kind::Pause => paused[node] = true,
            Kind::Resume => paused[node] = false,
            Kind::Leave | Kind::Exclude => {
                owing[named_node(scene, event, "target").map_or(node, |q| q as usize)] = false;
            }
            _ => {}
        }
    }
    Ok(owing.into_iter().zip(paused).map(|(owes, paused)| owes && !paused).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::verdict::Ruling;

    const ONE: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2","n3"]}"#;
    const TWO: &str = r#"{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2","n3"]}"#;
    const SEND: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const SAFE: &str = r#"{"t":3,"n":"n3","k":"safe","m":"n1:0:1"}"#;
    const THREE: &str = r#"{"t":1,"n":"n3","k":"view","view":"1","members":["n1","n2","n3"]}"#;
    const CRASH: &str = r#"{"t":4,"n":"n3","k":"crash"}"#;

    fn deliver(node: &str) -> String {
        format!(r#"{{"t":5,"n":"{node}","k":"deliver","m":"n1:0:1"}}"#)
    }

    #[test]
    fn the_word_of_one_that_crashed_binds_the_others() {
        let lines = [ONE, TWO, THREE, SEND, SAFE, CRASH, &deliver("n1")];
        let told = "n3 was told in view 1 that n1:0:1 is safe; n2, a member, never delivered it";
        assert_eq!(because(&ENTRY, &history(3, &lines)), told);
        let lines = [ONE, TWO, THREE, SEND, SAFE, CRASH, &deliver("n1"), &deliver("n2")];
        assert_eq!(ruling(&ENTRY, &history(3, &lines)), Ruling::Held);
    }

    #[test]
    fn without_indications_nothing_is_owed() {
        assert_eq!(undecided(&ENTRY, &history(3, &[ONE, TWO, THREE, SEND])), NOTHING);
    }
}
