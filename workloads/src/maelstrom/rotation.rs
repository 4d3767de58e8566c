//! Keys that come and go: few at a time, so that operations meet, and new ones all the time, so
//! that no key has too long a story to be judged.

use pepperland_core::seed::Stream;
use pepperland_core::workload::Stage;
use std::ops::Range;

/// How keys, which are numbers, take turns.
pub struct Rotation {
    /// How many are in use at a time.
    pub at_once: u64,
    /// After so many operations the oldest retires and a new one comes.
    pub pace: u64,
}

impl Rotation {
    /// The keys in use at the operation of this number.
    pub fn in_use(&self, number: u64) -> Range<u64> {
        let oldest = number / self.pace;
        oldest..oldest + self.at_once
    }

    /// One of them: the newest half the time, the one before half of the rest, and so on.
    pub fn pick(&self, number: u64, stream: &mut Stream) -> u64 {
        let keys = self.in_use(number);
        let older = u64::from(stream.bits().trailing_ones()).min(self.at_once - 1);
        keys.end - 1 - older
    }

    /// The keys that a stage comes to use, the last `most` of them.
    pub fn latest(&self, stage: &Stage, most: u64) -> Range<u64> {
        let last = (stage.broadcasts as u64).saturating_sub(1);
        let end = self.in_use(last).end;
        end.saturating_sub(most)..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::seed::Seed;
    use std::collections::BTreeMap;

    const KEYS: Rotation = Rotation { at_once: 3, pace: 10 };

    #[test]
    fn every_key_in_use_is_picked_and_the_newest_most() {
        let mut stream = Seed(1).stream("keys");
        let mut picked = BTreeMap::new();
        for _ in 0..400 {
            *picked.entry(KEYS.pick(25, &mut stream)).or_insert(0) += 1;
        }
        assert_eq!(picked.keys().copied().collect::<Vec<_>>(), [2, 3, 4]);
        assert!(picked[&4] > picked[&3] && picked[&3] > 50 && picked[&2] > 50, "{picked:?}");
    }

    #[test]
    fn keys_retire_one_by_one() {
        let stage = |broadcasts| Stage {
            nodes: 1,
            groups: Vec::new(),
            broadcasts,
            until: pepperland_core::time::Time::ZERO,
        };
        assert_eq!((KEYS.in_use(9), KEYS.in_use(10)), (0..3, 1..4));
        assert_eq!(KEYS.latest(&stage(0), 100), 0..3);
        assert_eq!(KEYS.latest(&stage(11), 100), 0..4);
        assert_eq!(KEYS.latest(&stage(1_000), 5), 97..102);
    }
}
