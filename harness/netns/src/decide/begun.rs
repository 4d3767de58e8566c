//! What each disturbance that has begun has done so far, over all its links.

use std::collections::BTreeMap;

/// By id.
#[derive(Debug, Default)]
pub struct Begun {
    tallies: BTreeMap<u32, Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    /// How many rules it has.
    rules: u16,
    /// How many frames it has touched.
    touched: u64,
    /// How many it has omitted since it last let one pass.
    in_a_row: u32,
}

impl Begun {
    /// One more rule of the disturbance: the how-manieth, from 0.
    pub fn rule(&mut self, id: u32) -> u16 {
        let tally = self.tallies.entry(id).or_default();
        tally.rules += 1;
        tally.rules - 1
    }

    /// How many frames it has touched.
    pub fn touched(&self, id: u32) -> u64 {
        self.tallies.get(&id).map_or(0, |tally| tally.touched)
    }

    /// One more frame that it has touched.
    pub fn touch(&mut self, id: u32) {
        self.tallies.entry(id).or_default().touched += 1;
    }

    /// Whether it omits a frame that it is inclined to omit or not.
    pub fn omits(&mut self, id: u32, inclined: bool, degree: u32) -> bool {
        let tally = self.tallies.entry(id).or_default();
        let omits = inclined && tally.in_a_row < degree;
        tally.in_a_row = if omits { tally.in_a_row + 1 } else { 0 };
        omits
    }
}
