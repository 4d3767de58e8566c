//! FIFO across groups: a sender's messages come in its order whichever groups they are for.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, perhaps to another group, then no correct
//! node that both are for delivers `m'` unless it delivered `m` before (Hadzilacos & Toueg: *FIFO
//! Order* of multicasts to several groups). One stream for each incarnation of a sender; a receiver
//! sees of it what is for the receiver. In all else it is as fifo, which judges each group alone.
//! # Cost
//! O(events + messages · sets of groups that some node is in · log messages).
//! # Witness
//! Both broadcasts and the delivery of the second; and the late delivery of the first, if any.

use crate::order::sender_order::{self, Form, Rule, Seen};
use crate::scene::streams::{Streams, is_affordable};
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use std::sync::Arc;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo-across-groups",
    number: "MG7",
    statement: "if a node broadcasts m before m', to whatever groups, no correct node of both \
                delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + messages · sets of groups · log messages)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Groups],
    check,
};

const NOTHING: &str = "no correct node delivered a message that was not its sender's first for it";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let rule = Rule { bound: Bound::Correct, form: Form::NoGap, nothing: NOTHING };
    match by_groups(&scene) {
        Some(seen) => sender_order::judge_as_seen(&scene, &seen, &rule),
        None => Verdict::undecided("too many messages and sets of groups to number each for each"),
    }
}

/// Nodes that are in the same groups see the same streams.
fn by_groups(scene: &Scene<'_>) -> Option<Seen> {
    let groups = 0..scene.group_count() as u32;
    let mut sets: Map<Vec<u32>, u32> = Map::default();
    let (mut of, mut members) = (Vec::new(), Vec::new());
    for node in 0..scene.history.node_count() as u32 {
        let set: Vec<u32> = groups.clone().filter(|g| scene.is_member(*g, node)).collect();
        let next = sets.len() as u32;
        let number = *sets.entry(set).or_insert(next);
        if number == next {
            members.push(node);
        }
        of.push(number);
    }
    is_affordable(members.len(), scene.table.len()).then(|| {
        let streams = members.into_iter().map(|node| Arc::new(seen_by(scene, node)));
        Seen::by_each(streams.collect(), of)
    })
}

fn seen_by(scene: &Scene<'_>, node: u32) -> Streams {
    let (origins, incarnations) = (scene.table.origins(), scene.table.incarnations());
    let key = |row: u32| {
        let group = scene.group(row)?;
        let sender = (origins[row as usize], incarnations[row as usize]);
        scene.is_member(group, node).then_some(sender)
    };
    let place = |row: u32| {
        let row = row as usize;
        (0, scene.table.numbers()[row], scene.table.broadcasts()[row])
    };
    Streams::by(scene, key, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{Header, History};
    use pepperland_core::verdict::Ruling;

    fn two_groups(picture: &str) -> History {
        let mut header = Header::new(["n1", "n2", "n3"].map(str::to_owned).to_vec());
        let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        header.groups.insert("g".into(), names(["n1", "n2"]));
        header.groups.insert("h".into(), names(["n2", "n3"]));
        parse(picture, header).unwrap()
    }

    #[test]
    fn an_earlier_message_to_another_group_must_have_come() {
        let history = two_groups("n1: !a/g !b/h\nn2:          b a");
        let told = "n2 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &history), Ruling::Undecided);
    }

    #[test]
    fn what_is_for_others_need_not_come() {
        let history = two_groups("n1: !a/g !b/h !c/h\nn3:          b  c");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        undecided(&ENTRY, &two_groups("n1: !a/g !b/h\nn3:          b"));
    }
}
