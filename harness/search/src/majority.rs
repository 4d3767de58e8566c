//! What most tries say, where one may be chance.

/// How often a candidate is tried on a runtime whose runs differ.
pub const TRIES: u32 = 3;

/// The best of what was seen, if most of at most `tries` tries see anything. Stops once it is
/// decided.
pub fn majority<T>(
    tries: u32,
    mut attempt: impl FnMut() -> Option<T>,
    better: impl Fn(T, T) -> T,
) -> Option<T> {
    let needed = tries / 2 + 1;
    let (mut seen, mut missed, mut best) = (0, 0, None);
    while seen < needed && missed <= tries - needed {
        match attempt() {
            Some(new) => {
                seen += 1;
                best = Some(match best {
                    Some(best) => better(best, new),
                    None => new,
                });
            }
            None => missed += 1,
        }
    }
    best.filter(|_| seen >= needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the tries come to, and how many there were.
    fn decided(tries: u32, outcomes: &[Option<u32>]) -> (Option<u32>, usize) {
        let mut rest = outcomes.iter().copied();
        let best = majority(tries, || rest.next().expect("it stops in time"), u32::min);
        (best, outcomes.len() - rest.len())
    }

    #[test]
    fn two_of_three_decide() {
        assert_eq!(decided(3, &[Some(5), Some(4), None]), (Some(4), 2));
        assert_eq!(decided(3, &[Some(5), None, Some(7)]), (Some(5), 3));
        assert_eq!(decided(3, &[None, Some(5), None]), (None, 3));
        assert_eq!(decided(3, &[None, None, Some(5)]), (None, 2));
    }

    #[test]
    fn one_try_is_a_majority_of_one() {
        assert_eq!(decided(1, &[Some(5)]), (Some(5), 1));
        assert_eq!(decided(1, &[None]), (None, 1));
    }
}
