//! Chances.

/// A chance in parts per million: whole numbers, so that every machine draws alike.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Chance(u32);

impl Chance {
    /// It always comes true.
    pub const ALWAYS: Chance = Chance(1_000_000);

    /// So many of a million; more than a million is always.
    pub const fn per_million(parts: u32) -> Chance {
        Chance(parts)
    }

    /// So many of a hundred.
    pub const fn percent(percent: u32) -> Chance {
        Chance(percent.saturating_mul(10_000))
    }

    /// Whether it comes true, by 64 random bits.
    pub(super) fn comes_true(self, draw: u64) -> bool {
        super::draws::below(draw, 1_000_000) < u64::from(self.0)
    }
}
