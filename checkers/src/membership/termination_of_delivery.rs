//! Termination of delivery: a message is delivered to the whole view it was sent in, or its sender
//! goes on to another view.
//!
//! # Definition
//! If `p` broadcasts `m` in a view `V`, then each member of `V` delivers `m`, or `p` installs
//! another view (Chockler, Keidar & Vitenberg: *Termination of Delivery*). A member that crashed
//! owes it too: its crash must lead to another view. The paper asks this of every `p` that does not
//! crash; we ask it of the nodes of stable [components](crate::membership::component) alone, since
//! elsewhere `p` may not be allowed to install a view by itself. A delivery in any view and any
//! life counts, and a node that installed a snapshot after the broadcast may have the message from
//! there.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that a delivery or a view never came cannot be shown by an event.

use crate::membership::component::in_each;
use crate::membership::owed::{Debt, owed_in};
use crate::membership::stays::Stays;
use crate::scene::Scene;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "termination-of-delivery",
    number: "VS23",
    statement: "a message is delivered to all of its sender's view, or the sender leaves that view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events + messages · nodes)",
    needs: &[Kind::View, Kind::Broadcast],
    given: &[],
    check,
};

const NOTHING: &str = "no node of the last component broadcast anything in its last view";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let mut debts = Vec::new();
    let judged = in_each(&scene, &stays, |group, component| {
        for sender in &component.sure {
            let Some(stay) = stays.last(*sender, group) else { continue };
            let owing = stays.members(&scene, stay);
            debts.push(Debt { sender: *sender, group, view: stay.view, owing });
        }
    });
    match judged {
        Ok(()) => owed_in(&scene, &stays, &debts, Kind::Deliver, NOTHING),
        Err(reason) => Verdict::undecided(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_crash_is_no_excuse_but_the_next_view_is() {
        let stuck = "n1: {1,2,3} !a a\nn2: {1,2,3}   a\nn3: {1,2,3} #";
        let told =
            "n1 broadcast n1:0:1 in view 1, its last; n3, which is in it, never delivered it";
        assert_eq!(because(&ENTRY, &lanes(stuck)), told);
        let gone = "n1: {1,2,3} !a a {1,2}\nn2: {1,2,3}   a {1,2}\nn3: {1,2,3} #";
        assert_eq!(undecided(&ENTRY, &lanes(gone)), NOTHING);
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {1,2}   a")), Ruling::Held);
    }
}
