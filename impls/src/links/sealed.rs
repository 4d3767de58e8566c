//! A value with a checksum, so that a frame that was corrupted on its way is known for one and
//! dropped, as if it had been lost: CRC-32, as Ethernet has it (IEEE 802.3).

use pepperland_core::contract::Value;
use serde::{Deserialize, Serialize};

/// A value and its checksum.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sealed<M> {
    checksum: u32,
    m: M,
}

impl<M: Value> Sealed<M> {
    /// The value with its checksum.
    pub fn new(m: M) -> Sealed<M> {
        Sealed { checksum: checksum(&m), m }
    }

    /// The value, if it is what it was.
    pub fn open(self) -> Option<M> {
        (self.checksum == checksum(&self.m)).then_some(self.m)
    }

    /// The value, whatever it was.
    pub fn unchecked(&self) -> &M {
        &self.m
    }
}

/// The checksum of a value's wire form.
fn checksum<M: Serialize>(m: &M) -> u32 {
    let bytes = postcard::to_stdvec(m).expect("a value of a protocol has a wire form");
    !bytes.iter().fold(!0, |crc, byte| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)])
}

/// The remainder of each byte.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_ethernet() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn no_changed_bit_goes_unnoticed() {
        let frame = postcard::to_stdvec(&Sealed::new([7u8; 20])).unwrap();
        for bit in 0..frame.len() * 8 {
            let mut changed = frame.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let read = postcard::from_bytes::<Sealed<[u8; 20]>>(&changed);
            assert!(read.ok().and_then(Sealed::open).is_none(), "bit {bit}");
        }
        let read: Sealed<[u8; 20]> = postcard::from_bytes(&frame).unwrap();
        assert_eq!(read.open(), Some([7; 20]));
    }
}
