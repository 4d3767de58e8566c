//! The protocols of coordinated attack, by the numbers of their instances.

/// One of the protocols.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Family {
    /// k: how many messengers there are at most.
    pub messengers: u32,
    /// a and b: how many of them each army must have received to attack.
    pub thresholds: [u32; 2],
    /// Whether an army that has received fewer waits, and does not retreat.
    pub patient: bool,
}

/// The most messengers that there may be.
pub const MOST: u32 = 6;

/// What the number of an instance is made of: `k + 100 a + 10 000 b`, 1 000 000 more for patient
/// armies, and any multiple of 10 000 000 to tell instances of one protocol apart.
const PLACES: [u64; 4] = [100, 10_000, 1_000_000, 10_000_000];

impl Family {
    /// The protocol that an instance runs.
    pub fn of(instance: u64) -> Family {
        let part = |modulus: u64, unit: u64| (instance % modulus / unit) as u32;
        let [a, b, patient, again] = PLACES;
        Family {
            messengers: part(a, 1),
            thresholds: [part(b, a), part(patient, b)],
            patient: part(again, patient) > 0,
        }
    }

    /// The first instance that runs it.
    pub fn instance(self) -> u64 {
        let [a, b, patient, _] = PLACES;
        let [first, second] = self.thresholds.map(u64::from);
        let waits = u64::from(self.patient);
        u64::from(self.messengers) + a * first + b * second + patient * waits
    }

    /// Every protocol: thresholds up to one that cannot be reached.
    pub fn all() -> impl Iterator<Item = Family> {
        let by_messengers = (1..=MOST).flat_map(|k| {
            let first = 0..=k / 2 + 1;
            first.flat_map(move |a| (0..=k.div_ceil(2) + 1).map(move |b| (k, [a, b])))
        });
        by_messengers.flat_map(|(messengers, thresholds)| {
            [false, true].map(|patient| Family { messengers, thresholds, patient })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_176_and_each_has_a_number() {
        let numbers: BTreeSet<u64> = Family::all().map(Family::instance).collect();
        assert_eq!((Family::all().count(), numbers.len()), (176, 176));
        for family in Family::all() {
            assert_eq!(Family::of(family.instance()), family);
            assert_eq!(Family::of(family.instance() + 30_000_000), family);
        }
    }
}
