//! Pairwise total order: a fast pass that most histories satisfy, and an exact one for the rest.
//!
//! The fast pass ranks messages by their first delivery anywhere. If every life delivers in the
//! order of ranks, there is one order that all follow. If not, messages are taken off the fronts of
//! all lives' sequences as long as one is at the front wherever it occurs (Kahn's algorithm on
//! consecutive deliveries). What is left over lies on or behind a cycle; only there can two lives
//! disagree on a pair, and there each two lives are compared.
//!
//! Within groups, each group has sequences of its own, and is judged by itself.

use crate::order::course::Course;
use crate::order::residue::Residue;
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

/// Which messages are compared with one another.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// All of them.
    Everything,
    /// Those to one group; none whose group is not known.
    Group,
}

impl Scope {
    /// Messages of one class are compared with one another.
    fn class(self, scene: &Scene<'_>, row: u32) -> Option<u32> {
        match self {
            Scope::Everything => Some(0),
            Scope::Group => scene.group(row),
        }
    }
}

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
    match one_order(&scene, &bound) {
        Some(tally) => settled(tally, &scene, &bound, Scope::Everything),
        None => exact(&scene, &bound, Scope::Everything),
    }
}

/// The same for messages to one group only.
pub fn judge_within_groups(case: &Case<'_>, bound: Bound) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(bound);
    match by_rank_within_groups(&scene, &bound) {
        Some(tally) => settled(tally, &scene, &bound, Scope::Group),
        None => exact(&scene, &bound, Scope::Group),
    }
}

/// Held, if two lives share two messages that are compared.
fn settled(tally: Tally, scene: &Scene<'_>, bound: &[bool], scope: Scope) -> Verdict {
    if tally.obligations < 2 || !some_two_share_two(scene, bound, scope) {
        return Verdict::undecided(NOTHING);
    }
    tally.held(NOTHING)
}

/// Vouches for histories in which there is one order that every bound life follows.
pub fn one_order(scene: &Scene<'_>, bound: &[bool]) -> Option<Tally> {
    match scene.case.disturbed.is_empty() {
        true => by_rank::<false>(scene, bound),
        false => by_rank::<true>(scene, bound),
    }
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

/// The same, group by group.
fn by_rank_within_groups(scene: &Scene<'_>, bound: &[bool]) -> Option<Tally> {
    let groups = scene.group_count();
    let mut rank = vec![0u32; scene.table.len()];
    let mut last: Map<u64, u32> = Map::default();
    let (mut ranked, mut tally) = (0, Tally::of(scene));
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(group) = scene.group(delivery.row) else { continue };
        let rank = &mut rank[delivery.row as usize];
        if *rank == 0 {
            ranked += 1;
            *rank = ranked;
        } else {
            tally.count_delivery(scene, &delivery);
        }
        let place = u64::from(delivery.life) * groups as u64 + u64::from(group);
        if last.insert(place, *rank).is_some_and(|last| last >= *rank) {
            return None;
        }
    }
    Some(tally)
}

/// Stops as soon as some two lives share a second message, which is soon in most histories.
fn some_two_share_two(scene: &Scene<'_>, bound: &[bool], scope: Scope) -> bool {
    let mut deliverers: Map<u32, Vec<u32>> = Map::default();
    let mut pairs: Set<(u32, u32, u32)> = Set::default();
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(class) = scope.class(scene, delivery.row) else { continue };
        let others = deliverers.entry(delivery.row).or_default();
        if others.contains(&delivery.life) {
            continue;
        }
        for other in others.iter() {
            let (one, two) = (delivery.life.min(*other), delivery.life.max(*other));
            if !pairs.insert((class, one, two)) {
                return true;
            }
        }
        others.push(delivery.life);
    }
    false
}

fn exact(scene: &Scene<'_>, bound: &[bool], scope: Scope) -> Verdict {
    let mut tally = Tally::of(scene);
    let mut sequences = sequences(scene, bound, scope, &mut tally);
    Residue::keep(&mut sequences, scene.table.len());
    match first_inversion(&sequences, scene.table.len()) {
        Some((one, other)) => tally.violated(witness(scene, one, other)),
        None => settled(tally, scene, bound, scope),
    }
}

/// What a life delivered of the messages of one class, each once, in order.
pub struct Sequence {
    class: u32,
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
}

/// The sequences of each bound life, by class and life.
pub fn sequences(
    scene: &Scene<'_>,
    bound: &[bool],
    scope: Scope,
    tally: &mut Tally,
) -> Vec<Sequence> {
    let mut sequences: Vec<Sequence> = Vec::new();
    let mut places: Map<(u32, u32), usize> = Map::default();
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut shared = vec![false; scene.table.len()];
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(class) = scope.class(scene, delivery.row) else { continue };
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let place = *places.entry((class, delivery.life)).or_insert(sequences.len());
        if place == sequences.len() {
            sequences.push(Sequence { class, deliveries: Vec::new() });
        }
        sequences[place].deliveries.push(delivery);
        if std::mem::replace(&mut shared[delivery.row as usize], true) {
            tally.count_delivery(scene, &delivery);
        }
    }
    sequences.sort_by_key(|s| (s.class, s.deliveries[0].life));
    sequences
}

/// Two neighbours in one sequence that stand the other way round in another: `(x, y)` at the one
/// and `(y, x)` at the other.
pub type Inversion = ([Delivery; 2], [Delivery; 2]);

impl AsRef<[Delivery]> for Sequence {
    fn as_ref(&self) -> &[Delivery] {
        &self.deliveries
    }
}

/// The first inversion between two sequences of one class, if there is one.
pub fn first_inversion(sequences: &[Sequence], rows: usize) -> Option<Inversion> {
    let mut place = vec![NONE; rows];
    let mut classes = sequences.chunk_by(|a, b| a.class == b.class);
    classes.find_map(|class| inversion(class, &mut place))
}

/// The first inversion between two of the sequences. `place` holds [`NONE`] for each row, before
/// and after. O(sequences² · messages).
pub fn inversion<S: AsRef<[Delivery]>>(sequences: &[S], place: &mut [u32]) -> Option<Inversion> {
    for (i, one) in sequences.iter().map(AsRef::as_ref).enumerate() {
        for (at, delivery) in one.iter().enumerate() {
            place[delivery.row as usize] = at as u32;
        }
        let mut others = sequences[i + 1..].iter();
        let found = others.find_map(|other| disagreement(one, other.as_ref(), place));
        one.iter().for_each(|d| place[d.row as usize] = NONE);
        if found.is_some() {
            return found;
        }
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
