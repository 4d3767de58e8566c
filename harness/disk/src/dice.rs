//! Random numbers from a seed: SplitMix64 (Steele, Lea, Flood, *Fast Splittable Pseudorandom
//! Number Generators*, OOPSLA 2014).

/// A stream of random numbers, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one, or 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.roll()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// Whether something happens that does so in so many of a million cases. A chance of none or
    /// of all takes no number.
    pub fn happens(&mut self, per_million: u32) -> bool {
        match per_million {
            0 => false,
            1_000_000.. => true,
            _ => self.below(1_000_000) < u64::from(per_million),
        }
    }
}
