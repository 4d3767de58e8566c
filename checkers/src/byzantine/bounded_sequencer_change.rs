//! Bounded change: a message waits for no more changes of the sequencer than there may be liars.
//!
//! # Definition
//! From the broadcast of a message by a correct client to its first delivery by one, the
//! sequencer changes at most f times (after DifATo, Xavier Silva, Lung, Luiz & Magnabosco: each
//! change removes a faulty sequencer, and of f + 1 in a row one is correct and orders what is
//! pending). A change is the `lead` of another server than before that does not lie; a message
//! that is never delivered is waiting to the end. On a real clock only changes that surely fell
//! between count. The paper makes this depend on waiting long enough before complaining.
//! # Cost
//! O(events · log events).
//! # Witness
//! The broadcast and f + 1 changes.

use crate::byzantine::changes::Changes;
use crate::byzantine::roles::{NO_LIARS, Roles};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};
use std::ops::RangeInclusive;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "bounded-sequencer-change",
    number: "DA9",
    statement: "the sequencer changes at most f times while a message waits",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Broadcast, Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    let scene = roles.scene(case);
    let changes = Changes::of(&scene, &roles);
    let delivered = first_deliveries(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (row, broadcast) in scene.table.broadcasts().iter().enumerate() {
        let origin = scene.table.origins()[row] as usize;
        if *broadcast == NONE || case.correct.get(origin) != Some(&true) {
            continue;
        }
        let between = changes.between(&scene, *broadcast, delivered[row]);
        if between.is_empty() {
            continue;
        }
        let until = delivered[row].map_or(Time::NEVER, |event| scene.time(event));
        tally.count(scene.time(*broadcast), until.max(scene.time(*broadcast)));
        if between.len() as u64 > roles.faults && witness.is_none() {
            let few = between.start..=between.start + roles.faults as usize;
            witness = Some(too_many(&scene, &roles, &changes, row as u32, few));
        }
    }
    tally.verdict(witness, "the sequencer never changed while a correct client's message waited")
}

/// For each message the first delivery by a correct client: by line, or by time.
fn first_deliveries(scene: &Scene<'_>) -> Vec<Option<u32>> {
    let bound = scene.bound(Bound::Correct);
    let mut first: Vec<Option<u32>> = vec![None; scene.table.len()];
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let known = &mut first[delivery.row as usize];
        if known.is_none_or(|known| scene.key(delivery.event) < scene.key(known)) {
            *known = Some(delivery.event);
        }
    }
    first
}

fn too_many(
    scene: &Scene<'_>,
    roles: &Roles,
    changes: &Changes,
    row: u32,
    few: RangeInclusive<usize>,
) -> Witness {
    let (message, most) = (scene.name(row), roles.faults);
    let sender = scene.node_name(scene.table.origins()[row as usize]);
    let says = format!("{sender} broadcast {message}");
    // The first server's first turn is no change: the turn before it shows that it is not that.
    let before = few.start().checked_sub(1).filter(|_| changes.all[*few.start()].place == 0);
    let events = before.into_iter().chain(few);
    let because =
        format!("{says}; the sequencer changed more than {most} times before its delivery");
    Proof::default()
        .yes(says, scene.broadcast(row))
        .no(
            format!("the sequencer changed at most {most} times before its delivery"),
            events.map(|place| EventId(changes.all[place].event)),
        )
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        let header = json!({"nodes": ["c1", "c2", "s1", "s2", "s3"], "byzantine": ["s3"],
            "groups": {"clients": ["c1", "c2"], "servers": ["s1", "s2", "s3"]}});
        spoken(&header, words)
    }

    #[test]
    fn a_message_does_not_wait_for_ever() {
        let words = "s1 lead; c1 broadcast c1:0:1 g=servers; s2 lead";
        let told =
            "c1 broadcast c1:0:1; the sequencer changed more than 1 times before its delivery";
        assert_eq!(because(&ENTRY, &of(&format!("{words}; s1 lead; c1 deliver c1:0:1"))), told);
        let held = of(&format!("{words}; c1 deliver c1:0:1; s1 lead"));
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
        let before = of("s1 lead; s2 lead; c1 broadcast c1:0:1 g=servers");
        assert!(undecided(&ENTRY, &before).starts_with("the sequencer never changed"));
    }
}
