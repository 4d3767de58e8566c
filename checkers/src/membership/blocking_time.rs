//! Blocking time: from the start of a flush to the view that ends it, no more time passes than was
//! stated.
//!
//! # Definition
//! If a node that is not Byzantine begins a flush (`block`), then it installs a view of that group
//! within `B`: `blocking`, in ns, under `about.bounds`. A node that crashes or stands still before
//! its next view is excused, and so is one that asks to leave, or is asked to be excluded: it may
//! never have another. So is a flush that began less than `B` before the end of the run.
//! `B` is a promise for this run with its faults: whoever states it allows for them. Times are
//! compared at one node only. Of several `block`s before one view the first counts.
//! # Cost
//! O(events).
//! # Witness
//! The `block`, and the view if it came at all; else an event that shows how long the run went on.

use crate::membership::stays::{group_of, named_node};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "blocking-time",
    number: "VS26",
    statement: "a flush takes no longer than was stated",
    source: "Friedman & van Renesse 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Block],
    given: &[Given::Bound(BOUND), Given::ViewChanges],
    check,
};

const BOUND: &str = "blocking";
const NOTHING: &str = "no flush was given its time undisturbed";

fn check(case: &Case<'_>) -> Verdict {
    let Some(most) = bound(case.history, BOUND) else {
        return Verdict::undecided("about.bounds.blocking does not say how long a flush may take");
    };
    let scene = Scene::of(case);
    let mut watch = Watch { scene: &scene, most, tally: Tally::of(&scene), witness: None };
    let mut open: BTreeMap<(u32, u32), EventId> = BTreeMap::new();
    let mut leaving: BTreeSet<(u32, u32)> = BTreeSet::new();
    for event in scene.history.events() {
        let node = event.node().map_or(NONE, |n| n.0);
        if case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        match event.kind() {
            Kind::Block => {
                let group = group_of(&scene, event);
                if let Some(here) = group.map(|g| (node, g)).filter(|h| !leaving.contains(h)) {
                    open.entry(here).or_insert(event.id);
                }
            }
            Kind::View => {
                let group = event.view().map_or(0, |view| view.group.unwrap_or(0));
                if let Some(block) = open.remove(&(node, group)) {
                    watch.ended(node, block, event.time(), Ok(event.id));
                }
            }
            Kind::Leave | Kind::Exclude | Kind::Join => {
                let who = named_node(&scene, event, "target").unwrap_or(node);
                let Some(group) = group_of(&scene, event) else { continue };
                if event.kind() == Kind::Join {
                    leaving.remove(&(who, group));
                } else {
                    leaving.insert((who, group));
                    open.remove(&(who, group));
                }
            }
            Kind::Crash | Kind::Recover => {
                open.retain(|(n, _), _| *n != node);
                leaving.retain(|(n, _)| *n != node);
            }
            Kind::Pause => open.retain(|(n, _), _| *n != node),
            _ => {}
        }
    }
    open.into_iter().for_each(|((node, _), block)| watch.overdue(node, block));
    watch.tally.verdict(watch.witness, NOTHING)
}

struct Watch<'s, 'a> {
    scene: &'s Scene<'a>,
    most: u64,
    tally: Tally,
    witness: Option<Witness>,
}

impl Watch<'_, '_> {
    /// A flush that lasted until the end of the run. Where the header does not say when that was,
    /// the last event does.
    fn overdue(&mut self, node: u32, block: EventId) {
        let history = self.scene.history;
        let too_long = |at: Time| at.since(self.scene.time(block.0)).0 > self.most;
        if !too_long(history.end()) {
            return;
        }
        let known = history.kinds().iter().rposition(|kind| kind.gives_meaning());
        let known = known.filter(|e| *e > block.index()).map(|e| history.times()[e]);
        let proven = history.header.end.is_some() || known.is_some_and(too_long);
        let last = (!proven).then(|| EventId(history.len() as u32 - 1));
        self.ended(node, block, history.end(), Err(last));
    }

    /// With the view that ended it, or else the event that shows how long it lasted, if needed.
    fn ended(
        &mut self,
        node: u32,
        block: EventId,
        at: Time,
        shown: Result<EventId, Option<EventId>>,
    ) {
        let begin = self.scene.time(block.0);
        self.tally.count(begin, at);
        let (took, most) = (at.since(begin).0, self.most);
        if took <= most || self.witness.is_some() {
            return;
        }
        let who = self.scene.node_name(node);
        let says = match shown {
            Ok(_) => format!("{who} was blocked for {took} ns, longer than the {most} ns stated"),
            Err(_) => format!("{who} was blocked for longer than the {most} ns stated"),
        };
        let view = shown.map_or_else(|last| last, Some);
        let proof = Proof::default().yes(format!("{who} began a flush"), [block]);
        let proof = proof.no(format!("its next view came within {most} ns"), view);
        self.witness = Some(proof.because(says));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::bounded;
    use pepperland_core::verdict::Ruling;

    const BLOCK: &str = r#"{"t":2,"n":"n1","k":"block","view":"1"}"#;
    const NEXT: &str = r#"{"t":9,"n":"n1","k":"view","view":"2","members":["n1"]}"#;
    const NOTE: &str = r#"{"t":20,"n":"n1","k":"note","text":"still here"}"#;

    #[test]
    fn a_flush_has_its_time() {
        assert_eq!(ruling(&ENTRY, &bounded(1, 7, &[BLOCK, NEXT])), Ruling::Held);
        let told = "n1 was blocked for 7 ns, longer than the 6 ns stated";
        assert_eq!(because(&ENTRY, &bounded(1, 6, &[BLOCK, NEXT])), told);
        let told = "n1 was blocked for longer than the 6 ns stated";
        assert_eq!(because(&ENTRY, &bounded(1, 6, &[BLOCK, NOTE])), told);
    }

    #[test]
    fn who_crashes_in_time_or_meets_the_end_is_excused() {
        let crash = r#"{"t":5,"n":"n1","k":"crash"}"#;
        assert_eq!(undecided(&ENTRY, &bounded(1, 6, &[BLOCK, crash, NOTE])), NOTHING);
        assert_eq!(undecided(&ENTRY, &bounded(1, 18, &[BLOCK, NOTE])), NOTHING);
    }

    #[test]
    fn who_leaves_is_excused_until_it_joins_again() {
        let leave = |t| format!(r#"{{"t":{t},"n":"n1","k":"leave"}}"#);
        let join = r#"{"t":1,"n":"n1","k":"join"}"#;
        for asked in [1, 5] {
            let asked = leave(asked);
            let mut lines = vec![BLOCK, NOTE, &asked];
            lines.sort_by_key(|line| line.split(',').next().map(|t| (t.len(), t.to_owned())));
            assert_eq!(undecided(&ENTRY, &bounded(1, 6, &lines)), NOTHING);
        }
        let early = leave(0);
        assert_eq!(ruling(&ENTRY, &bounded(1, 6, &[&early, join, BLOCK, NOTE])), Ruling::Violated);
    }
}
