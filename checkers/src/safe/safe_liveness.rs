//! Safe liveness: of what is sent in the last view of a component, all of it learn that it is safe.
//!
//! # Definition
//! If the members of a stable component `S` share their last view `V`, of just `S`, then every node
//! of `S` is told of every message that a node of `S` broadcasts in `V` that it is safe (Chockler,
//! Keidar & Vitenberg: *Safe Indication Liveness*). What `S` is,
//! [`component`](crate::membership::component) says. A node that installed a snapshot after the
//! broadcast need not be told.
//! # Cost
//! O(events + messages · nodes).
//! # Witness
//! The broadcast; that an indication never came cannot be shown by an event.

use crate::membership::component::in_each;
use crate::membership::owed::{Debt, owed_in};
use crate::membership::stays::Stays;
use crate::scene::Scene;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-liveness",
    number: "VS22",
    statement: "of what is sent in the last view of a component, all of it learn that it is safe",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events + messages · nodes)",
    needs: &[Kind::View, Kind::Broadcast, Kind::Safe],
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
        Ok(()) => owed_in(&scene, &stays, &debts, Kind::Safe, NOTHING),
        Err(reason) => Verdict::undecided(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::verdict::Ruling;

    const VIEW: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1"]}"#;
    const SEND: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const SAFE: &str = r#"{"t":3,"n":"n1","k":"safe","m":"n1:0:1"}"#;

    #[test]
    fn everybody_is_told() {
        assert_eq!(ruling(&ENTRY, &history(1, &[VIEW, SEND, SAFE])), Ruling::Held);
        let told = "n1 broadcast n1:0:1 in view 1, its last; n1, which is in it, never learned \
                    that it is safe";
        assert_eq!(because(&ENTRY, &history(1, &[VIEW, SEND])), told);
        assert_eq!(undecided(&ENTRY, &history(1, &[VIEW])), NOTHING);
    }
}
