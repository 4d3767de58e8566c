//! Delta debugging: the smallest list that still does it (Zeller and Hildebrandt, *Simplifying
//! and Isolating Failure-Inducing Input*, TSE 28(2), 2002).

/// A list of `items` from which no single one can be taken without `still_fails` turning false.
/// Tries large pieces first. O(n log n) tests at best, O(n²) at worst.
pub fn ddmin<T: Clone>(items: &[T], mut still_fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut kept = items.to_vec();
    let mut piece = kept.len();
    while piece > 0 && !kept.is_empty() {
        let mut at = 0;
        let mut removed_any = false;
        while at < kept.len() {
            let end = (at + piece).min(kept.len());
            let without: Vec<T> = kept[..at].iter().chain(&kept[end..]).cloned().collect();
            if still_fails(&without) {
                kept = without;
                removed_any = true;
            } else {
                at = end;
            }
        }
        if piece > 1 || !removed_any {
            piece /= 2;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_needed_and_nothing_else() {
        let items: Vec<u32> = (0..100).collect();
        let needed = |list: &[u32]| list.contains(&17) && list.contains(&63);
        assert_eq!(ddmin(&items, needed), [17, 63]);
    }

    #[test]
    fn no_single_item_of_the_result_can_go() {
        let items: Vec<u32> = (0..12).collect();
        let even = |list: &[u32]| !list.is_empty() && list.len().is_multiple_of(2);
        let kept = ddmin(&items, even);
        assert!(even(&kept) && kept.len() < items.len());
        assert!(!even(&kept[1..]));
    }

    #[test]
    fn nothing_is_needed_of_what_always_fails() {
        assert!(ddmin(&[1, 2, 3], |_| true).is_empty());
    }
}
