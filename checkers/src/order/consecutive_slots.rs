//! Consecutive slots: a message has one slot, a slot one message, and no node leaves a slot out.
//!
//! # Definition
//! Where deliveries state their slot: the slot is the same wherever a message is delivered, no two
//! messages share one, and what a node delivers next is in the slot after the last (a log without
//! holes, numbered; Schneider). It binds every incarnation of every node that is not Byzantine and
//! is judged group by group. With which slot a life begins is not said; after a late start (a
//! restart that forgot, a joiner, a snapshot), and after a delivery that states no slot, it may
//! begin anew; and so where a message of a liar is delivered, if there are several groups, since nobody
//! knows which one it was for.
//! # Cost
//! O(events).
//! # Witness
//! Two deliveries with their slots.

use crate::order::slots::{Slots, says, slot};
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consecutive-slots",
    number: "OR8b",
    statement: "each message has one slot and each slot one message, and each node delivers \
                slot after slot",
    source: "Schneider 1990",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Deliver],
    given: &[Given::Slots],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Honest);
    let mut tally = Tally::of(&scene);
    let (mut lasts, mut slots) = (Lasts::of(&scene), Slots::default());
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let Some(group) = scene.group(delivery.row) else {
            lasts.forget(delivery.life);
            continue;
        };
        let known = slots.knows(&scene, &delivery, group);
        let last = lasts.replace(&scene, &delivery, group);
        let Some(here) = slot(&scene, &delivery) else { continue };
        if known || last.is_some() {
            tally.count_delivery(&scene, &delivery);
        }
        let witness = slots.take(&scene, &delivery, group);
        let jump = || {
            let (before, last) = last.filter(|(slot, _)| slot.checked_add(1) != Some(here))?;
            Some(told(&scene, (before, last), (here, delivery)))
        };
        if let Some(witness) = witness.or_else(jump) {
            return tally.violated(witness);
        }
    }
    tally
        .held("no delivery that states its slot follows another or is of a message delivered twice")
}

/// The last delivery of each life in each group, with its slot.
struct Lasts {
    groups: usize,
    last: Vec<Option<(u64, Delivery)>>,
    /// How many late starts have passed.
    passed: usize,
}

impl Lasts {
    fn of(scene: &Scene<'_>) -> Lasts {
        let groups = scene.group_count();
        Lasts { groups, last: vec![None; groups * scene.lives.len()], passed: 0 }
    }

    fn replace(
        &mut self,
        scene: &Scene<'_>,
        delivery: &Delivery,
        group: u32,
    ) -> Option<(u64, Delivery)> {
        let starts = &scene.lives.starts[self.passed..];
        for start in starts.iter().take_while(|start| start.event < delivery.event) {
            forget(&mut self.last, self.groups, start.life);
            self.passed += 1;
        }
        let place = delivery.life as usize * self.groups + group as usize;
        let here = slot(scene, delivery).map(|slot| (slot, *delivery));
        std::mem::replace(&mut self.last[place], here)
    }

    /// What the life delivers next may be in any slot.
    fn forget(&mut self, life: u32) {
        forget(&mut self.last, self.groups, life);
    }
}

fn forget(last: &mut [Option<(u64, Delivery)>], groups: usize, life: u32) {
    let first = life as usize * groups;
    last[first..first + groups].fill(None);
}

fn told(scene: &Scene<'_>, before: (u64, Delivery), after: (u64, Delivery)) -> Witness {
    let events = [before.1, after.1].map(|d| EventId(d.event));
    let [one, other] = [before, after].map(|(slot, d)| says(scene, slot, &d));
    Proof::default()
        .yes(one.clone(), [events[0]])
        .yes(format!("{other} next"), [events[1]])
        .no(format!("slot {} comes right after slot {}", after.0, before.0), events)
        .because(format!("{one}; right after that, {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_slot_left_out_is_told() {
        let history = lanes("n1: !a !b a@1 b@3");
        let told = "n1 delivered n1:0:1 at slot 1; right after that, n1 delivered n1:0:2 at slot 3";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b a@1 b@2\nn2: b@2")), Ruling::Held);
    }

    #[test]
    fn one_message_has_one_slot() {
        let told = "n1 delivered n1:0:1 at slot 4; n2 delivered n1:0:1 at slot 5";
        assert_eq!(because(&ENTRY, &lanes("n1: !a a@4\nn2:      a@5")), told);
        let told = "n1 delivered n1:0:1 at slot 4; n2 delivered n1:0:2 at slot 4";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b a@4\nn2:         b@4")), told);
    }

    #[test]
    fn a_liar_s_message_may_have_been_for_any_group() {
        let text = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"],"groups":{"g1":["n1","n2"],"g2":["n3"]},"failure_model":"byzantine","byzantine":["n2"],"complete":true}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1","g":"g1"}
{"t":2,"n":"n1","k":"broadcast","m":"n1:0:2","g":"g1"}
{"t":3,"n":"n1","k":"deliver","m":"n1:0:1","g":"g1","slot":1}
{"t":4,"n":"n1","k":"deliver","m":"n2:0:1","g":"g1","slot":2}
{"t":5,"n":"n1","k":"deliver","m":"n1:0:2","g":"g1","slot":3}
"#;
        let history = History::read(text.as_bytes()).expect("a history");
        undecided(&ENTRY, &history);
    }

    #[test]
    fn after_a_delivery_without_a_slot_it_begins_anew() {
        undecided(&ENTRY, &lanes("n1: !a !b !c a@1 b c@7"));
    }
}
