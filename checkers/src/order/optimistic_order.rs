//! Optimistic order: a node delivers in the order in which it had delivered optimistically.
//!
//! # Definition
//! If a node delivers `m` optimistically before `m'`, and delivers both in the end, then it
//! delivers `m` before `m'`. That is what optimism bets on, the network's spontaneous order (Pedone
//! & Schiper; Kemme, Pedone, Alonso, Schiper & Wiesmann 2003); few protocols promise it, and where
//! it is broken the bet was lost, not the order. It binds every incarnation of every node that is
//! not Byzantine, each by itself; first deliveries count.
//! # Cost
//! O(events), with a number for each node and message.
//! # Witness
//! Both optimistic deliveries and both final ones.

use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "optimistic-order",
    number: "OR15, order",
    statement: "a node delivers messages in the order in which it delivered them optimistically",
    source: "Kemme, Pedone, Alonso, Schiper & Wiesmann 2003",
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
    let hoped = hopes(&scene);
    let mut newest: Vec<Option<(u32, Delivery)>> = vec![None; scene.lives.len()];
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut tally = Tally::of(&scene);
    for delivery in scene.deliveries() {
        let Some(hope) = hoped.get(&(delivery.life, delivery.row)) else { continue };
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let newest = &mut newest[delivery.life as usize];
        if newest.is_some() {
            tally.count_delivery(&scene, &delivery);
        }
        match *newest {
            Some((later, early)) if later > *hope => {
                return tally.violated(witness(&scene, [*hope, later], early, delivery));
            }
            _ => *newest = Some((*hope, delivery)),
        }
    }
    tally.held("no node delivered two messages that it had delivered optimistically")
}

/// The first optimistic delivery of each message in each life.
fn hopes(scene: &Scene<'_>) -> Map<(u32, u32), u32> {
    let mut hopes = Map::default();
    for (kind, delivery) in scene.indications() {
        if kind == Kind::OptDeliver {
            hopes.entry((delivery.life, delivery.row)).or_insert(delivery.event);
        }
    }
    hopes
}

/// The life delivered `early` and then `late`, but had hoped for them the other way round.
fn witness(scene: &Scene<'_>, hopes: [u32; 2], early: Delivery, late: Delivery) -> Witness {
    let who = scene.who(late.life);
    let (first, second) = (scene.name(late.row), scene.name(early.row));
    let events = [early, late].map(|d| EventId(d.event));
    Proof::default()
        .yes(format!("{who} delivered {first} optimistically before {second}"), hopes.map(EventId))
        .yes(format!("{who} delivered both"), events)
        .no(format!("{who} delivered {first} before {second}"), events)
        .because(format!(
            "{who} delivered {first} optimistically before {second}, and in the end after it"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::verdict::Ruling;

    const HOPED: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:2"}
{"t":2,"n":"n2","k":"opt_deliver","m":"n1:0:1"}
{"t":2,"n":"n2","k":"opt_deliver","m":"n1:0:2"}
"#;
    const A: &str = r#"{"t":2,"n":"n2","k":"deliver","m":"n1:0:1"}"#;
    const B: &str = r#"{"t":2,"n":"n2","k":"deliver","m":"n1:0:2"}"#;

    #[test]
    fn a_lost_bet_is_told() {
        let told = "n2 delivered n1:0:1 optimistically before n1:0:2, and in the end after it";
        assert_eq!(because(&ENTRY, &run(&format!("{HOPED}{B}\n{A}"))), told);
        assert_eq!(ruling(&ENTRY, &run(&format!("{HOPED}{A}\n{B}"))), Ruling::Held);
        undecided(&ENTRY, &run(&format!("{HOPED}{B}")));
    }
}
