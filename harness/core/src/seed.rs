//! Seeds and labelled random streams.
//!
//! Everything random derives from one seed by name, so that a new consumer never shifts the draws
//! of another. The generator is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), written out here
//! because its values must never change: general-purpose crates do not promise that.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The root of everything random in a run.
#[derive(
    Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "SeedText")]
pub struct Seed(pub u64);

/// A chance in parts per million: whole numbers, so that every machine draws alike.
#[derive(
    Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PerMillion(pub u32);

impl PerMillion {
    /// `percent` of a hundred.
    pub const fn percent(percent: u32) -> PerMillion {
        PerMillion(percent * 10_000)
    }
}

/// A stream of random numbers; each consumer draws from its own.
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
}

/// Scrambles 64 bits into 64 others (the finaliser of SplitMix64); a bijection.
pub const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Seed {
    /// The stream that belongs to `label`.
    pub fn stream(self, label: &str) -> Stream {
        Stream { state: self.child(label, 0).0 }
    }

    /// The seed of the `index`-th thing called `label`: run 312 of a campaign, node 4 of a run.
    pub fn child(self, label: &str, index: u64) -> Seed {
        let labelled = xxhash_rust::xxh3::xxh3_64_with_seed(label.as_bytes(), self.0);
        Seed(mix(labelled ^ mix(index)))
    }
}

impl Stream {
    /// A stream that starts from raw bits, for choices keyed by a hash.
    pub const fn keyed(key: u64) -> Stream {
        Stream { state: key }
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        let z = mix(self.state);
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z
    }

    /// A number below `bound` (multiply-shift; the bias, below 2⁻³², is of no concern here).
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a number below 0 does not exist");
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        let width = high.saturating_sub(low).saturating_add(1);
        low + self.below(width)
    }

    /// True with the given chance.
    pub fn chance(&mut self, chance: PerMillion) -> bool {
        self.below(1_000_000) < u64::from(chance.0)
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If `items` is empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// Puts `items` into random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// The text is no seed.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is no seed: write a number such as 42 or 0x2a")]
pub struct NotASeed(String);

impl std::str::FromStr for Seed {
    type Err = NotASeed;
    fn from_str(s: &str) -> Result<Seed, NotASeed> {
        let digits = s.replace('_', "");
        let number = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        number.map(Seed).map_err(|_| NotASeed(s.to_owned()))
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> String {
        seed.to_string()
    }
}

/// A seed in a file: a number, or a text such as `0x2a`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a seed must be a number such as 42 or \"0x2a\"")]
enum SeedText {
    Number(u64),
    Text(String),
}

impl TryFrom<SeedText> for Seed {
    type Error = NotASeed;
    fn try_from(text: SeedText) -> Result<Seed, NotASeed> {
        match text {
            SeedText::Number(n) => Ok(Seed(n)),
            SeedText::Text(s) => s.parse(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        let mut stream = Seed(42).stream("network");
        let drawn: Vec<u64> = (0..3).map(|_| stream.bits()).collect();
        assert_eq!(drawn, EXPECTED);
    }

    /// Drawn once when the generator was written; a change would invalidate every stored seed.
    const EXPECTED: [u64; 3] =
        [7_557_811_921_843_103_719, 17_431_933_271_783_923_599, 12_910_446_074_236_200_136];

    #[test]
    fn labels_are_independent() {
        let a = Seed(1).stream("workload").bits();
        let b = Seed(1).stream("faults").bits();
        assert_ne!(a, b);
    }

    #[test]
    fn between_reaches_both_ends() {
        let mut stream = Seed(7).stream("x");
        let drawn: Vec<u64> = (0..200).map(|_| stream.between(3, 5)).collect();
        assert!((3..=5).all(|n| drawn.contains(&n)) && drawn.iter().all(|n| (3..=5).contains(n)));
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["0x2a", "42", "0x5eed_41c7"] {
            let seed: Seed = text.parse().unwrap();
            assert_eq!(seed.to_string().parse::<Seed>().unwrap(), seed);
        }
        assert!("forty-two".parse::<Seed>().is_err());
    }
}
