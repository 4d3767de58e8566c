//! Virtual synchrony: nodes that go from one view to the next together deliver the same messages
//! in the first.
//!
//! # Definition
//! If `p` and `q` both install `V'` directly after `V`, then `p` delivers `m` in `V` iff `q` does
//! (Birman & Joseph 1987; Chockler, Keidar & Vitenberg 2001, *Virtual Synchrony*). Only nodes that
//! move *together* are compared: one that went to another view is not, nor one that crashed in `V`;
//! so the property binds in partitions too. It says nothing of the view in which `m` was sent. What
//! a snapshot stands for need not be delivered.
//! # Cost
//! O(events). Each message is compared exactly, as a set of nodes: no hash, no collision.
//! # Witness
//! The delivery, and both nodes' installations of both views.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::views::atomic::{Missing, Rules, judge, movers};
use crate::views::installs::Installs;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "virtual-synchrony",
    number: "VS9",
    statement: "nodes that go from one view to the next together deliver the same in the first",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "no two nodes went on together from a view in which one of them delivered";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let rules = Rules::of(&scene, &installs);
    let together = installs.together();
    let together = together.iter().filter(|(_, steps)| steps.len() > 1);
    let rules: Vec<_> = together
        .map(|((from, _), steps)| {
            let movers: Vec<(u32, u32)> = movers(&installs, steps).collect();
            let oblige = movers.iter().map(|(life, _)| *life);
            rules.rule(*from, oblige, movers.iter().copied(), movers[0].1)
        })
        .collect();
    let (tally, missing) = judge(&scene, &installs, &rules);
    tally.verdict(missing.map(|missing| witness(&scene, &installs, &missing)), NOTHING)
}

/// One delivered in the view, the other did not, and both went on to the same view.
pub fn witness(scene: &Scene<'_>, installs: &Installs, missing: &Missing<'_>) -> Witness {
    let (p, q) = (scene.who(missing.has), scene.who(missing.lacks));
    let (from, to) = (missing.rule.view, installs.get(missing.rule.next).view);
    let (m, v, next) = (scene.name(missing.row), installs.name(from), installs.name(to));
    let steps = |life: u32| {
        let step = installs.steps().find(|(f, t)| f.view == from && t.view == to && t.life == life);
        step.map(|(from, to)| [from.id(), to.id()]).into_iter().flatten()
    };
    let both = || steps(missing.has).chain(steps(missing.lacks));
    let delivery: Option<EventId> = scene.first(missing.has, missing.row);
    Proof::default()
        .yes(format!("{p} and {q} installed view {next} directly after view {v}"), both())
        .yes(format!("{p} delivered {m} in view {v}"), delivery)
        .no(format!("{q} delivered {m} in view {v}"), [])
        .because(format!("{p} delivered {m} in view {v}, {q} did not; both went on to view {next}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::insert;
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn who_moves_together_delivers_the_same() {
        let broken = "n1: {1,2,3}    a    {1,2}\nn2: {1,2,3}         {1,2}\nn3: {1,2,3} !a   #";
        let told = "n1 delivered n3:0:1 in view 1, n2 did not; both went on to view 2";
        assert_eq!(because(&ENTRY, &lanes(broken)), told);
        let kept = "n1: {1,2,3}    a    {1,2}\nn2: {1,2,3}      a  {1,2}\nn3: {1,2,3} !a   #";
        assert_eq!(ruling(&ENTRY, &lanes(kept)), Ruling::Held);
    }

    #[test]
    fn who_goes_elsewhere_is_not_compared() {
        let parted = "n1: {1,2} !a a {1}\nn2: {1,2}      {2}";
        assert_eq!(undecided(&ENTRY, &lanes(parted)), NOTHING);
    }

    #[test]
    fn what_comes_after_the_view_came_too_late() {
        let late = "n1: {1,2,3} !a a   {1,2}\nn2: {1,2,3}        {1,2} a\nn3: {1,2,3}";
        assert_eq!(ruling(&ENTRY, &lanes(late)), Ruling::Violated);
    }

    #[test]
    fn a_snapshot_stands_for_what_was_broadcast_before() {
        let joins = lanes("n1: {1} {1,2} !a a {2,1}\nn2:     {1,2}      {2,1}");
        let at = |after, node| ruling(&ENTRY, &insert(&joins, after, node, "state_set"));
        assert_eq!(ruling(&ENTRY, &joins), Ruling::Violated);
        assert_eq!(at(2, 2), Ruling::Violated, "before the broadcast");
        assert_eq!(at(4, 2), Ruling::Held, "after it");
        assert_eq!(at(6, 2), Ruling::Held, "a joiner's first, though it comes late");
        assert_eq!(at(6, 1), Ruling::Held, "a joiner's, which has yet to come");
        let founds = lanes("n1: {1,2} !a a {2,1}\nn2: {1,2}      {2,1}");
        let late = insert(&founds, 5, 2, "state_set");
        assert_eq!(ruling(&ENTRY, &late), Ruling::Violated, "a founder's, when it has gone on");
    }

    #[test]
    fn the_history_written_by_hand_is_judged_as_the_format_says() {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"],"#;
        let events = r#""complete":true,"clock":"virtual"}
{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":1,"n":"n3","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":2,"n":"n3","k":"broadcast","m":"n3:0:1"}
{"t":3,"n":"n1","k":"deliver","m":"n3:0:1"}
{"t":4,"n":"n3","k":"crash"}
{"t":5,"n":"n1","k":"view","view":"2","members":["n1","n2"]}
{"t":5,"n":"n2","k":"view","view":"2","members":["n1","n2"]}
"#;
        let history = History::read([header, events].concat().as_bytes()).unwrap();
        let verdict = check(&Case::new(&history));
        let events: Vec<u32> = verdict.witness().unwrap().events.iter().map(|e| e.0).collect();
        assert_eq!(events, [0, 1, 4, 6, 7]);
    }
}
