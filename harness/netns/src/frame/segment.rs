//! A UDP datagram (RFC 768) or TCP segment (RFC 9293) in a frame.

use super::packet::{ADDRESSES, Packet, Part};
use super::{checksum, field};
use std::ops::Range;

/// The numbers of the protocols.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Which of the two it is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A segment of a stream.
    Tcp,
}

impl Transport {
    /// What this packet, or the whole that it is a fragment of, carries.
    pub fn of(packet: &Packet) -> Option<Transport> {
        match packet.protocol {
            UDP => Some(Transport::Udp),
            TCP => Some(Transport::Tcp),
            _ => None,
        }
    }

    /// How long the header is at least.
    fn least_header(self) -> usize {
        match self {
            Transport::Udp => 8,
            Transport::Tcp => 20,
        }
    }

    /// Where the checksum is, in a packet that has the header.
    fn checksum_at(self, packet: &Packet) -> usize {
        let offset = match self {
            Transport::Udp => 6,
            Transport::Tcp => 16,
        };
        packet.body.start + offset
    }

    /// For UDP, 0 says that there is no checksum, and 0xffff means the same as 0.
    fn written(self, checksum: u16) -> u16 {
        match (self, checksum) {
            (Transport::Udp, 0) => 0xffff,
            _ => checksum,
        }
    }
}

/// Where the parts of a datagram or segment are, or of as much of it as the first fragment has. All
/// are within the frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Segment {
    /// Which of the two.
    pub transport: Transport,
    /// The packet that carries it.
    pub packet: Packet,
    /// What it carries; may be empty.
    pub payload: Range<usize>,
}

impl Segment {
    /// The datagram or segment whose header is in this frame, if there is one and it is all there.
    pub fn of(frame: &[u8]) -> Option<Segment> {
        let packet = Packet::of(frame)?;
        let transport = Transport::of(&packet)?;
        let body = packet.body.clone();
        if packet.part == Part::Later || body.len() < transport.least_header() {
            return None;
        }
        let payload = match transport {
            Transport::Udp if packet.part == Part::First => body.start + 8..body.end,
            Transport::Udp => {
                body.start + 8..body.start + usize::from(field::get(frame, body.start + 4)?)
            }
            Transport::Tcp => body.start + usize::from(frame[body.start + 12] >> 4) * 4..body.end,
        };
        let sound = payload.start >= body.start + transport.least_header()
            && payload.start <= payload.end
            && payload.end <= body.end;
        sound.then_some(Segment { transport, packet, payload })
    }

    /// The ports: of the sender, and of the receiver.
    pub fn ports(&self, frame: &[u8]) -> Option<(u16, u16)> {
        let start = self.packet.body.start;
        Some((field::get(frame, start)?, field::get(frame, start + 2)?))
    }

    /// Writes a UDP datagram's length.
    pub fn set_datagram_length(&self, frame: &mut [u8], length: u16) {
        field::put(frame, self.packet.body.start + 4, length);
    }

    /// Writes the right checksum, unless the sender uses none. It must be whole.
    pub fn set_checksum(&self, frame: &mut [u8]) {
        let at = self.transport.checksum_at(&self.packet);
        if uses_none(self.transport, frame, at) {
            return;
        }
        field::put(frame, at, 0);
        let segment = &frame[self.packet.body.start..self.payload.end];
        // The pseudo header: addresses, protocol and length.
        let sum = [
            checksum::sum(&frame[ADDRESSES]),
            u16::from(self.packet.protocol),
            segment.len() as u16,
            checksum::sum(segment),
        ];
        let right = !sum.into_iter().fold(0, checksum::add);
        field::put(frame, at, self.transport.written(right));
    }
}

/// Takes a change of the addresses' sum into the checksum of what the packet carries, where that is
/// in this frame. It may be a fragment.
pub fn update_checksum(frame: &mut [u8], packet: &Packet, old: u16, new: u16) {
    let Some(transport) = Transport::of(packet) else { return };
    let at = transport.checksum_at(packet);
    let absent = packet.part == Part::Later || packet.body.len() < transport.least_header();
    if absent || uses_none(transport, frame, at) {
        return;
    }
    let before = field::get(frame, at).unwrap_or_default();
    let after = checksum::updated(before, old, new);
    field::put(frame, at, transport.written(after));
}

fn uses_none(transport: Transport, frame: &[u8], at: usize) -> bool {
    transport == Transport::Udp && field::get(frame, at) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{forge_source, replace_payload, samples};

    #[test]
    fn a_header_that_lies_about_its_length_is_none() {
        let (udp, tcp) = (samples::udp(), samples::tcp(b"four"));
        // UDP says how long all is in bytes, TCP how long the header is in words.
        for (frame, at, lies) in [(udp, 39, [0, 7, 32]), (tcp, 46, [0x00, 0x40, 0x70])] {
            assert!(Segment::of(&frame).is_some());
            for lie in lies {
                let mut frame = frame.clone();
                frame[at] = lie;
                assert_eq!(Segment::of(&frame), None, "byte {at} is {lie}");
            }
        }
    }

    #[test]
    fn options_of_a_segment_are_no_payload() {
        assert_eq!(Segment::of(&samples::connect()).unwrap().payload, 74..74);
    }

    #[test]
    fn no_payload_and_no_sender_makes_a_datagram_without_checksum() {
        let mut full = [0; 2];
        for number in 0..=u16::MAX {
            let payload = number.to_be_bytes();
            let mut frame = replace_payload(&samples::udp(), &payload, 1500).unwrap();
            assert_ne!(frame[40..42], [0, 0], "payload {payload:?}");
            full[0] += u32::from(frame[40..42] == [0xff, 0xff]);
            forge_source(&mut frame, [2; 6], [10, 77, payload[0], payload[1]].into());
            assert_ne!(frame[40..42], [0, 0], "sender {payload:?}");
            full[1] += u32::from(frame[40..42] == [0xff, 0xff]);
        }
        assert!(full[0] > 0 && full[1] > 0, "the case does not occur: {full:?}");
    }
}
