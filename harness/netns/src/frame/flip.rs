//! One bit that is not what was sent.
//!
//! A bit's number counts from the frame's first byte, and in each byte from the highest bit.

use super::carried::Carried;
use super::draw::{pick, second};
use super::packet::ETHERNET_HEADER;
use super::{checksum, field};
use std::ops::Range;

/// Turns one bit behind the Ethernet header over, as a draw says, and returns its number. Checksums
/// are left as they are, and wrong: the receiver's kernel drops nearly all of these frames. None if
/// there is nothing behind the header.
pub fn flip_any_bit(frame: &mut [u8], draw: u64) -> Option<usize> {
    flip_within(frame, ETHERNET_HEADER..frame.len(), draw)
}

/// Turns one bit of what UDP or TCP carries over, as a draw says, and returns its number. The
/// checksum is right afterwards, so that it reaches the application. None, and the frame is as it
/// was, if it carries nothing.
///
/// A fragment does not have all that its checksum covers: in one, another word of 16 bits is
/// changed such that the sum of all stays. It needs two words.
pub fn flip_payload_bit(frame: &mut [u8], draw: u64) -> Option<usize> {
    match Carried::by(frame)? {
        Carried::Whole(segment) => {
            let bit = flip_within(frame, segment.payload.clone(), draw)?;
            segment.set_checksum(frame);
            Some(bit)
        }
        Carried::Piece(piece) => flip_balanced(frame, piece, draw),
    }
}

fn flip_within(frame: &mut [u8], range: Range<usize>, draw: u64) -> Option<usize> {
    if range.is_empty() {
        return None;
    }
    let bit = range.start * 8 + pick(draw, range.len() * 8);
    frame[bit / 8] ^= mask(bit);
    Some(bit)
}

/// Every fragment but the last has an even number of bytes, and headers have too: words here are
/// the words of the checksum.
fn flip_balanced(frame: &mut [u8], piece: Range<usize>, draw: u64) -> Option<usize> {
    let words = piece.len() / 2;
    if words < 2 {
        return None;
    }
    let bit = flip_within(frame, piece.start..piece.start + words * 2, draw)?;
    let flipped = (bit / 8 - piece.start) / 2;
    let mut other = pick(second(draw), words - 1);
    other += usize::from(other >= flipped);
    balance(frame, piece.start + other * 2, bit);
    Some(bit)
}

/// Changes the word at this place by as much as the flipped bit counts, the other way.
fn balance(frame: &mut [u8], at: usize, bit: usize) {
    let weight = 0x8000 >> (bit % 16);
    let word = field::get(frame, at).unwrap_or_default();
    let is_set = frame[bit / 8] & mask(bit) != 0;
    let balanced = match is_set {
        true => checksum::subtract(word, weight),
        false => checksum::add(word, weight),
    };
    field::put(frame, at, balanced);
}

fn mask(bit: usize) -> u8 {
    0x80 >> (bit % 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{payload, samples};
    use proptest::prelude::*;

    /// The bits in which two frames differ.
    fn differing(one: &[u8], other: &[u8]) -> Vec<usize> {
        assert_eq!(one.len(), other.len());
        let differ = |bit: &usize| (one[bit / 8] ^ other[bit / 8]) & mask(*bit) != 0;
        (0..one.len() * 8).filter(differ).collect()
    }

    /// What a receiver adds up before it looks at the checksum of a datagram in fragments.
    fn sum_of_bodies(frames: &[Vec<u8>]) -> u16 {
        frames.iter().map(|frame| checksum::sum(&frame[34..])).fold(0, checksum::add)
    }

    #[test]
    fn the_first_and_the_last_bit_behind_the_ethernet_header_may_be_flipped() {
        let frame = samples::arp();
        for (draw, bit) in [(0, 14 * 8), (u64::MAX, frame.len() * 8 - 1)] {
            let mut changed = frame.clone();
            assert_eq!(flip_any_bit(&mut changed, draw), Some(bit));
            assert_eq!(differing(&frame, &changed), [bit]);
        }
        assert_eq!(flip_any_bit(&mut frame[..14].to_vec(), 7), None);
    }

    #[test]
    fn frames_without_payload_stay_as_they_are() {
        for frame in [samples::arp(), samples::icmp(), samples::connect(), samples::tcp(b"")] {
            let mut changed = frame.clone();
            assert_eq!(flip_payload_bit(&mut changed, 1 << 63), None);
            assert_eq!(changed, frame);
        }
    }

    #[test]
    fn a_fragment_of_one_word_stays_as_it_is() {
        let [_, mut later] = samples::fragments();
        later.truncate(14 + 20 + 3);
        later[16..18].copy_from_slice(&23_u16.to_be_bytes());
        let before = later.clone();
        assert_eq!(flip_payload_bit(&mut later, 0), None);
        assert_eq!(later, before);
    }

    #[test]
    fn a_datagram_without_checksum_stays_without() {
        let mut frame = samples::udp();
        frame[40..42].fill(0);
        let before = frame.clone();
        let bit = flip_payload_bit(&mut frame, 1 << 62).unwrap();
        assert_eq!(differing(&before, &frame), [bit]);
    }

    proptest! {
        #[test]
        fn one_bit_of_the_payload_changes_and_the_checksum_is_right(draw: u64, stream: bool) {
            let frame = if stream { samples::tcp(b"a line, an odd one") } else { samples::udp() };
            let mut changed = frame.clone();
            let bit = flip_payload_bit(&mut changed, draw).unwrap();
            samples::assert_sound(&changed);
            let payload = payload(&frame).unwrap();
            let at = payload.start * 8;
            let within = differing(&frame[payload.clone()], &changed[payload]);
            prop_assert_eq!(within, [bit - at]);
        }

        #[test]
        fn a_changed_fragment_keeps_the_sum_of_the_whole(draw: u64, which in 0..2_usize) {
            let mut frames = samples::fragments();
            let before = frames.clone();
            let bit = flip_payload_bit(&mut frames[which], draw).unwrap();
            prop_assert_eq!(sum_of_bodies(&frames), sum_of_bodies(&before));
            let differ = differing(&before[which], &frames[which]);
            prop_assert!(differ.contains(&bit) && differ.len() > 1);
            // The headers, also of the datagram, are as they were.
            let headers = [42, 34][which];
            prop_assert!(differ[0] >= headers * 8);
        }
    }
}
