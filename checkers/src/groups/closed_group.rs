//! Closed group: only members multicast to a group.
//!
//! # Definition
//! If a node delivers `m`, which was multicast to a group, then the sender of `m` is in that group
//! (Défago, Schiper & Urbán: *closed groups*). A broadcast by an outsider is the application's
//! doing and no violation: the service must reject it, so that the message is delivered nowhere.
//! It binds every node that is not Byzantine; messages whose sender may lie are left out, and so
//! are those that nobody broadcast, which is no-creation.
//! # Cost
//! O(events).
//! # Witness
//! The broadcast and a delivery.

use crate::groups::frames::group_name;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "closed-group",
    number: "MG9",
    statement: "what is delivered was multicast by a member of the group that it is for",
    source: "Défago, Schiper & Urbán 2004",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Closed, Given::Outsiders],
    check,
};

const OPEN: &str = "the group is open: anybody may multicast to it";
const NOTHING: &str = "nothing that was broadcast to a known group was delivered";

fn check(case: &Case<'_>) -> Verdict {
    if !Given::Closed.is_met(case.history) {
        return Verdict::undecided(OPEN);
    }
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for delivery in scene.all_deliveries() {
        let group = scene.group(delivery.row).filter(|_| scene.is_broadcast(delivery.row));
        let Some(group) = group else { continue };
        tally.count_delivery(&scene, &delivery);
        let sender = scene.table.origins()[delivery.row as usize];
        if witness.is_none() && !scene.is_member(group, sender) {
            witness = Some(told(&scene, &delivery, sender));
        }
    }
    tally.verdict(witness, NOTHING)
}

fn told(scene: &Scene<'_>, delivery: &Delivery, sender: u32) -> Witness {
    let (message, group) = (scene.name(delivery.row), group_name(scene, delivery.row));
    let (who, sender) = (scene.who(delivery.life), scene.node_name(sender));
    let origin = format!("{message}, which {sender} broadcast to {group}");
    Proof::default()
        .yes(format!("{sender} broadcast {message} to {group}"), scene.broadcast(delivery.row))
        .yes(format!("{who} delivered {message}"), [EventId(delivery.event)])
        .no(format!("{sender} is in {group}"), [])
        .because(format!("{who} delivered {origin}; {sender} is not in {group}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::{in_groups, in_open_groups};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_message_from_outside_is_told() {
        let history = in_groups(&["g:2,3"], "n1: !a/g\nn2:      a\nn3:");
        let told = "n2 delivered n1:0:1, which n1 broadcast to g; n1 is not in g";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn members_may_multicast_and_what_is_rejected_harms_nobody() {
        let history = in_groups(&["g:2,3"], "n1: !a\nn2:    !b b\nn3:       b");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        let rejected = in_groups(&["g:2,3"], "n1: !a\nn2:\nn3:");
        assert_eq!(undecided(&ENTRY, &rejected), NOTHING);
    }

    #[test]
    fn an_open_group_takes_messages_from_anybody() {
        let history = in_open_groups(&["g:2,3"], "n1: !a/g\nn2:      a\nn3:");
        assert_eq!(undecided(&ENTRY, &history), OPEN);
    }
}
