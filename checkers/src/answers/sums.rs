//! Which sums some of these numbers can make, added to what is certain.

/// How many separate stretches of sums are kept before only the least and the greatest are.
const STRETCHES: usize = 4096;

/// The sums: stretches of whole numbers, both ends included, in order and apart from one another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sums {
    stretches: Vec<(i128, i128)>,
    /// Whether these are all the sums and nothing else.
    pub is_exact: bool,
}

impl Sums {
    /// The certain sum with any of the deltas added. O(deltas · stretches); where the stretches
    /// become more than 4,096, everything between the least and the greatest sum counts as one.
    pub fn of(certain: i128, mut deltas: Vec<i128>) -> Sums {
        deltas.sort_unstable_by_key(|delta| (delta.unsigned_abs(), *delta));
        let mut stretches = vec![(certain, certain)];
        for delta in &deltas {
            stretches = either(&stretches, *delta);
            if stretches.len() > STRETCHES {
                return Sums { stretches: vec![hull(certain, &deltas)], is_exact: false };
            }
        }
        Sums { stretches, is_exact: true }
    }

    /// Whether the sum is one of them.
    pub fn contains(&self, sum: i128) -> bool {
        let next = self.stretches.partition_point(|(_, last)| *last < sum);
        self.stretches.get(next).is_some_and(|(first, _)| *first <= sum)
    }

    /// The sums in words.
    pub fn text(&self) -> String {
        const NAMED: usize = 4;
        let mut texts: Vec<String> = self.stretches.iter().take(NAMED).map(stretch).collect();
        if let Some((_, last)) = self.stretches.last().filter(|_| self.stretches.len() > NAMED) {
            texts.push(format!("… up to {last}"));
        }
        texts.join(", ")
    }
}

fn stretch((first, last): &(i128, i128)) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

/// From the least to the greatest sum.
fn hull(certain: i128, deltas: &[i128]) -> (i128, i128) {
    let sum = |of: fn(&i128) -> i128| deltas.iter().map(of).fold(certain, i128::saturating_add);
    (sum(|delta| (*delta).min(0)), sum(|delta| (*delta).max(0)))
}

/// The stretches with and without the delta, joined where they meet.
fn either(stretches: &[(i128, i128)], delta: i128) -> Vec<(i128, i128)> {
    let moved =
        |(first, last): &(i128, i128)| (first.saturating_add(delta), last.saturating_add(delta));
    let mut all: Vec<(i128, i128)> = stretches.to_vec();
    all.extend(stretches.iter().map(moved));
    all.sort_unstable();
    let mut joined: Vec<(i128, i128)> = Vec::with_capacity(all.len());
    for (first, last) in all {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every sum of the deltas of some subset, by trying each.
    fn by_subsets(certain: i128, deltas: &[i128]) -> std::collections::BTreeSet<i128> {
        let of = |subset: u32| {
            let chosen = (0..deltas.len()).filter(move |i| subset & 1 << i != 0);
            certain + chosen.map(|i| deltas[i]).sum::<i128>()
        };
        (0..1_u32 << deltas.len()).map(of).collect()
    }

    proptest! {
        #[test]
        fn are_those_of_all_subsets(
            certain in -20..20_i128,
            deltas in prop::collection::vec(-12..12_i128, 0..8),
        ) {
            let (sums, all) = (Sums::of(certain, deltas.clone()), by_subsets(certain, &deltas));
            prop_assert!(sums.is_exact);
            for sum in -130..130 {
                prop_assert_eq!(sums.contains(sum), all.contains(&sum), "{}", sum);
            }
        }
    }

    #[test]
    fn too_many_stretches_become_one() {
        let powers: Vec<i128> = (0..13).map(|power| 3 * (1 << power)).collect();
        let few = Sums::of(1, powers[..12].to_vec());
        assert!(few.is_exact && few.contains(4) && !few.contains(5));
        let mut many = powers;
        many.push(-7 << 20);
        let sums = Sums::of(1, many);
        assert!(!sums.is_exact && sums.contains(5));
        let most = 1 + 3 * ((1 << 13) - 1);
        assert!(sums.contains(most) && !sums.contains(most + 1));
        assert!(sums.contains(1 - (7 << 20)) && !sums.contains(-(7 << 20)));
    }

    #[test]
    fn are_told() {
        assert_eq!(
            Sums::of(5, vec![1, 1, 9, -30]).text(),
            "-25 to -23, -16 to -14, 5 to 7, 14 to 16"
        );
        assert_eq!(Sums::of(0, vec![10, 20, 40]).text(), "0, 10, 20, 30, … up to 70");
    }

    #[test]
    fn no_sum_is_too_large() {
        let sums = Sums::of(0, vec![i128::from(u64::MAX); 3]);
        assert!(sums.contains(3 * i128::from(u64::MAX)) && !sums.contains(1));
    }
}
