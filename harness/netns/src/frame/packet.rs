//! An IPv4 packet in a frame (RFC 791).

use super::{checksum, field};
use std::ops::Range;

/// Bytes before the packet: two hardware addresses and the type.
pub const ETHERNET_HEADER: usize = 14;

/// Where the hardware address of the sender is in a frame.
pub const SOURCE_MAC: Range<usize> = 6..12;

/// Where the type is.
pub const ETHERTYPE: usize = 12;

/// The type of a frame with an IPv4 packet.
pub const IPV4: u16 = 0x0800;

/// Where the packet's length is in a frame.
const TOTAL_LENGTH: usize = ETHERNET_HEADER + 2;

/// Where the header's checksum is.
const CHECKSUM: usize = ETHERNET_HEADER + 10;

/// Where the sender's address is.
pub const SOURCE: Range<usize> = ETHERNET_HEADER + 12..ETHERNET_HEADER + 16;

/// Where both addresses are.
pub const ADDRESSES: Range<usize> = ETHERNET_HEADER + 12..ETHERNET_HEADER + 20;

/// Where a packet's parts are. All are within the frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Packet {
    /// Its header, with options.
    pub header: Range<usize>,
    /// What it carries, or the part of it that this fragment carries.
    pub body: Range<usize>,
    /// The number of the protocol that it carries.
    pub protocol: u8,
    /// Which part of a whole it is.
    pub part: Part,
}

/// Which part of a whole a packet is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The first of several fragments: the one with ports and checksum.
    First,
    /// Another fragment.
    Later,
}

impl Packet {
    /// The packet in this frame, if there is one and it is all there. Whether its checksum is right
    /// does not matter.
    pub fn of(frame: &[u8]) -> Option<Packet> {
        if field::get(frame, ETHERTYPE)? != IPV4 {
            return None;
        }
        let packet = &frame[ETHERNET_HEADER..];
        let first = *packet.first()?;
        let header = usize::from(first & 0x0f) * 4;
        let length = usize::from(field::get(packet, 2)?);
        if first >> 4 != 4 || header < 20 || length < header || packet.len() < length {
            return None;
        }
        let body = ETHERNET_HEADER + header;
        Some(Packet {
            header: ETHERNET_HEADER..body,
            body: body..ETHERNET_HEADER + length,
            protocol: packet[9],
            part: Part::of(field::get(packet, 6)?),
        })
    }

    /// Writes the packet's length, and the header's checksum.
    pub fn set_length(&self, frame: &mut [u8], length: u16) {
        field::put(frame, TOTAL_LENGTH, length);
        field::put(frame, CHECKSUM, 0);
        let right = !checksum::sum(&frame[self.header.clone()]);
        field::put(frame, CHECKSUM, right);
    }

    /// Takes a change of the header's sum into its checksum.
    pub fn update_checksum(frame: &mut [u8], old: u16, new: u16) {
        let before = field::get(frame, CHECKSUM).unwrap_or_default();
        field::put(frame, CHECKSUM, checksum::updated(before, old, new));
    }
}

impl Part {
    /// By the field of the flags and the offset.
    fn of(flags_and_offset: u16) -> Part {
        let more = flags_and_offset & 0x2000 != 0;
        match flags_and_offset & 0x1fff {
            0 if more => Part::First,
            0 => Part::Whole,
            _ => Part::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::samples;

    #[test]
    fn options_belong_to_the_header() {
        let packet = Packet::of(&samples::igmp()).unwrap();
        assert_eq!((packet.header, packet.body), (14..38, 38..54));
    }

    #[test]
    fn fragments_are_told_apart() {
        let [first, later] = samples::fragments();
        assert_eq!(Packet::of(&samples::udp()).unwrap().part, Part::Whole);
        assert_eq!(Packet::of(&first).unwrap().part, Part::First);
        assert_eq!(Packet::of(&later).unwrap().part, Part::Later);
    }

    #[test]
    fn what_is_behind_the_packet_does_not_belong_to_it() {
        let frame = samples::udp();
        let padded = [&frame[..], &[0; 9]].concat();
        assert_eq!(Packet::of(&padded), Packet::of(&frame));
    }

    #[test]
    fn a_packet_that_lies_about_itself_is_none() {
        for (at, lie) in [(12, 0x86), (14, 0x65), (14, 0x44), (14, 0x4f), (16, 1), (17, 19)] {
            let mut frame = samples::udp();
            frame[at] = lie;
            assert_eq!(Packet::of(&frame), None, "byte {at} is {lie:#x}");
        }
    }
}
