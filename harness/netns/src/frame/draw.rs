//! From a random number to one of so many things.

/// One of so many, from 0; there must be at least one. All 64 bits of the draw are random, and the
/// upper ones say the most: [`second`] makes another draw of the lower ones.
pub fn pick(draw: u64, among: usize) -> usize {
    ((u128::from(draw) * among as u128) >> 64) as usize
}

/// Another draw from the same number, independent of the first for fewer than 2^32 things.
pub fn second(draw: u64) -> u64 {
    draw.rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_is_picked_and_none_that_there_is_not() {
        let picked: Vec<usize> = (0..10).map(|i| pick(u64::MAX / 10 * i + i, 10)).collect();
        assert_eq!(picked, Vec::from_iter(0..10));
        assert_eq!((pick(0, 1), pick(u64::MAX, 1), pick(u64::MAX, 7)), (0, 0, 6));
    }

    #[test]
    fn the_second_draw_is_made_of_the_bits_that_the_first_neglects() {
        assert_eq!(pick(second(0xffff_ffff), 8), 7);
        assert_eq!(pick(0xffff_ffff, 8), 0);
    }
}
