//! Frames within a stream of bytes: length, number, network, frame; little-endian.

use pepperland_core::contract::Garbled;
use pepperland_core::id::NetworkId;

/// How long a frame may be: as long as a line.
pub const CAPACITY: usize = 16 << 20;

/// The number and the network stand before the frame, within its length.
const HEAD: usize = 8 + 1;

/// A frame out of a stream.
#[derive(Debug, Eq, PartialEq)]
pub struct Packet<'a> {
    /// The how-manieth it is that its sender sends to this node.
    pub number: u64,
    /// Over which network.
    pub network: NetworkId,
    /// Its bytes.
    pub frame: &'a [u8],
}

impl Packet<'_> {
    /// As bytes.
    pub fn pack(&self) -> Vec<u8> {
        let length = HEAD + self.frame.len();
        let mut bytes = Vec::with_capacity(4 + length);
        bytes.extend_from_slice(&(length as u32).to_le_bytes());
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.push(self.network.0);
        bytes.extend_from_slice(self.frame);
        bytes
    }
}

/// Bytes that have come, cut into packets. It never keeps more than one packet that is not whole.
#[derive(Debug, Default)]
pub struct Unpacker {
    bytes: Vec<u8>,
    taken: usize,
}

impl Unpacker {
    /// More bytes have come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// So many bytes from the front, once they are there.
    pub fn take_exactly<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = *self.bytes[self.taken..].first_chunk::<N>()?;
        self.taken += N;
        Some(bytes)
    }

    /// The next packet, once it is whole.
    ///
    /// # Errors
    /// If a packet of that length was never sent.
    pub fn take(&mut self) -> Result<Option<Packet<'_>>, Garbled> {
        let rest = &self.bytes[self.taken..];
        let Some((length, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if !(HEAD..=HEAD + CAPACITY).contains(&length) {
            return Err(Garbled);
        }
        let Some((number, rest)) = rest.get(..length).and_then(<[u8]>::split_first_chunk::<8>)
        else {
            return Ok(None);
        };
        let Some((network, frame)) = rest.split_first() else { return Err(Garbled) };
        self.taken += 4 + length;
        let number = u64::from_le_bytes(*number);
        Ok(Some(Packet { number, network: NetworkId(*network), frame }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_wherever_the_bytes_are_cut(
            frames in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..50)), 0..10),
            cut in 1usize..40,
        ) {
            let packets = (1..).zip(&frames).map(|(number, (network, frame))| {
                Packet { number, network: NetworkId(*network), frame }
            });
            let packets: Vec<Packet<'_>> = packets.collect();
            let bytes: Vec<u8> = packets.iter().flat_map(Packet::pack).collect();
            let (mut unpacker, mut got) = (Unpacker::default(), 0);
            for piece in bytes.chunks(cut) {
                unpacker.push(piece);
                while let Ok(Some(packet)) = unpacker.take() {
                    prop_assert_eq!(&packet, &packets[got]);
                    got += 1;
                }
            }
            prop_assert_eq!(got, packets.len());
        }

        #[test]
        fn nonsense_is_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut unpacker = Unpacker::default();
            unpacker.push(&bytes);
            while let Ok(Some(_)) = unpacker.take() {}
        }
    }

    #[test]
    fn a_length_that_nobody_sends_is_garbled_at_once() {
        for length in [0, HEAD as u32 - 1, (HEAD + CAPACITY + 1) as u32, u32::MAX] {
            let mut unpacker = Unpacker::default();
            unpacker.push(&length.to_le_bytes());
            assert!(unpacker.take().is_err(), "{length}");
        }
    }
}
