//! No contamination: whoever has delivered wrongly cannot pass it on before it crashes.
//!
//! # Definition
//! A node that crashes is *inconsistent* from its first delivery that is not the next in the order
//! in which correct nodes deliver: it skipped a message, or delivered one that they never do, or
//! that they deliver elsewhere. No correct node delivers a message that such a node broadcast after
//! that (Gopal & Toueg 1991; Défago, Schiper & Urbán). We say it of each correct receiver by
//! itself: if `q` delivers `m`, then what the sender had delivered when it broadcast `m` is how
//! `q`'s deliveries begin. Neither uniform-total-order nor uniform-gap-free-total-order prevents
//! contamination; the latter together with uniform-agreement does. Inside one group; senders are
//! the incarnations that crashed, receivers the last lives of correct nodes; lives that start late
//! are left out, for what a restart or a snapshot stands for is not told.
//! # Cost
//! O(events · correct nodes).
//! # Witness
//! The sender's wrong delivery, the receiver's in its place, the later broadcast and its delivery.

use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::is_affordable;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-contamination",
    number: "OR14",
    statement: "no correct node delivers what a node broadcast after it had delivered wrongly",
    source: "Gopal & Toueg 1991",
    class: Class::Safety,
    binds: Binds::Correct,
    models: BENIGN,
    cost: "O(events · correct nodes)",
    needs: &[Kind::Broadcast, Kind::Deliver, Kind::Crash],
    given: &[],
    check,
};

const NOTHING: &str =
    "no correct node delivered a message whose sender had delivered another one and crashed later";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    if !is_affordable(scene.lives.len(), scene.group_count()) {
        return Verdict::undecided("too many nodes and groups to follow each pair");
    }
    let surviving = scene.bound(Bound::Surviving);
    let lists = Lists::of(&scene);
    let mut agreed: Map<(u32, u32), usize> = Map::default();
    let mut tally = Tally::of(&scene);
    for delivery in lists.in_order() {
        let life = delivery.life as usize;
        let Some(before) = lists.before.get(&delivery.row).filter(|_| surviving[life]) else {
            continue;
        };
        let group = before.list % scene.group_count() as u32;
        let sender = before.list as usize / scene.group_count();
        if surviving[sender] || before.count == 0 {
            continue;
        }
        tally.count_delivery(&scene, &delivery);
        let here = delivery.life * scene.group_count() as u32 + group;
        let (theirs, ours) = (&lists.of[before.list as usize], &lists.of[here as usize]);
        let agreed = *agreed
            .entry((before.list, here))
            .or_insert_with(|| theirs.iter().zip(ours).take_while(|(p, q)| p.row == q.row).count());
        if agreed < before.count && agreed < ours.len() {
            return tally.violated(witness(&scene, theirs[agreed], ours[agreed], &delivery));
        }
    }
    tally.held(NOTHING)
}

/// What a sender had delivered in the group of its message: so many of the first in its list.
struct Before {
    list: u32,
    count: usize,
}

/// What each life delivered in each group, and how much of it before each of its broadcasts. Lives
/// that start late are left out.
struct Lists {
    of: Vec<Vec<Delivery>>,
    before: Map<u32, Before>,
}

impl Lists {
    fn of(scene: &Scene<'_>) -> Lists {
        let (groups, late) = (scene.group_count(), scene.lives.late());
        let mut lists =
            Lists { of: vec![Vec::new(); scene.lives.len() * groups], before: Map::default() };
        let mut now = scene.lives.follow(scene.case);
        let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
        let columns = scene.history.nodes().iter().zip(scene.history.messages());
        let columns = scene.history.kinds().iter().zip(columns).enumerate();
        for (event, (kind, (node, row))) in columns {
            if *kind == Kind::Recover {
                now.recover(*node);
            }
            let life = now.life(*node);
            if late.get(life as usize) != Some(&false) || *row as usize >= scene.table.len() {
                continue;
            }
            let Some(group) = scene.group(*row) else { continue };
            let list = life * groups as u32 + group;
            let event = event as u32;
            match kind {
                Kind::Broadcast if scene.table.broadcasts()[*row as usize] == event => {
                    let count = lists.of[list as usize].len();
                    lists.before.insert(*row, Before { list, count });
                }
                Kind::Deliver if scene.is_recipient(*row, *node) && seen.insert(*row, life) => {
                    lists.of[list as usize].push(Delivery { event, life, row: *row });
                }
                _ => {}
            }
        }
        lists
    }

    fn in_order(&self) -> Vec<Delivery> {
        let mut all: Vec<Delivery> = self.of.iter().flatten().copied().collect();
        all.sort_unstable_by_key(|delivery| delivery.event);
        all
    }
}

/// The sender delivered `wrong` where the receiver delivered `right`, and then broadcast what the
/// receiver delivered.
fn witness(scene: &Scene<'_>, wrong: Delivery, right: Delivery, delivery: &Delivery) -> Witness {
    let (sender, receiver) = (scene.who(wrong.life), scene.who(delivery.life));
    let (theirs, ours, message) =
        (scene.name(wrong.row), scene.name(right.row), scene.name(delivery.row));
    let broadcast = scene.broadcast(delivery.row);
    let wrongly =
        format!("{sender}, which crashed, delivered {theirs} where {receiver} delivered {ours}");
    Proof::default()
        .yes(wrongly.clone(), [EventId(wrong.event), EventId(right.event)])
        .yes(format!("{sender} broadcast {message} after that"), broadcast)
        .yes(format!("{receiver} delivered {message}"), [EventId(delivery.event)])
        .no(format!("{receiver} had delivered the same as {sender}"), [])
        .because(format!("{wrongly}, and then broadcast {message}; {receiver} delivered it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_hole_that_no_order_forbids_is_passed_on() {
        let history = lanes("n1: !a !b a b     c\nn2:           b !c #\nn3:         a b    c");
        let told = "n2, which crashed, delivered n1:0:2 where n1 delivered n1:0:1, \
                    and then broadcast n2:0:1; n1 delivered it";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("uniform-total-order").unwrap(), &history), Ruling::Held);
    }

    #[test]
    fn a_message_that_nobody_else_delivers_is_passed_on_without_a_gap() {
        let history = lanes("n1: !a a       c\nn2: !b   a b !c #\nn3:      a        c");
        let told = "n2, which crashed, delivered n2:0:1 where n1 delivered n2:0:2, \
                    and then broadcast n2:0:2; n1 delivered it";
        assert_eq!(because(&ENTRY, &history), told);
        let gap_free = crate::find("uniform-gap-free-total-order").unwrap();
        assert_eq!(ruling(gap_free, &history), Ruling::Held);
    }

    #[test]
    fn a_node_in_step_passes_nothing_on() {
        let history = lanes("n1: !a !b a b   c\nn2:         a !c #");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        undecided(&ENTRY, &lanes("n1: !a !b a b   c\nn2:         b !c"));
    }
}
