//! Pairwise total order: a fast pass that most histories satisfy, and an exact one for the rest.
//!
//! The fast pass ranks messages by their first delivery anywhere. If every life delivers in the
//! order of ranks, there is one order that all follow. If not, messages are taken off the fronts of
//! all lives' sequences as long as one is at the front wherever it occurs (Kahn's algorithm on
//! consecutive deliveries). What is left over lies on or behind a cycle; only there can two lives
//! disagree on a pair, and there each two lives are compared.

use crate::order::course::Course;
use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::Case;
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, NONE};
use pepperland_core::verdict::{Verdict, Witness};

const NOTHING: &str = "no two nodes that are bound delivered two messages in common";

/// Whether each two of the bound lives deliver the messages they share in one order.
pub fn judge(case: &Case<'_>, bound: Bound) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(bound);
    if let Some(course) = Course::of(&scene) {
        let long = course.delivered.iter().zip(&bound).filter(|(n, bound)| **bound && **n > 1);
        if long.count() < 2 {
            return Verdict::undecided(NOTHING);
        }
        return course.shared(&scene, &bound).held(NOTHING);
    }
    let watched = !case.disturbed.is_empty();
    let by_rank = if watched { by_rank::<true> } else { by_rank::<false> };
    match by_rank(&scene, &bound) {
        Some(tally) => settled(tally, &scene, &bound),
        None => exact(&scene, &bound),
    }
}

/// Held, if two lives share two messages.
fn settled(tally: Tally, scene: &Scene<'_>, bound: &[bool]) -> Verdict {
    if tally.obligations < 2 || !some_two_share_two(scene, bound) {
        return Verdict::undecided(NOTHING);
    }
    tally.held(NOTHING)
}

/// An obligation is a delivery of a message that another life delivered before.
fn by_rank<const WATCHED: bool>(scene: &Scene<'_>, bound: &[bool]) -> Option<Tally> {
    let mut rank = vec![0u32; scene.table.len()];
    let mut last = vec![0u32; scene.lives.len()];
    let mut tally = Tally::of(scene);
    let (mut ranked, mut deliveries) = (0, 0);
    let follows = in_blocks::<WATCHED>(scene, bound, |block, events| {
        let (mut rises, mut highest) = (true, ranked);
        for (i, pair) in block.iter().enumerate() {
            let rank = &mut rank[pair.row() as usize];
            let first = *rank == 0;
            highest += u32::from(first);
            let here = if first { highest } else { *rank };
            *rank = here;
            let last = &mut last[pair.life() as usize];
            rises &= here > *last;
            *last = here;
            if WATCHED && !first {
                let (life, row) = (pair.life(), pair.row());
                tally.count_delivery(scene, &Delivery { event: events[i], life, row });
            }
        }
        ranked = highest;
        deliveries += block.len();
        rises
    });
    if !WATCHED {
        tally.obligations = deliveries as u64 - u64::from(ranked);
    }
    follows.then_some(tally)
}

/// Stops as soon as some two lives share a second message, which is soon in most histories.
fn some_two_share_two(scene: &Scene<'_>, bound: &[bool]) -> bool {
    let mut deliverers: Map<u32, Vec<u32>> = Map::default();
    let mut pairs: Set<(u32, u32)> = Set::default();
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let others = deliverers.entry(delivery.row).or_default();
        if others.contains(&delivery.life) {
            continue;
        }
        for other in others.iter() {
            let pair = (delivery.life.min(*other), delivery.life.max(*other));
            if !pairs.insert(pair) {
                return true;
            }
        }
        others.push(delivery.life);
    }
    false
}

fn exact(scene: &Scene<'_>, bound: &[bool]) -> Verdict {
    let mut tally = Tally::of(scene);
    let mut sequences = sequences(scene, bound, &mut tally);
    let cyclic = Residue::of(&sequences, scene.table.len()).left;
    for sequence in &mut sequences {
        sequence.retain(|d| cyclic[d.row as usize]);
    }
    match inversion(&sequences, &mut vec![NONE; scene.table.len()]) {
        Some((one, other)) => tally.violated(witness(scene, one, other)),
        None => settled(tally, scene, bound),
    }
}

/// The first deliveries of each bound life, in order.
fn sequences(scene: &Scene<'_>, bound: &[bool], tally: &mut Tally) -> Vec<Vec<Delivery>> {
    let mut sequences = vec![Vec::new(); scene.lives.len()];
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut shared = vec![false; scene.table.len()];
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        if seen.insert(delivery.row, delivery.life) {
            sequences[delivery.life as usize].push(delivery);
            if std::mem::replace(&mut shared[delivery.row as usize], true) {
                tally.count_delivery(scene, &delivery);
            }
        }
    }
    sequences
}

/// Takes messages off the fronts of the sequences until none is at the front everywhere.
struct Residue<'s> {
    sequences: &'s [Vec<Delivery>],
    front: Vec<usize>,
    /// How many sequences hold the message and have not come to it.
    ahead: Vec<u32>,
    /// The sequences that have: the first of a chain, and for each sequence the next.
    waiting: Vec<u32>,
    next: Vec<u32>,
    left: Vec<bool>,
    ready: Vec<u32>,
}

impl<'s> Residue<'s> {
    fn of(sequences: &'s [Vec<Delivery>], rows: usize) -> Residue<'s> {
        let mut ahead = vec![0; rows];
        sequences.iter().flatten().for_each(|d| ahead[d.row as usize] += 1);
        let left = ahead.iter().map(|n| *n > 0).collect();
        let (front, next) = (vec![0; sequences.len()], vec![NONE; sequences.len()]);
        let waiting = vec![NONE; rows];
        let mut residue =
            Residue { sequences, front, ahead, waiting, next, left, ready: Vec::new() };
        (0..sequences.len()).for_each(|life| residue.arrive(life));
        while let Some(row) = residue.ready.pop() {
            residue.take(row as usize);
        }
        residue
    }

    fn arrive(&mut self, life: usize) {
        let Some(delivery) = self.sequences[life].get(self.front[life]) else { return };
        let row = delivery.row as usize;
        self.next[life] = std::mem::replace(&mut self.waiting[row], life as u32);
        self.ahead[row] -= 1;
        if self.ahead[row] == 0 {
            self.ready.push(delivery.row);
        }
    }

    fn take(&mut self, row: usize) {
        self.left[row] = false;
        let mut life = std::mem::replace(&mut self.waiting[row], NONE);
        while life != NONE {
            let after = self.next[life as usize];
            self.front[life as usize] += 1;
            self.arrive(life as usize);
            life = after;
        }
    }
}

/// Two neighbours in one sequence that stand the other way round in another: `(x, y)` at the one
/// and `(y, x)` at the other.
pub type Inversion = ([Delivery; 2], [Delivery; 2]);

/// The first inversion between two of the sequences. `place` holds [`NONE`] for each row, before
/// and after.
pub fn inversion(sequences: &[Vec<Delivery>], place: &mut [u32]) -> Option<Inversion> {
    for (life, one) in sequences.iter().enumerate() {
        for (i, delivery) in one.iter().enumerate() {
            place[delivery.row as usize] = i as u32;
        }
        for other in &sequences[life + 1..] {
            if let Some(found) = disagreement(one, other, place) {
                one.iter().for_each(|d| place[d.row as usize] = NONE);
                return Some(found);
            }
        }
        one.iter().for_each(|d| place[d.row as usize] = NONE);
    }
    None
}

/// `place` tells where messages stand in `one`.
fn disagreement(one: &[Delivery], other: &[Delivery], place: &[u32]) -> Option<Inversion> {
    let shared = other.iter().filter(|d| place[d.row as usize] != NONE);
    let mut newest: Option<&Delivery> = None;
    for delivery in shared {
        let at = |d: &Delivery| place[d.row as usize] as usize;
        match newest {
            Some(before) if at(before) > at(delivery) => {
                return Some(([one[at(delivery)], one[at(before)]], [*before, *delivery]));
            }
            _ => newest = Some(delivery),
        }
    }
    None
}

/// The proof of an inversion.
pub fn witness(scene: &Scene<'_>, one: [Delivery; 2], other: [Delivery; 2]) -> Witness {
    let (p, q) = (scene.who(one[0].life), scene.who(other[0].life));
    let (a, b) = (scene.name(one[0].row), scene.name(one[1].row));
    let events = |pair: [Delivery; 2]| pair.map(|d| EventId(d.event));
    Proof::default()
        .yes(format!("{p} delivered {a} before {b}"), events(one))
        .yes(format!("{q} delivered both"), events(other))
        .no(format!("{q} delivered {a} before {b}"), events(other))
        .because(format!("{p} delivered {a} before {b}; {q} delivered them the other way round"))
}

#[cfg(test)]
mod tests {
    use crate::cases::because;
    use pepperland_core::history::lanes::lanes;

    #[test]
    fn a_pair_is_found_behind_a_cycle_that_no_pair_makes() {
        let history = lanes(
            "n1: !a !b !c !x !y a b     x y
             n2:                  b c
             n3:                  c   a
             n4:                  a       y x",
        );
        let told = "n1 delivered n1:0:4 before n1:0:5; n4 delivered them the other way round";
        assert_eq!(because(crate::find("total-order").unwrap(), &history), told);
    }
}
