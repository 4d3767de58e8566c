//! What a node remembers, as one fingerprint, for whoever compares the states of a protocol.

use std::fmt::{self, Debug, Write};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// Collects what the layers of a stack remember. If every layer tells all that its handlers read
/// and change, two nodes of one stack with equal fingerprints go on alike, whatever comes to them.
/// What a layer was built with need not be told, nor what stands in its [`Host`](super::Host).
///
/// The form of a value is its `Debug` form, so that nothing but `#[derive(Debug)]` is needed.
#[derive(Default)]
pub struct Memory {
    told: Xxh3,
    withheld: bool,
}

impl Memory {
    /// A layer remembers this value, whose `Debug` form shows all of it in a fixed order.
    pub fn holds(&mut self, value: &impl Debug) {
        write!(Told(&mut self.told), "{value:?}").expect("a hash takes any text");
        // No value runs into the next.
        self.told.update(&[0]);
    }

    /// A layer remembers these values, whose order means nothing: a hash set, say.
    pub fn holds_all<T: Debug>(&mut self, values: impl IntoIterator<Item = T>) {
        let digest = |value: T| xxh3_128(format!("{value:?}").as_bytes());
        let mut digests: Vec<u128> = values.into_iter().map(digest).collect();
        digests.sort_unstable();
        self.holds(&digests);
    }

    /// A layer does not tell what it remembers: nothing is known of the whole stack.
    pub fn withhold(&mut self) {
        self.withheld = true;
    }

    /// The fingerprint of all that was told (xxh3, 128 bits); none if a layer withheld anything.
    pub fn fingerprint(&self) -> Option<u128> {
        (!self.withheld).then(|| self.told.digest128())
    }
}

/// Text that goes into a hash.
struct Told<'a>(&'a mut Xxh3);

impl Write for Told<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(tell: impl FnOnce(&mut Memory)) -> Option<u128> {
        let mut memory = Memory::default();
        tell(&mut memory);
        memory.fingerprint()
    }

    #[test]
    fn equal_memories_have_equal_fingerprints_and_others_have_not() {
        let two = |a: &'static str, b: &'static str| {
            fingerprint(|memory| {
                memory.holds(&a);
                memory.holds(&b);
            })
        };
        assert_eq!(two("a", "b"), two("a", "b"));
        assert_ne!(two("a", "b"), two("b", "a"));
        let split = fingerprint(|memory| [1, 2].iter().for_each(|n| memory.holds(n)));
        assert_ne!(fingerprint(|memory| memory.holds(&12)), split);
    }

    #[test]
    fn the_order_of_a_set_means_nothing() {
        let set = |values: &'static [u32]| fingerprint(|memory| memory.holds_all(values));
        assert_eq!(set(&[3, 1, 2]), set(&[1, 2, 3]));
        assert_ne!(set(&[1, 2]), set(&[1, 2, 3]));
    }

    #[test]
    fn one_layer_that_withholds_is_enough() {
        let told = fingerprint(|memory| {
            memory.holds(&1);
            memory.withhold();
            memory.holds(&2);
        });
        assert_eq!(told, None);
    }
}
