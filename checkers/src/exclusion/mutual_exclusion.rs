//! Mutual exclusion: no two nodes are in one critical section at once.
//!
//! # Definition
//! At no instant are two nodes inside the critical section of one resource (Dijkstra 1965; Ricart &
//! Agrawala 1981). A node is inside from its `enter` to its `exit` or its crash; a node that stands
//! still stays inside, and one that enters twice is inside once. Epochs make no difference: that a
//! resource turns away who comes with an old one is fencing, which is what systems with leases can
//! promise. Binds every node that is not Byzantine. On a real clock, two nodes are inside at once
//! if they are so by more than the clock's error.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two entries.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, Turn, tenures, word};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "mutual-exclusion",
    number: "MX1",
    statement: "no two nodes are in the critical section of one resource at once",
    source: "Dijkstra 1965; Ricart & Agrawala 1981",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Enter],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = tenures(case, |event| match event.kind() {
        Kind::Enter => Some(Turn::Take(word(event, "res"), None)),
        Kind::Exit => Some(Turn::Leave(word(event, "res"), None)),
        _ => None,
    });
    let mut tally = Tally::of(&scene);
    scene.count_tenures(&mut tally, &stays);
    let clash = scene.clash(&stays, |stay| Some(&stay.what));
    tally.verdict(clash.map(|pair| witness(&scene, pair)), "no node entered a critical section")
}

fn witness(scene: &Scene<'_>, [one, other]: [&Tenure; 2]) -> Witness {
    let who = [one, other].map(|stay| scene.node_name(stay.node));
    let of = if one.what.is_empty() { String::new() } else { format!(" of {}", one.what) };
    Proof::default()
        .yes(format!("{} entered the section{of}", who[0]), [EventId(one.begin)])
        .yes(format!("{} entered the section{of}", who[1]), [EventId(other.begin)])
        .no("the one had left when the other entered", [])
        .because(format!("{} and {} were both in the section{of} at once", who[0], who[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn at(time: u64, node: &str, kind: &str) -> String {
        format!(r#"{{"t":{time},"n":"{node}","k":"{kind}","res":"x"}}"#)
    }

    fn run(between: &[&str]) -> pepperland_core::history::History {
        let (first, last) = (at(1, "n1", "enter"), at(9, "n2", "enter"));
        let events: Vec<&str> =
            [first.as_str()].into_iter().chain(between.iter().copied()).chain([&*last]).collect();
        history(&[], &events)
    }

    #[test]
    fn two_inside_are_told() {
        let told = "n1 and n2 were both in the section of x at once";
        assert_eq!(because(&ENTRY, &run(&[])), told);
        assert_eq!(because(&ENTRY, &run(&[r#"{"t":2,"n":"n1","k":"pause"}"#])), told);
    }

    #[test]
    fn an_exit_a_crash_and_another_resource_make_way() {
        assert_eq!(ruling(&ENTRY, &run(&[&at(2, "n1", "exit")])), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &run(&[r#"{"t":2,"n":"n1","k":"crash"}"#])), Ruling::Held);
        let other = r#"{"t":1,"n":"n3","k":"enter","res":"y"}"#;
        let two = history(&[], &[other, &at(2, "n1", "enter")]);
        assert_eq!(ruling(&ENTRY, &two), Ruling::Held);
    }

    #[test]
    fn nobody_enters_nothing_is_judged() {
        assert_eq!(undecided(&ENTRY, &history(&[], &[])), "no node entered a critical section");
    }
}
