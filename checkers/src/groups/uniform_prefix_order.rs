//! Uniform prefix order: of the messages for both of two nodes, what one has delivered is a prefix
//! of what the other has.
//!
//! # Definition
//! If `p` and `q` are both destinations of `m` and `m'`, `p` delivers `m` and `q` delivers `m'`,
//! then `p` delivers `m'` before `m`, or `q` delivers `m` before `m'` (Schiper & Pedone: *Uniform
//! prefix order*). It binds every incarnation of every node that is not Byzantine; incarnations
//! that forgot are compared as if they were nodes of their own. A life that starts late may
//! deliver `m` without what was broadcast before it started, if it never delivers that; what it
//! does deliver must be in order. Messages whose group is not known are left out. In one group,
//! prefix-order says more of lives that start late: they deliver pieces without holes of one
//! sequence.
//! # Cost
//! For each set of groups that two nodes have in common O(d log d) for the d deliveries of messages
//! to them; where there is no one order, O(lives · d).
//! # Witness
//! Two deliveries; and the later delivery, at the same node, of what should have come before.

use crate::groups::prefixes;
use crate::scene::proof::Proof;
use crate::scene::streams::is_affordable;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "uniform-prefix-order",
    number: "MG5",
    statement: "of the messages for both of two nodes, one has delivered a prefix of the other's",
    source: "Schiper & Pedone 2007",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(common memberships · events · log), or O(lives · events) where one order fits not",
    needs: &[Kind::Deliver],
    given: &[Given::Groups],
    check,
};

const NOTHING: &str = "no two nodes delivered different messages that are for both";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let items = prefixes::items(&scene, &scene.bound(Bound::Honest));
    let deliveries = items.iter().map(Vec::len).sum();
    let common = prefixes::common_groups(&scene);
    if !is_affordable(common.len(), deliveries) {
        return Verdict::undecided("too many sets of groups that two nodes have in common");
    }
    let (mut obliging, mut witness) = (vec![false; scene.history.len()], None);
    for groups in common {
        let lives = prefixes::projected(&scene, &items, &groups);
        if lives.len() < 2 {
            continue;
        }
        prefixes::obliging(&lives).for_each(|d| obliging[d.event as usize] = true);
        if witness.is_none() && !prefixes::follow_one_order(&lives) {
            let found = prefixes::disagreement(&lives, scene.table.len());
            witness = found.map(|(one, other)| told(&scene, one, other));
        }
    }
    let mut tally = Tally::of(&scene);
    let counted = items.iter().flatten().filter(|item| obliging[item.delivery.event as usize]);
    counted.for_each(|item| tally.count_delivery(&scene, &item.delivery));
    tally.verdict(witness, NOTHING)
}

fn told(scene: &Scene<'_>, one: Delivery, other: Delivery) -> Witness {
    let (one_says, one_events) = without(scene, one, other.row);
    let (other_says, other_events) = without(scene, other, one.row);
    let because = format!("{one_says}; {other_says}");
    Proof::default()
        .yes(one_says, one_events.clone())
        .yes(other_says, other_events.clone())
        .no("one has delivered a prefix of what the other has", [one_events, other_events].concat())
        .because(because)
}

/// That a life delivered a message and not the other one before.
fn without(scene: &Scene<'_>, delivery: Delivery, other: u32) -> (String, Vec<EventId>) {
    let later = scene.first(delivery.life, other);
    let how = if later.is_some() { "before" } else { "without" };
    let (who, row) = (scene.who(delivery.life), scene.name(delivery.row));
    let says = format!("{who} delivered {row} {how} {}", scene.name(other));
    (says, [EventId(delivery.event)].into_iter().chain(later).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::{in_groups, in_groups_with_restarts};
    use pepperland_core::history::Clock;
    use pepperland_core::verdict::Ruling;

    const TWO: &[&str] = &["g:1,2", "h:1,2"];

    #[test]
    fn each_without_the_others_is_told() {
        let history = in_groups(TWO, "n1: !a/g a\nn2: !b/h b");
        let told = "n1 delivered n1:0:1 without n2:0:1; n2 delivered n2:0:1 without n1:0:1";
        assert_eq!(because(&ENTRY, &history), told);
        let history = in_groups(TWO, "n1: !a/g a b #\nn2: !b/h b");
        let told = "n1 delivered n1:0:1 before n2:0:1; n2 delivered n2:0:1 without n1:0:1";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn a_prefix_holds_and_what_is_not_for_both_does_not_count() {
        assert_eq!(ruling(&ENTRY, &in_groups(TWO, "n1: !a/g !b/h a b\nn2: a")), Ruling::Held);
        let apart = in_groups(&["g:1", "h:2"], "n1: !a/g a\nn2: !b/h b");
        assert_eq!(undecided(&ENTRY, &apart), NOTHING);
        let the_same = in_groups(TWO, "n1: !a/g a\nn2: a");
        assert_eq!(undecided(&ENTRY, &the_same), NOTHING);
        let three = ["f:1,2", "g:2,3", "h:1,3"];
        let cycle = "n1: !a/f a b\nn2: !c/g c a\nn3: !b/h b c";
        assert_eq!(undecided(&ENTRY, &in_groups(&three, cycle)), NOTHING);
    }

    #[test]
    fn a_restart_that_forgot_may_lack_what_was_broadcast_before() {
        let judge = |picture| ruling(&ENTRY, &in_groups_with_restarts(TWO, picture));
        assert_eq!(judge("n1: !a/g !b/h a b\nn2:      # ^   b"), Ruling::Held);
        assert_eq!(judge("n1:     !a/g !b/h a b\nn2: # ^            b"), Ruling::Violated);
        assert_eq!(judge("n1: !a/g !b/h a b\nn2:      # ^   b a"), Ruling::Violated);
    }

    #[test]
    fn what_was_broadcast_in_the_instant_of_the_start_may_be_lacking() {
        let picture = "n1:   !a/g !b/h   a b\nn2: # ^         b";
        let mut history = in_groups_with_restarts(TWO, picture);
        history.header.clock = Clock::Real;
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }

    #[test]
    fn restarts_may_deliver_piece_by_piece() {
        let pieces = "n2: # ^ a # ^ b # ^ c\nn1: !a/g a !b/h b !c/g c";
        assert_eq!(ruling(&ENTRY, &in_groups_with_restarts(TWO, pieces)), Ruling::Held);
    }
}
