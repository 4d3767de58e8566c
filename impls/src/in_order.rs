//! The hold-back queue of one stream: things come in anyhow, and go out by their numbers.

use std::collections::BTreeMap;

/// The queue, and the number of the next thing to go out.
#[derive(Debug)]
pub struct InOrder<T> {
    next: u64,
    held_back: BTreeMap<u64, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> InOrder<T> {
        InOrder { next: 0, held_back: BTreeMap::new() }
    }
}

impl<T> InOrder<T> {
    /// The number of the next thing to go out.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// A thing comes in, unless one with its number went out before or is here. Whether none has
    /// gone out.
    pub fn place(&mut self, number: u64, thing: T) -> bool {
        let waits = number >= self.next;
        if waits {
            self.held_back.entry(number).or_insert(thing);
        }
        waits
    }

    /// The next thing, if it is here.
    pub fn take_next(&mut self) -> Option<T> {
        let thing = self.held_back.remove(&self.next)?;
        self.next = self.next.saturating_add(1);
        Some(thing)
    }

    /// Nothing below this number is waited for any longer: what is here of it goes out.
    pub fn skip_to(&mut self, number: u64) -> BTreeMap<u64, T> {
        self.next = self.next.max(number);
        let later = self.held_back.split_off(&self.next);
        std::mem::replace(&mut self.held_back, later)
    }

    /// The numbers of what is held back.
    pub fn held_back(&self) -> impl Iterator<Item = u64> {
        self.held_back.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> InOrder<&'static str> {
        let mut queue = InOrder::default();
        for (number, thing) in [(2, "c"), (0, "a"), (4, "e")] {
            assert!(queue.place(number, thing));
        }
        queue
    }

    fn all(queue: &mut InOrder<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.take_next()).collect()
    }

    #[test]
    fn a_gap_is_waited_for() {
        let mut queue = queue();
        assert_eq!(all(&mut queue), ["a"]);
        assert!(queue.place(1, "b"));
        assert_eq!(all(&mut queue), ["b", "c"]);
        assert_eq!(queue.next(), 3);
    }

    #[test]
    fn what_went_out_does_not_come_in_again() {
        let mut queue = queue();
        assert_eq!(all(&mut queue), ["a"]);
        assert!(!queue.place(0, "a"));
        assert_eq!(all(&mut queue), [""; 0]);
    }

    #[test]
    fn what_is_no_longer_waited_for_is_skipped() {
        let mut queue = queue();
        assert_eq!(queue.skip_to(4), BTreeMap::from([(0, "a"), (2, "c")]));
        assert_eq!(all(&mut queue), ["e"]);
        assert_eq!(queue.skip_to(1), BTreeMap::new());
        assert_eq!(queue.next(), 5);
    }
}
