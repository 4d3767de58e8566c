//! Flush shape: who has stopped sending sends nothing until the next view, a flush ends in a view,
//! and a view that was left delivers no more.
//!
//! # Definition
//! At each node that is not Byzantine, for each group and incarnation (Friedman & van Renesse 1996;
//! Chockler, Keidar & Vitenberg 2001, on blocking):
//! between `block_ok` and the next install the node broadcasts nothing; what is delivered in a
//! later view does not state an earlier one as its own; and every `block` is followed by an install
//! or by a crash. The last of these is owed only at the end of a complete history by the nodes of a
//! stable [component](crate::membership::component), for elsewhere no view may be allowed. Two view
//! ids of one number and different creators are unordered, so that neither is earlier.
//! # Cost
//! O(events); n² for n nodes if links are still cut in the end.
//! # Witness
//! The `block_ok` and the broadcast; or the delivery; or the `block`.

use crate::membership::component::in_each;
use crate::membership::stays::{Stays, group_of, stated_view};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Event, EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "flush-shape",
    number: "VS19",
    statement: "a node that blocked for a flush is silent until the next view, which comes",
    source: "Friedman & van Renesse 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::View],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "no flush that must have ended, and no delivery that states its view";

/// What a node is in the middle of, in a group.
#[derive(Default)]
struct Flush {
    block: Option<EventId>,
    block_ok: Option<EventId>,
}

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut flushes: BTreeMap<(u32, u32), Flush> = BTreeMap::new();
    for event in scene.history.events() {
        let node = event.node().map_or(u32::MAX, |n| n.0);
        if case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        let found = step(&scene, &stays, &mut tally, &mut flushes, (node, event));
        witness = witness.or(found);
    }
    let owing = owing(&scene, &stays);
    for ((node, group), flush) in flushes {
        let Some(block) = flush.block.filter(|_| owing.contains(&(node, group))) else { continue };
        tally.count(scene.time(block.0), scene.history.end());
        witness = witness.or_else(|| Some(stuck(&scene, node, block)));
    }
    tally.verdict(witness, NOTHING)
}

/// Who must have ended every flush, in which groups.
fn owing(scene: &Scene<'_>, stays: &Stays) -> BTreeSet<(u32, u32)> {
    let mut owing = BTreeSet::new();
    // Where it cannot be told, nobody is.
    let _ = in_each(scene, stays, |group, component| {
        let in_a_view = component.sure.iter().filter(|node| stays.last(**node, group).is_some());
        owing.extend(in_a_view.map(|node| (*node, group)));
    });
    owing
}

fn step(
    scene: &Scene<'_>,
    stays: &Stays,
    tally: &mut Tally,
    flushes: &mut BTreeMap<(u32, u32), Flush>,
    (node, event): (u32, Event<'_>),
) -> Option<Witness> {
    let at = event.time();
    match event.kind() {
        Kind::Crash | Kind::Recover => flushes.retain(|(n, _), _| *n != node),
        Kind::View => {
            let group = event.view()?.group.unwrap_or(0);
            if let Some(block) = flushes.remove(&(node, group)).and_then(|flush| flush.block) {
                tally.count(scene.time(block.0), at);
            }
        }
        Kind::Block => {
            let flush = flushes.entry((node, group_of(scene, event)?)).or_default();
            flush.block = flush.block.or(Some(event.id));
        }
        Kind::BlockOk => {
            let flush = flushes.entry((node, group_of(scene, event)?)).or_default();
            flush.block_ok = Some(event.id);
            tally.count(at, at);
        }
        Kind::Broadcast => {
            let group = group_of(scene, event)?;
            let ok = flushes.get(&(node, group)).and_then(|flush| flush.block_ok)?;
            return Some(broke_silence(scene, node, ok, event));
        }
        Kind::Deliver => {
            let stated = stated_view(event)?;
            let stay = stays.of_event(event.id.0)?;
            tally.count(at, at);
            let current = stays.name(stay.view);
            if stated.number < current.number {
                let told = (stated.to_string(), current.to_string());
                return Some(too_late(scene, node, stay.install, event, told));
            }
        }
        _ => {}
    }
    None
}

fn broke_silence(scene: &Scene<'_>, node: u32, ok: EventId, event: Event<'_>) -> Witness {
    let (who, message) = (scene.node_name(node), event.message_name().unwrap_or_default());
    Proof::default()
        .yes(format!("{who} stopped sending for a flush"), [ok])
        .no(format!("{who} was silent until its next view"), [event.id])
        .because(format!("{who} broadcast {message} after it had stopped sending for a flush"))
}

fn too_late(
    scene: &Scene<'_>,
    node: u32,
    install: u32,
    event: Event<'_>,
    (stated, current): (String, String),
) -> Witness {
    let (who, message) = (scene.node_name(node), event.message_name().unwrap_or_default());
    Proof::default()
        .yes(format!("{who} was in view {current}"), [EventId(install)])
        .no(format!("what {who} delivered then was of that view"), [event.id])
        .because(format!("{who} delivered {message} as of view {stated}, when in view {current}"))
}

fn stuck(scene: &Scene<'_>, node: u32, block: EventId) -> Witness {
    let who = scene.node_name(node);
    Proof::default()
        .yes(format!("{who} began a flush"), [block])
        .yes(format!("{who} is up and belongs to the last component"), [])
        .no("the flush ended in a view", [])
        .because(format!("{who} began a flush that never ended in a view"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::verdict::Ruling;

    const VIEW: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1"]}"#;
    const NEXT: &str = r#"{"t":6,"n":"n1","k":"view","view":"2","members":["n1"]}"#;
    const BLOCK: &str = r#"{"t":2,"n":"n1","k":"block","view":"1"}"#;
    const OK: &str = r#"{"t":3,"n":"n1","k":"block_ok","view":"1"}"#;
    const SEND: &str = r#"{"t":7,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;

    #[test]
    fn nothing_is_sent_between_the_stop_and_the_view() {
        let told = "n1 broadcast n1:0:1 after it had stopped sending for a flush";
        assert_eq!(because(&ENTRY, &history(1, &[VIEW, BLOCK, OK, SEND])), told);
        assert_eq!(ruling(&ENTRY, &history(1, &[VIEW, BLOCK, OK, NEXT, SEND])), Ruling::Held);
    }

    #[test]
    fn a_flush_ends() {
        let told = "n1 began a flush that never ended in a view";
        assert_eq!(because(&ENTRY, &history(1, &[VIEW, BLOCK])), told);
        let crash = r#"{"t":8,"n":"n1","k":"crash"}"#;
        assert_eq!(undecided(&ENTRY, &history(1, &[VIEW, BLOCK, crash])), NOTHING);
    }

    #[test]
    fn a_delivery_is_of_the_view_it_happens_in() {
        let late = r#"{"t":8,"n":"n1","k":"deliver","m":"n1:0:1","view":"1"}"#;
        let told = "n1 delivered n1:0:1 as of view 1, when in view 2";
        assert_eq!(because(&ENTRY, &history(1, &[VIEW, NEXT, SEND, late])), told);
        let unordered = late.replace("\"1\"}", "\"2.n9\"}");
        assert_eq!(ruling(&ENTRY, &history(1, &[VIEW, NEXT, SEND, &unordered])), Ruling::Held);
    }
}
