//! FIFO of correct senders: fifo, but only of what correct nodes broadcast.
//!
//! # Definition
//! If a correct node broadcasts `m` before it broadcasts `m'`, then no correct node delivers `m'`
//! unless it delivered `m` before. This is FIFO as some textbooks have it (Coulouris, Dollimore &
//! Kindberg); Hadzilacos & Toueg bind what faulty senders broadcast as well, and show that without
//! it causes break. Where a restart forgets, the incarnations of a sender that crashed are faulty
//! senders. In all else it is as fifo.
//! # Cost
//! O(events), with a sort of the messages if some sender is faulty.
//! # Witness
//! Both broadcasts and the delivery of the second; and the late delivery of the first, if any.

use crate::order::sender_order::{self, Form, Rule, Seen};
use crate::scene::streams::Streams;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{DeliveryContract, Kind};
use pepperland_core::verdict::Verdict;
use std::sync::Arc;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo-correct-senders",
    number: "OR1-gap, correct senders",
    statement: "if a correct node broadcasts m before m', no correct node delivers m' without m \
                before",
    source: "Coulouris, Dollimore & Kindberg 2005",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no correct node delivered a second message of a correct sender";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let rule = Rule { bound: Bound::Correct, form: Form::NoGap, nothing: NOTHING };
    if scene.bound(Bound::Surviving).into_iter().all(|survives| survives) {
        return sender_order::judge(&scene, &rule);
    }
    let last = last_incarnations(&scene);
    let (origins, incarnations) = (scene.table.origins(), scene.table.incarnations());
    let key = |row: u32| {
        let (origin, incarnation) = (origins[row as usize], incarnations[row as usize]);
        let survives = last[origin as usize].is_none_or(|last| last == incarnation);
        let group = scene.group(row).filter(|_| case.correct[origin as usize] && survives)?;
        Some((origin, group + incarnation * scene.group_count() as u32))
    };
    let place = |row: u32| {
        let row = row as usize;
        (0, scene.table.numbers()[row], scene.table.broadcasts()[row])
    };
    let seen = Seen::by_all(&scene, Arc::new(Streams::by(&scene, key, place)));
    sender_order::judge_as_seen(&scene, &seen, &rule)
}

/// The incarnation of each node that did not crash, where the others count as faulty.
fn last_incarnations(scene: &Scene<'_>) -> Vec<Option<u32>> {
    let mut last = vec![None; scene.history.node_count()];
    if scene.history.header.contract.delivery == DeliveryContract::Logged {
        return last;
    }
    last.fill(Some(0));
    let events = scene.history.kinds().iter().zip(scene.history.nodes());
    for (_, node) in events.filter(|(kind, _)| **kind == Kind::Recover) {
        if let Some(Some(last)) = last.get_mut(*node as usize) {
            *last += 1;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crashed_sender_is_free() {
        let crashed = lanes("n1: !a !b #\nn2:       b\nn3: !c !d\nn2b:      c d");
        assert_eq!(ruling(&ENTRY, &crashed), Ruling::Held);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &crashed), Ruling::Violated);
        let told = "n2 delivered n1:0:2 without n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &lanes("n1: !a !b\nn2:       b")), told);
        undecided(&ENTRY, &lanes("n1: !a !b #\nn2:       b"));
    }

    #[test]
    fn an_incarnation_that_crashed_is_a_faulty_sender_where_restarts_forget() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let judge = |header: &Header| {
            let picture = "n1: !a !b # ^ !c\nn2:         b c";
            ruling(&ENTRY, &parse(picture, header.clone()).unwrap())
        };
        assert_eq!(judge(&header), Ruling::Undecided);
        header.contract.delivery = DeliveryContract::Logged;
        assert_eq!(judge(&header), Ruling::Violated);
    }
}
