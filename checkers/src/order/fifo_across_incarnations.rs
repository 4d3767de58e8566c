//! FIFO across incarnations: a sender's messages come in its order, its restarts notwithstanding.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, perhaps in a later incarnation, then no
//! correct node delivers `m'` before it delivers `m`. Hadzilacos & Toueg know no restarts; this is
//! their order with the name of the sender alone as its key. We take the form that is said only of
//! a node that delivers both: what a sender left unfinished when it crashed may be lost for good,
//! and the next incarnation need not know of it. Scope: one group; a receiver that restarts and
//! forgets begins anew, and so does its order.
//! # Cost
//! O(events + messages · log messages); a bit for each receiver and message.
//! # Witness
//! Both broadcasts and both deliveries.

use crate::order::sender_order::{self, Form, Rule, Seen};
use crate::scene::streams::Streams;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use std::sync::Arc;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo-across-incarnations",
    number: "OR1-ord, by origin",
    statement: "if a node broadcasts m before m', in whatever incarnations, no correct node \
                delivers m' before m",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + messages · log messages)",
    needs: &[Kind::Broadcast, Kind::Deliver, Kind::Recover],
    given: &[],
    check,
};

const NOTHING: &str = "no correct node delivered two messages of one sender";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let rule = Rule { bound: Bound::Correct, form: Form::Order, nothing: NOTHING };
    let key = |row: u32| Some((scene.table.origins()[row as usize], scene.group(row)?));
    let place = |row: u32| {
        let row = row as usize;
        let (incarnations, numbers) = (scene.table.incarnations(), scene.table.numbers());
        (incarnations[row], numbers[row], scene.table.broadcasts()[row])
    };
    let seen = Seen::by_all(&scene, Arc::new(Streams::by(&scene, key, place)));
    sender_order::judge_as_seen(&scene, &seen, &rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{FailureModel, Header, History};
    use pepperland_core::verdict::Ruling;

    fn restarts(picture: &str) -> History {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        parse(picture, header).unwrap()
    }

    #[test]
    fn a_message_of_an_earlier_incarnation_comes_first_if_it_comes() {
        let late = restarts("n1: !a # ^ !b\nn2:           b a");
        let told = "n2 delivered n1:1:1 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &late), told);
        assert_eq!(ruling(crate::find("fifo-order").unwrap(), &late), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &restarts("n1: !a # ^ !b !c\nn2:      b c")), Ruling::Held);
        undecided(&ENTRY, &restarts("n1: !a # ^ !b\nn2:           b"));
    }
}
