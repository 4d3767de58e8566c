//! Genuineness: only the sender of a message and its destinations take part in multicasting it.
//!
//! # Definition
//! Whoever sends or receives a frame that carries `m` is the sender of `m` or in the group that `m`
//! was multicast to (Guerraoui & Schiper: *Genuine atomic multicast*; Défago, Schiper & Urbán:
//! *Minimality*). A frame that carries several messages must satisfy each: its ends lie in the
//! intersection of those allowed. Frames without messages (heartbeats, views, tokens) are free.
//! A send at a node that does not lie is judged by both its ends. A receipt is judged only if the
//! send of its frame was not recorded, for it shows no more than the send, and not if the frame was
//! corrupted or comes from a node that may lie. Messages whose sender may lie, or which nobody
//! broadcast, have no known destinations, and those to all nodes can go nowhere wrong.
//! # Cost
//! O(events + messages in frames).
//! # Witness
//! The broadcast, and the send or receipt.

use crate::groups::frames::{self, Frame};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Set;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "genuineness",
    number: "MG6",
    statement: "only the sender and the destinations of a message send or receive frames with it",
    source: "Guerraoui & Schiper 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Send],
    given: &[Given::Outsiders],
    check,
};

pub(super) const NOTHING: &str = "no frame carried a message that is not for every node";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let matters = frames::has_outsiders(&scene);
    let known = frames::sent_or_corrupted(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in frames::frames(&scene).filter(|f| counts(&scene, f, &known)) {
        let narrow = |row: &u32| scene.group(*row).is_some_and(|group| matters[group as usize]);
        if !frame.messages(&scene).any(|row| narrow(&row)) {
            continue;
        }
        let at = scene.time(frame.event.0);
        tally.count(at, at);
        if witness.is_none() {
            let judged =
                frame.messages(&scene).find_map(|row| Some((row, outsider(&scene, &frame, row)?)));
            witness = judged.map(|(row, node)| told(&scene, &frame, row, node));
        }
    }
    tally.verdict(witness, NOTHING)
}

fn counts(scene: &Scene<'_>, frame: &Frame<'_>, known: &Set<u64>) -> bool {
    let from_liar = || frame.peer(scene).is_none_or(|peer| scene.case.byzantine[peer as usize]);
    !frame.is_receipt || !known.contains(&frame.told.id) && !from_liar()
}

/// An end of the frame that has nothing to do with the message.
fn outsider(scene: &Scene<'_>, frame: &Frame<'_>, row: u32) -> Option<u32> {
    let mut ends = [Some(frame.node), frame.peer(scene)].into_iter().flatten();
    ends.find(|node| !frames::takes_part(scene, row, *node))
}

fn told(scene: &Scene<'_>, frame: &Frame<'_>, row: u32, node: u32) -> Witness {
    let (message, group) = (scene.name(row), frames::group_name(scene, row));
    let (says, who) = (frame.says(scene), scene.node_name(node));
    Proof::default()
        .yes(format!("{message} was broadcast to {group}"), scene.broadcast(row))
        .yes(format!("{says} with {message}"), [frame.event])
        .no(format!("{who} broadcast {message} or is in {group}"), [])
        .because(format!("{says} with {message}, which is for {group}; {who} is not in {group}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::frames_of;
    use pepperland_core::verdict::Ruling;

    const BROADCASTS: &str = "
        {'n':'n1','k':'broadcast','m':'n1:0:1','g':'g'}
        {'n':'n1','k':'broadcast','m':'n1:0:2','g':'h'}";

    fn history(frames: &str) -> pepperland_core::history::History {
        frames_of(r#"{"g":["n2"],"h":["n1","n2","n3"]}"#, "", &format!("{BROADCASTS}\n{frames}"))
    }

    #[test]
    fn a_frame_to_an_outsider_is_told() {
        let sent = history("{'n':'n1','k':'send','to':'n3','x':1,'m':'n1:0:1'}");
        let told = "n1 sent n3 a frame with n1:0:1, which is for g; n3 is not in g";
        assert_eq!(because(&ENTRY, &sent), told);
        let received = history("{'n':'n3','k':'recv','from':'n2','x':1,'ms':['n1:0:1']}");
        let told = "n3 received a frame from n2 with n1:0:1, which is for g; n3 is not in g";
        assert_eq!(because(&ENTRY, &received), told);
    }

    #[test]
    fn a_frame_with_several_messages_must_satisfy_each() {
        let both = |to: &str| {
            let frame = "{'n':'n1','k':'send','to':'?','x':1,'ms':['n1:0:2','n1:0:1']}";
            ruling(&ENTRY, &history(&frame.replace('?', to)))
        };
        assert_eq!(both("n2"), Ruling::Held);
        assert_eq!(both("n3"), Ruling::Violated);
    }

    #[test]
    fn what_is_for_all_and_what_carries_nothing_is_free() {
        let free = history(
            "{'n':'n1','k':'send','to':'n3','x':1,'m':'n1:0:2'}
             {'n':'n1','k':'send','to':'n3','x':2,'type':'heartbeat'}",
        );
        assert_eq!(undecided(&ENTRY, &free), NOTHING);
    }

    #[test]
    fn a_receipt_of_what_was_sent_elsewhere_shows_nothing() {
        let astray = history(
            "{'n':'n1','k':'send','to':'n2','x':1,'m':'n1:0:1'}
             {'n':'n3','k':'recv','from':'n1','x':1,'m':'n1:0:1'}",
        );
        assert_eq!(ruling(&ENTRY, &astray), Ruling::Held);
    }
}
