//! Multicast liveness: what a node sends in the last view of its component, all of it deliver.
//!
//! # Definition
//! If the members of a stable component `S` share their last view `V`, of just `S`, then every
//! message that a node of `S` broadcasts in `V` is delivered by every node of `S` (Chockler, Keidar
//! & Vitenberg: *Multicast Liveness*; it rules out services that drop at a whim). What `S` is,
//! [`component`](crate::membership::component) says; without such a `V` nothing is owed here, and
//! membership-precision is what is broken. A delivery in any view and any life counts, and a node
//! that installed a snapshot after the broadcast may have the message from there.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that a delivery never came cannot be shown by an event.

use crate::membership::component::in_each;
use crate::membership::owed::{Debt, owed_in};
use crate::membership::stays::Stays;
use crate::scene::Scene;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "multicast-liveness",
    number: "VS21",
    statement: "what is sent in the last view of a component, all of the component deliver",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events + messages · nodes)",
    needs: &[Kind::View, Kind::Broadcast],
    given: &[],
    check,
};

const NOTHING: &str = "nothing was broadcast in a view that a whole component was last in";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let mut debts = Vec::new();
    let judged = in_each(&scene, &stays, |group, component| {
        let Some(view) = component.view(&scene, &stays, group) else { return };
        for sender in &component.sure {
            debts.push(Debt { sender: *sender, group, view, owing: component.sure.clone() });
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
    use crate::membership::small;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn all_deliver_what_is_sent_in_the_last_view() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {1,2}   a")), Ruling::Held);
        let told =
            "n1 broadcast n1:0:1 in view 1, its last; n2, which is in it, never delivered it";
        assert_eq!(because(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {1,2}")), told);
    }

    #[test]
    fn a_group_has_views_of_its_own() {
        let mut header = small::header(2);
        header["groups"] = serde_json::json!({"g": ["n1", "n2"], "h": ["n1", "n2"]});
        let view = |n| {
            format!(r#"{{"t":1,"n":"n{n}","k":"view","view":"1","members":["n1","n2"],"g":"h"}}"#)
        };
        let send =
            |group| format!(r#"{{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1","g":"{group}"}}"#);
        let elsewhere = small::read(&header, &[view(1), view(2), send("g")]);
        assert_eq!(undecided(&ENTRY, &elsewhere), NOTHING);
        let here = small::read(&header, &[view(1), view(2), send("h")]);
        assert_eq!(ruling(&ENTRY, &here), Ruling::Violated);
    }

    #[test]
    fn an_earlier_view_owes_nothing_here() {
        let history = lanes("n1: {1,2} !a {2,1}\nn2: {1,2} {2,1}");
        assert_eq!(undecided(&ENTRY, &history), NOTHING);
    }
}
