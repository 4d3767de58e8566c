//! Optimistic before final: what a node delivers, it delivered optimistically before.
//!
//! # Definition
//! A node that delivers `m` has delivered `m` optimistically before (Pedone & Schiper: *Optimistic
//! Order*, part 1; the hope is of use only if it comes first). It binds every incarnation of every
//! node that is not Byzantine. A life that starts late (a restart that forgot, a joiner, a
//! snapshot) need not have hoped for what was broadcast before.
//! # Cost
//! O(events); a bit for each node and message.
//! # Witness
//! The delivery; and the optimistic one, if it came after all.

use crate::order::lateness::Lateness;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "optimistic-before-final",
    number: "OR15, first",
    statement: "what a node delivers, it has delivered optimistically before",
    source: "Pedone & Schiper 1998",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::OptDeliver, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let (rows, lives) = (scene.table.len(), scene.lives.len());
    let mut hoped = Deliverers::<u64>::empty(rows, lives);
    let mut seen = Deliverers::<u64>::empty(rows, lives);
    let (mut tally, mut lateness) = (Tally::of(&scene), Lateness::of(&scene));
    for (kind, delivery) in scene.indications() {
        if kind == Kind::OptDeliver {
            hoped.insert(delivery.row, delivery.life);
            continue;
        }
        lateness.pass(&scene, delivery.event);
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let fine = hoped.has(delivery.row, delivery.life);
        if !fine && lateness.excuses(&scene, delivery.life, delivery.row) {
            continue;
        }
        tally.count_delivery(&scene, &delivery);
        if !fine {
            return tally.violated(witness(&scene, &delivery));
        }
    }
    tally.held("no node delivered anything for which it was to hope")
}

fn witness(scene: &Scene<'_>, delivery: &Delivery) -> Witness {
    let (who, message) = (scene.who(delivery.life), scene.name(delivery.row));
    let same = |(kind, d): &(Kind, Delivery)| {
        *kind == Kind::OptDeliver && (d.life, d.row) == (delivery.life, delivery.row)
    };
    let later = scene.indications().find(same).map(|(_, d)| EventId(d.event));
    let how = if later.is_some() { "before" } else { "without" };
    Proof::default()
        .yes(format!("{who} delivered {message}"), [EventId(delivery.event)])
        .no(format!("{who} delivered {message} optimistically before that"), later)
        .because(format!("{who} delivered {message} {how} delivering it optimistically"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::verdict::Ruling;

    const ASKED: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const HOPED: &str = r#"{"t":2,"n":"n2","k":"opt_deliver","m":"n1:0:1"}"#;
    const FINAL: &str = r#"{"t":2,"n":"n2","k":"deliver","m":"n1:0:1"}"#;

    #[test]
    fn hope_comes_first() {
        assert_eq!(ruling(&ENTRY, &run(&format!("{ASKED}\n{HOPED}\n{FINAL}"))), Ruling::Held);
        let told = "n2 delivered n1:0:1 before delivering it optimistically";
        assert_eq!(because(&ENTRY, &run(&format!("{ASKED}\n{FINAL}\n{HOPED}"))), told);
        let told = "n2 delivered n1:0:1 without delivering it optimistically";
        assert_eq!(because(&ENTRY, &run(&format!("{ASKED}\n{FINAL}"))), told);
        undecided(&ENTRY, &run(&format!("{ASKED}\n{HOPED}")));
    }
}
