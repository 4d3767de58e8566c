//! A partition of the causal order of frames into chains, made as the frames come: each frame is
//! put at the end of a chain whose last frame is among its causes (Agarwal & Garg, *Efficient
//! Dependency Tracking for Relevant Events in Shared-Memory Systems*, PODC 2005). Of a run in which
//! at most w frames are concurrent it makes at most w(w+1)/2 chains.

use std::collections::BTreeMap;

/// Chains by number, and what ends each.
#[derive(Default)]
pub struct Chains {
    /// The frame whose handling sent a frame, by the frame's number.
    causes: BTreeMap<u64, u64>,
    /// The chain that a frame ends.
    ends: BTreeMap<u64, u32>,
    /// Rows of chains: the i-th has room for i, counted from 1.
    rows: Vec<Vec<u32>>,
    /// The row of each chain.
    row_of: Vec<usize>,
    last: Vec<u64>,
}

impl Chains {
    /// The chain of a frame that comes next. Costs as many steps as it has causes, one before the
    /// other.
    pub fn add(&mut self, frame: u64, cause: Option<u64>) -> u32 {
        if let Some(cause) = cause {
            self.causes.insert(frame, cause);
        }
        let chain = self.follows(cause).unwrap_or_else(|| self.begin());
        self.ends.remove(&self.last[chain as usize]);
        self.last[chain as usize] = frame;
        self.ends.insert(frame, chain);
        chain
    }

    /// How many chains there are.
    pub fn count(&self) -> u64 {
        self.last.len() as u64
    }

    /// The chain, in the shortest row, that ends with a cause. Rows change places, as the proof of
    /// the bound has it.
    fn follows(&mut self, cause: Option<u64>) -> Option<u32> {
        let causes = std::iter::successors(cause, |frame| self.causes.get(frame).copied());
        let ending = causes.filter_map(|frame| self.ends.get(&frame).copied());
        let chain = ending.min_by_key(|chain| self.row_of[*chain as usize])?;
        // A chain could begin in a shorter row that has room.
        let row = self.row_of[chain as usize];
        if self.room().is_some_and(|room| room < row) {
            return None;
        }
        self.swap(row, chain);
        Some(chain)
    }

    /// The first row with room for another chain.
    fn room(&self) -> Option<usize> {
        (0..self.rows.len()).find(|row| self.rows[*row].len() <= *row)
    }

    fn begin(&mut self) -> u32 {
        let chain = self.last.len() as u32;
        let row = self.room().unwrap_or(self.rows.len());
        if row == self.rows.len() {
            self.rows.push(Vec::new());
        }
        self.rows[row].push(chain);
        self.row_of.push(row);
        self.last.push(0);
        self.swap(row, chain);
        chain
    }

    /// The chains of this row, but for one, change places with those of the row before.
    fn swap(&mut self, row: usize, stays: u32) {
        if row == 0 {
            return;
        }
        let before = std::mem::take(&mut self.rows[row - 1]);
        let rest: Vec<u32> = self.rows[row].iter().copied().filter(|c| *c != stays).collect();
        self.rows[row] = before;
        self.rows[row].push(stays);
        self.rows[row - 1] = rest;
        for row in [row - 1, row] {
            for chain in &self.rows[row] {
                self.row_of[*chain as usize] = row;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::seed::Seed;

    /// The chains of frames with these causes, frame 1 first.
    fn chains(causes: &[Option<u64>]) -> (Vec<u32>, u64) {
        let mut chains = Chains::default();
        let of = (1..).zip(causes).map(|(frame, cause)| chains.add(frame, *cause)).collect();
        (of, chains.count())
    }

    #[test]
    fn a_chain_of_causes_is_one_chain_and_what_is_concurrent_is_not() {
        assert_eq!(chains(&[None, Some(1), Some(2), Some(3)]), (vec![0, 0, 0, 0], 1));
        let (of, count) = chains(&[None, None, None]);
        assert_eq!((of, count), (vec![0, 1, 2], 3));
    }

    #[test]
    fn each_chain_is_one_and_there_are_not_too_many() {
        let mut stream = Seed(5).stream("chains");
        for _ in 0..200 {
            // At most three frames are concurrent: three lines that go on by turns.
            let mut lines = [None; 3];
            let mut causes = Vec::new();
            for frame in 1..60_u64 {
                let line = stream.pick(&[0, 1, 2]).to_owned();
                let cause = lines[line];
                causes.push(cause);
                lines[line] = Some(frame);
            }
            let (of, count) = chains(&causes);
            assert!(count <= 6, "{count} chains of width 3");
            for chain in 0..count as u32 {
                let members: Vec<u64> =
                    (1..).zip(&of).filter(|(_, c)| **c == chain).map(|(f, _)| f).collect();
                for pair in members.windows(2) {
                    assert!(comes_after(&causes, pair[1], pair[0]), "{pair:?} of {causes:?}");
                }
            }
        }
    }

    fn comes_after(causes: &[Option<u64>], frame: u64, cause: u64) -> bool {
        let before = |frame: &u64| causes[*frame as usize - 1];
        std::iter::successors(Some(frame), before).any(|earlier| earlier == cause)
    }
}
