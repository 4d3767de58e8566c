//! A short cycle among messages, where each is delivered by some life before the next.

use crate::order::pairwise::{Sequence, first_inversion};
use crate::order::residue::Residue;
use crate::scene::Delivery;
use pepperland_core::history::NONE;
use std::collections::{BTreeMap, VecDeque};

/// One life's two deliveries, the second some time after the first.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// The first.
    pub before: Delivery,
    /// The second.
    pub after: Delivery,
}

/// How many deliveries, and sequences, the search may look at after it found a first cycle.
const PATIENCE: usize = 1 << 22;

/// A shortest cycle, if there is one; if the search becomes too long, the shortest of those found.
///
/// Two lives that disagree on a pair are found by comparing each two. If there are none, a
/// breadth-first search starts at each message; from a message it goes to all that some life
/// delivered after it, and looks at each delivery once.
pub fn shortest(mut sequences: Vec<Sequence>, rows: usize) -> Option<Vec<Step>> {
    drop_unshared(&mut sequences, rows);
    Residue::keep_between(&mut sequences, rows);
    sequences.retain(|s| !s.deliveries.is_empty());
    let start = on_a_cycle(&sequences)?;
    if let Some((one, other)) = first_inversion(&sequences, rows) {
        let step = |[before, after]: [Delivery; 2]| Step { before, after };
        return Some(vec![step(one), step(other)]);
    }
    let mut search = Search::new(&sequences, rows);
    let mut best = search.through(start, usize::MAX);
    let mut others: Vec<u32> =
        sequences.iter().flat_map(|s| &s.deliveries).map(|d| d.row).collect();
    others.sort_unstable();
    others.dedup();
    search.looked = 0;
    for row in others {
        let length = best.as_ref().map_or(usize::MAX, Vec::len);
        if length <= 3 || search.looked > PATIENCE {
            break;
        }
        best = search.through(row, length - 1).or(best);
    }
    best
}

/// What only one life delivered lies on no shortest cycle.
fn drop_unshared(sequences: &mut [Sequence], rows: usize) {
    let mut times = vec![0u32; rows];
    sequences.iter().flat_map(|s| &s.deliveries).for_each(|d| times[d.row as usize] += 1);
    for sequence in sequences {
        sequence.deliveries.retain(|d| times[d.row as usize] > 1);
    }
}

/// A message on a cycle: wherever a message is not at the front, the front is before it, and no
/// message is at the front everywhere; so going from front to front leads in a circle.
fn on_a_cycle(sequences: &[Sequence]) -> Option<u32> {
    let mut blocked_by = BTreeMap::new();
    for sequence in sequences {
        let front = sequence.deliveries[0].row;
        blocked_by.extend(sequence.deliveries[1..].iter().map(|d| (d.row, front)));
    }
    let mut row = sequences.first()?.deliveries[0].row;
    for _ in 0..sequences.len() {
        row = *blocked_by.get(&row)?;
    }
    Some(row)
}

/// A breadth-first search.
struct Search<'s> {
    sequences: &'s [Sequence],
    /// For each message, in which sequences it stands and where: the part of `places` that begins
    /// here.
    begin: Vec<usize>,
    places: Vec<(u32, u32)>,
    /// The step that led to each message, as the sequence and the two places in it.
    from: Vec<(u32, u32, u32)>,
    /// From where on each sequence was looked at.
    seen: Vec<usize>,
    looked: usize,
}

impl<'s> Search<'s> {
    fn new(sequences: &'s [Sequence], rows: usize) -> Search<'s> {
        let mut begin = vec![0; rows + 1];
        let all = || {
            let numbered = sequences.iter().enumerate();
            numbered.flat_map(|(s, q)| q.deliveries.iter().enumerate().map(move |(i, d)| (s, i, d)))
        };
        all().for_each(|(.., d)| begin[d.row as usize + 1] += 1);
        for row in 0..rows {
            begin[row + 1] += begin[row];
        }
        let mut next = begin.clone();
        let mut places = vec![(0, 0); begin[rows]];
        for (sequence, place, delivery) in all() {
            let next = &mut next[delivery.row as usize];
            places[*next] = (sequence as u32, place as u32);
            *next += 1;
        }
        let (from, seen) = (vec![(NONE, 0, 0); rows], vec![0; sequences.len()]);
        Search { sequences, begin, places, from, seen, looked: 0 }
    }

    /// A shortest cycle through the message, if there is one of at most `limit` steps.
    fn through(&mut self, start: u32, limit: usize) -> Option<Vec<Step>> {
        for (seen, sequence) in self.seen.iter_mut().zip(self.sequences) {
            *seen = sequence.deliveries.len();
        }
        self.looked += self.seen.len();
        let mut queue = VecDeque::from([(start, 1)]);
        let mut met = vec![start];
        let mut end = None;
        while let Some((row, length)) = queue.pop_front().filter(|(_, l)| *l <= limit) {
            if self.go_on(row, start, |next| {
                queue.push_back((next, length + 1));
                met.push(next);
            }) {
                end = Some(self.steps_back(start));
                break;
            }
        }
        met.into_iter().for_each(|row| self.from[row as usize].0 = NONE);
        end
    }

    /// Goes to what was delivered after `row`; whether it came back to `start`.
    fn go_on(&mut self, row: u32, start: u32, mut meet: impl FnMut(u32)) -> bool {
        for at in self.begin[row as usize]..self.begin[row as usize + 1] {
            let (sequence, place) = self.places[at];
            let end = self.seen[sequence as usize];
            let first = place as usize + 1;
            self.seen[sequence as usize] = end.min(first);
            for i in first..end {
                self.looked += 1;
                let next = self.sequences[sequence as usize].deliveries[i].row;
                let from = &mut self.from[next as usize];
                if from.0 == NONE {
                    *from = (sequence, place, i as u32);
                    if next == start {
                        return true;
                    }
                    meet(next);
                }
            }
        }
        false
    }

    fn steps_back(&self, start: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut row = start;
        while steps.is_empty() || row != start {
            let (sequence, before, after) = self.from[row as usize];
            let deliveries = &self.sequences[sequence as usize].deliveries;
            let (before, after) = (deliveries[before as usize], deliveries[after as usize]);
            steps.push(Step { before, after });
            row = before.row;
        }
        steps.reverse();
        steps
    }
}
