//! No lost update in a merge: what the primary acknowledged is not undone when partitions merge.
//!
//! # Definition
//! Where only the primary partition goes on: let a client's operation be acknowledged (status
//! `ok`), and let a node that is not Byzantine execute it at position `s` in a primary view
//! (`apply`, the same `op`; an operation that was asked for more than once cannot be told apart
//! and is not judged). If a node then installs a snapshot for a later view that **merges**
//! partitions (nodes came to it from different views), then the snapshot covers `s`, or the node
//! executes the operation once more, whenever that may be. Judged when the node has left the
//! merging view for another, or at the end of a complete history. A merge that undoes updates
//! without a snapshot cannot be seen, nor one by a snapshot that does not say how many positions
//! it covers. That it does not cover its own number of positions must be shown by some position 0.
//! # Cost
//! O(events · log events + snapshots · operations).
//! # Witness
//! The request, its acknowledgement and its execution; and the snapshot.

use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::{Origin, Snapshot, Views, installed, position, text};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{Event, EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-lost-update-in-merge",
    number: "ST6",
    statement: "what the primary acknowledged is not undone when partitions merge",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events + snapshots · operations)",
    needs: &[Kind::View, Kind::Apply, Kind::Response, Kind::StateSet],
    given: &[Given::Primary],
    check,
};

const NOTHING: &str = "no snapshot was installed in a merge after an acknowledged operation";

fn check(case: &Case<'_>) -> Verdict {
    if !Given::Primary.is_met(case.history) {
        return Verdict::undecided("where every component goes on, a merge may keep what it likes");
    }
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let (views, origin) = (Views::of(&scene, &stays), Origin::of(&scene));
    let (updates, executed) = (updates(&scene, &stays), executed(&scene));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for snapshot in installed(&scene) {
        let (Some(joined), Some(covered)) = (snapshot.joined(&stays), snapshot.slot) else {
            continue;
        };
        let ended = joined.next != NONE || joined.lasts && case.history.header.complete;
        if !ended || !is_merge(&stays, &views, joined) {
            continue;
        }
        let earlier = |update: &&Update| {
            let view = stays.of_event(update.apply).map_or(u64::MAX, |s| stays.name(s.view).number);
            view < stays.name(joined.view).number
        };
        let again = |update: &Update| {
            let last = executed.get(&(snapshot.node, update.op.clone()));
            last.is_some_and(|event| *event > snapshot.event)
        };
        let of_group = updates.get(&snapshot.group).map_or(&[][..], Vec::as_slice);
        let mut any = false;
        let mut lost = of_group.iter().filter(earlier).inspect(|_| any = true).filter(|update| {
            origin.is_beyond(snapshot.group, update.position, covered) && !again(update)
        });
        let lost = lost.next();
        if any {
            tally.count(scene.time(joined.install), scene.time(snapshot.event));
        }
        witness = witness.or_else(|| {
            let shown = lost.and_then(|u| origin.shown(snapshot.group, u.position, covered));
            Some(undone(&scene, &stays, &snapshot, joined, lost?, shown))
        });
    }
    tally.verdict(witness, NOTHING)
}

/// An acknowledged operation, as some node executed it in a primary view.
struct Update {
    op: String,
    position: u64,
    invoke: u32,
    response: u32,
    apply: u32,
}

/// For each group: the acknowledged operations, in the order in which they were executed.
fn updates(scene: &Scene<'_>, stays: &Stays) -> BTreeMap<u32, Vec<Update>> {
    let (mut open, mut asked) = (Map::<String, (String, u32)>::default(), Map::default());
    let mut acknowledged: Map<String, (u32, u32)> = Map::default();
    let key = |event: Event<'_>, key| text(event, key).unwrap_or_default();
    for event in scene.history.events() {
        match event.kind() {
            Kind::Invoke => {
                let op = key(event, "op");
                *asked.entry(op.clone()).or_insert(0u32) += 1;
                open.insert(key(event, "client"), (op, event.id.0));
            }
            Kind::Response if key(event, "status") == "ok" => {
                if let Some((op, invoke)) = open.remove(&key(event, "client")) {
                    acknowledged.insert(op, (invoke, event.id.0));
                }
            }
            _ => {}
        }
    }
    let mut updates: BTreeMap<u32, Vec<Update>> = BTreeMap::new();
    let mut seen: Set<String> = Set::default();
    for event in scene.history.events().filter(|event| event.kind() == Kind::Apply) {
        let Some(stay) = stays.of_event(event.id.0) else { continue };
        let op = key(event, "op");
        let (Some(position), Some((invoke, response))) = (position(event), acknowledged.get(&op))
        else {
            continue;
        };
        let primary = stays.told(scene, stay).primary;
        if primary && asked.get(&op) == Some(&1) && seen.insert(op.clone()) {
            let (invoke, response, apply) = (*invoke, *response, event.id.0);
            let update = Update { op, position, invoke, response, apply };
            updates.entry(stay.group).or_default().push(update);
        }
    }
    updates
}

/// The last execution of each operation at each node.
fn executed(scene: &Scene<'_>) -> Map<(u32, String), u32> {
    let applies = scene.history.events().filter(|event| event.kind() == Kind::Apply);
    let executed =
        applies.filter_map(|event| Some((event.node()?.0, text(event, "op")?, event.id.0)));
    executed.map(|(node, op, event)| ((node, op), event)).collect()
}

/// Whether nodes came to the view from different views.
fn is_merge(stays: &Stays, views: &Views, joined: &Stay) -> bool {
    let mut origins = views
        .survivors(stays, joined.view)
        .filter_map(|stay| stays.get(stay.before))
        .map(|b| b.view);
    let first = origins.next();
    origins.any(|origin| Some(origin) != first)
}

fn undone(
    scene: &Scene<'_>,
    stays: &Stays,
    snapshot: &Snapshot<'_>,
    joined: &Stay,
    lost: &Update,
    shown: Option<EventId>,
) -> Witness {
    let (who, view) = (scene.node_name(snapshot.node), stays.name(joined.view));
    let p = stays.of_event(lost.apply).map_or("?", |stay| scene.node_name(stay.node));
    let (op, position, covered) = (&lost.op, lost.position, snapshot.slot.unwrap_or(0));
    let executed = format!("{p} executed {op} at position {position}");
    let events = [EventId(lost.apply)].into_iter().chain(shown);
    Proof::default()
        .yes("it was acknowledged", [EventId(lost.invoke), EventId(lost.response)])
        .yes(&*executed, events)
        .yes(format!("view {view} merges partitions"), [EventId(joined.install)])
        .no(format!("{who} has it after that"), [EventId(snapshot.event)])
        .because(format!(
            "{executed}, and it was acknowledged; {who} has merged into view {view} with a \
             snapshot of {covered} positions, and never executed it after that"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transfer::small::merge;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_merge_keeps_what_was_acknowledged() {
        assert_eq!(ruling(&ENTRY, &merge(1, &[])), Ruling::Held);
        let told = "n1 executed {\"f\":\"inc\"} at position 0, and it was acknowledged; n1 has \
                    merged into view 4 with a snapshot of 0 positions, and never executed it after \
                    that";
        assert_eq!(because(&ENTRY, &merge(0, &[])), told);
        let again = r#"{"t":9,"n":"n1","k":"apply","slot":0,"op":{"f":"inc"}}"#;
        assert_eq!(ruling(&ENTRY, &merge(0, &[again])), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &crate::transfer::small::join(&[])), NOTHING);
    }
}
