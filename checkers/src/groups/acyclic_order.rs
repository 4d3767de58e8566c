//! Acyclic order: what each node delivers in its order can be put into one order of all messages,
//! whatever the groups.
//!
//! # Definition
//! Let `m < m'` if some node delivers `m` before `m'`. Then `<` has no cycle (Hadzilacos & Toueg:
//! *Global Total Order*; Guerraoui & Schiper: *Acyclic order*). It binds every incarnation of every
//! node that is not Byzantine; deliveries of one life are compared, so that what a restart forgot
//! is not before what came after it. A pairwise check does not see the cycle a < b < c < a that
//! three nodes make of which no two share two messages. Cycles of length two are disagreements on a
//! pair, so that acyclic-order implies uniform-total-order, in one group or several. There is
//! nothing to judge unless lives and the messages they deliver make up a circle: only there a cycle
//! can arise.
//! # Cost
//! O(events) if one order fits all; else O(events + nodes² · messages on a cycle), and a bounded
//! search for a short one.
//! # Witness
//! A shortest cycle: two deliveries of each life that it leads through. If the cycles are so many
//! that they cannot all be looked at, one that is the shortest through its message.

use crate::groups::cycle::{self, Step};
use crate::order::pairwise::{self, Scope};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "acyclic-order",
    number: "MG4",
    statement: "no chain of messages, each delivered by some node before the next, is a cycle",
    source: "Guerraoui & Schiper 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(events + nodes² · messages on a cycle)",
    needs: &[Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "the nodes share too few messages for a cycle";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(Bound::Honest);
    if let Some(tally) = pairwise::one_order(&scene, &bound) {
        return settled(tally, &scene, &bound);
    }
    let mut tally = Tally::of(&scene);
    let sequences = pairwise::sequences(&scene, &bound, Scope::Everything, &mut tally);
    match cycle::shortest(sequences, scene.table.len()) {
        Some(steps) => tally.violated(witness(&scene, &steps)),
        None => settled(tally, &scene, &bound),
    }
}

fn settled(tally: Tally, scene: &Scene<'_>, bound: &[bool]) -> Verdict {
    if tally.obligations < 2 || !has_circle(scene, bound) {
        return Verdict::undecided(NOTHING);
    }
    tally.held(NOTHING)
}

/// Whether lives and messages, joined where the one delivered the other, make up a circle. Stops
/// at the first, which is soon found in most histories.
fn has_circle(scene: &Scene<'_>, bound: &[bool]) -> bool {
    let mut joined = Joined::default();
    let mut deliverers: Map<u32, Vec<u32>> = Map::default();
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let others = deliverers.entry(delivery.row).or_default();
        if others.contains(&delivery.life) {
            continue;
        }
        others.push(delivery.life);
        if !joined.join((true, delivery.life), (false, delivery.row)) {
            return true;
        }
    }
    false
}

/// A life (true) or a message.
type Vertex = (bool, u32);

/// Sets of vertices that are joined step by step: each but one of a set leads to another.
#[derive(Default)]
struct Joined {
    up: Map<Vertex, Vertex>,
}

impl Joined {
    fn root(&mut self, mut of: Vertex) -> Vertex {
        while let Some(up) = self.up.get(&of).copied() {
            if let Some(further) = self.up.get(&up).copied() {
                self.up.insert(of, further);
            }
            of = up;
        }
        of
    }

    /// Joins two sets; whether they were two.
    fn join(&mut self, one: Vertex, other: Vertex) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.up.insert(other, one);
        }
        one != other
    }
}

fn witness(scene: &Scene<'_>, steps: &[Step]) -> Witness {
    let says = |step: &Step| {
        let (before, after) = (scene.name(step.before.row), scene.name(step.after.row));
        format!("{} delivered {before} before {after}", scene.who(step.before.life))
    };
    let events = |step: &Step| [step.before, step.after].map(|d| EventId(d.event));
    let told: Vec<String> = steps.iter().map(says).collect();
    steps
        .iter()
        .fold(Proof::default(), |proof, step| proof.yes(says(step), events(step)))
        .no("one order has them all", steps.iter().flat_map(events))
        .because(told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_cycle_that_no_two_nodes_make_is_told() {
        let history = lanes("n1: !a !b !c a b\nn2: b c\nn3: c a");
        let told = "n1 delivered n1:0:1 before n1:0:2; n2 delivered n1:0:2 before n1:0:3; \
                    n3 delivered n1:0:3 before n1:0:1";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn the_shortest_cycle_is_told() {
        let history = lanes("n1: !a !b !c !x !y a b   x y\nn2: b c\nn3: c a\nn4: a y x #");
        let told = "n1 delivered n1:0:4 before n1:0:5; n4 delivered n1:0:5 before n1:0:4";
        assert_eq!(because(&ENTRY, &history), told);
        let five = "n1: !a !b !c !d !e a b\nn2: b c\nn3: c d\nn4: d e\nn5: e a";
        assert_eq!(because(&ENTRY, &lanes(five)).matches("delivered").count(), 5);
        let by_a_shorter_way = format!("{five}\nn6: a d");
        assert_eq!(because(&ENTRY, &lanes(&by_a_shorter_way)).matches("delivered").count(), 3);
    }

    #[test]
    fn with_a_node_less_there_is_an_order_and_nothing_that_could_break_it() {
        let two = lanes("n1: !a !b !c a b\nn2: b c");
        assert_eq!(undecided(&ENTRY, &two), NOTHING);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b a b\nn2: a b")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b !c a b\nn2: b c\nn3: a c")), Ruling::Held);
    }

    #[test]
    fn many_cycles_are_not_all_looked_at() {
        let (nodes, messages) = (3, 20_000);
        let mut recorder = crate::groups::small::recorder(nodes);
        for node in 0..nodes {
            let order = (0..messages).map(|m| (m * 7919 + node as u32 * 31) % messages);
            order.for_each(|m| crate::groups::small::deliver(&mut recorder, node, m + 1));
        }
        let history = recorder.into_history();
        assert_eq!(because(&ENTRY, &history).matches("delivered").count(), 2);
    }
}
