//! Rejoin replaces state: a node that was excluded and comes back does not go on from its old
//! state.
//!
//! # Definition
//! Where only the primary partition goes on: let `q` come to `V'` without a restart, and let `U` be
//! the last view that it was in before with somebody else who comes to `V'` from another view; what
//! it installed since then, it installed without them. Let others come to `V'` from a later primary
//! view `W` that does not hold `q`, one of whom had been in `U`. So `q` was excluded though it
//! lived (processes that come back must have their state updated: Birman & Joseph 1987). If one of
//! the others delivered a message
//! in `W`, then before `q` delivers or executes anything in `V'`, it has installed a snapshot
//! since it came to `U`; or it has delivered that message itself, so that it was brought up to
//! date message by message. What `q` delivered by itself and nobody else did is not judged: it
//! cannot be seen whether it was undone.
//! # Cost
//! O(events + installs · views of a node · members + rejoins · deliveries in one view).
//! # Witness
//! The delivery that the node missed, and what it did first when it was back.

use crate::membership::stays::{Stay, Stays};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::Views;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "rejoin-replaces-state",
    number: "ST5",
    statement: "a node that was excluded and comes back gets the state before it goes on",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + installs · views + rejoins · deliveries in one view)",
    needs: &[Kind::View, Kind::Deliver, Kind::StateSet],
    given: &[Given::Primary, Given::WrongExclusions],
    check,
};

const NOTHING: &str = "nobody that was excluded came back and went on, having missed something";

fn check(case: &Case<'_>) -> Verdict {
    if !Given::Primary.is_met(case.history) {
        return Verdict::undecided("where every component goes on, nobody's state is replaced");
    }
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let views = Views::of(&scene, &stays);
    let delivered = deliveries(&scene);
    let sets = snapshots(&scene);
    let been: Set<(u32, u32)> = stays.all.iter().map(|stay| (stay.node, stay.view)).collect();
    let mut known: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (number, back) in stays.all.iter().enumerate() {
        let Some(old) = parting(&stays, &views, &been, back) else { continue };
        let Some(first) = views.acts(number as u32).first().copied() else { continue };
        let lacks = |event: &&u32| {
            let row = scene.history.messages()[**event as usize];
            let row =
                Some(row).filter(|_| scene.history.kinds()[**event as usize] == Kind::Deliver);
            row.is_some_and(|row| {
                delivered.get(&(back.node, row)).is_none_or(|event| *event > first)
            })
        };
        let missed =
            excluders(&scene, &stays, &views, &been, (old, back)).into_iter().find_map(|from| {
                let known = known
                    .entry((from, back.view))
                    .or_insert_with(|| views.known(&scene, &stays, from, back.view));
                known.iter().find(lacks).copied()
            });
        let Some(missed) = missed else { continue };
        tally.count(scene.time(back.install), scene.time(first));
        let sets = sets.get(&back.node).map_or(&[][..], Vec::as_slice);
        let next = sets.get(sets.partition_point(|set| *set < old.install));
        if witness.is_none() && next.is_none_or(|set| *set > first) {
            witness = Some(went_on(&scene, &stays, back, missed, first));
        }
    }
    tally.verdict(witness, NOTHING)
}

/// The last stay of the node before this one in whose view another was that came to the same view.
fn parting<'t>(
    stays: &'t Stays,
    views: &'t Views,
    been: &Set<(u32, u32)>,
    back: &Stay,
) -> Option<&'t Stay> {
    let before = |stay: &&'t Stay| stays.get(stay.before);
    let shared = |old: &&Stay| {
        let mut others = views.survivors(stays, back.view).filter(|stay| stay.node != back.node);
        others.any(|stay| been.contains(&(stay.node, old.view)))
    };
    std::iter::successors(stays.get(back.before), before).find(shared)
}

/// The views from which those came who had excluded the node.
fn excluders(
    scene: &Scene<'_>,
    stays: &Stays,
    views: &Views,
    been: &Set<(u32, u32)>,
    (old, back): (&Stay, &Stay),
) -> BTreeSet<u32> {
    let number = |stay: &Stay| stays.name(stay.view).number;
    let befores = views.survivors(stays, back.view).filter_map(|stay| stays.get(stay.before));
    let excluders = befores.filter(|before| {
        let later = number(before) > number(old) && stays.told(scene, before).primary;
        later
            && before.node != back.node
            && been.contains(&(before.node, old.view))
            && !stays.holds(scene, before, back.node)
    });
    excluders.map(|before| before.view).collect()
}

/// The first delivery of each message at each node.
fn deliveries(scene: &Scene<'_>) -> Map<(u32, u32), u32> {
    let mut first = Map::default();
    for event in scene.history.events().filter(|event| event.kind() == Kind::Deliver) {
        if let (Some(node), Some(row)) = (event.node(), event.message()) {
            first.entry((node.0, row)).or_insert(event.id.0);
        }
    }
    first
}

/// The snapshots that each node installed.
fn snapshots(scene: &Scene<'_>) -> Map<u32, Vec<u32>> {
    let mut sets: Map<u32, Vec<u32>> = Map::default();
    let kinds = scene.history.kinds().iter().enumerate();
    for (event, _) in kinds.filter(|(_, kind)| **kind == Kind::StateSet) {
        sets.entry(scene.history.nodes()[event]).or_default().push(event as u32);
    }
    sets
}

fn went_on(scene: &Scene<'_>, stays: &Stays, back: &Stay, missed: u32, first: u32) -> Witness {
    let event = |e: u32| scene.history.event(EventId(e));
    let (who, view) = (scene.node_name(back.node), stays.name(back.view));
    let p = stays.of_event(missed).map_or("?", |stay| scene.node_name(stay.node));
    let message = event(missed).message_name().unwrap_or_default();
    let does = match event(first).message_name() {
        Some(name) => format!("delivered {name}"),
        None => "executed an operation".to_owned(),
    };
    let without = format!("{p} delivered {message} in a view without {who}");
    Proof::default()
        .yes(&*without, [EventId(missed)])
        .yes(format!("{who}, back in view {view}, {does}"), [EventId(first)])
        .no(format!("{who} had installed a snapshot, or delivered {message}"), [])
        .because(format!(
            "{without}, which {does} when it was back, with neither {message} nor a snapshot"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    const BACK: &str = "n1: {1,2,3} {1,2} !a a {3,2,1} !b b
                        n2: {1,2,3} {1,2}    a {3,2,1}    b
                        n3: {1,2,3}            {3,2,1}  ?  b";

    #[test]
    fn who_comes_back_does_not_go_on_as_if_nothing_had_been() {
        let told = "n1 delivered n1:0:1 in a view without n3, which delivered n1:0:2 when it was \
                    back, with neither n1:0:1 nor a snapshot";
        assert_eq!(because(&ENTRY, &lanes(&BACK.replace('?', " "))), told);
        let replayed = BACK.replace('?', "a");
        assert_eq!(undecided(&ENTRY, &lanes(&replayed)), NOTHING);
    }

    #[test]
    fn a_view_of_its_own_in_between_excuses_nobody() {
        let alone = BACK.replace("{1,2,3}            ", "{1,2,3} {3}        ").replace('?', " ");
        assert_eq!(ruling(&ENTRY, &lanes(&alone)), Ruling::Violated);
    }

    #[test]
    fn a_snapshot_brings_it_up_to_date() {
        let history = lanes(&BACK.replace('?', " "));
        let mut file = Vec::new();
        history.write_to(&mut file).unwrap();
        let text = String::from_utf8(file).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let back = lines.iter().rposition(|l| l.contains("view") && l.contains("n3")).unwrap();
        let at = lines.iter().rposition(|l| l.contains("\"n\":\"n3\",\"k\":\"deliver\"")).unwrap();
        assert!(back < at);
        let time = lines[back].split(',').next().unwrap();
        let set = format!("{time},\"n\":\"n3\",\"k\":\"state_set\"}}");
        lines.insert(back + 1, &set);
        let history = pepperland_core::history::History::read(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}
