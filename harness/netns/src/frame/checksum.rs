//! The internet checksum: the complement of the ones' complement sum of 16-bit words.
//!
//! RFC 1071 for the sum, which does not mind the order of bytes; RFC 1624, equation 3, for a
//! checksum of which a part changes.

/// The sum of these bytes; a last odd byte counts as the upper half of a word.
pub fn sum(bytes: &[u8]) -> u16 {
    let (fours, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    // In the machine's order of bytes, and four at once: this is what takes the time of a change.
    let words = fours.iter().chain([&last]).map(|four| u64::from(u32::from_ne_bytes(*four)));
    u16::from_be(fold(words.sum()))
}

/// The sum of both.
pub fn add(one: u16, other: u16) -> u16 {
    fold(u64::from(one) + u64::from(other))
}

/// What is left of one without the other.
pub fn subtract(one: u16, other: u16) -> u16 {
    add(one, !other)
}

/// The checksum when a part that had the sum `old` has the sum `new`: it stays right if it was
/// right, and wrong if it was wrong.
pub fn updated(checksum: u16, old: u16, new: u16) -> u16 {
    !add(subtract(!checksum, old), new)
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Word by word, as RFC 1071 defines it.
    fn by_definition(bytes: &[u8]) -> u16 {
        let word = |pair: &[u8]| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]);
        bytes.chunks(2).map(word).fold(0, add)
    }

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 1071, section 3.
        assert_eq!(sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0xddf2);
    }

    proptest! {
        #[test]
        fn the_fast_sum_is_the_defined_one(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(sum(&bytes), by_definition(&bytes));
        }

        #[test]
        fn an_updated_checksum_is_that_of_the_new_words(
            mut words in prop::collection::vec(any::<[u8; 2]>(), 2..20),
            new: [u8; 2],
        ) {
            // A word that is not 0 is part of every checksum that there is.
            words[1] = [0x45, 0];
            let before = !sum(words.as_flattened());
            let old = std::mem::replace(&mut words[0], new);
            let after = !sum(words.as_flattened());
            prop_assert_eq!(updated(before, sum(&old), sum(&new)), after);
        }
    }
}
