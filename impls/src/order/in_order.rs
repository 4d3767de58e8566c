//! A hold-back queue of one stream: things come in anyhow, and go out by their numbers.

use std::collections::BTreeMap;

/// The queue, and the number of the next thing to go out.
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
    /// A thing comes in; one whose number went out before is a copy.
    pub fn place(&mut self, number: u64, thing: T) {
        if number >= self.next {
            self.held_back.insert(number, thing);
        }
    }

    /// The next thing, if it is here.
    pub fn take_next(&mut self) -> Option<T> {
        let thing = self.held_back.remove(&self.next)?;
        self.next += 1;
        Some(thing)
    }
}
