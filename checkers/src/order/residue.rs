//! What is left of some sequences when every message is taken off that is at the front wherever it
//! occurs (Kahn's algorithm on consecutive deliveries).

use crate::order::pairwise::Sequence;
use pepperland_core::history::NONE;

/// Takes messages off the fronts of the sequences until none is at the front everywhere.
pub struct Residue<'s> {
    sequences: &'s [Sequence],
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
    /// Leaves of the sequences what lies on or behind a cycle.
    pub fn keep(sequences: &mut [Sequence], rows: usize) {
        let left = Residue::of(sequences, rows).left;
        for sequence in sequences {
            sequence.deliveries.retain(|d| left[d.row as usize]);
        }
    }

    /// Leaves of the sequences what lies on a cycle or between two.
    pub fn keep_between(sequences: &mut [Sequence], rows: usize) {
        for _ in 0..2 {
            Residue::keep(sequences, rows);
            sequences.iter_mut().for_each(|s| s.deliveries.reverse());
        }
    }

    fn of(sequences: &'s [Sequence], rows: usize) -> Residue<'s> {
        let mut ahead = vec![0; rows];
        let deliveries = sequences.iter().flat_map(|s| &s.deliveries);
        deliveries.for_each(|d| ahead[d.row as usize] += 1);
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
        let Some(delivery) = self.sequences[life].deliveries.get(self.front[life]) else { return };
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
